//! New identifiers, in the form of each service.

use uuid::Uuid;

/// Octavia and Neutron: a random UUID; make the id type of it with `.into()`.
pub fn uuid() -> Uuid {
    Uuid::new_v4()
}

/// Keystone: 32 hexadecimal digits.
pub fn keystone() -> String {
    Uuid::new_v4().simple().to_string()
}

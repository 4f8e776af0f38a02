//! New identifiers, in the format of each service.

use uuid::Uuid;

/// For Octavia, Barbican and Neutron: a random UUID. Convert it to the id type with `.into()`.
pub fn uuid() -> Uuid {
    Uuid::new_v4()
}

/// For Keystone: 32 hexadecimal digits.
pub fn keystone() -> String {
    Uuid::new_v4().simple().to_string()
}

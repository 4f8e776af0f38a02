//! Types of keys.

use der::asn1::ObjectIdentifier;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The fewest bits of an RSA modulus that a listener can serve.
pub(crate) const RSA_BITS_MIN: usize = 2048;

pub(crate) const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// The algorithm and strength of a key. Displayed as `RSA 2048`, `EC P-256`, `Ed25519`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum KeyType {
    /// `bits` is the size of the modulus.
    Rsa {
        bits: usize,
    },
    /// `curve` is `P-256` and so on, or an object identifier.
    Ec {
        curve: String,
    },
    Ed25519,
    /// `name` is `DSA` and so on, or an object identifier.
    Other {
        name: String,
    },
}

impl fmt::Display for KeyType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits } => write!(f, "RSA {bits}"),
            Self::Ec { curve } => write!(f, "EC {curve}"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Other { name } => f.write_str(name),
        }
    }
}

impl KeyType {
    /// The type of a key whose size is not known, or does not matter.
    pub(crate) fn of(algorithm: ObjectIdentifier) -> Self {
        if algorithm == ED25519 {
            return Self::Ed25519;
        }
        let oid = algorithm.to_string();
        let name = match oid.as_str() {
            "1.2.840.113549.1.1.10" => "RSA-PSS",
            "1.2.840.10040.4.1" => "DSA",
            "1.3.101.110" => "X25519",
            "1.3.101.113" => "Ed448",
            other => other,
        };
        Self::Other { name: name.to_owned() }
    }
}

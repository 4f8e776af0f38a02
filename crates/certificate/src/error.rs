//! Why no bundle came out of an input.

use crate::UnixSeconds;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why no bundle came out of an input. The page has words for each in every language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum OpenError {
    /// Nothing there.
    Empty,
    /// More bytes than may be, read or to be stored.
    TooLarge {
        /// How many there are.
        bytes: usize,
        /// How many there may be.
        max: usize,
    },
    /// Neither PKCS#12 nor PEM nor base64 of these.
    NotRecognised,
    /// It begins as it should, and then does not go on so.
    Damaged,
    /// There is a passphrase, and none was given.
    PassphraseMissing,
    /// The passphrase does not open it. Damage can look the same.
    PassphraseWrong,
    /// Opening it would take too long.
    TooManyIterations {
        /// How many rounds of a hash there may be.
        max: u32,
    },
    /// Something that this version cannot read.
    UnsupportedAlgorithm {
        /// Its name, or its object identifier.
        name: String,
    },
    /// A certificate alone.
    NoPrivateKey,
    /// A key alone.
    NoCertificate,
    /// No key belongs to any of the certificates.
    KeyMismatch,
    /// Not valid any more.
    Expired {
        /// Since when.
        not_after: UnixSeconds,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("there is nothing in it"),
            Self::TooLarge { bytes, max } => write!(f, "{bytes} bytes are too many: at most {max}"),
            Self::NotRecognised => f.write_str("this is neither PKCS#12 nor PEM"),
            Self::Damaged => f.write_str("the file is damaged or incomplete"),
            Self::PassphraseMissing => f.write_str("it is protected by a passphrase"),
            Self::PassphraseWrong => f.write_str("the passphrase is wrong"),
            Self::TooManyIterations { max } => {
                write!(f, "its passphrase is hashed more than {max} times")
            }
            Self::UnsupportedAlgorithm { name } => write!(f, "{name} is not supported"),
            Self::NoPrivateKey => f.write_str("there is no private key in it"),
            Self::NoCertificate => f.write_str("there is no certificate in it"),
            Self::KeyMismatch => f.write_str("the private key does not belong to the certificate"),
            Self::Expired { not_after } => write!(f, "the certificate expired on {not_after}"),
        }
    }
}

impl std::error::Error for OpenError {}

impl OpenError {
    pub(crate) fn unsupported(name: impl fmt::Display) -> Self {
        Self::UnsupportedAlgorithm { name: name.to_string() }
    }
}

/// What does not parse is damaged: what it is was found out before.
impl From<der::Error> for OpenError {
    fn from(_: der::Error) -> Self {
        Self::Damaged
    }
}

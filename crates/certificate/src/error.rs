//! The reasons why an input cannot be opened.

use crate::time::UnixSeconds;
use serde::{Deserialize, Serialize};
use std::fmt;
use thiserror::Error;

/// The reason why an input cannot be opened. The page translates each variant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum OpenError {
    #[error("the file is empty")]
    Empty,
    /// The input, or the bundle to be stored, exceeds its limit.
    #[error("{bytes} bytes are too many: at most {max}")]
    TooLarge { bytes: usize, max: usize },
    /// Neither PKCS#12 nor PEM nor DER nor base64 of these.
    #[error("this is neither PKCS#12 nor PEM")]
    NotRecognised,
    /// The format is recognised, but the content is malformed or cut off.
    #[error("the file is damaged or incomplete")]
    Damaged,
    /// The input is encrypted and the caller gave no passphrase.
    #[error("it is protected by a passphrase")]
    PassphraseMissing,
    /// The passphrase does not decrypt the input. A damaged file can have the same effect.
    #[error("the passphrase is wrong")]
    PassphraseWrong,
    /// The key derivations exceed [`crate::Limits::iterations`].
    #[error("its passphrase is hashed more than {max} times")]
    TooManyIterations { max: u32 },
    /// `name` is the algorithm's name or object identifier.
    #[error("{name} is not supported")]
    UnsupportedAlgorithm { name: String },
    #[error("there is no private key in it")]
    NoPrivateKey,
    #[error("there is no certificate in it")]
    NoCertificate,
    /// No key belongs to any of the certificates.
    #[error("the private key does not belong to the certificate")]
    KeyMismatch,
    #[error("the certificate expired on {not_after}")]
    Expired { not_after: UnixSeconds },
}

impl OpenError {
    pub(crate) fn unsupported(name: impl fmt::Display) -> Self {
        Self::UnsupportedAlgorithm { name: name.to_string() }
    }
}

/// A parse error means damage: the format is already known at that point.
impl From<der::Error> for OpenError {
    fn from(_: der::Error) -> Self {
        Self::Damaged
    }
}

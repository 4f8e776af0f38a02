//! The reasons why an input cannot be opened.

use crate::{
    key_type::{KeyType, RSA_BITS_MIN},
    time::UnixSeconds,
};
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
    /// The content is of a format that holds no certificate with its key, or must be converted first.
    #[error("{format}")]
    OtherFormat { format: OtherFormat },
    /// The private key is of a type that TLS clients do not support.
    #[error("a private key of the type {key} cannot be used: TLS clients do not support it")]
    UnsupportedKey { key: KeyType },
    /// A certificate has a key of a type that TLS clients do not support.
    #[error(
        "the key of {subject} is {key}, which TLS clients do not support: use RSA, P-256 or P-384"
    )]
    UnsupportedCertificateKey { subject: String, key: KeyType },
    /// OpenSSL refuses it with the settings of Debian.
    #[error("the key of {subject} is too weak: {key}, at least {RSA_BITS_MIN} bits are needed")]
    WeakKey { subject: String, key: KeyType },
    /// OpenSSL refuses it with the settings of Debian.
    #[error(
        "{subject} is signed with {signature}, which is not secure: SHA-256 or better is needed"
    )]
    WeakSignature { subject: String, signature: String },
    /// No handshake succeeds with it.
    #[error(
        "the key usage of {subject} does not allow TLS: it has to include digitalSignature, or for RSA keyEncipherment"
    )]
    WrongKeyUsage { subject: String },
    /// Clients that verify a server refuse it.
    #[error(
        "{subject} was not issued for servers: its extended key usage has to include serverAuth"
    )]
    NotForServers { subject: String },
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

/// The reason why revocation lists cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RevocationListError {
    #[error("there is no certificate revocation list in it")]
    Missing,
    #[error(transparent)]
    Unreadable(#[from] OpenError),
}

/// A format that is recognised and not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
pub enum OtherFormat {
    #[error("it is an OpenSSH key; convert a copy with: ssh-keygen -p -m PKCS8 -f COPY")]
    OpenSsh,
    #[error("it is a PuTTY key; convert it with: puttygen KEY.ppk -O private-openssh -o KEY")]
    Putty,
    #[error(
        "it is a Java keystore; convert it with: keytool -importkeystore -srckeystore STORE.jks \
         -destkeystore STORE.p12 -deststoretype pkcs12"
    )]
    JavaKeystore,
    #[error(
        "it holds only a secret key, which is no private key; list a keystore with: keytool -list \
         -v -keystore STORE.p12"
    )]
    SecretKeys,
    #[error(
        "it is a certificate request: an authority makes a certificate of it, and the private key \
         is in another file"
    )]
    CertificateRequest,
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

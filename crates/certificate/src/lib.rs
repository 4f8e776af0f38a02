//! Certificates with their private keys: read from the formats in common use, checked, and written in the
//! form that Barbican, Octavia and HAProxy read.
//!
//! - [`open`] reads one file or several, in any order: PKCS#12, PEM, DER, or base64 of these. It finds the
//!   key, the certificate that belongs to it and the chain, or returns an [`OpenError`].
//! - [`Bundle`] is the result. It always holds a key that matches its certificate.
//! - [`Bundle::check_security`] finds what OpenSSL does not load, or no TLS client supports.
//! - [`Bundle::check`] also compares the bundle with the current time: an expired certificate is an error,
//!   anything unusual is a [`Warning`].
//! - [`Authorities`] and [`RevocationLists`] are what the certificates of others are verified with.
//! - [`CertificateMetadata`] is stored beside the secret, so that lists need no private key.
//! - [`Bundle::to_pkcs12`] and [`Bundle::to_pem`] write the bundle without a passphrase.
//!
//! The crate is pure: no IO, no clock, no randomness (a bundle without a passphrase needs none). A browser
//! worker and the server run the same code. No input causes a panic or unbounded work or memory: see
//! [`Limits`]. Private keys are wiped from memory when dropped and have no `Debug`.
//!
//! The crate trusts no authority. It builds the chain from the names and key identifiers in the certificates,
//! and verifies a signature only to tell whether a certificate is signed with its own key.

#![warn(unreachable_pub)]

mod authorities;
mod bundle;
mod certificate;
mod chain;
mod curve;
mod decrypt;
mod detect;
mod encode;
mod error;
mod key;
mod key_type;
mod limits;
mod metadata;
mod name;
mod passphrase;
mod pem;
mod pkcs12;
mod pkcs7;
mod reader;
mod rsa;
mod security;
mod signature;
mod time;
mod well_formed;
mod write;

pub use authorities::{Authorities, RevocationLists};
pub use bundle::{Bundle, ChainEnd, Opened, Summary, Warning};
pub use certificate::CertificateInfo;
pub use detect::Format;
pub use error::{OpenError, OtherFormat, RevocationListError};
pub use key_type::KeyType;
pub use limits::{INPUT_MAX_BYTES, Limits, PKCS12_MAX_BYTES, SECRET_MAX_BYTES};
pub use metadata::{CertificateMetadata, IssuerMetadata, description, set_description};
pub use time::{Expiry, InvalidTime, UnixSeconds, Validity};
pub use zeroize::Zeroizing;

/// Opens one file, or several files that together form a bundle (certificate, key, chain), in any order.
///
/// The format is detected from the content, not from the file name: PKCS#12 or DER; PEM with several
/// blocks and text between them; base64 of any of these, with spaces, line breaks or armour. Keys may be
/// PKCS#8, PKCS#1 or SEC1, encrypted or not. Certificates may be in PKCS#7.
///
/// `passphrase` is tried where the input is encrypted. `None` and `Some("")` are the same, and open input
/// that has no passphrase or an empty one.
pub fn open(
    files: &[&[u8]],
    passphrase: Option<&str>,
    limits: Limits,
) -> Result<Bundle, OpenError> {
    let detected = detect::read_files(files, passphrase, limits)?;
    bundle::assemble(detected)
}

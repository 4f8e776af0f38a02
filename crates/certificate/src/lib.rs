//! Certificates with their private keys: read from whatever people have, checked, and written as what
//! Barbican, Octavia and HAProxy take.
//!
//! - [`open`] takes one file or several, in any order: PKCS#12, PEM, DER, base64 of these; it finds the
//!   key, the certificate that belongs to it, and the chain, or says in [`OpenError`] why not;
//! - [`Bundle`] is what was found. It cannot exist without a key that fits its certificate;
//! - [`Bundle::check`] weighs it against the time: what expires is an error, what is odd a [`Warning`];
//! - [`Facts`] are what is remembered of it beside its secret;
//! - [`Bundle::to_pkcs12`] and [`Bundle::to_pem`] write it, without a passphrase.
//!
//! Pure: no IO, no clock, no randomness (a bundle without a passphrase needs none), so a browser's
//! worker and the server run the same code. No input makes it panic, or work or remember without
//! bound: see [`Limits`]. Private keys are wiped from memory when dropped and have no `Debug`.
//!
//! Signatures are not verified and no authority is trusted here: a chain is what the names and the key
//! identifiers say it is.

mod bundle;
mod certificate;
mod chain;
mod decrypt;
mod encode;
mod error;
mod facts;
mod key;
mod limits;
mod name;
mod passphrase;
mod pem;
mod pkcs12;
mod reader;
mod recognise;
mod time;
mod write;

pub use bundle::{Bundle, ChainEnd, Format, Opened, Summary, Warning};
pub use certificate::{CertificateInfo, KeyType};
pub use error::OpenError;
pub use facts::{Above, Facts, describe, description};
pub use limits::{INPUT_MAX_BYTES, Limits, PKCS12_MAX_BYTES, SECRET_MAX_BYTES};
pub use time::{Expiry, NoTime, UnixSeconds, Validity};
pub use zeroize::Zeroizing;

/// Opens one file, or several that together are a bundle (certificate, key, chain), in any order.
///
/// Each is recognised by what is in it, never by its name: PKCS#12 or DER; PEM, with several blocks and
/// text between them; base64 of any of these, with spaces, line breaks or armour. Keys may be PKCS#8,
/// PKCS#1 or SEC1, encrypted or not.
///
/// `passphrase` is tried where one is needed; `None` and `Some("")` are the same, and open what has no
/// passphrase or an empty one.
pub fn open(
    files: &[&[u8]],
    passphrase: Option<&str>,
    limits: Limits,
) -> Result<Bundle, OpenError> {
    let found = recognise::collect(files, passphrase, limits)?;
    bundle::assemble(found)
}

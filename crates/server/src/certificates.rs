//! Certificates of listeners: PKCS#12 bundles without a passphrase, stored as secrets.

use certificate::{Bundle, Format, Limits, OpenError, Zeroizing};
use engine::spec::CertificatePem;

/// Opens the payload of a secret. Rejects other formats such as PEM, as Octavia does.
pub fn open(payload: &[u8]) -> Result<Bundle, OpenError> {
    let bundle = certificate::open(&[payload], None, Limits::SERVER)?;
    if bundle.format() == Format::Pkcs12 { Ok(bundle) } else { Err(OpenError::NotRecognised) }
}

/// The format of the engine.
pub fn pem(bundle: &Bundle) -> CertificatePem {
    CertificatePem::new(Zeroizing::new(bundle.to_pem().as_bytes().to_vec()))
}

//! The certificate in a secret, as a listener uses it: a PKCS#12 bundle without a passphrase.

use certificate::{Bundle, Format, Limits, OpenError, Zeroizing};
use engine::spec::CertificatePem;

/// Opens the payload of a secret. What can be opened otherwise, PEM for example, is none: it would
/// not be one for Octavia either.
pub fn open(payload: &[u8]) -> Result<Bundle, OpenError> {
    let bundle = certificate::open(&[payload], None, Limits::SERVER)?;
    if bundle.format() == Format::Pkcs12 { Ok(bundle) } else { Err(OpenError::NotRecognised) }
}

/// As the engine takes it.
pub fn pem(bundle: &Bundle) -> CertificatePem {
    CertificatePem::new(Zeroizing::new(bundle.to_pem().as_bytes().to_vec()))
}

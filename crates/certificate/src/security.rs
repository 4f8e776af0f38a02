//! What a listener can serve: certificates that OpenSSL loads with the settings of Debian (`SECLEVEL=2`, 112
//! bits of security) and whose keys TLS clients support.

use crate::{
    certificate::Certificate,
    curve::Curve,
    error::OpenError,
    key::PublicKey,
    key_type::{KeyType, RSA_BITS_MIN},
};

/// Checks a certificate of a bundle, whichever its place in the chain.
pub(crate) fn check(certificate: &Certificate) -> Result<(), OpenError> {
    let info = &certificate.info;
    let subject = || info.subject.clone();
    let key = || info.key.clone();
    match &certificate.public_key {
        PublicKey::Rsa { .. } if matches!(info.key, KeyType::Rsa { bits } if bits < RSA_BITS_MIN) =>
        {
            return Err(OpenError::WeakKey { subject: subject(), key: key() });
        }
        PublicKey::Rsa { .. } => {}
        PublicKey::Ec { curve, .. } if Curve::from_oid(*curve).is_some() => {}
        PublicKey::Other { .. } if info.key == KeyType::Ed25519 => {}
        PublicKey::Ec { .. } | PublicKey::Other { .. } => {
            return Err(OpenError::UnsupportedCertificateKey { subject: subject(), key: key() });
        }
    }
    // Nobody verifies the signature of a certificate that is trusted for itself.
    if !info.is_self_signed && certificate.weak_signature {
        let signature = info.signature.clone();
        return Err(OpenError::WeakSignature { subject: subject(), signature });
    }
    Ok(())
}

//! What a listener can serve: certificates that OpenSSL loads with the settings of Debian (`SECLEVEL=2`, 112
//! bits of security) and whose keys TLS clients support.

use crate::{
    certificate::Certificate,
    curve::Curve,
    error::OpenError,
    key::PublicKey,
    key_type::{KeyType, RSA_BITS_MIN},
};

/// Checks that the key usage of a leaf allows handshakes: with others, OpenSSL offers no cipher suite, or every client
/// refuses the certificate.
pub(crate) fn check_usage(leaf: &Certificate) -> Result<(), OpenError> {
    const DIGITAL_SIGNATURE: u8 = 0x80;
    const KEY_ENCIPHERMENT: u8 = 0x20;
    const KEY_AGREEMENT: u8 = 0x08;
    let needed = match leaf.public_key {
        PublicKey::Rsa { .. } => DIGITAL_SIGNATURE | KEY_ENCIPHERMENT | KEY_AGREEMENT,
        PublicKey::Ec { .. } | PublicKey::Other { .. } => DIGITAL_SIGNATURE,
    };
    if leaf.key_usage.is_none_or(|usage| usage & needed != 0) {
        return Ok(());
    }
    Err(OpenError::WrongKeyUsage { subject: leaf.info.subject.clone() })
}

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

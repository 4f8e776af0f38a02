//! The texts of errors and warnings of a bundle.

use crate::{
    i18n::{I18nContext, Locale, format, t_string},
    pages::ssl_certificates::expiry::moment,
};
use certificate::{OpenError, OtherFormat, Warning};

/// The text of an error.
pub(super) fn refusal(i18n: I18nContext<Locale>, error: &OpenError) -> String {
    match error {
        OpenError::Empty => t_string!(i18n, certificates.bad_empty).to_owned(),
        OpenError::TooLarge { bytes, max } => {
            let locale = i18n.get_locale();
            let size = |bytes: usize| format::bytes(locale, bytes as f64);
            let (bytes, max) = (size(*bytes), size(*max));
            t_string!(i18n, certificates.bad_too_large, bytes = bytes, max = max).to_string()
        }
        OpenError::NotRecognised => t_string!(i18n, certificates.bad_not_recognised).to_owned(),
        OpenError::Damaged => t_string!(i18n, certificates.bad_damaged).to_owned(),
        OpenError::PassphraseMissing => {
            t_string!(i18n, certificates.bad_passphrase_missing).to_owned()
        }
        OpenError::PassphraseWrong => t_string!(i18n, certificates.bad_passphrase_wrong).to_owned(),
        OpenError::TooManyIterations { max } => {
            t_string!(i18n, certificates.bad_iterations, max = *max).to_string()
        }
        OpenError::UnsupportedAlgorithm { name } => {
            t_string!(i18n, certificates.bad_algorithm, name = name).to_string()
        }
        OpenError::OtherFormat { format } => match format {
            OtherFormat::OpenSsh => t_string!(i18n, certificates.bad_openssh).to_owned(),
            OtherFormat::Putty => t_string!(i18n, certificates.bad_putty).to_owned(),
            OtherFormat::JavaKeystore => t_string!(i18n, certificates.bad_keystore).to_owned(),
            OtherFormat::SecretKeys => t_string!(i18n, certificates.bad_secret_keys).to_owned(),
            OtherFormat::CertificateRequest => t_string!(i18n, certificates.bad_request).to_owned(),
        },
        OpenError::UnsupportedKey { key } => {
            t_string!(i18n, certificates.bad_key, key = key).to_string()
        }
        OpenError::UnsupportedCertificateKey { subject, key } => {
            t_string!(i18n, certificates.bad_certificate_key, subject = subject, key = key)
                .to_string()
        }
        OpenError::WeakKey { subject, key } => {
            t_string!(i18n, certificates.bad_weak_key, subject = subject, key = key).to_string()
        }
        OpenError::WeakSignature { subject, signature } => t_string!(
            i18n,
            certificates.bad_weak_signature,
            subject = subject,
            signature = signature
        )
        .to_string(),
        OpenError::NoPrivateKey => t_string!(i18n, certificates.bad_no_key).to_owned(),
        OpenError::NoCertificate => t_string!(i18n, certificates.bad_no_certificate).to_owned(),
        OpenError::KeyMismatch => t_string!(i18n, certificates.bad_mismatch).to_owned(),
        OpenError::Expired { not_after } => {
            let time = moment(i18n, *not_after);
            t_string!(i18n, certificates.bad_expired, time = time).to_string()
        }
    }
}

/// The text of a warning.
pub(super) fn warning(i18n: I18nContext<Locale>, warning: &Warning) -> String {
    match warning {
        Warning::ChainReordered => t_string!(i18n, certificates.warn_reordered).to_owned(),
        Warning::IntermediateMissing { issuer } => {
            t_string!(i18n, certificates.warn_intermediate, issuer = issuer).to_string()
        }
        Warning::SelfSigned => t_string!(i18n, certificates.warn_self_signed).to_owned(),
        Warning::ExpiresSoon { days, .. } => {
            t_string!(i18n, certificates.warn_soon, days = *days).to_string()
        }
        Warning::NotYetValid { not_before } => {
            let time = moment(i18n, *not_before);
            t_string!(i18n, certificates.warn_not_yet, time = time).to_string()
        }
        Warning::ChainExpired { subject, not_after } => {
            let time = moment(i18n, *not_after);
            t_string!(i18n, certificates.warn_chain_expired, subject = subject, time = time)
                .to_string()
        }
        Warning::RareKey { key } => {
            t_string!(i18n, certificates.warn_rare_key, key = key).to_string()
        }
        Warning::NoAlternativeNames => t_string!(i18n, certificates.warn_no_names).to_owned(),
        Warning::NotForServers => t_string!(i18n, certificates.warn_not_server).to_owned(),
        Warning::UnrelatedCertificates { subjects } => {
            let subjects = subjects.join("; ");
            t_string!(i18n, certificates.warn_unrelated, subjects = subjects).to_string()
        }
        Warning::UnrelatedKeys { count } => {
            t_string!(i18n, certificates.warn_keys, count = *count).to_string()
        }
    }
}

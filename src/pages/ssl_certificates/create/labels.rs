//! The texts of errors and warnings of a bundle.

use crate::{
    i18n::{I18nContext, Locale, format, t_string},
    pages::ssl_certificates::expiry::moment,
};
use certificate::{OpenError, OtherFormat, Warning};

/// The text of an error.
pub(super) fn refusal(i18n: I18nContext<Locale>, error: &OpenError) -> String {
    match error {
        OpenError::Empty => t_string!(i18n, certificates.error_empty).to_owned(),
        OpenError::TooLarge { bytes, max } => {
            let locale = i18n.get_locale();
            let size = |bytes: usize| format::bytes(locale, bytes as f64);
            let (bytes, max) = (size(*bytes), size(*max));
            t_string!(i18n, certificates.error_too_large, bytes = bytes, max = max).to_string()
        }
        OpenError::NotRecognised => t_string!(i18n, certificates.error_format).to_owned(),
        OpenError::Damaged => t_string!(i18n, certificates.error_damaged).to_owned(),
        OpenError::PassphraseMissing => {
            t_string!(i18n, certificates.error_passphrase_missing).to_owned()
        }
        OpenError::PassphraseWrong => {
            t_string!(i18n, certificates.error_passphrase_wrong).to_owned()
        }
        OpenError::TooManyIterations { max } => {
            t_string!(i18n, certificates.error_iterations, max = *max).to_string()
        }
        OpenError::UnsupportedAlgorithm { name } => {
            t_string!(i18n, certificates.error_algorithm, name = name).to_string()
        }
        OpenError::OtherFormat { format } => match format {
            OtherFormat::OpenSsh => t_string!(i18n, certificates.error_openssh).to_owned(),
            OtherFormat::Putty => t_string!(i18n, certificates.error_putty).to_owned(),
            OtherFormat::JavaKeystore => t_string!(i18n, certificates.error_keystore).to_owned(),
            OtherFormat::SecretKeys => t_string!(i18n, certificates.error_secret_keys).to_owned(),
            OtherFormat::CertificateRequest => {
                t_string!(i18n, certificates.error_request).to_owned()
            }
        },
        OpenError::UnsupportedKey { key } => {
            t_string!(i18n, certificates.error_key, key = key).to_string()
        }
        OpenError::UnsupportedCertificateKey { subject, key } => {
            t_string!(i18n, certificates.error_certificate_key, subject = subject, key = key)
                .to_string()
        }
        OpenError::WeakKey { subject, key } => {
            t_string!(i18n, certificates.error_weak_key, subject = subject, key = key).to_string()
        }
        OpenError::WeakSignature { subject, signature } => t_string!(
            i18n,
            certificates.error_weak_signature,
            subject = subject,
            signature = signature
        )
        .to_string(),
        OpenError::WrongKeyUsage { subject } => {
            t_string!(i18n, certificates.error_key_usage, subject = subject).to_string()
        }
        OpenError::NotForServers { subject } => {
            t_string!(i18n, certificates.error_not_for_servers, subject = subject).to_string()
        }
        OpenError::NoPrivateKey => t_string!(i18n, certificates.error_no_key).to_owned(),
        OpenError::NoCertificate => t_string!(i18n, certificates.error_no_certificate).to_owned(),
        OpenError::KeyMismatch => t_string!(i18n, certificates.error_mismatch).to_owned(),
        OpenError::Expired { not_after } => {
            let time = moment(i18n, *not_after);
            t_string!(i18n, certificates.error_expired, time = time).to_string()
        }
    }
}

/// The text of a warning.
pub(super) fn warning(i18n: I18nContext<Locale>, warning: &Warning) -> String {
    match warning {
        Warning::ChainReordered => t_string!(i18n, certificates.warning_reordered).to_owned(),
        Warning::IntermediateMissing { issuer } => {
            t_string!(i18n, certificates.warning_intermediate, issuer = issuer).to_string()
        }
        Warning::SelfSigned => t_string!(i18n, certificates.warning_self_signed).to_owned(),
        Warning::ExpiresSoon { days, .. } => {
            t_string!(i18n, certificates.warning_soon, days = *days).to_string()
        }
        Warning::NotYetValid { not_before } => {
            let time = moment(i18n, *not_before);
            t_string!(i18n, certificates.warning_not_yet, time = time).to_string()
        }
        Warning::ChainExpired { subject, not_after } => {
            let time = moment(i18n, *not_after);
            t_string!(i18n, certificates.warning_chain_expired, subject = subject, time = time)
                .to_string()
        }
        Warning::RareKey { key } => {
            t_string!(i18n, certificates.warning_rare_key, key = key).to_string()
        }
        Warning::NoAlternativeNames => t_string!(i18n, certificates.warning_no_names).to_owned(),
        Warning::NotForServers => t_string!(i18n, certificates.warning_not_server).to_owned(),
        Warning::UnrelatedCertificates { subjects } => {
            let subjects = subjects.join("; ");
            t_string!(i18n, certificates.warning_unrelated, subjects = subjects).to_string()
        }
        Warning::UnrelatedKeys { count } => {
            t_string!(i18n, certificates.warning_keys, count = *count).to_string()
        }
    }
}

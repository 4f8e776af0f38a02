//! The public fields of a certificate as the Barbican metadata of its secret: texts of at most 255
//! characters under keys of lower-case letters, digits, `-` and `_`.
//!
//! Lists are built from the metadata, so that they need no private key.

use crate::{
    bundle::Summary,
    certificate::CertificateInfo,
    time::{UnixSeconds, Validity},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Barbican's limit on a value, in characters.
const VALUE_MAX: usize = 255;

/// The key of the user's description.
const DESCRIPTION_KEY: &str = "description";

/// A certificate of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuerMetadata {
    /// `CN=Example CA, O=Example`.
    pub subject: String,
    pub not_after: UnixSeconds,
}

/// The fields of a certificate that are stored as metadata. All of them are public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateMetadata {
    /// `CN=www.example.com, O=Example`.
    pub subject: String,
    pub issuer: String,
    /// The DNS names and IP addresses.
    pub names: Vec<String>,
    pub validity: Validity,
    /// `RSA 2048`.
    pub key: String,
    /// `SHA-256 with RSA`.
    pub signature: String,
    /// `0A:1B:…`.
    pub serial: String,
    /// SHA-256 of the DER, `0A:1B:…`.
    pub fingerprint: String,
    /// The chain without the leaf: the issuer, the issuer of that one, and so on.
    pub chain: Vec<IssuerMetadata>,
}

impl CertificateMetadata {
    pub fn from_summary(summary: &Summary) -> Self {
        let CertificateInfo {
            subject,
            issuer,
            names,
            validity,
            serial,
            fingerprint,
            key,
            signature,
            ..
        } = summary.leaf.clone();
        let issuer_metadata = |issuer: &CertificateInfo| IssuerMetadata {
            subject: issuer.subject.clone(),
            not_after: issuer.validity.not_after,
        };
        Self {
            subject,
            issuer,
            names,
            validity,
            key: key.to_string(),
            signature,
            serial,
            fingerprint,
            chain: summary.chain.iter().map(issuer_metadata).collect(),
        }
    }

    /// A text that exceeds the limit continues under `KEY-2`, `KEY-3`, and so on.
    pub fn to_map(&self) -> BTreeMap<String, String> {
        let mut metadata = BTreeMap::new();
        let chain: Vec<String> =
            self.chain.iter().map(|one| format!("{} {}", one.not_after, one.subject)).collect();
        for (key, text) in [
            ("subject", self.subject.clone()),
            ("issuer", self.issuer.clone()),
            ("names", self.names.join(" ")),
            ("not_before", self.validity.not_before.to_string()),
            ("not_after", self.validity.not_after.to_string()),
            ("key", self.key.clone()),
            ("signature", self.signature.clone()),
            ("serial", self.serial.clone()),
            ("fingerprint", self.fingerprint.clone()),
            ("chain", chain.join("\n")),
        ] {
            write(&mut metadata, key, &text);
        }
        metadata
    }

    /// `None` if the metadata describes no certificate.
    pub fn from_map(metadata: &BTreeMap<String, String>) -> Option<Self> {
        let text = |key| read(metadata, key).unwrap_or_default();
        let issuer_metadata = |line: &str| {
            let (not_after, subject) = line.split_once(' ')?;
            Some(IssuerMetadata { subject: subject.to_owned(), not_after: not_after.parse().ok()? })
        };
        Some(Self {
            subject: read(metadata, "subject")?,
            issuer: text("issuer"),
            names: text("names").split_whitespace().map(str::to_owned).collect(),
            validity: Validity {
                not_before: read(metadata, "not_before")?.parse().ok()?,
                not_after: read(metadata, "not_after")?.parse().ok()?,
            },
            key: text("key"),
            signature: text("signature"),
            serial: text("serial"),
            fingerprint: read(metadata, "fingerprint")?,
            chain: text("chain").lines().filter_map(issuer_metadata).collect(),
        })
    }
}

/// Adds the user's description to the metadata.
pub fn set_description(metadata: &mut BTreeMap<String, String>, description: &str) {
    write(metadata, DESCRIPTION_KEY, description);
}

/// The user's description, or an empty text.
pub fn description(metadata: &BTreeMap<String, String>) -> String {
    read(metadata, DESCRIPTION_KEY).unwrap_or_default()
}

fn numbered_key(key: &str, number: usize) -> String {
    if number == 1 { key.to_owned() } else { format!("{key}-{number}") }
}

fn write(metadata: &mut BTreeMap<String, String>, key: &str, text: &str) {
    let characters: Vec<char> = text.chars().collect();
    for (piece, number) in characters.chunks(VALUE_MAX).zip(1..) {
        metadata.insert(numbered_key(key, number), piece.iter().collect());
    }
}

fn read(metadata: &BTreeMap<String, String>, key: &str) -> Option<String> {
    let mut text = metadata.get(key)?.clone();
    for number in 2.. {
        match metadata.get(&numbered_key(key, number)) {
            Some(piece) => text.push_str(piece),
            None => break,
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn metadata(
        subject: String,
        names: Vec<String>,
        times: (i64, i64),
        issuers: Vec<String>,
    ) -> CertificateMetadata {
        CertificateMetadata {
            issuer: subject.clone(),
            subject,
            names,
            validity: Validity {
                not_before: UnixSeconds(times.0),
                not_after: UnixSeconds(times.1),
            },
            key: "RSA 2048".to_owned(),
            signature: "SHA-256 with RSA".to_owned(),
            serial: "0A".to_owned(),
            fingerprint: "0A:1B".to_owned(),
            chain: issuers
                .into_iter()
                .map(|subject| IssuerMetadata { subject, not_after: UnixSeconds(times.1) })
                .collect(),
        }
    }

    proptest! {
        #[test]
        fn metadata_round_trips(
            subject in "CN=\\PC{0,700}",
            names in prop::collection::vec("[a-z*.]{1,60}", 0..40),
            from in 0_i64..253_402_300_799,
            to in 0_i64..253_402_300_799,
            issuers in prop::collection::vec("CN=[a-z ,=]{0,80}[a-z]", 0..6),
            description in "\\PC{0,600}",
        ) {
            let certificate = metadata(subject, names, (from, to), issuers);
            let mut metadata = certificate.to_map();
            set_description(&mut metadata, &description);
            for (key, value) in &metadata {
                prop_assert!(key.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"-_".contains(&c)));
                prop_assert!(!value.is_empty() && value.chars().count() <= VALUE_MAX);
            }
            prop_assert_eq!(super::description(&metadata), description);
            prop_assert_eq!(CertificateMetadata::from_map(&metadata), Some(certificate));
        }

        #[test]
        fn any_metadata_is_read_without_a_panic(metadata in prop::collection::btree_map("[a-z_]{1,12}", "\\PC{0,30}", 0..12)) {
            CertificateMetadata::from_map(&metadata);
        }
    }

    #[test]
    fn metadata_of_another_secret_describes_no_certificate() {
        let metadata = BTreeMap::from([("subject".to_owned(), "maths".to_owned())]);
        assert_eq!(CertificateMetadata::from_map(&metadata), None);
        assert_eq!(description(&metadata), "");
    }
}

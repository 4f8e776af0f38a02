//! What is worth remembering of a certificate beside the secret that holds it, as Barbican's metadata:
//! texts of at most 255 characters under keys of lower-case letters, digits, `-` and `_`.
//!
//! With it a list is drawn without reading a single private key.

use crate::{CertificateInfo, Summary, UnixSeconds, Validity};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Characters that Barbican keeps of a value.
const VALUE_MAX: usize = 255;

/// Where the creator's own words stand.
const DESCRIPTION: &str = "description";

/// A certificate above another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Above {
    /// `CN=Example CA, O=Example`.
    pub subject: String,
    /// Its last second.
    pub not_after: UnixSeconds,
}

/// What is worth remembering of a certificate. All of it is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// `CN=www.example.com, O=Example`.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// The DNS names and IP addresses it is for.
    pub names: Vec<String>,
    /// From when to when.
    pub validity: Validity,
    /// `RSA 2048`.
    pub key: String,
    /// `SHA-256 with RSA`.
    pub signature: String,
    /// `0A:1B:…`
    pub serial: String,
    /// SHA-256 of the whole, `0A:1B:…`.
    pub fingerprint: String,
    /// The rest of the chain: who issued it, who issued that one, …
    pub chain: Vec<Above>,
}

impl Facts {
    /// Those of a bundle.
    pub fn of(summary: &Summary) -> Self {
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
        let above = |one: &CertificateInfo| Above {
            subject: one.subject.clone(),
            not_after: one.validity.not_after,
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
            chain: summary.chain.iter().map(above).collect(),
        }
    }

    /// As metadata. A text that is too long goes on under `KEY-2`, `KEY-3`, …
    pub fn to_metadata(&self) -> BTreeMap<String, String> {
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

    /// Out of metadata; `None` where it tells of no certificate.
    pub fn of_metadata(metadata: &BTreeMap<String, String>) -> Option<Self> {
        let text = |key| read(metadata, key).unwrap_or_default();
        let above = |line: &str| {
            let (not_after, subject) = line.split_once(' ')?;
            Some(Above { subject: subject.to_owned(), not_after: not_after.parse().ok()? })
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
            chain: text("chain").lines().filter_map(above).collect(),
        })
    }
}

/// Puts a description beside the facts.
pub fn describe(metadata: &mut BTreeMap<String, String>, description: &str) {
    write(metadata, DESCRIPTION, description);
}

/// The description; empty where there is none.
pub fn description(metadata: &BTreeMap<String, String>) -> String {
    read(metadata, DESCRIPTION).unwrap_or_default()
}

fn part(key: &str, number: usize) -> String {
    if number == 1 { key.to_owned() } else { format!("{key}-{number}") }
}

fn write(metadata: &mut BTreeMap<String, String>, key: &str, text: &str) {
    let letters: Vec<char> = text.chars().collect();
    for (piece, number) in letters.chunks(VALUE_MAX).zip(1..) {
        metadata.insert(part(key, number), piece.iter().collect());
    }
}

fn read(metadata: &BTreeMap<String, String>, key: &str) -> Option<String> {
    let mut text = metadata.get(key)?.clone();
    for number in 2.. {
        match metadata.get(&part(key, number)) {
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

    fn facts(subject: String, names: Vec<String>, times: (i64, i64), above: Vec<String>) -> Facts {
        Facts {
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
            chain: above
                .into_iter()
                .map(|subject| Above { subject, not_after: UnixSeconds(times.1) })
                .collect(),
        }
    }

    proptest! {
        #[test]
        fn what_is_remembered_is_read_again(
            subject in "CN=\\PC{0,700}",
            names in prop::collection::vec("[a-z*.]{1,60}", 0..40),
            from in 0_i64..253_402_300_799,
            to in 0_i64..253_402_300_799,
            above in prop::collection::vec("CN=[a-z ,=]{0,80}[a-z]", 0..6),
            description in "\\PC{0,600}",
        ) {
            let facts = facts(subject, names, (from, to), above);
            let mut metadata = facts.to_metadata();
            describe(&mut metadata, &description);
            for (key, value) in &metadata {
                prop_assert!(key.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || b"-_".contains(&c)));
                prop_assert!(!value.is_empty() && value.chars().count() <= VALUE_MAX);
            }
            prop_assert_eq!(super::description(&metadata), description);
            prop_assert_eq!(Facts::of_metadata(&metadata), Some(facts));
        }

        #[test]
        fn no_metadata_breaks_it(metadata in prop::collection::btree_map("[a-z_]{1,12}", "\\PC{0,30}", 0..12)) {
            Facts::of_metadata(&metadata);
        }
    }

    #[test]
    fn metadata_of_something_else_tells_of_no_certificate() {
        let words = BTreeMap::from([("subject".to_owned(), "maths".to_owned())]);
        assert_eq!(Facts::of_metadata(&words), None);
        assert_eq!(description(&words), "");
    }
}

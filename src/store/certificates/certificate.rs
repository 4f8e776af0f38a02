//! A certificate in the store. Pure.

use crate::store::{lower, natural_key};
use certificate::{CertificateMetadata, Expiry, UnixSeconds, description};
use openstack_types::{SecretId, barbican::Secret};
use std::collections::BTreeMap;

/// The validity of a certificate at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    Expired,
    /// At most 30 days are left, of a short lifetime a third.
    Expiring,
    /// Not valid yet.
    NotYet,
    Valid,
    /// The content is unknown.
    Unknown,
}

/// A certificate: a secret, and what its metadata says of its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The id of its secret.
    pub id: SecretId,
    /// The reference that a listener has.
    pub reference: String,
    /// The name; may be empty.
    pub name: String,
    /// The status of the secret: `ACTIVE`.
    pub status: String,
    /// UTC, `2026-11-23T03:40:39`.
    pub created_at: String,
    pub description: String,
    /// What is in the certificate, if the metadata has it.
    pub facts: Option<CertificateMetadata>,
    /// The name in lower case, for sorting.
    pub(super) name_key: String,
    /// The text that is searched, in lower case.
    pub(super) searchable: String,
}

impl Certificate {
    /// Shown for a certificate that is being deleted; Barbican has no such status.
    pub const DELETING: &str = "DELETING";

    /// A certificate that has just been stored.
    pub fn new(
        id: SecretId,
        reference: String,
        name: String,
        created_at: String,
        metadata: &BTreeMap<String, String>,
    ) -> Self {
        let mut certificate = Self {
            id,
            reference,
            name_key: natural_key(&name),
            name,
            status: "ACTIVE".to_owned(),
            created_at,
            description: description(metadata),
            facts: CertificateMetadata::from_map(metadata),
            searchable: String::new(),
        };
        certificate.searchable = lower(&certificate.searchable_text());
        certificate
    }

    /// A certificate of a list.
    pub fn of(id: SecretId, secret: Secret, metadata: &BTreeMap<String, String>) -> Self {
        let (name, created) = (secret.name.unwrap_or_default(), secret.created.unwrap_or_default());
        let mut certificate = Self::new(id, secret.secret_ref, name, created, metadata);
        certificate.status = secret.status;
        certificate.searchable = lower(&certificate.searchable_text());
        certificate
    }

    /// The validity at a time.
    pub fn state(&self, now: UnixSeconds) -> State {
        match self.facts.as_ref().map(|facts| facts.validity.at(now)) {
            None => State::Unknown,
            Some(Expiry::Expired) => State::Expired,
            Some(Expiry::Soon) => State::Expiring,
            Some(Expiry::NotYet) => State::NotYet,
            Some(Expiry::Good) => State::Valid,
        }
    }

    /// The domain names.
    pub fn domains(&self) -> &[String] {
        self.facts.as_ref().map_or(&[], |facts| &facts.names)
    }

    fn searchable_text(&self) -> String {
        let mut text = format!("{}\n{}\n{}\n{}", self.name, self.description, self.id, self.status);
        if let Some(facts) = &self.facts {
            let parts = [&facts.subject, &facts.issuer, &facts.key, &facts.fingerprint];
            for part in parts.into_iter().chain(&facts.names) {
                text.push('\n');
                text.push_str(part);
            }
        }
        text
    }
}

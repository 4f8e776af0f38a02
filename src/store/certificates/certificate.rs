//! A certificate as the page knows it. Pure.

use crate::store::{lower, natural_key};
use certificate::{CertificateMetadata, Expiry, UnixSeconds, description};
use openstack_types::{SecretId, barbican::Secret};
use std::collections::BTreeMap;

/// What a certificate is good for at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Not valid any more.
    Expired,
    /// A third of its life or less is left.
    Expiring,
    /// Not valid yet.
    NotYet,
    /// Valid.
    Valid,
    /// Nobody knows what is in it.
    Unknown,
}

/// A certificate: a secret, and what is known of its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Its secret's id.
    pub id: SecretId,
    /// By which a listener refers to it.
    pub reference: String,
    /// What people call it, perhaps empty.
    pub name: String,
    /// Barbican's: `ACTIVE`.
    pub status: String,
    /// UTC, `2026-11-23T03:40:39`.
    pub created_at: String,
    /// Free text.
    pub description: String,
    /// What is in it, where anybody has said or seen.
    pub facts: Option<CertificateMetadata>,
    /// The name in lower case, to sort by.
    pub(super) name_key: String,
    /// Everything that is searched, in lower case.
    pub(super) searchable: String,
}

impl Certificate {
    /// The status of one that is being deleted; Barbican has none for it.
    pub const DELETING: &str = "DELETING";

    /// One that has just been stored.
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

    /// One that a service tells of.
    pub fn of(id: SecretId, secret: Secret, metadata: &BTreeMap<String, String>) -> Self {
        let (name, created) = (secret.name.unwrap_or_default(), secret.created.unwrap_or_default());
        let mut certificate = Self::new(id, secret.secret_ref, name, created, metadata);
        certificate.status = secret.status;
        certificate.searchable = lower(&certificate.searchable_text());
        certificate
    }

    /// What it is good for now.
    pub fn state(&self, now: UnixSeconds) -> State {
        match self.facts.as_ref().map(|facts| facts.validity.at(now)) {
            None => State::Unknown,
            Some(Expiry::Expired) => State::Expired,
            Some(Expiry::Soon) => State::Expiring,
            Some(Expiry::NotYet) => State::NotYet,
            Some(Expiry::Good) => State::Valid,
        }
    }

    /// The names it is for.
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

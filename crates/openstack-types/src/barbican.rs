//! Barbican v1: secrets. A certificate is one whose payload is a PKCS#12 bundle.

use crate::{SecretId, UserId, wire_enum::wire_enum};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

wire_enum! {
    /// What a secret holds, as its creator says; nothing is made of it.
    SecretType {
        /// A key for both ways.
        Symmetric = "symmetric",
        /// Text that a person knows.
        Passphrase = "passphrase",
        /// A private key.
        Private = "private",
        /// A public key.
        Public = "public",
        /// A certificate alone, without its key.
        Certificate = "certificate",
        /// Anything: bundles are that.
        Opaque = "opaque",
    }
}

/// What is known of a secret; the payload is asked for apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// Its URL; the last part is its id.
    pub secret_ref: String,
    /// What people call it.
    #[serde(default)]
    pub name: Option<String>,
    /// `ACTIVE`; Barbican has no other for a secret that is there.
    pub status: String,
    /// What it holds.
    pub secret_type: SecretType,
    /// What the payload is; absent while there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_types: Option<ContentTypes>,
    /// Of a key: what it is for.
    #[serde(default)]
    pub algorithm: Option<String>,
    /// Of a key: how long it is.
    #[serde(default)]
    pub bit_length: Option<u16>,
    /// Of a key: how it is used.
    #[serde(default)]
    pub mode: Option<String>,
    /// UTC; from then on it is not found.
    #[serde(default)]
    pub expiration: Option<String>,
    /// Who stored it.
    #[serde(default)]
    pub creator_id: Option<UserId>,
    /// UTC.
    #[serde(default)]
    pub created: Option<String>,
    /// UTC.
    #[serde(default)]
    pub updated: Option<String>,
    /// Who said that they use it; told from microversion 1.1 on. Listeners are not among them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumers: Option<Vec<Consumer>>,
}

impl Secret {
    /// Its id.
    pub fn id(&self) -> Option<SecretId> {
        SecretId::from_ref(&self.secret_ref)
    }
}

/// What a payload is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentTypes {
    /// The type it was stored as, and is best asked for as.
    pub default: String,
}

/// Something that uses a secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Consumer {
    /// The service: `octavia`.
    pub service: String,
    /// The kind: `listener`.
    pub resource_type: String,
    /// Which one.
    pub resource_id: String,
}

/// Answer of `GET /v1/secrets`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretList {
    /// One page of them.
    pub secrets: Vec<Secret>,
    /// How many there are on all pages.
    pub total: u64,
    /// URL of the page before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// URL of the page after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Body of `POST /v1/secrets`. Deliberately not `Debug`: it holds a private key.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewSecret {
    /// What people call it.
    pub name: String,
    /// Base64 of the payload.
    pub payload: String,
    /// `application/octet-stream`.
    pub payload_content_type: String,
    /// `base64`.
    pub payload_content_encoding: String,
    /// What it holds.
    pub secret_type: SecretType,
}

impl NewSecret {
    /// A PKCS#12 bundle, given as base64 without line breaks.
    pub fn bundle(name: String, base64: String) -> Self {
        Self {
            name,
            payload: base64,
            payload_content_type: "application/octet-stream".to_owned(),
            payload_content_encoding: "base64".to_owned(),
            secret_type: SecretType::Opaque,
        }
    }
}

/// Answer of `POST /v1/secrets`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The secret's URL.
    pub secret_ref: String,
}

/// Body of `PUT` and `PATCH /v1/secrets/{id}/acl`, and what `GET` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acl {
    /// Who may read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<AclRead>,
}

/// Who may read a secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AclRead {
    /// Everybody of the project.
    #[serde(default, rename = "project-access", skip_serializing_if = "Option::is_none")]
    pub project_access: Option<bool>,
    /// These people too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<UserId>>,
    /// UTC; told, not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// UTC; told, not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
}

impl Acl {
    /// The creator's alone.
    pub fn private() -> Self {
        Self { read: Some(AclRead { project_access: Some(false), ..AclRead::default() }) }
    }
}

/// Body of `PUT /v1/secrets/{id}/metadata`, and what `GET` answers. Keys are of lower-case letters,
/// digits, `-` and `_`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The creator's own words about the secret.
    pub metadata: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_is_read_and_written_as_barbican_does() {
        let told = json!({
            "created": "2026-11-23T03:40:36",
            "updated": "2026-11-23T03:40:36",
            "status": "ACTIVE",
            "name": "tls-www",
            "secret_type": "opaque",
            "expiration": null,
            "algorithm": null,
            "bit_length": null,
            "mode": null,
            "creator_id": "da71e09b6610432dbd3953ea37577518",
            "content_types": {"default": "application/octet-stream"},
            "secret_ref": "http://127.0.0.1:9311/v1/secrets/48bf2cd7-8ace-4ea3-b065-5ce9d3eba1ba",
        });
        let secret: Secret = serde_json::from_value(told.clone()).unwrap();
        assert_eq!(secret.id().unwrap().to_string(), "48bf2cd7-8ace-4ea3-b065-5ce9d3eba1ba");
        assert_eq!(serde_json::to_value(&secret).unwrap(), told);
    }

    #[test]
    fn an_acl_says_only_what_it_sets() {
        assert_eq!(
            serde_json::to_value(Acl::private()).unwrap(),
            json!({"read": {"project-access": false}})
        );
    }
}

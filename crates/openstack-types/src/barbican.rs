//! Barbican v1: secrets. A certificate is one whose payload is a PKCS#12 bundle.

use crate::{SecretId, UserId, wire_enum::wire_enum};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

wire_enum! {
    /// The kind of a secret, as declared by its creator; without effect.
    SecretType {
        Symmetric = "symmetric",
        Passphrase = "passphrase",
        Private = "private",
        Public = "public",
        /// A certificate without key.
        Certificate = "certificate",
        /// Anything else, such as a PKCS#12 bundle.
        Opaque = "opaque",
    }
}

/// A secret without its payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// Its URL, which ends with its id.
    pub secret_ref: String,
    #[serde(default)]
    pub name: Option<String>,
    /// Always `ACTIVE`.
    pub status: String,
    pub secret_type: SecretType,
    /// Absent without payload.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_types: Option<ContentTypes>,
    /// The algorithm of a key.
    #[serde(default)]
    pub algorithm: Option<String>,
    /// The length of a key.
    #[serde(default)]
    pub bit_length: Option<u16>,
    /// The mode of a key.
    #[serde(default)]
    pub mode: Option<String>,
    /// UTC; a secret is not found after it.
    #[serde(default)]
    pub expiration: Option<String>,
    #[serde(default)]
    pub creator_id: Option<UserId>,
    /// UTC.
    #[serde(default)]
    pub created: Option<String>,
    /// UTC.
    #[serde(default)]
    pub updated: Option<String>,
    /// Registered consumers; from microversion 1.1. Listeners do not register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consumers: Option<Vec<Consumer>>,
}

impl Secret {
    pub fn id(&self) -> Option<SecretId> {
        SecretId::from_ref(&self.secret_ref)
    }
}

/// The media type of a payload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContentTypes {
    pub default: String,
}

/// A registered user of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Consumer {
    /// `octavia`
    pub service: String,
    /// `listener`
    pub resource_type: String,
    pub resource_id: String,
}

/// Response of `GET /v1/secrets`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretList {
    /// One page.
    pub secrets: Vec<Secret>,
    /// The number of secrets on all pages.
    pub total: u64,
    /// URL of the previous page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<String>,
    /// URL of the next page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Body of `POST /v1/secrets`. Deliberately not `Debug`: it holds a private key.
#[derive(Clone, Serialize, Deserialize)]
pub struct NewSecret {
    pub name: String,
    /// Base64 of the payload.
    pub payload: String,
    /// `application/octet-stream`.
    pub payload_content_type: String,
    /// `base64`.
    pub payload_content_encoding: String,
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

/// Response of `POST /v1/secrets`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedSecret {
    pub secret_ref: String,
}

/// Body of `PUT` and `PATCH /v1/secrets/{id}/acl`, and response of `GET`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acl {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<AclRead>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AclRead {
    /// Whether every user of the project may read it.
    #[serde(default, rename = "project-access", skip_serializing_if = "Option::is_none")]
    pub project_access: Option<bool>,
    /// Users who may read it too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users: Option<Vec<UserId>>,
    /// UTC; read-only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// UTC; read-only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<String>,
}

impl Acl {
    /// Only the creator may read it.
    pub fn private() -> Self {
        Self { read: Some(AclRead { project_access: Some(false), ..AclRead::default() }) }
    }
}

/// Body of `PUT /v1/secrets/{id}/metadata`, and response of `GET`. Keys consist of lower-case
/// letters, digits, `-` and `_`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    pub metadata: BTreeMap<String, String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_secret_has_the_keys_of_barbican() {
        let body = json!({
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
        let secret: Secret = serde_json::from_value(body.clone()).unwrap();
        assert_eq!(secret.id().unwrap().to_string(), "48bf2cd7-8ace-4ea3-b065-5ce9d3eba1ba");
        assert_eq!(serde_json::to_value(&secret).unwrap(), body);
    }

    #[test]
    fn an_acl_has_only_the_fields_that_it_sets() {
        assert_eq!(
            serde_json::to_value(Acl::private()).unwrap(),
            json!({"read": {"project-access": false}})
        );
    }
}

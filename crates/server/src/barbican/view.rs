//! The JSON of a secret, and the response to the creation of an object.

use super::microversion::Microversion;
use crate::{
    public_url::PublicUrl,
    store::barbican::{Secret, consumers},
};
use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use openstack_types::barbican::{self as wire, ContentTypes};
use rusqlite::Connection;
use serde_json::json;
use std::fmt::Display;

pub(super) fn secret_ref(url: &PublicUrl, id: impl Display) -> String {
    format!("{}/v1/secrets/{id}", url.key_manager())
}

/// The response with the reference of a new object, under `key`.
pub(super) fn created(key: &str, reference: String) -> Response {
    let body = Json(json!({ key: reference }));
    (StatusCode::CREATED, [(header::LOCATION, reference)], body).into_response()
}

pub(super) fn secret(
    db: &Connection,
    url: &PublicUrl,
    version: Microversion,
    secret: Secret,
) -> rusqlite::Result<wire::Secret> {
    let consumers = if version >= Microversion::CONSUMERS {
        let entries = consumers::all(db, secret.id)?;
        Some(entries.into_iter().map(|entry| entry.consumer).collect())
    } else {
        None
    };
    Ok(wire::Secret {
        secret_ref: secret_ref(url, secret.id),
        name: secret.name,
        status: "ACTIVE".to_owned(),
        secret_type: secret.secret_type,
        content_types: secret
            .content_type
            .map(|kind| ContentTypes { default: kind.as_str().to_owned() }),
        algorithm: secret.algorithm,
        bit_length: secret.bit_length,
        mode: secret.mode,
        expiration: secret.expiration,
        creator_id: Some(secret.creator_id),
        created: Some(secret.created),
        updated: Some(secret.updated),
        consumers,
    })
}

//! `/secrets/{id}/metadata`

use super::{
    access::{Access, SecretRequest},
    error::BarbicanError,
    schema::{Fields, TEXT, wrong_type},
};
use crate::store::barbican::metadata as store;
use axum::{
    Json,
    extract::{Path, Request},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use openstack_types::barbican::Metadata;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Limit of all metadata of a secret that one request sets. The facts about a certificate have some kilobytes.
const MAX_BYTES: usize = 64 * 1024;
const METADATA: &str = "entries of metadata";

pub(super) async fn all(secret_request: SecretRequest) -> Result<Json<Metadata>, BarbicanError> {
    const OPERATION: &str = "Secret metadata retrieval";
    let metadata = secret_request
        .read(Access::View, OPERATION, |db, secret| Ok(store::all(db, secret.id)?))
        .await?;
    Ok(Json(Metadata { metadata }))
}

/// `PUT`: replaces all metadata.
pub(super) async fn replace(
    secret_request: SecretRequest,
    request: Request,
) -> Result<Response, BarbicanError> {
    const OPERATION: &str = "Secret metadata creation";
    secret_request.require_room()?;
    let entries = parse_metadata(&secret_request.json(OPERATION, request).await?)?;
    SecretRequest::require_entries(secret_request.max_entries(), entries.len(), METADATA)?;
    if entries.iter().map(|(key, value)| key.len() + value.len()).sum::<usize>() > MAX_BYTES {
        return Err(BarbicanError::bad(format!(
            "Invalid Metadata. Keys and Values may have {MAX_BYTES} bytes in all."
        )));
    }
    secret_request
        .change(OPERATION, move |tx, secret| Ok(store::replace(tx, &secret, &entries)?))
        .await?;
    let metadata_ref = format!("{}/metadata", secret_request.secret_ref());
    Ok((StatusCode::CREATED, Json(json!({ "metadata_ref": metadata_ref }))).into_response())
}

/// `POST`: adds one entry.
pub(super) async fn add(
    secret_request: SecretRequest,
    request: Request,
) -> Result<Response, BarbicanError> {
    const OPERATION: &str = "Secret metadatum creation";
    secret_request.require_room()?;
    let entry = parse_metadatum(&secret_request.json(OPERATION, request).await?)?;
    let location = format!("{}/metadata/{}", secret_request.secret_ref(), entry.key);
    let limit = secret_request.max_entries();
    let body = entry.json();
    secret_request
        .change(OPERATION, move |tx, secret| {
            let all = store::all(tx, secret.id)?;
            if all.contains_key(&entry.key) {
                return Err(BarbicanError::conflict(
                    "Conflict. Key in request is already in the secret metadata",
                ));
            }
            SecretRequest::require_entries(limit, all.len() + 1, METADATA)?;
            Ok(store::set(tx, &secret, &entry.key, &entry.value)?)
        })
        .await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, location)], body).into_response())
}

pub(super) async fn one(
    secret_request: SecretRequest,
    Path((_, key)): KeyPath,
) -> Result<Json<Value>, BarbicanError> {
    const OPERATION: &str = "Secret metadatum retrieval";
    let mut all = secret_request
        .read(Access::View, OPERATION, |db, secret| Ok(store::all(db, secret.id)?))
        .await?;
    let value = all.remove(&key).ok_or_else(not_found)?;
    Ok(Metadatum { key, value }.json())
}

/// `PUT` of an existing entry.
pub(super) async fn change(
    secret_request: SecretRequest,
    Path((_, key)): KeyPath,
    request: Request,
) -> Result<Json<Value>, BarbicanError> {
    const OPERATION: &str = "Secret metadatum update";
    secret_request.require_room()?;
    let entry = parse_metadatum(&secret_request.json(OPERATION, request).await?)?;
    let body = entry.json();
    secret_request
        .change(OPERATION, move |tx, secret| {
            if !store::all(tx, secret.id)?.contains_key(&key) {
                return Err(not_found());
            }
            if entry.key != key {
                return Err(BarbicanError::conflict(
                    "Key in request data does not match key in the request url.",
                ));
            }
            Ok(store::set(tx, &secret, &key, &entry.value)?)
        })
        .await?;
    Ok(body)
}

pub(super) async fn delete(
    secret_request: SecretRequest,
    Path((_, key)): KeyPath,
) -> Result<StatusCode, BarbicanError> {
    const OPERATION: &str = "Secret metadatum removal";
    secret_request
        .change(OPERATION, move |tx, secret| Ok(store::delete(tx, &secret, &key)?))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The id of the secret, and the key.
type KeyPath = Path<(String, String)>;

fn not_found() -> BarbicanError {
    BarbicanError::not_found("Secret metadata not found.")
}

struct Metadatum {
    key: String,
    value: String,
}

impl Metadatum {
    fn json(&self) -> Json<Value> {
        Json(json!({"key": self.key, "value": self.value}))
    }
}

fn parse_metadata(body: &Value) -> Result<BTreeMap<String, String>, BarbicanError> {
    let fields = Fields::from_body("SecretMetadata", body)?;
    let entries = match fields.get("metadata") {
        Some(Value::Object(entries)) => entries,
        Some(other) => return Err(fields.error("metadata", wrong_type(other, "object"))),
        None => return Err(fields.error("metadata", "'metadata' is a required property")),
    };
    entries
        .iter()
        .map(|(key, value)| {
            let key = checked_key(key)?;
            match value.as_str() {
                Some(value) => Ok((key, value.to_owned())),
                None => {
                    Err(BarbicanError::bad("Invalid Metadata. Keys and Values must be Strings."))
                }
            }
        })
        .collect()
}

fn parse_metadatum(body: &Value) -> Result<Metadatum, BarbicanError> {
    let fields = Fields::from_body("SecretMetadatum", body)?;
    fields.allow_only(&["key", "value"])?;
    let text = |name: &str| {
        fields
            .text(name, TEXT)?
            .ok_or_else(|| fields.error(name, format!("'{name}' is a required property")))
    };
    let (key, value) = (text("key")?, text("value")?);
    Ok(Metadatum { key: checked_key(key)?, value: value.to_owned() })
}

/// A key is part of a URL, and stored in lower case.
fn checked_key(key: &str) -> Result<String, BarbicanError> {
    let is_url_safe = key.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c));
    if is_url_safe && !key.is_empty() && key.len() <= TEXT {
        Ok(key.to_ascii_lowercase())
    } else {
        Err(BarbicanError::bad("Invalid Key. Key must be URL safe."))
    }
}

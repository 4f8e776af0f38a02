//! `/secrets/{id}/metadata`: the creator's own words about a secret.

use super::{
    access::{Door, Want},
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

/// `GET`
pub async fn all(door: Door) -> Result<Json<Metadata>, BarbicanError> {
    const OPERATION: &str = "Secret metadata retrieval";
    let metadata =
        door.read(Want::Look, OPERATION, |db, secret| Ok(store::all(db, secret.id)?)).await?;
    Ok(Json(Metadata { metadata }))
}

/// `PUT`: these in place of all that there were.
pub async fn replace(door: Door, request: Request) -> Result<Response, BarbicanError> {
    const OPERATION: &str = "Secret metadata creation";
    let words = words(&door.json(OPERATION, request).await?)?;
    door.change(OPERATION, move |tx, secret| Ok(store::replace(tx, &secret, &words)?)).await?;
    let metadata_ref = format!("{}/metadata", door.secret_ref());
    Ok((StatusCode::CREATED, Json(json!({ "metadata_ref": metadata_ref }))).into_response())
}

/// `POST`: a further one.
pub async fn add(door: Door, request: Request) -> Result<Response, BarbicanError> {
    const OPERATION: &str = "Secret metadatum creation";
    let word = word(&door.json(OPERATION, request).await?)?;
    let place = format!("{}/metadata/{}", door.secret_ref(), word.key);
    let said = word.json();
    door.change(OPERATION, move |tx, secret| {
        if store::all(tx, secret.id)?.contains_key(&word.key) {
            return Err(BarbicanError::conflict(
                "Conflict. Key in request is already in the secret metadata",
            ));
        }
        Ok(store::set(tx, &secret, &word.key, &word.value)?)
    })
    .await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], said).into_response())
}

/// `GET` of one.
pub async fn one(door: Door, Path((_, key)): KeyPath) -> Result<Json<Value>, BarbicanError> {
    const OPERATION: &str = "Secret metadatum retrieval";
    let mut all =
        door.read(Want::Look, OPERATION, |db, secret| Ok(store::all(db, secret.id)?)).await?;
    let value = all.remove(&key).ok_or_else(not_found)?;
    Ok(Word { key, value }.json())
}

/// `PUT` of one that is there.
pub async fn change(
    door: Door,
    Path((_, key)): KeyPath,
    request: Request,
) -> Result<Json<Value>, BarbicanError> {
    const OPERATION: &str = "Secret metadatum update";
    let word = word(&door.json(OPERATION, request).await?)?;
    let said = word.json();
    door.change(OPERATION, move |tx, secret| {
        if !store::all(tx, secret.id)?.contains_key(&key) {
            return Err(not_found());
        }
        if word.key != key {
            return Err(BarbicanError::conflict(
                "Key in request data does not match key in the request url.",
            ));
        }
        Ok(store::set(tx, &secret, &key, &word.value)?)
    })
    .await?;
    Ok(said)
}

/// `DELETE` of one.
pub async fn delete(door: Door, Path((_, key)): KeyPath) -> Result<StatusCode, BarbicanError> {
    const OPERATION: &str = "Secret metadatum removal";
    door.change(OPERATION, move |tx, secret| Ok(store::delete(tx, &secret, &key)?)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The secret's id and the key.
type KeyPath = Path<(String, String)>;

fn not_found() -> BarbicanError {
    BarbicanError::not_found("Secret metadata not found.")
}

struct Word {
    key: String,
    value: String,
}

impl Word {
    fn json(&self) -> Json<Value> {
        Json(json!({"key": self.key, "value": self.value}))
    }
}

fn words(body: &Value) -> Result<BTreeMap<String, String>, BarbicanError> {
    let fields = Fields::of("SecretMetadata", body)?;
    let words = match fields.get("metadata") {
        Some(Value::Object(words)) => words,
        Some(other) => return Err(fields.wrong("metadata", wrong_type(other, "object"))),
        None => return Err(fields.wrong("metadata", "'metadata' is a required property")),
    };
    words
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

fn word(body: &Value) -> Result<Word, BarbicanError> {
    let fields = Fields::of("SecretMetadatum", body)?;
    fields.only(&["key", "value"])?;
    let text = |name: &str| {
        fields
            .text(name, TEXT)?
            .ok_or_else(|| fields.wrong(name, format!("'{name}' is a required property")))
    };
    let (key, value) = (text("key")?, text("value")?);
    Ok(Word { key: checked_key(key)?, value: value.to_owned() })
}

/// Keys are parts of URLs, in lower case.
fn checked_key(key: &str) -> Result<String, BarbicanError> {
    let safe = key.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c));
    if safe && !key.is_empty() && key.len() <= TEXT {
        Ok(key.to_ascii_lowercase())
    } else {
        Err(BarbicanError::bad("Invalid Key. Key must be URL safe."))
    }
}

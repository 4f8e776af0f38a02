//! `/secrets/{id}/metadata`: the creator's own words about a secret.

use super::{
    BarbicanError,
    access::{Want, Who},
    body,
    schema::{Fields, TEXT, wrong_type},
    view,
};
use crate::{app::App, public_url::PublicUrl, store::barbican::metadata as store};
use axum::{
    Json,
    extract::{Path, Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use openstack_types::barbican::Metadata;
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc};

/// `GET`
pub async fn all(
    State(app): State<Arc<App>>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<Metadata>, BarbicanError> {
    let want = (id.as_str(), Want::Look, "Secret metadata retrieval");
    let metadata = who.read(&app, want, |db, secret| Ok(store::all(db, secret.id)?)).await?;
    Ok(Json(Metadata { metadata }))
}

/// `PUT`: these in place of all that there were.
pub async fn replace(
    State(app): State<Arc<App>>,
    who: Who,
    url: PublicUrl,
    Path(id): Path<String>,
    request: Request,
) -> Result<impl IntoResponse, BarbicanError> {
    const OPERATION: &str = "Secret metadata creation";
    who.may_change(&app, &id, OPERATION).await?;
    let words = words(&body::json(&app, request).await?)?;
    let metadata_ref = who
        .change(&app, (&id, OPERATION), move |tx, secret| {
            store::replace(tx, &secret, &words)?;
            Ok(format!("{}/metadata", view::secret_ref(&url, secret.id)))
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({ "metadata_ref": metadata_ref }))))
}

/// `POST`: a further one.
pub async fn add(
    State(app): State<Arc<App>>,
    who: Who,
    url: PublicUrl,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, BarbicanError> {
    const OPERATION: &str = "Secret metadatum creation";
    who.may_change(&app, &id, OPERATION).await?;
    let Word { key, value } = word(&body::json(&app, request).await?)?;
    let said = json!({"key": key, "value": value});
    let place = who
        .change(&app, (&id, OPERATION), move |tx, secret| {
            if store::all(tx, secret.id)?.contains_key(&key) {
                return Err(BarbicanError::conflict(
                    "Conflict. Key in request is already in the secret metadata",
                ));
            }
            store::set(tx, &secret, &key, &value)?;
            Ok(format!("{}/metadata/{key}", view::secret_ref(&url, secret.id)))
        })
        .await?;
    Ok((StatusCode::CREATED, [(header::LOCATION, place)], Json(said)).into_response())
}

/// `GET` of one.
pub async fn one(
    State(app): State<Arc<App>>,
    who: Who,
    Path((id, key)): Path<(String, String)>,
) -> Result<Json<Value>, BarbicanError> {
    let want = (id.as_str(), Want::Look, "Secret metadatum retrieval");
    let mut all = who.read(&app, want, |db, secret| Ok(store::all(db, secret.id)?)).await?;
    let value = all.remove(&key).ok_or_else(not_found)?;
    Ok(Json(json!({"key": key, "value": value})))
}

/// `PUT` of one that is there.
pub async fn change(
    State(app): State<Arc<App>>,
    who: Who,
    Path((id, key)): Path<(String, String)>,
    request: Request,
) -> Result<Json<Value>, BarbicanError> {
    const OPERATION: &str = "Secret metadatum update";
    who.may_change(&app, &id, OPERATION).await?;
    let word = word(&body::json(&app, request).await?)?;
    let said = json!({"key": word.key, "value": word.value});
    who.change(&app, (&id, OPERATION), move |tx, secret| {
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
    Ok(Json(said))
}

/// `DELETE` of one.
pub async fn delete(
    State(app): State<Arc<App>>,
    who: Who,
    Path((id, key)): Path<(String, String)>,
) -> Result<StatusCode, BarbicanError> {
    const OPERATION: &str = "Secret metadatum removal";
    who.change(&app, (&id, OPERATION), move |tx, secret| Ok(store::delete(tx, &secret, &key)?))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn not_found() -> BarbicanError {
    BarbicanError::not_found("Secret metadata not found.")
}

struct Word {
    key: String,
    value: String,
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

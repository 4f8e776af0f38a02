//! `/secrets/{id}/consumers`: registered users of a secret. Listeners do not register, as in Octavia.

use super::{
    access::{Access, SecretRequest},
    error::BarbicanError,
    list_query::ListQuery,
    microversion::Microversion,
    schema::{Fields, TEXT},
    view,
};
use crate::store::barbican::consumers::{self as store, Entry};
use axum::{
    Json,
    extract::{OriginalUri, Request},
    http::header,
    response::{IntoResponse, Response},
};
use openstack_types::barbican::{self as wire, Consumer};
use serde_json::{Value, json};

fn entry_json(entry: &Entry) -> Value {
    let Entry { consumer, created, updated } = entry;
    json!({
        "created": created,
        "updated": updated,
        "status": "ACTIVE",
        "service": consumer.service,
        "resource_type": consumer.resource_type,
        "resource_id": consumer.resource_id,
    })
}

pub(super) async fn list(
    secret_request: SecretRequest,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, BarbicanError> {
    const OPERATION: &str = "SecretConsumers(s) retrieval";
    let all = secret_request
        .read(Access::View, OPERATION, |db, secret| Ok(store::all(db, secret.id)?))
        .await?;
    let query = ListQuery::parse(uri.query().unwrap_or_default())?;
    let whole = |number| usize::try_from(number).unwrap_or(usize::MAX);
    let (offset, limit) = (whole(query.filter.offset), whole(query.filter.limit));
    let page: Vec<_> = all.iter().skip(offset).take(limit).map(entry_json).collect();
    let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
    let base = format!("{}/consumers", secret_request.secret_ref());
    Ok(Json(query.body("consumers", page, &base, total)))
}

pub(super) async fn add(
    secret_request: SecretRequest,
    request: Request,
) -> Result<Response, BarbicanError> {
    const OPERATION: &str = "SecretConsumer creation";
    secret_request.require_room()?;
    let consumer = consumer(&secret_request.json(OPERATION, request).await?)?;
    let url = secret_request.url.clone();
    let limit = secret_request.max_entries();
    let secret = secret_request
        .change(OPERATION, move |tx, secret| {
            // One that is there already is refreshed.
            store::add(tx, &secret, &consumer)?;
            SecretRequest::require_entries(limit, store::count(tx, secret.id)?, "consumers")?;
            Ok(view::secret(tx, &url, Microversion::CONSUMERS, secret)?)
        })
        .await?;
    let location = format!("{}/consumers", secret_request.secret_ref());
    Ok(([(header::LOCATION, location)], Json(secret)).into_response())
}

/// Removes the consumer in the body.
pub(super) async fn remove(
    secret_request: SecretRequest,
    request: Request,
) -> Result<Json<wire::Secret>, BarbicanError> {
    const OPERATION: &str = "SecretConsumer deletion";
    let consumer = consumer(&secret_request.json(OPERATION, request).await?)?;
    let url = secret_request.url.clone();
    let secret = secret_request
        .change(OPERATION, move |tx, secret| {
            if !store::remove(tx, &secret, &consumer)? {
                return Err(BarbicanError::not_found("Consumer not found."));
            }
            Ok(view::secret(tx, &url, Microversion::CONSUMERS, secret)?)
        })
        .await?;
    Ok(Json(secret))
}

fn consumer(body: &Value) -> Result<Consumer, BarbicanError> {
    let fields = Fields::from_body("Secret Consumer", body)?;
    let text = |name: &str| fields.required(name, TEXT).map(str::to_owned);
    Ok(Consumer {
        service: text("service")?,
        resource_type: text("resource_type")?,
        resource_id: text("resource_id")?,
    })
}

//! `/secrets/{id}/consumers`: who said that they use a secret. As in Octavia, listeners do not.

use super::{
    access::{Door, Want},
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
use serde_json::{Map, Value, json};

fn body_of(entry: &Entry) -> Value {
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

/// `GET`
pub async fn list(door: Door, OriginalUri(uri): OriginalUri) -> Result<Json<Value>, BarbicanError> {
    const OPERATION: &str = "SecretConsumers(s) retrieval";
    let all = door.read(Want::Look, OPERATION, |db, secret| Ok(store::all(db, secret.id)?)).await?;
    let query = ListQuery::parse(uri.query().unwrap_or_default())?;
    let whole = |number| usize::try_from(number).unwrap_or(usize::MAX);
    let (skip, most) = (whole(query.asked.offset), whole(query.asked.limit));
    let page: Vec<_> = all.iter().skip(skip).take(most).map(body_of).collect();
    let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
    let base = format!("{}/consumers", door.secret_ref());
    let mut answer = Map::new();
    let there = !page.is_empty();
    answer.insert("consumers".to_owned(), page.into());
    for (name, link) in [("previous", query.previous(&base)), ("next", query.next(&base, total))] {
        if let Some(link) = link.filter(|_| there) {
            answer.insert(name.to_owned(), link.into());
        }
    }
    answer.insert("total".to_owned(), total.into());
    Ok(Json(Value::Object(answer)))
}

/// `POST`
pub async fn add(door: Door, request: Request) -> Result<Response, BarbicanError> {
    const OPERATION: &str = "SecretConsumer creation";
    let consumer = consumer(&door.json(OPERATION, request).await?)?;
    let url = door.url.clone();
    let shown = door
        .change(OPERATION, move |tx, secret| {
            store::add(tx, &secret, &consumer)?;
            Ok(view::secret(tx, &url, Microversion::CONSUMERS, secret)?)
        })
        .await?;
    let place = format!("{}/consumers", door.secret_ref());
    Ok(([(header::LOCATION, place)], Json(shown)).into_response())
}

/// `DELETE`, of the one in the body.
pub async fn remove(door: Door, request: Request) -> Result<Json<wire::Secret>, BarbicanError> {
    const OPERATION: &str = "SecretConsumer deletion";
    let consumer = consumer(&door.json(OPERATION, request).await?)?;
    let url = door.url.clone();
    let shown = door
        .change(OPERATION, move |tx, secret| {
            if !store::remove(tx, &secret, &consumer)? {
                return Err(BarbicanError::not_found("Consumer not found."));
            }
            Ok(view::secret(tx, &url, Microversion::CONSUMERS, secret)?)
        })
        .await?;
    Ok(Json(shown))
}

fn consumer(body: &Value) -> Result<Consumer, BarbicanError> {
    let fields = Fields::of("Secret Consumer", body)?;
    let text = |name: &str| fields.required(name, TEXT).map(str::to_owned);
    Ok(Consumer {
        service: text("service")?,
        resource_type: text("resource_type")?,
        resource_id: text("resource_id")?,
    })
}

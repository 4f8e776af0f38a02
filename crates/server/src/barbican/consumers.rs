//! `/secrets/{id}/consumers`: who said that they use a secret. As in Octavia, listeners do not.

use super::{
    BarbicanError,
    access::{Want, Who},
    body,
    list_query::ListQuery,
    microversion::Microversion,
    schema::{Fields, TEXT},
    view,
};
use crate::{
    app::App,
    public_url::PublicUrl,
    store::barbican::consumers::{self as store, Entry},
};
use axum::{
    Json,
    extract::{OriginalUri, Path, Request, State},
    http::header,
    response::{IntoResponse, Response},
};
use openstack_types::barbican::{self as wire, Consumer};
use serde_json::{Map, Value, json};
use std::sync::Arc;

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
pub async fn list(
    State(app): State<Arc<App>>,
    who: Who,
    url: PublicUrl,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, BarbicanError> {
    let want = (id.as_str(), Want::Look, "SecretConsumers(s) retrieval");
    let (id, all) =
        who.read(&app, want, |db, secret| Ok((secret.id, store::all(db, secret.id)?))).await?;
    let query = ListQuery::parse(uri.query().unwrap_or_default())?;
    let whole = |number| usize::try_from(number).unwrap_or(usize::MAX);
    let (skip, most) = (whole(query.asked.offset), whole(query.asked.limit));
    let page: Vec<_> = all.iter().skip(skip).take(most).map(body_of).collect();
    let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
    let base = format!("{}/consumers", view::secret_ref(&url, id));
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
pub async fn add(
    State(app): State<Arc<App>>,
    who: Who,
    url: PublicUrl,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, BarbicanError> {
    const OPERATION: &str = "SecretConsumer creation";
    who.may_change(&app, &id, OPERATION).await?;
    let consumer = consumer(&body::json(&app, request).await?)?;
    let shown = who
        .change(&app, (&id, OPERATION), move |tx, secret| {
            store::add(tx, &secret, &consumer)?;
            Ok(view::secret(tx, &url, Microversion::CONSUMERS, secret)?)
        })
        .await?;
    let place = format!("{}/consumers", shown.secret_ref);
    Ok(([(header::LOCATION, place)], Json(shown)).into_response())
}

/// `DELETE`, of the one in the body.
pub async fn remove(
    State(app): State<Arc<App>>,
    who: Who,
    url: PublicUrl,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<wire::Secret>, BarbicanError> {
    const OPERATION: &str = "SecretConsumer deletion";
    who.may_change(&app, &id, OPERATION).await?;
    let consumer = consumer(&body::json(&app, request).await?)?;
    let shown = who
        .change(&app, (&id, OPERATION), move |tx, secret| {
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

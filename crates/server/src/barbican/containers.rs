//! Containers and orders: always empty. On this server a certificate is one secret.

use super::{access::Actor, error::BarbicanError};
use axum::Json;
use serde_json::{Value, json};

pub(super) async fn containers(actor: Actor) -> Result<Json<Value>, BarbicanError> {
    actor.require_view("Containers(s) retrieval")?;
    Ok(Json(json!({"containers": [], "total": 0})))
}

pub(super) async fn container(_: Actor) -> BarbicanError {
    BarbicanError::not_found("Container not found.")
}

pub(super) async fn orders(actor: Actor) -> Result<Json<Value>, BarbicanError> {
    actor.require_view("Orders(s) retrieval")?;
    Ok(Json(json!({"orders": [], "total": 0})))
}

//! `/orders`: none exist, and none can be created. Barbican would generate keys and certificates.

use super::{access::Actor, error::BarbicanError};
use axum::{Json, http::StatusCode};
use serde_json::{Value, json};

pub(super) async fn list(actor: Actor) -> Result<Json<Value>, BarbicanError> {
    actor.require_view("Order(s) retrieval")?;
    Ok(Json(json!({"orders": [], "total": 0})))
}

pub(super) async fn create(actor: Actor) -> Result<(), BarbicanError> {
    actor.require_create("Order creation")?;
    let reason =
        "This server does not generate keys: create them elsewhere and store them as secrets.";
    Err(BarbicanError::new(StatusCode::NOT_IMPLEMENTED, reason))
}

/// `GET` and `DELETE` of one.
pub(super) async fn one(_: Actor) -> BarbicanError {
    BarbicanError::not_found("Order not found.")
}

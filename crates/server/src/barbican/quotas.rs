//! `/quotas`: unlimited, as by default in Barbican.

use super::{access::Actor, error::BarbicanError};
use axum::Json;
use serde_json::{Value, json};

/// -1 means unlimited.
pub(super) async fn quotas(actor: Actor) -> Result<Json<Value>, BarbicanError> {
    actor.require_view("Quotas")?;
    Ok(Json(json!({"quotas": {
        "secrets": -1,
        "orders": -1,
        "containers": -1,
        "consumers": -1,
        "cas": -1,
    }})))
}

//! `/quotas`: unlimited, except for containers and orders, which do not exist here.

use super::{access::Actor, error::BarbicanError};
use axum::Json;
use serde_json::{Value, json};

/// -1 means unlimited.
pub(super) async fn quotas(actor: Actor) -> Result<Json<Value>, BarbicanError> {
    actor.require_view("Quotas")?;
    Ok(Json(json!({"quotas": {
        "secrets": -1,
        "orders": 0,
        "containers": 0,
        "consumers": -1,
        "cas": 0,
    }})))
}

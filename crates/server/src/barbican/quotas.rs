//! `/quotas`: none but that there are neither containers nor orders.

use super::{access::Actor, error::BarbicanError};
use axum::Json;
use serde_json::{Value, json};

/// `GET`: -1 is no limit.
pub async fn quotas(actor: Actor) -> Result<Json<Value>, BarbicanError> {
    actor.require_view("Quotas")?;
    Ok(Json(json!({"quotas": {
        "secrets": -1,
        "orders": 0,
        "containers": 0,
        "consumers": -1,
        "cas": 0,
    }})))
}

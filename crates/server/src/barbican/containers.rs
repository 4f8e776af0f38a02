//! What this server has none of: containers and orders. A certificate is one secret.

use super::{BarbicanError, access::Who};
use axum::Json;
use serde_json::{Value, json};

/// `GET /containers`
pub async fn containers(who: Who) -> Result<Json<Value>, BarbicanError> {
    who.look("Containers(s) retrieval")?;
    Ok(Json(json!({"containers": [], "total": 0})))
}

/// `GET /containers/{id}`
pub async fn container(_: Who) -> BarbicanError {
    BarbicanError::not_found("Container not found.")
}

/// `GET /orders`
pub async fn orders(who: Who) -> Result<Json<Value>, BarbicanError> {
    who.look("Orders(s) retrieval")?;
    Ok(Json(json!({"orders": [], "total": 0})))
}

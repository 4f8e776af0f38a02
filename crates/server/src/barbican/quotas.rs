//! `/quotas`: the limits of every project.

use super::{access::Actor, error::BarbicanError};
use crate::app::App;
use axum::{Json, extract::State};
use serde_json::{Value, json};
use std::sync::Arc;

/// -1 means unlimited.
pub(super) async fn quotas(
    State(app): State<Arc<App>>,
    actor: Actor,
) -> Result<Json<Value>, BarbicanError> {
    actor.require_view("Quotas")?;
    let limits = &app.config.limits;
    Ok(Json(json!({"quotas": {
        "secrets": limits.secrets_per_project,
        "orders": -1,
        "containers": limits.containers_per_project,
        "consumers": -1,
        "cas": -1,
    }})))
}

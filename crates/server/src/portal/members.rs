//! `GET /portal/members`: all members that the caller sees, in one request.

use super::error::PortalError;
use crate::{
    app::App,
    model::LOAD_BALANCER,
    octavia::{access::Actor, change::find_readable, error::OctaviaError},
    store::octavia::member_summaries,
};
use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

#[derive(Deserialize)]
pub(super) struct MembersQuery {
    loadbalancer_id: Option<String>,
}

/// # Errors
/// 403 without a role, or for a load balancer that the caller may not see; 404.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    actor: Actor,
    Query(query): Query<MembersQuery>,
) -> Result<Json<Value>, PortalError> {
    let visibility = actor.visibility(None)?;
    let members = app
        .store
        .read(move |db| {
            if let Some(id) = &query.loadbalancer_id {
                find_readable(db, &actor, &LOAD_BALANCER, id)?;
            }
            Ok::<_, OctaviaError>(member_summaries::list(
                db,
                &visibility,
                query.loadbalancer_id.as_deref(),
            )?)
        })
        .await?;
    Ok(Json(json!({ "members": members })))
}

//! `GET /portal/members`: every member that the caller sees, in one request.

use super::{access::Who, change::found, fault::Fault, schema::LOAD_BALANCER};
use crate::{app::App, store::octavia::summary};
use axum::{
    Json,
    extract::{Query, State},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Arguments.
#[derive(Deserialize)]
pub struct MembersQuery {
    loadbalancer_id: Option<String>,
}

/// Answers `{"members": […]}`.
///
/// # Errors
/// Octavia's: 403 without a role, or for a load balancer that the caller may not see; 404.
pub async fn members(
    State(app): State<Arc<App>>,
    who: Who,
    Query(query): Query<MembersQuery>,
) -> Result<Json<Value>, Fault> {
    let sight = who.sight(None)?;
    let members = app
        .store
        .read(move |db| {
            if let Some(id) = &query.loadbalancer_id {
                who.see(&found(db, &LOAD_BALANCER, id)?)?;
            }
            Ok::<_, Fault>(summary::members(db, &sight, query.loadbalancer_id.as_deref())?)
        })
        .await?;
    Ok(Json(json!({ "members": members })))
}

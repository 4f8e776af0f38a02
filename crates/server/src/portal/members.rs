//! `GET /portal/members`: all members that the caller sees, in one request.

use super::error::PortalError;
use crate::{
    app::App,
    model::LOAD_BALANCER,
    octavia::{access::Actor, change::find_readable, error::OctaviaError},
    store::octavia::member_summaries,
};
use axum::{
    extract::{Query, State},
    http::header,
    response::{IntoResponse, Response},
};
use openstack_types::portal::MemberSummary;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

#[derive(Deserialize)]
pub(super) struct MembersQuery {
    loadbalancer_id: Option<String>,
}

/// Response of `GET /portal/members`.
#[derive(Serialize)]
struct Members {
    members: Vec<MemberSummary>,
}

/// # Errors
/// 403 without a role, or for a load balancer that the caller may not see; 404.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    actor: Actor,
    Query(query): Query<MembersQuery>,
) -> Result<Response, PortalError> {
    let visibility = actor.visibility(None)?;
    let key = format!("/portal/members#{visibility:?}");
    let is_cached = query.loadbalancer_id.is_none();
    let revision = app.store.revision();
    // The bytes are what is kept and shared. As a tree of values, thousands of members would take ten times as much.
    let compute = app.store.read(move |db| {
        if let Some(id) = &query.loadbalancer_id {
            find_readable(db, &actor, &LOAD_BALANCER, id)?;
        }
        let members = member_summaries::list(db, &visibility, query.loadbalancer_id.as_deref())?;
        serde_json::to_vec(&Members { members }).map_err(|_| OctaviaError::Internal)
    });
    let body = if is_cached {
        app.lists.get(key, revision, compute).await?.body
    } else {
        compute.await?.into()
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], body).into_response())
}

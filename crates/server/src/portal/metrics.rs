//! `GET /portal/loadbalancers/{id}/metrics`: traffic over time of a load balancer and its parts.

use super::error::PortalError;
use crate::{
    app::App,
    model::LOAD_BALANCER,
    octavia::{access::Actor, change::find_readable, error::OctaviaError},
};
use axum::{
    Json,
    extract::{Path, Query, State},
};
use openstack_types::{LoadBalancerId, metrics::Metrics};
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Deserialize)]
pub(super) struct MetricsQuery {
    /// The newest step that the client has.
    after: Option<u64>,
    /// The listener or member to report in full. Default: the load balancer.
    of: Option<Uuid>,
}

/// # Errors
/// As for the load balancer itself, and 404 if `of` is no part of it.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
    Query(MetricsQuery { after, of }): Query<MetricsQuery>,
) -> Result<Json<Metrics>, PortalError> {
    let id = app
        .store
        .read(move |db| {
            find_readable(db, &actor, &LOAD_BALANCER, &id)?;
            id.parse::<LoadBalancerId>().map_err(|_| OctaviaError::Internal)
        })
        .await?;
    let of = of.unwrap_or(id.0);
    match app.reconcile.traffic().metrics(id, of, after) {
        Some(metrics) => Ok(Json(metrics)),
        None => Err(OctaviaError::not_found("Listener or member", of).into()),
    }
}

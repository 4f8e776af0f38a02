//! `GET /portal/loadbalancers/{id}/metrics`: traffic over time, while somebody looks at it.

use super::{access::Actor, change::found, error::OctaviaError, summary::SummaryError};
use crate::app::App;
use crate::model::LOAD_BALANCER;
use axum::{
    Json,
    extract::{Path, Query, State},
};
use openstack_types::{LoadBalancerId, metrics::Metrics};
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// Arguments.
#[derive(Deserialize)]
pub struct MetricsQuery {
    /// The newest step that the page has.
    after: Option<u64>,
    /// The object that all is wanted of; the load balancer without one.
    of: Option<Uuid>,
}

/// Answers [`Metrics`].
///
/// # Errors
/// 403 and 404 as for the load balancer itself; 404 also for an object that is not a part of it.
pub async fn metrics(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
    Query(MetricsQuery { after, of }): Query<MetricsQuery>,
) -> Result<Json<Metrics>, SummaryError> {
    let id = app
        .store
        .read(move |db| {
            actor.known()?;
            actor.see(&found(db, &LOAD_BALANCER, &id)?)?;
            id.parse::<LoadBalancerId>().map_err(|_| OctaviaError::Internal)
        })
        .await?;
    let of = of.unwrap_or(id.0);
    match app.reconcile.traffic().metrics(id, of, after) {
        Some(metrics) => Ok(Json(metrics)),
        None => Err(OctaviaError::not_found("Listener or member", of).into()),
    }
}

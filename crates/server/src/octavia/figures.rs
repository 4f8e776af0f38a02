//! `GET /portal/loadbalancers/{id}/figures`: traffic over time, while somebody looks at it.

use super::{access::Actor, change::found, error::OctaviaError, summary::SummaryError};
use crate::app::App;
use crate::model::LOAD_BALANCER;
use axum::{
    Json,
    extract::{Path, Query, State},
};
use openstack_types::{LoadBalancerId, figures::Figures};
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// Arguments.
#[derive(Deserialize)]
pub struct FiguresQuery {
    /// The newest step that the page has.
    after: Option<u64>,
    /// The object that all is wanted of; the load balancer without one.
    of: Option<Uuid>,
}

/// Answers [`Figures`].
///
/// # Errors
/// 403 and 404 as for the load balancer itself; 404 also for an object that is not a part of it.
pub async fn figures(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
    Query(FiguresQuery { after, of }): Query<FiguresQuery>,
) -> Result<Json<Figures>, SummaryError> {
    let id = app
        .store
        .read(move |db| {
            actor.known()?;
            actor.see(&found(db, &LOAD_BALANCER, &id)?)?;
            id.parse::<LoadBalancerId>().map_err(|_| OctaviaError::Internal)
        })
        .await?;
    let of = of.unwrap_or(id.0);
    match app.reconcile.traffic().figures(id, of, after) {
        Some(figures) => Ok(Json(figures)),
        None => Err(OctaviaError::not_found("Listener or member", of).into()),
    }
}

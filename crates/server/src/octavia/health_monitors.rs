//! `/lbaas/healthmonitors`.

use super::{
    access::Actor,
    build,
    change::{Change, find},
    create::create as create_once,
    error::OctaviaError,
    part::{Affected, Part},
    request_body::RequestBody,
    validate::Purpose,
    view,
};
use crate::{
    app::App,
    model::{HEALTH_MONITOR, POOL, PROJECT_ID, Resource, Row, health_monitor::POOL_ID},
};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde_json::json;
use std::sync::Arc;

/// `POST`
pub(super) async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    body: RequestBody,
) -> Result<impl IntoResponse, OctaviaError> {
    let monitor = body.object(&HEALTH_MONITOR, Purpose::Create)?;
    let key = body.idempotency();
    let shown = create_once(&app, &actor, key, &HEALTH_MONITOR, move |change| {
        let (pool, mut load_balancer) = change.find_part(&POOL, monitor.get(POOL_ID))?;
        build::health_monitor::require_supported(&monitor)?;
        change.require_quota(&HEALTH_MONITOR, load_balancer.get(PROJECT_ID), 1)?;
        change.lock_for_part(&mut load_balancer)?;
        let affected = build::pool::with_listeners(change, pool.clone())?;
        change.set_pending_update(affected, &load_balancer)?;
        let row = build::health_monitor::insert(change, &load_balancer, &pool, monitor)?;
        Ok(view::row(change.tx, &HEALTH_MONITOR, &row)?)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(json!({ "healthmonitor": shown }))))
}

pub(super) struct HealthMonitor;

impl Part for HealthMonitor {
    const RESOURCE: &'static Resource = &HEALTH_MONITOR;

    fn validate_update(
        _change: &Change<'_>,
        _load_balancer: &Row,
        existing: &Row,
        update: &mut Row,
    ) -> Result<(), OctaviaError> {
        build::health_monitor::validate_update(existing, update)
    }

    fn affected(
        change: &Change<'_>,
        existing: &Row,
        _update: Option<&Row>,
    ) -> Result<Affected, OctaviaError> {
        let pool = find(change.tx, &POOL, existing.get(POOL_ID))?;
        build::pool::with_listeners(change, pool)
    }
}

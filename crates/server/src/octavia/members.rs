//! `/lbaas/pools/{parent}/members`.

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
    model::{Field, ID, MEMBER, POOL, PROJECT_ID, Resource, Row, member::POOL_ID},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use serde_json::json;
use std::sync::Arc;

/// `POST`
pub(super) async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(pool): Path<String>,
    body: RequestBody,
) -> Result<impl IntoResponse, OctaviaError> {
    let member = body.object(&MEMBER, Purpose::Create)?;
    let key = body.idempotency();
    let shown = create_once(&app, &actor, key, &MEMBER, move |change| {
        let (pool, mut load_balancer) = change.find_part(&POOL, &pool)?;
        change.require_quota(&MEMBER, load_balancer.get(PROJECT_ID), 1)?;
        build::member::require_subnet(change, &load_balancer, &member)?;
        build::member::require_allowed(change, &member)?;
        change.lock_for_part(&mut load_balancer)?;
        let affected = build::pool::with_listeners(change, pool.clone())?;
        change.set_pending_update(affected, &load_balancer)?;
        let monitored = build::health_monitor::is_monitored(change, pool.get(ID))?;
        let row = build::member::insert(change, &load_balancer, &pool, member, monitored)?;
        Ok(view::row(change.tx, &MEMBER, &row)?)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(json!({ "member": shown }))))
}

pub(super) struct Member;

impl Part for Member {
    const RESOURCE: &'static Resource = &MEMBER;
    const PATH_PARENT: Option<Field<String>> = Some(POOL_ID);

    fn validate_update(
        change: &Change<'_>,
        _load_balancer: &Row,
        existing: &Row,
        update: &mut Row,
    ) -> Result<(), OctaviaError> {
        build::member::validate_update(change, existing, update)
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

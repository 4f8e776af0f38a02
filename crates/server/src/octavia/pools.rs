//! `/lbaas/pools`.

use super::{
    access::Actor,
    build,
    certificates::Certificates,
    change::Change,
    create::create_with_certificates,
    error::OctaviaError,
    part::{Affected, Part},
    references,
    request_body::RequestBody,
    validate::Purpose,
    view,
};
use crate::{
    app::App,
    model::{
        HEALTH_MONITOR, ID, LISTENER, LOADBALANCER_ID, MEMBER, POOL, Resource, Row, health_monitor,
        listener, member, pool,
    },
    store::octavia::find_by,
};
use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use serde_json::{Value, json};
use std::sync::Arc;

/// `POST`: on a load balancer, or as the default pool of a listener.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    body: RequestBody,
) -> Result<impl IntoResponse, OctaviaError> {
    let pool = body.object(&POOL, Purpose::Create)?;
    let certificates = Certificates::look_up(&app, &actor, &pool).await?;
    let work = move |change: &Change<'_>| insert(change, pool);
    let key = body.idempotency();
    let shown = create_with_certificates(&app, &actor, key, &POOL, certificates, work).await?;
    Ok((StatusCode::CREATED, Json(json!({ "pool": shown }))))
}

fn insert(change: &Change<'_>, mut pool: Row) -> Result<Value, OctaviaError> {
    let listener = match pool.get(pool::LISTENER_ID) {
        Some(id) => Some(change.find_part(&LISTENER, id)?.0),
        None => None,
    };
    pool.remove(pool::LISTENER_ID);
    let mut load_balancer = match &listener {
        _ if !pool.is_null(LOADBALANCER_ID) => {
            change.find_load_balancer(pool.get(LOADBALANCER_ID))?
        }
        Some(listener) => change.find_load_balancer(listener.get(LOADBALANCER_ID))?,
        None => {
            return Err(OctaviaError::validation(
                "Must provide at least one of: loadbalancer_id, listener_id",
            ));
        }
    };
    if let Some(listener) = &listener {
        if listener.get(LOADBALANCER_ID) != load_balancer.get(ID) {
            return Err(OctaviaError::not_found(LISTENER.title, listener.get(ID)));
        }
        build::pool::require_compatible_protocol(&pool, &listener.get(listener::PROTOCOL))?;
    }
    build::pool::require_supported(&pool)?;
    change.require_quota_for_pools(&load_balancer, std::slice::from_ref(&pool))?;
    if listener.as_ref().is_some_and(|listener| !listener.is_null(listener::DEFAULT_POOL_ID)) {
        return Err(OctaviaError::conflict("This listener already has a default pool"));
    }
    change.lock_for_part(&mut load_balancer)?;
    let row = build::pool::insert(change, &load_balancer, pool)?;
    if let Some(mut listener) = listener {
        let mut update = Row::default();
        update.set(listener::DEFAULT_POOL_ID, Some(row.get(ID)));
        change.update_part(&LISTENER, &mut listener, &update, &load_balancer)?;
    }
    Ok(view::row(change.tx, &POOL, &row)?)
}

pub(super) struct Pool;

impl Part for Pool {
    const RESOURCE: &'static Resource = &POOL;

    fn validate_update(
        change: &Change<'_>,
        _load_balancer: &Row,
        existing: &Row,
        update: &mut Row,
    ) -> Result<(), OctaviaError> {
        build::pool::validate_update(change, existing, update)
    }

    fn before_update(
        change: &Change<'_>,
        existing: &Row,
        update: &mut Row,
    ) -> Result<(), OctaviaError> {
        let user = references::pool_user(existing);
        references::record_update(change, user, existing, update)
    }

    fn validate_delete(change: &Change<'_>, existing: &Row) -> Result<(), OctaviaError> {
        build::pool::require_unused_by_l7policies(change, existing.get(ID))
    }

    fn delete_children(
        change: &Change<'_>,
        load_balancer: &Row,
        existing: &Row,
    ) -> Result<(), OctaviaError> {
        for (resource, column) in
            [(&MEMBER, member::POOL_ID), (&HEALTH_MONITOR, health_monitor::POOL_ID)]
        {
            for mut child in find_by(change.tx, resource, column, existing.get(ID))? {
                change.set_pending_delete(resource, &mut child, load_balancer)?;
            }
        }
        Ok(())
    }

    fn affected(
        change: &Change<'_>,
        existing: &Row,
        _update: Option<&Row>,
    ) -> Result<Affected, OctaviaError> {
        build::pool::listeners_of(change, existing.get(ID))
    }
}

//! `/lbaas/listeners`.

use super::{
    access::Actor,
    build,
    certificates::Certificates,
    change::{Change, find, find_readable},
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
        ID, LISTENER, LOADBALANCER_ID, POOL, PROJECT_ID, Resource, Row,
        listener::{DEFAULT_POOL_ID, L7POLICIES},
    },
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use serde_json::{Value, json};
use std::sync::Arc;

/// `POST`
pub(super) async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    body: RequestBody,
) -> Result<impl IntoResponse, OctaviaError> {
    let mut listener = body.object(&LISTENER, Purpose::Create)?;
    let certificates = Certificates::look_up(&app, &actor, &listener).await?;
    let key = body.idempotency();
    let shown =
        create_with_certificates(&app, &actor, key, &LISTENER, certificates, move |change| {
            let mut load_balancer = change.find_load_balancer(listener.get(LOADBALANCER_ID))?;
            change.require_quota(&LISTENER, load_balancer.get(PROJECT_ID), 1)?;
            build::listener::require_supported(&listener)?;
            change.require_quota_for_l7policies(&load_balancer, listener.nested(L7POLICIES))?;
            change.lock_for_part(&mut load_balancer)?;
            let pools = build::listener::nested_pools(&listener);
            change.require_quota_for_pools(&load_balancer, &pools)?;
            build::listener::insert_nested_pools(change, &load_balancer, &mut listener)?;
            let row = build::listener::insert(change, &load_balancer, listener)?;
            change.require_room()?;
            Ok(view::row(change.tx, &LISTENER, &row)?)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({ "listener": shown }))))
}

/// `GET …/stats`
pub(super) async fn stats(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    let row = app.store.read(move |db| find_readable(db, &actor, &LISTENER, &id)).await?;
    let stats = app.reconcile.traffic().stats(row.get(LOADBALANCER_ID), row.get(ID));
    Ok(Json(json!({ "stats": stats })))
}

pub(super) struct Listener;

impl Part for Listener {
    const RESOURCE: &'static Resource = &LISTENER;

    fn validate_update(
        change: &Change<'_>,
        load_balancer: &Row,
        existing: &Row,
        update: &mut Row,
    ) -> Result<(), OctaviaError> {
        build::listener::validate_update(change, load_balancer, existing, update)
    }

    fn before_update(
        change: &Change<'_>,
        existing: &Row,
        update: &mut Row,
    ) -> Result<(), OctaviaError> {
        let user = references::listener_user(existing);
        references::record_update(change, user, existing, update)
    }

    fn delete_children(
        change: &Change<'_>,
        load_balancer: &Row,
        existing: &Row,
    ) -> Result<(), OctaviaError> {
        build::listener::delete_l7policies(change, load_balancer, existing)
    }

    /// The default pools before and after an update.
    fn affected(
        change: &Change<'_>,
        existing: &Row,
        update: Option<&Row>,
    ) -> Result<Affected, OctaviaError> {
        let Some(update) = update.filter(|update| update.has(DEFAULT_POOL_ID)) else {
            return Ok(Vec::new());
        };
        [existing, update]
            .into_iter()
            .filter_map(|listener| listener.get(DEFAULT_POOL_ID))
            .map(|id| Ok((&POOL, find(change.tx, &POOL, id)?)))
            .collect()
    }
}

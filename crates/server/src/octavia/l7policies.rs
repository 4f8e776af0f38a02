//! `/lbaas/l7policies`.

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
    model::{
        ID, L7POLICY, LISTENER, Resource, Row,
        l7policy::{LISTENER_ID, POSITION},
    },
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
    let policy = body.object(&L7POLICY, Purpose::Create)?;
    let key = body.idempotency();
    let shown = create_once(&app, &actor, key, &L7POLICY, move |change| {
        let (listener, mut load_balancer) = change.find_part(&LISTENER, policy.get(LISTENER_ID))?;
        change.require_quota_for_l7policies(&load_balancer, std::slice::from_ref(&policy))?;
        change.lock_for_part(&mut load_balancer)?;
        let row = build::l7policy::insert(change, &load_balancer, &listener, policy)?;
        change.set_pending_update(vec![(&LISTENER, listener)], &load_balancer)?;
        Ok(view::row(change.tx, &L7POLICY, &row)?)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(json!({ "l7policy": shown }))))
}

pub(super) struct L7Policy;

impl Part for L7Policy {
    const RESOURCE: &'static Resource = &L7POLICY;

    fn validate_update(
        change: &Change<'_>,
        load_balancer: &Row,
        existing: &Row,
        update: &mut Row,
    ) -> Result<(), OctaviaError> {
        let listener = find(change.tx, &LISTENER, existing.get(LISTENER_ID))?;
        build::l7policy::validate_update(change, load_balancer, &listener, existing, update)
    }

    fn before_update(
        change: &Change<'_>,
        existing: &Row,
        update: &mut Row,
    ) -> Result<(), OctaviaError> {
        if update.has(POSITION) {
            let (listener, id) = (existing.get(LISTENER_ID), existing.get(ID));
            let position = update.get(POSITION);
            let position = build::l7policy::move_to_position(change, listener, id, position)?;
            update.set(POSITION, position);
        }
        Ok(())
    }

    fn delete_children(
        change: &Change<'_>,
        load_balancer: &Row,
        existing: &Row,
    ) -> Result<(), OctaviaError> {
        build::l7policy::delete_rules(change, load_balancer, existing)
    }

    fn after_delete(change: &Change<'_>, existing: &Row) -> Result<(), OctaviaError> {
        build::l7policy::close_gaps(change, existing.get(LISTENER_ID))
    }

    fn affected(
        change: &Change<'_>,
        existing: &Row,
        _update: Option<&Row>,
    ) -> Result<Affected, OctaviaError> {
        Ok(vec![(&LISTENER, find(change.tx, &LISTENER, existing.get(LISTENER_ID))?)])
    }
}

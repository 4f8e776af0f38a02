//! `/lbaas/l7policies/{parent}/rules`.

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
        Field, L7POLICY, L7RULE, LISTENER, PROJECT_ID, Resource, Row, l7policy::LISTENER_ID,
        l7rule::L7POLICY_ID,
    },
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
    Path(policy): Path<String>,
    body: RequestBody,
) -> Result<impl IntoResponse, OctaviaError> {
    let rule = body.object(&L7RULE, Purpose::Create)?;
    let key = body.idempotency();
    let shown = create_once(&app, &actor, key, &L7RULE, move |change| {
        let (policy, mut load_balancer) = change.find_part(&L7POLICY, &policy)?;
        build::l7rule::validate(&rule)?;
        change.require_quota(&L7RULE, load_balancer.get(PROJECT_ID), 1)?;
        change.lock_for_part(&mut load_balancer)?;
        let affected = with_listener(change, policy.clone())?;
        change.set_pending_update(affected, &load_balancer)?;
        let row = build::l7rule::insert(change, &load_balancer, &policy, rule)?;
        Ok(view::row(change.tx, &L7RULE, &row)?)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(json!({ "rule": shown }))))
}

/// A policy and its listener: what a change of its rules affects.
fn with_listener(change: &Change<'_>, policy: Row) -> Result<Affected, OctaviaError> {
    let listener = find(change.tx, &LISTENER, policy.get(LISTENER_ID))?;
    Ok(vec![(&L7POLICY, policy), (&LISTENER, listener)])
}

pub(super) struct L7Rule;

impl Part for L7Rule {
    const RESOURCE: &'static Resource = &L7RULE;
    const PATH_PARENT: Option<Field<String>> = Some(L7POLICY_ID);

    fn validate_update(
        _change: &Change<'_>,
        _load_balancer: &Row,
        existing: &Row,
        update: &mut Row,
    ) -> Result<(), OctaviaError> {
        build::l7rule::validate(&existing.updated_by(update))
    }

    fn affected(
        change: &Change<'_>,
        existing: &Row,
        _update: Option<&Row>,
    ) -> Result<Affected, OctaviaError> {
        let policy = find(change.tx, &L7POLICY, existing.get(L7POLICY_ID))?;
        with_listener(change, policy)
    }
}

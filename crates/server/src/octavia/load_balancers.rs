//! `/lbaas/loadbalancers`.

use super::{
    access::Actor,
    build,
    certificates::Certificates,
    change::{Change, change, find, find_readable},
    create::create_with_certificates,
    error::OctaviaError,
    query::is_true,
    request_body::RequestBody,
    validate::Purpose,
    view,
};
use crate::{
    app::App,
    model::{ADMIN_STATE_UP, ID, LISTENER, LOAD_BALANCER, LOADBALANCER_ID, POOL, Row},
    store::octavia::{self as store, find_by, provisioning, relations::has_children},
};
use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use openstack_types::{ProvisioningStatus, portal::EventAction};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// `POST`: a load balancer, and its parts if they are sent too.
pub(super) async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    body: RequestBody,
) -> Result<impl IntoResponse, OctaviaError> {
    let load_balancer = body.object(&LOAD_BALANCER, Purpose::Create)?;
    let certificates = Certificates::look_up(&app, &actor, &load_balancer).await?;
    let key = body.idempotency();
    let shown =
        create_with_certificates(&app, &actor, key, &LOAD_BALANCER, certificates, move |change| {
            let row = build::load_balancer::insert(change, load_balancer)?;
            change.require_room()?;
            Ok(view::graph(change.tx, &row)?)
        })
        .await?;
    Ok((StatusCode::CREATED, Json(json!({ "loadbalancer": shown }))))
}

/// `PUT` of one.
pub(super) async fn update(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
    body: RequestBody,
) -> Result<Json<Value>, OctaviaError> {
    let update = body.object(&LOAD_BALANCER, Purpose::Update)?;
    let shown = change(&app, &actor, move |change| {
        let mut row = change.find_load_balancer(&id)?;
        change.lock_load_balancer(&mut row, ProvisioningStatus::PendingUpdate)?;
        store::update(change.tx, &LOAD_BALANCER, &id, &update)?;
        let was_enabled = row.get(ADMIN_STATE_UP);
        let row = row.updated_by(&update);
        if row.get(ADMIN_STATE_UP) && !was_enabled {
            change.require_room()?;
        }
        change.emit(&LOAD_BALANCER, EventAction::Updated, &row, &row);
        Ok(view::row(change.tx, &LOAD_BALANCER, &row)?)
    })
    .await?;
    Ok(Json(json!({ "loadbalancer": shown })))
}

#[derive(Deserialize)]
pub(super) struct DeleteQuery {
    #[serde(default)]
    cascade: String,
}

/// `DELETE` of one; with `cascade=true` also of its parts.
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
    Query(query): Query<DeleteQuery>,
) -> Result<StatusCode, OctaviaError> {
    let cascade = is_true(&query.cascade);
    change(&app, &actor, move |change| {
        let mut row = change.find_load_balancer(&id)?;
        if !cascade {
            require_no_parts(change, &row)?;
        }
        change.lock_load_balancer(&mut row, ProvisioningStatus::PendingDelete)?;
        for resource in provisioning::PARTS {
            for mut part in find_by(change.tx, resource, LOADBALANCER_ID, &id)? {
                change.set_pending_delete(resource, &mut part, &row)?;
            }
        }
        change.emit(&LOAD_BALANCER, EventAction::Status, &row, &row);
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn require_no_parts(change: &Change<'_>, load_balancer: &Row) -> Result<(), OctaviaError> {
    let id = load_balancer.get(ID);
    for resource in [&LISTENER, &POOL] {
        if has_children(change.tx, resource, LOADBALANCER_ID, id)? {
            return Err(OctaviaError::validation(format!(
                "Cannot delete Load Balancer {id} - it has children"
            )));
        }
    }
    Ok(())
}

/// `PUT …/failover`: starts a new process. For admins, as in Octavia, and also in ERROR.
pub(super) async fn failover(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<StatusCode, OctaviaError> {
    change(&app, &actor, move |change| {
        change.actor.require_role()?;
        let mut row = find(change.tx, &LOAD_BALANCER, &id)?;
        change.actor.require_admin()?;
        change.lock_for_failover(&mut row)?;
        change.emit(&LOAD_BALANCER, EventAction::Status, &row, &row);
        Ok(())
    })
    .await?;
    Ok(StatusCode::ACCEPTED)
}

/// `GET …/status`
pub(super) async fn statuses(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    let tree = app
        .store
        .read(move |db| {
            let row = find_readable(db, &actor, &LOAD_BALANCER, &id)?;
            Ok::<_, OctaviaError>(view::status_tree(db, &row)?)
        })
        .await?;
    Ok(Json(tree))
}

/// `GET …/stats`
pub(super) async fn stats(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    let row = app.store.read(move |db| find_readable(db, &actor, &LOAD_BALANCER, &id)).await?;
    let id = row.get(ID);
    Ok(Json(json!({ "stats": app.reconcile.traffic().stats(id, id) })))
}

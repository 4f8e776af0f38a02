//! The update and the deletion of a part of a load balancer, the same for every resource. A
//! [`Part`] adds what is specific to one resource.

use super::{
    access::Actor,
    certificates::Certificates,
    change::{Change, change, change_with_certificates},
    error::OctaviaError,
    request_body::RequestBody,
    validate::Purpose,
    view,
};
use crate::{
    app::App,
    model::{Field, Resource, Row},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Parts whose provisioning status follows a change.
pub(super) type Affected = Vec<(&'static Resource, Row)>;

/// A resource that belongs to a load balancer.
pub(super) trait Part: 'static {
    const RESOURCE: &'static Resource;
    /// The column that has the parent's id in the path, for a resource below another in the path.
    const PATH_PARENT: Option<Field<String>> = None;

    /// Validates an update, and completes it with what follows from it.
    fn validate_update(
        change: &Change<'_>,
        load_balancer: &Row,
        existing: &Row,
        update: &mut Row,
    ) -> Result<(), OctaviaError>;

    /// Writes what an update changes outside of its row, after the load balancer is locked.
    fn before_update(
        _change: &Change<'_>,
        _existing: &Row,
        _update: &mut Row,
    ) -> Result<(), OctaviaError> {
        Ok(())
    }

    /// Refuses the deletion of an object that is in use.
    fn validate_delete(_change: &Change<'_>, _existing: &Row) -> Result<(), OctaviaError> {
        Ok(())
    }

    /// Sets the children of a deleted object to PENDING_DELETE.
    fn delete_children(
        _change: &Change<'_>,
        _load_balancer: &Row,
        _existing: &Row,
    ) -> Result<(), OctaviaError> {
        Ok(())
    }

    /// Writes what a deletion changes outside of the row and its children.
    fn after_delete(_change: &Change<'_>, _existing: &Row) -> Result<(), OctaviaError> {
        Ok(())
    }

    /// The parts that an update, or without one the deletion, affects.
    fn affected(
        change: &Change<'_>,
        existing: &Row,
        update: Option<&Row>,
    ) -> Result<Affected, OctaviaError>;
}

/// The ids in the path of one object.
#[derive(Deserialize)]
pub(super) struct PartPath {
    parent: Option<String>,
    id: String,
}

/// `PUT` of one object.
pub(super) async fn update<P: Part>(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(path): Path<PartPath>,
    body: RequestBody,
) -> Result<Json<Value>, OctaviaError> {
    let mut update = body.object(P::RESOURCE, Purpose::Update)?;
    let certificates = Certificates::look_up(&app, &actor, &update).await?;
    let shown = change_with_certificates(&app, &actor, certificates, move |change| {
        let (mut row, mut load_balancer) = find::<P>(change, &path)?;
        P::validate_update(change, &load_balancer, &row, &mut update)?;
        change.lock_for_part(&mut load_balancer)?;
        P::before_update(change, &row, &mut update)?;
        let affected = P::affected(change, &row, Some(&update))?;
        change.update_part(P::RESOURCE, &mut row, &update, &load_balancer)?;
        change.set_pending_update(affected, &load_balancer)?;
        Ok(view::row(change.tx, P::RESOURCE, &row)?)
    })
    .await?;
    Ok(Json(json!({ P::RESOURCE.singular: shown })))
}

/// `DELETE` of one object, with its children.
pub(super) async fn delete<P: Part>(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(path): Path<PartPath>,
) -> Result<StatusCode, OctaviaError> {
    change(&app, &actor, move |change| {
        let (mut row, mut load_balancer) = find::<P>(change, &path)?;
        P::validate_delete(change, &row)?;
        change.lock_for_part(&mut load_balancer)?;
        P::delete_children(change, &load_balancer, &row)?;
        change.set_pending_delete(P::RESOURCE, &mut row, &load_balancer)?;
        P::after_delete(change, &row)?;
        change.set_pending_update(P::affected(change, &row, None)?, &load_balancer)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Finds the object of a path that the caller may change, and its load balancer.
fn find<P: Part>(change: &Change<'_>, path: &PartPath) -> Result<(Row, Row), OctaviaError> {
    let (row, load_balancer) = change.find_part(P::RESOURCE, &path.id)?;
    if let (Some(column), Some(parent)) = (P::PATH_PARENT, &path.parent)
        && row.get(column) != *parent
    {
        return Err(OctaviaError::not_found(P::RESOURCE.title, &path.id));
    }
    Ok((row, load_balancer))
}

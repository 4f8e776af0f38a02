//! `GET /portal/members`: every member that the caller sees, in one request.

use super::{access::Actor, change::found, error::OctaviaError};
use crate::model::LOAD_BALANCER;
use crate::{app::App, store::octavia::summary};
use axum::{
    Json,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Arguments.
#[derive(Deserialize)]
pub struct MembersQuery {
    loadbalancer_id: Option<String>,
}

/// Octavia's refusals in the shape of the portal's own doors.
pub struct SummaryError(OctaviaError);

impl From<OctaviaError> for SummaryError {
    fn from(fault: OctaviaError) -> Self {
        Self(fault)
    }
}

impl IntoResponse for SummaryError {
    fn into_response(self) -> Response {
        let (status, message) = match self.0 {
            OctaviaError::Api { status, message } => (status, message),
            OctaviaError::Gate { status, description } => (status, description),
            OctaviaError::Internal => {
                (StatusCode::INTERNAL_SERVER_ERROR, "The server failed.".to_owned())
            }
        };
        let title = status.canonical_reason().unwrap_or_default();
        let body = json!({"error": {"code": status.as_u16(), "title": title, "message": message}});
        (status, Json(body)).into_response()
    }
}

/// Answers `{"members": […]}`.
///
/// # Errors
/// 403 without a role, or for a load balancer that the caller may not see; 404.
pub async fn members(
    State(app): State<Arc<App>>,
    actor: Actor,
    Query(query): Query<MembersQuery>,
) -> Result<Json<Value>, SummaryError> {
    let visibility = actor.visibility(None)?;
    let members = app
        .store
        .read(move |db| {
            if let Some(id) = &query.loadbalancer_id {
                actor.see(&found(db, &LOAD_BALANCER, id)?)?;
            }
            Ok::<_, OctaviaError>(summary::members(
                db,
                &visibility,
                query.loadbalancer_id.as_deref(),
            )?)
        })
        .await?;
    Ok(Json(json!({ "members": members })))
}

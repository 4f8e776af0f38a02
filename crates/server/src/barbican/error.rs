//! Errors in Barbican's format.

use crate::store::Unavailable;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use openstack_types::ProjectId;
use serde_json::json;
use std::fmt::Display;

/// Contains nothing of a payload.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BarbicanError {
    #[error("{1}")]
    Api(StatusCode, String),
    /// The cause is in the log.
    #[error("the server failed")]
    Internal,
}

impl BarbicanError {
    pub fn new(status: StatusCode, description: impl Into<String>) -> Self {
        Self::Api(status, description.into())
    }

    pub fn bad(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, description)
    }

    /// 403 of an operation: `Secret retrieval`.
    pub fn forbidden(operation: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            format!("{operation} attempt not allowed - please review your user/project privileges"),
        )
    }

    /// An operation that failed after the access check.
    pub fn issue(operation: &str, status: StatusCode, reason: impl Display) -> Self {
        Self::new(status, format!("{operation} issue seen - {reason}."))
    }

    pub fn not_found(description: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, description)
    }

    pub fn conflict(description: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, description)
    }

    /// 403 of a project with as many objects of a kind as it may have.
    pub fn quota(project: &ProjectId, limit: usize, kind: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            format!("Quota reached for project {project}. Only {limit} {kind} are allowed."),
        )
    }

    /// 403 of a secret with as many entries of a kind as it may have.
    pub fn secret_quota(limit: usize, kind: &str) -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            format!("Quota reached for this secret. Only {limit} {kind} are allowed."),
        )
    }

    /// 400 for an invalid body. `property` is `None` for the body itself.
    pub fn schema(schema: &str, reason: impl Display, property: Option<&str>) -> Self {
        let property = property.unwrap_or("None");
        Self::bad(format!(
            "Provided object does not match schema '{schema}': {reason}. Invalid property: '{property}'"
        ))
    }

    /// 415.
    pub fn content_type(expected: &str) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("Unexpected content type. Expected content types are: {expected}"),
        )
    }
}

impl From<rusqlite::Error> for BarbicanError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the database refused a Barbican request");
        Unavailable::of(&error).map_or(Self::Internal, Self::from)
    }
}

impl From<Unavailable> for BarbicanError {
    fn from(why: Unavailable) -> Self {
        Self::Api(StatusCode::SERVICE_UNAVAILABLE, why.to_string())
    }
}

impl IntoResponse for BarbicanError {
    fn into_response(self) -> Response {
        let (status, description) = match self {
            Self::Api(status, description) => (status, description),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "The server failed; its log says more.".to_owned(),
            ),
        };
        let title = match status {
            StatusCode::PAYLOAD_TOO_LARGE => "Request Entity Too Large",
            status => status.canonical_reason().unwrap_or_default(),
        };
        let body = json!({"code": status.as_u16(), "title": title, "description": description});
        (status, Json(body)).into_response()
    }
}

/// The fallback for unknown paths.
pub async fn unknown_path() -> BarbicanError {
    BarbicanError::not_found("The resource could not be found.")
}

/// The fallback for methods that a path does not support. The router adds `Allow`.
pub async fn unknown_method() -> BarbicanError {
    BarbicanError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "The method is not allowed for this resource.",
    )
}

//! The shape of error of the portal's own doors: Keystone's.

use crate::{keystone::retry_after, sign_in::Refused};
use axum::{
    Json,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::time::Duration;

/// What the portal says no with.
#[derive(Debug)]
pub enum PortalError {
    /// Nobody is signed in, or user, password or project are wrong.
    Unauthorized,
    /// Wait before trying again.
    Slow(Duration),
    /// The request cannot be understood: why.
    BadRequest(String),
    /// Not JSON.
    NotJson,
    /// Another origin made the request, or the roles do not allow it.
    Forbidden(&'static str),
    /// Too many listen.
    Busy,
    /// The database or the system failed.
    Internal,
}

impl From<Refused> for PortalError {
    fn from(why: Refused) -> Self {
        match why {
            Refused::Unauthorized => Self::Unauthorized,
            Refused::Slow(wait) => Self::Slow(wait),
            Refused::Internal => Self::Internal,
        }
    }
}

impl From<rusqlite::Error> for PortalError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the database failed");
        Self::Internal
    }
}

impl IntoResponse for PortalError {
    fn into_response(self) -> Response {
        let (status, message) = match &self {
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, "The request you have made requires authentication.")
            }
            Self::Slow(_) => (
                StatusCode::TOO_MANY_REQUESTS,
                "Too many failed sign-ins. Wait a moment and try again.",
            ),
            Self::BadRequest(why) => (StatusCode::BAD_REQUEST, why.as_str()),
            Self::NotJson => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "The body must be application/json.")
            }
            Self::Forbidden(why) => (StatusCode::FORBIDDEN, *why),
            Self::Busy => {
                (StatusCode::SERVICE_UNAVAILABLE, "Too many pages listen to events already.")
            }
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "The server failed."),
        };
        let mut response = shape(status, message);
        let wait = match self {
            Self::Slow(wait) => Some(wait),
            Self::Busy => Some(Duration::from_secs(15)),
            _ => None,
        };
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, retry_after(wait));
        }
        response
    }
}

fn shape(status: StatusCode, message: &str) -> Response {
    let title = status.canonical_reason().unwrap_or_default();
    let body = json!({"error": {"code": status.as_u16(), "title": title, "message": message}});
    (status, Json(body)).into_response()
}

/// For paths below `/portal` that there are not.
pub async fn no_such_path() -> Response {
    shape(StatusCode::NOT_FOUND, "There is nothing at this path.")
}

/// For methods that a path does not have.
pub async fn no_such_method() -> Response {
    shape(StatusCode::METHOD_NOT_ALLOWED, "The path does not take this method.")
}

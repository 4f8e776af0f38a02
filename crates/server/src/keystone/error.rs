//! Errors in Keystone's format.

use super::request::RequestError;
use crate::{auth::unauthorized, public_url::PublicUrl, sign_in::SignInError, store::Unavailable};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub(super) enum KeystoneError {
    /// Holds where to get a token.
    #[error("not authenticated")]
    Unauthorized(PublicUrl),
    /// Holds the time to wait.
    #[error("too many failed sign-ins")]
    Throttled(Duration),
    #[error(transparent)]
    BadRequest(#[from] RequestError),
    /// Keystone's name of the action: `identity:list_projects`.
    #[error("{0} is forbidden")]
    Forbidden(&'static str),
    /// The kind of the object, `project`, and its id.
    #[error("{0} {1} does not exist")]
    NotFound(&'static str, String),
    /// The subject token is missing or not valid.
    #[error("the token does not exist")]
    NoToken,
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Keystone has it, and this server does not.
    #[error("{0}")]
    NotImplemented(&'static str),
    /// The cause is in the log.
    #[error("the server failed")]
    Internal,
}

impl KeystoneError {
    /// `url` tells the client where to get a token.
    pub(super) fn from_sign_in(error: SignInError, url: PublicUrl) -> Self {
        match error {
            SignInError::Unauthorized | SignInError::ProofRevoked => Self::Unauthorized(url),
            SignInError::Throttled(wait) => Self::Throttled(wait),
            SignInError::Unavailable(why) => Self::Unavailable(why),
            SignInError::Internal => Self::Internal,
        }
    }
}

impl From<rusqlite::Error> for KeystoneError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the database failed");
        Unavailable::of(&error).map_or(Self::Internal, Self::Unavailable)
    }
}

impl IntoResponse for KeystoneError {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthorized(url) => unauthorized(&url),
            Self::Throttled(wait) => {
                let mut throttled = response(
                    StatusCode::TOO_MANY_REQUESTS,
                    "Too Many Requests",
                    "Too many failed sign-ins. Wait a moment and try again.",
                );
                throttled.headers_mut().insert(header::RETRY_AFTER, retry_after(wait));
                throttled
            }
            Self::BadRequest(error) => {
                response(StatusCode::BAD_REQUEST, "Bad Request", &error.to_string())
            }
            Self::Forbidden(action) => response(
                StatusCode::FORBIDDEN,
                "Forbidden",
                &format!("You are not authorized to perform the requested action: {action}."),
            ),
            Self::NotFound(kind, id) => response(
                StatusCode::NOT_FOUND,
                "Not Found",
                &format!("Could not find {kind}: {id}."),
            ),
            Self::NotImplemented(message) => {
                response(StatusCode::NOT_IMPLEMENTED, "Not Implemented", message)
            }
            Self::NoToken => response(StatusCode::NOT_FOUND, "Not Found", "Could not find token."),
            Self::Unavailable(why) => {
                response(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", &why.to_string())
            }
            Self::Internal => response(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Internal Server Error",
                "An unexpected error prevented the server from fulfilling your request.",
            ),
        }
    }
}

/// Whole seconds, rounded up.
fn retry_after(wait: Duration) -> HeaderValue {
    HeaderValue::from(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

/// An error in Keystone's format with the title of its status, and the time to wait.
pub fn error_response(status: StatusCode, message: &str, wait: Option<Duration>) -> Response {
    let mut response = response(status, status.canonical_reason().unwrap_or_default(), message);
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, retry_after(wait));
    }
    response
}

fn response(status: StatusCode, title: &str, message: &str) -> Response {
    let body = json!({"error": {"code": status.as_u16(), "message": message, "title": title}});
    (status, Json(body)).into_response()
}

/// The fallback for unknown paths below `/identity`.
pub(super) async fn unknown_path() -> Response {
    response(StatusCode::NOT_FOUND, "Not Found", "The requested URL was not found on the server.")
}

/// The fallback for methods that a path does not support.
pub(super) async fn unknown_method() -> Response {
    response(
        StatusCode::METHOD_NOT_ALLOWED,
        "Method Not Allowed",
        "The method is not allowed for the requested URL.",
    )
}

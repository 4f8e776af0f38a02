//! Keystone's shape of error.

use crate::{auth::unauthorized, public_url::PublicUrl, sign_in::SignInError};
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::time::Duration;

/// What Keystone says no with.
#[derive(Debug)]
pub enum KeystoneError {
    /// No good proof of who asks. Holds where to get a token.
    Unauthorized(PublicUrl),
    /// Wait before trying again.
    Throttled(Duration),
    /// The request cannot be understood: why.
    BadRequest(String),
    /// Keystone's name of the action: `identity:list_projects`.
    Forbidden(&'static str),
    /// What was looked for: `project`, and the id.
    NotFound(&'static str, String),
    /// There is no token in the request, or it is not good.
    NoToken,
    /// The database or the system failed.
    Internal,
}

impl KeystoneError {
    /// `url` tells the client where to get a token.
    pub fn from_sign_in(error: SignInError, url: PublicUrl) -> Self {
        match error {
            SignInError::Unauthorized => Self::Unauthorized(url),
            SignInError::Throttled(wait) => Self::Throttled(wait),
            SignInError::Internal => Self::Internal,
        }
    }
}

impl From<rusqlite::Error> for KeystoneError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the database failed");
        Self::Internal
    }
}

impl IntoResponse for KeystoneError {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthorized(url) => unauthorized(&url),
            Self::Throttled(wait) => {
                let mut response = shape(
                    StatusCode::TOO_MANY_REQUESTS,
                    "Too Many Requests",
                    "Too many failed sign-ins. Wait a moment and try again.",
                );
                response.headers_mut().insert(header::RETRY_AFTER, retry_after(wait));
                response
            }
            Self::BadRequest(why) => shape(StatusCode::BAD_REQUEST, "Bad Request", &why),
            Self::Forbidden(action) => shape(
                StatusCode::FORBIDDEN,
                "Forbidden",
                &format!("You are not authorized to perform the requested action: {action}."),
            ),
            Self::NotFound(what, id) => {
                shape(StatusCode::NOT_FOUND, "Not Found", &format!("Could not find {what}: {id}."))
            }
            Self::NoToken => shape(StatusCode::NOT_FOUND, "Not Found", "Could not find token."),
            Self::Internal => shape(
                StatusCode::INTERNAL_SERVER_ERROR,
                "Internal Server Error",
                "An unexpected error prevented the server from fulfilling your request.",
            ),
        }
    }
}

/// Whole seconds, rounded up: waiting that long is enough.
pub fn retry_after(wait: Duration) -> HeaderValue {
    HeaderValue::from(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
}

fn shape(status: StatusCode, title: &str, message: &str) -> Response {
    let body = json!({"error": {"code": status.as_u16(), "message": message, "title": title}});
    (status, Json(body)).into_response()
}

/// For paths below `/identity` that Keystone does not have here.
pub async fn no_such_path() -> Response {
    shape(StatusCode::NOT_FOUND, "Not Found", "The requested URL was not found on the server.")
}

/// For methods that a path does not have.
pub async fn no_such_method() -> Response {
    shape(
        StatusCode::METHOD_NOT_ALLOWED,
        "Method Not Allowed",
        "The method is not allowed for the requested URL.",
    )
}

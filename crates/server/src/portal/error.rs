//! Errors of the portal's endpoints, in Keystone's format.

use crate::{
    keystone::error_response, octavia::error::OctaviaError, sign_in::SignInError,
    store::Unavailable,
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use std::time::Duration;

/// The message is the text of the response.
#[derive(Debug, thiserror::Error)]
pub(super) enum PortalError {
    #[error("The request you have made requires authentication.")]
    Unauthorized,
    /// Holds the time to wait.
    #[error("Too many failed sign-ins. Wait a moment and try again.")]
    Throttled(Duration),
    #[error("{0}")]
    BadRequest(&'static str),
    #[error("The body must be application/json.")]
    NotJson,
    #[error("{0}")]
    Forbidden(&'static str),
    /// Holds the time to wait.
    #[error("{0}")]
    LimitOfUser(&'static str, Duration),
    #[error("{0}")]
    Busy(&'static str, Duration),
    /// A refusal by Octavia's rules.
    #[error("{1}")]
    Octavia(StatusCode, String),
    #[error("There is nothing at this path.")]
    NotFound,
    #[error("The path does not take this method.")]
    MethodNotAllowed,
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The cause is in the log.
    #[error("The server failed.")]
    Internal,
}

impl From<SignInError> for PortalError {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Unauthorized | SignInError::ProofRevoked => Self::Unauthorized,
            SignInError::Throttled(wait) => Self::Throttled(wait),
            SignInError::Unavailable(why) => Self::Unavailable(why),
            SignInError::Internal => Self::Internal,
        }
    }
}

impl From<rusqlite::Error> for PortalError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the database failed");
        Unavailable::of(&error).map_or(Self::Internal, Self::Unavailable)
    }
}

impl From<OctaviaError> for PortalError {
    fn from(error: OctaviaError) -> Self {
        match error {
            OctaviaError::Api { status, message: text }
            | OctaviaError::Framework { status, description: text } => Self::Octavia(status, text),
            OctaviaError::Internal => Self::Internal,
        }
    }
}

impl PortalError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::Throttled(_) | Self::LimitOfUser(..) => StatusCode::TOO_MANY_REQUESTS,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Busy(..) | Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Octavia(status, _) => *status,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn wait(&self) -> Option<Duration> {
        match self {
            Self::Throttled(wait) | Self::LimitOfUser(_, wait) | Self::Busy(_, wait) => Some(*wait),
            _ => None,
        }
    }
}

impl IntoResponse for PortalError {
    fn into_response(self) -> Response {
        error_response(self.status(), &self.to_string(), self.wait())
    }
}

/// The fallback for unknown paths below `/portal`.
pub(super) async fn not_found() -> PortalError {
    PortalError::NotFound
}

/// The fallback for methods that a path does not support. The router adds `Allow`.
pub(super) async fn method_not_allowed() -> PortalError {
    PortalError::MethodNotAllowed
}

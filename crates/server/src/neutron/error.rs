//! Errors in Neutron's format.

use crate::store::Unavailable;
use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NeutronError {
    #[error("Network {0} could not be found.")]
    NetworkNotFound(String),
    #[error("Subnet {0} could not be found.")]
    SubnetNotFound(String),
    #[error("Port {0} could not be found.")]
    PortNotFound(String),
    #[error("Port {0} is in use by a load balancer. Delete that instead.")]
    PortInUse(String),
    #[error("{0}")]
    Conflict(String),
    #[error("Quota exceeded for resources: ['{0}'].")]
    OverQuota(&'static str),
    #[error("Extension with alias {0} does not exist")]
    ExtensionNotFound(String),
    #[error("{0}")]
    BadRequest(String),
    #[error("Bad limit request: Limit must be an integer 0 or greater and not '{0}'.")]
    BadLimit(String),
    /// Neutron's name of the rule: `get_network`.
    #[error("rule:{0} is disallowed by policy")]
    Forbidden(&'static str),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The cause is in the log.
    #[error("Request Failed: internal server error while processing your request.")]
    Internal,
}

impl From<rusqlite::Error> for NeutronError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the database failed");
        Unavailable::of(&error).map_or(Self::Internal, Self::Unavailable)
    }
}

impl IntoResponse for NeutronError {
    fn into_response(self) -> Response {
        let (status, kind) = match self {
            Self::NetworkNotFound(_) => (StatusCode::NOT_FOUND, "NetworkNotFound"),
            Self::SubnetNotFound(_) => (StatusCode::NOT_FOUND, "SubnetNotFound"),
            Self::PortNotFound(_) => (StatusCode::NOT_FOUND, "PortNotFound"),
            Self::PortInUse(_) => (StatusCode::CONFLICT, "PortInUse"),
            Self::OverQuota(_) => (StatusCode::CONFLICT, "OverQuota"),
            Self::Conflict(_) => (StatusCode::CONFLICT, "IpAddressAlreadyAllocated"),
            Self::ExtensionNotFound(_) => (StatusCode::NOT_FOUND, "HTTPNotFound"),
            Self::BadLimit(_) => (StatusCode::BAD_REQUEST, "BadRequest"),
            Self::BadRequest(_) => (StatusCode::BAD_REQUEST, "HTTPBadRequest"),
            Self::Forbidden(_) => (StatusCode::FORBIDDEN, "PolicyNotAuthorized"),
            Self::Unavailable(_) => (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "HTTPInternalServerError"),
        };
        response(status, kind, &self.to_string())
    }
}

fn response(status: StatusCode, kind: &str, message: &str) -> Response {
    let body = json!({"NeutronError": {"type": kind, "message": message, "detail": ""}});
    (status, Json(body)).into_response()
}

/// The fallback for unknown paths below `/networking`.
pub(super) async fn unknown_path() -> Response {
    response(StatusCode::NOT_FOUND, "HTTPNotFound", "The resource could not be found.")
}

/// The fallback for methods that a path does not support.
pub(super) async fn unknown_method() -> Response {
    response(
        StatusCode::METHOD_NOT_ALLOWED,
        "HTTPMethodNotAllowed",
        "Networks and subnets are described by the server's configuration file and cannot be changed here.",
    )
}

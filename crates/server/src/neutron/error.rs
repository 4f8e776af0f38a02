//! Neutron's shape of error.

use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

/// What Neutron says no with.
#[derive(Debug, PartialEq, Eq)]
pub enum NeutronError {
    /// No network of this id that the caller may see.
    NetworkNotFound(String),
    /// No subnet of this id that the caller may see.
    SubnetNotFound(String),
    /// No port of this id that the caller may see.
    PortNotFound(String),
    /// No extension of this alias.
    ExtensionNotFound(String),
    /// The query cannot be understood: why.
    BadRequest(String),
    /// Neutron's name of the rule: `get_network`.
    Forbidden(&'static str),
    /// The database failed.
    Internal,
}

impl From<rusqlite::Error> for NeutronError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the database failed");
        Self::Internal
    }
}

impl IntoResponse for NeutronError {
    fn into_response(self) -> Response {
        let (status, kind, message) = match self {
            Self::NetworkNotFound(id) => (
                StatusCode::NOT_FOUND,
                "NetworkNotFound",
                format!("Network {id} could not be found."),
            ),
            Self::SubnetNotFound(id) => (
                StatusCode::NOT_FOUND,
                "SubnetNotFound",
                format!("Subnet {id} could not be found."),
            ),
            Self::PortNotFound(id) => {
                (StatusCode::NOT_FOUND, "PortNotFound", format!("Port {id} could not be found."))
            }
            Self::ExtensionNotFound(alias) => (
                StatusCode::NOT_FOUND,
                "HTTPNotFound",
                format!("Extension with alias {alias} does not exist"),
            ),
            Self::BadRequest(why) => (StatusCode::BAD_REQUEST, "HTTPBadRequest", why),
            Self::Forbidden(rule) => (
                StatusCode::FORBIDDEN,
                "PolicyNotAuthorized",
                format!("rule:{rule} is disallowed by policy"),
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                "HTTPInternalServerError",
                "Request Failed: internal server error while processing your request.".to_owned(),
            ),
        };
        shape(status, kind, &message)
    }
}

fn shape(status: StatusCode, kind: &str, message: &str) -> Response {
    let body = json!({"NeutronError": {"type": kind, "message": message, "detail": ""}});
    (status, Json(body)).into_response()
}

/// For paths below `/networking` that Neutron does not have here.
pub async fn no_such_path() -> Response {
    shape(StatusCode::NOT_FOUND, "HTTPNotFound", "The resource could not be found.")
}

/// For methods that a path does not have.
pub async fn no_such_method() -> Response {
    shape(
        StatusCode::METHOD_NOT_ALLOWED,
        "HTTPMethodNotAllowed",
        "Networks are described by the server's configuration file and cannot be changed here.",
    )
}

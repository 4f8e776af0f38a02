//! What Octavia says no with, in its three shapes.

use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// An error on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OctaviaError {
    /// Said by Octavia's own code: `{"faultcode", "faultstring", "debuginfo"}`.
    Api {
        /// HTTP status.
        status: StatusCode,
        /// What a person reads.
        message: String,
    },
    /// Said before Octavia's own code is reached: `{"code", "title", "description"}`.
    Gate {
        /// HTTP status.
        status: StatusCode,
        /// What a person reads, perhaps empty.
        description: String,
    },
    /// The database failed; the cause is logged, not told.
    Internal,
}

/// The text of every refusal by policy.
pub const FORBIDDEN: &str = "Policy does not allow this request to be performed.";

impl OctaviaError {
    fn api(status: StatusCode, message: impl Into<String>) -> Self {
        Self::Api { status, message: message.into() }
    }

    /// 400 with a text of its own.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::api(StatusCode::BAD_REQUEST, message)
    }

    /// 400 `Validation failure: …`.
    pub fn validation(detail: impl std::fmt::Display) -> Self {
        Self::bad(format!("Validation failure: {detail}"))
    }

    /// 400 that names the field, what was sent, and what would be right.
    pub fn field(name: &str, value: impl std::fmt::Display, why: impl std::fmt::Display) -> Self {
        Self::bad(format!("Invalid input for field/attribute {name}. Value: '{value}'. {why}"))
    }

    /// 400 `… is not a valid option for …`.
    pub fn option(value: impl std::fmt::Display, option: impl std::fmt::Display) -> Self {
        Self::bad(format!("{value} is not a valid option for {option}"))
    }

    /// 403 by policy.
    pub fn forbidden() -> Self {
        Self::api(StatusCode::FORBIDDEN, FORBIDDEN)
    }

    /// 403 by quota; `resource` as people call it: `Load Balancer`.
    pub fn quota(resource: &str) -> Self {
        Self::api(StatusCode::FORBIDDEN, format!("Quota has been met for resources: {resource}"))
    }

    /// 404 of an object.
    pub fn not_found(resource: &str, id: impl std::fmt::Display) -> Self {
        Self::api(StatusCode::NOT_FOUND, format!("{resource} {id} not found."))
    }

    /// 400 of an object that the request refers to.
    pub fn no_such(resource: &str, id: impl std::fmt::Display) -> Self {
        Self::bad(format!("{resource} {id} not found."))
    }

    /// 409 with a text of its own.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::api(StatusCode::CONFLICT, message)
    }

    /// 501: valid in Octavia, not offered by this provider.
    pub fn unsupported(what: impl std::fmt::Display) -> Self {
        Self::api(
            StatusCode::NOT_IMPLEMENTED,
            format!("Provider 'haproxy' does not support a requested option: {what}"),
        )
    }

    /// An error of the gate before Octavia's own code.
    pub fn gate(status: StatusCode, description: impl Into<String>) -> Self {
        Self::Gate { status, description: description.into() }
    }
}

impl From<rusqlite::Error> for OctaviaError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the database refused an Octavia request");
        Self::Internal
    }
}

impl IntoResponse for OctaviaError {
    fn into_response(self) -> Response {
        let (status, body) = match self {
            Self::Api { status, message } => {
                let code = if status.is_client_error() { "Client" } else { "Server" };
                (status, json!({"faultcode": code, "faultstring": message, "debuginfo": null}))
            }
            Self::Gate { status, description } => {
                let title = status.canonical_reason().unwrap_or_default();
                (
                    status,
                    json!({"code": status.as_u16(), "title": title, "description": description}),
                )
            }
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                json!({
                    "faultcode": "Server",
                    "faultstring": "Internal server error; the server's log says more.",
                    "debuginfo": null,
                }),
            ),
        };
        (status, Json(body)).into_response()
    }
}

/// 404 of an unknown path.
pub async fn unknown_path() -> OctaviaError {
    OctaviaError::gate(StatusCode::NOT_FOUND, "")
}

/// 405 of a method that a path does not have; the router adds `Allow`.
pub async fn unknown_method() -> OctaviaError {
    OctaviaError::gate(StatusCode::METHOD_NOT_ALLOWED, "")
}

/// 415 unless what is sent says it is JSON, or says nothing.
pub fn json_only(headers: &HeaderMap) -> Result<(), OctaviaError> {
    let Some(sent) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let sent = String::from_utf8_lossy(sent.as_bytes()).into_owned();
    let kind = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind.is_empty() || kind == "application/json" {
        return Ok(());
    }
    Err(OctaviaError::api(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("Unknown mimetype: {kind}")))
}

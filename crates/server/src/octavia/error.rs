//! Octavia's errors, in its three JSON shapes.

use crate::store::Unavailable;
use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OctaviaError {
    /// From Octavia's own code: `{"faultcode", "faultstring", "debuginfo"}`.
    #[error("{message}")]
    Api { status: StatusCode, message: String },
    /// From the framework in front of Octavia's own code: `{"code", "title", "description"}`.
    #[error("{description}")]
    Framework {
        status: StatusCode,
        /// May be empty.
        description: String,
    },
    /// The cause is logged and not part of the answer.
    #[error("internal server error")]
    Internal,
}

pub const FORBIDDEN: &str = "Policy does not allow this request to be performed.";

impl OctaviaError {
    fn api(status: StatusCode, message: impl Into<String>) -> Self {
        Self::Api { status, message: message.into() }
    }

    /// 400 with this text.
    pub fn bad(message: impl Into<String>) -> Self {
        Self::api(StatusCode::BAD_REQUEST, message)
    }

    /// 400 `Validation failure: …`.
    pub fn validation(detail: impl std::fmt::Display) -> Self {
        Self::bad(format!("Validation failure: {detail}"))
    }

    /// 400 that names the field, the value sent, and what would be valid.
    pub fn field(name: &str, value: impl std::fmt::Display, why: impl std::fmt::Display) -> Self {
        Self::bad(format!("Invalid input for field/attribute {name}. Value: '{value}'. {why}"))
    }

    /// 400 for a required field that is absent or null.
    pub fn missing_field(name: &str) -> Self {
        Self::field(name, "None", "Mandatory field missing.")
    }

    /// 400 `… is not a valid option for …`.
    pub fn option(value: impl std::fmt::Display, option: impl std::fmt::Display) -> Self {
        Self::bad(format!("{value} is not a valid option for {option}"))
    }

    /// 400 for a pool or an L7 policy of a listener that serves metrics.
    pub fn no_children() -> Self {
        Self::bad("Protocol PROMETHEUS listeners cannot have child objects.")
    }

    /// 403 by policy.
    pub fn forbidden() -> Self {
        Self::api(StatusCode::FORBIDDEN, FORBIDDEN)
    }

    /// 403 by quota; `resource` is a title such as `Load Balancer`.
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

    /// 400 for a list of references that lead to nothing that the caller may use.
    pub fn not_retrieved(references: impl std::fmt::Display) -> Self {
        Self::bad(format!("Could not retrieve certificate: {references}"))
    }

    /// 409 with this text.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::api(StatusCode::CONFLICT, message)
    }

    /// 422: the request contradicts an earlier one.
    pub fn unprocessable(message: impl Into<String>) -> Self {
        Self::api(StatusCode::UNPROCESSABLE_ENTITY, message)
    }

    /// 503: the machine has no room for more load balancers or listeners.
    pub fn no_room() -> Self {
        Self::api(
            StatusCode::SERVICE_UNAVAILABLE,
            "This server has reached its limit of open files and has no room for another load balancer or \
             listener. Delete one, or have the operator raise the limit.",
        )
    }

    /// 501: valid in Octavia, not supported by this provider.
    pub fn unsupported(option: impl std::fmt::Display) -> Self {
        Self::api(
            StatusCode::NOT_IMPLEMENTED,
            format!("Provider 'haproxy' does not support a requested option: {option}"),
        )
    }

    pub fn framework(status: StatusCode, description: impl Into<String>) -> Self {
        Self::Framework { status, description: description.into() }
    }
}

impl From<rusqlite::Error> for OctaviaError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the database failed in an Octavia request");
        Unavailable::of(&error).map_or(Self::Internal, Self::from)
    }
}

impl From<Unavailable> for OctaviaError {
    fn from(why: Unavailable) -> Self {
        Self::api(StatusCode::SERVICE_UNAVAILABLE, why.to_string())
    }
}

impl IntoResponse for OctaviaError {
    fn into_response(self) -> Response {
        let (status, body) = match self {
            Self::Api { status, message } => {
                let code = if status.is_client_error() { "Client" } else { "Server" };
                (status, json!({"faultcode": code, "faultstring": message, "debuginfo": null}))
            }
            Self::Framework { status, description } => {
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

/// 404 of an unknown path, for clients without a token too.
pub async fn unknown_path() -> OctaviaError {
    OctaviaError::framework(StatusCode::NOT_FOUND, "")
}

/// 405; the router adds `Allow`.
pub async fn unknown_method() -> OctaviaError {
    OctaviaError::framework(StatusCode::METHOD_NOT_ALLOWED, "")
}

/// 415 unless the content type is JSON or absent.
pub fn require_json(headers: &HeaderMap) -> Result<(), OctaviaError> {
    let Some(sent) = headers.get(header::CONTENT_TYPE) else { return Ok(()) };
    let sent = String::from_utf8_lossy(sent.as_bytes()).into_owned();
    let kind = sent.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind.is_empty() || kind == "application/json" {
        return Ok(());
    }
    Err(OctaviaError::api(StatusCode::UNSUPPORTED_MEDIA_TYPE, format!("Unknown mimetype: {kind}")))
}

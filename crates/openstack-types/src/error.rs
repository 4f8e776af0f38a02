//! One type for the error bodies of the OpenStack services and of proxies in front of them.

use serde::Deserialize;
use thiserror::Error;

/// An error response of a service, or no response.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{message}")]
pub struct ApiError {
    /// HTTP status; 0 if there was no response.
    pub status: u16,
    pub message: String,
    /// The field that it is about, by its name in the API: `protocol_port`, `vip_address`, …
    pub field: Option<String>,
}

/// The fields of all error bodies.
#[derive(Default, Deserialize)]
struct Body {
    faultstring: Option<String>,
    error: Option<Message>,
    #[serde(rename = "NeutronError")]
    neutron_error: Option<Message>,
    description: Option<String>,
    title: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    message: String,
}

impl ApiError {
    /// The message of a request that timed out.
    pub const TIMEOUT: &str = "timeout";

    /// No response: the server or the network is down.
    pub fn no_response(message: impl Into<String>) -> Self {
        Self { status: 0, message: message.into(), field: None }
    }

    /// Parses an error body: Octavia's `faultstring`, Pecan's `description`, Keystone's
    /// `error.message` or Neutron's `NeutronError.message`. Of a proxy's HTML only the status is used.
    pub fn from_body(status: u16, body: &str) -> Self {
        let body = serde_json::from_str::<Body>(body).unwrap_or_default();
        let text = body
            .faultstring
            .or_else(|| Some(body.error?.message))
            .or_else(|| Some(body.neutron_error?.message))
            .or(body.description)
            .or(body.title);
        let message = text.unwrap_or_else(|| format!("HTTP {status}"));
        let field = field_of(&message).map(str::to_owned);
        Self { status, message, field }
    }

    /// Whether another change is in progress in Octavia, so that a retry can succeed.
    pub fn is_busy(&self) -> bool {
        self.status == 409
            && (self.message.contains("immutable") || self.message.contains("Invalid state"))
    }
}

fn field_of(message: &str) -> Option<&str> {
    if let Some(rest) = message.strip_prefix("Invalid input for field/attribute ") {
        return rest.split(['.', ' ']).next().filter(|f| !f.is_empty());
    }
    if message.starts_with("The VIP IP address is already in use")
        || message.contains("vip_address")
    {
        return Some("vip_address");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_of_every_error_body_is_found() {
        for (body, want) in [
            (r#"{"faultcode":"Client","faultstring":"a","debuginfo":null}"#, "a"),
            (r#"{"code":400,"title":"Bad Request","description":"b"}"#, "b"),
            (r#"{"error":{"code":401,"title":"Unauthorized","message":"c"}}"#, "c"),
            (r#"{"NeutronError":{"type":"X","message":"d","detail":""}}"#, "d"),
            ("<html>no</html>", "HTTP 413"),
            ("", "HTTP 413"),
        ] {
            assert_eq!(ApiError::from_body(413, body).message, want);
        }
    }

    #[test]
    fn the_field_of_an_octavia_error_is_found() {
        let body = r#"{"faultstring":"Invalid input for field/attribute protocol_port. Value: '70000'. Value should be lower or equal to 65535"}"#;
        assert_eq!(ApiError::from_body(400, body).field.as_deref(), Some("protocol_port"));
    }
}

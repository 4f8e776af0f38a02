//! The five shapes of error that OpenStack services and what stands before them answer, made one.

use serde::Deserialize;
use std::fmt;

/// What a service said no with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// HTTP status; 0 when there was no answer at all.
    pub status: u16,
    /// What a person reads.
    pub message: String,
    /// The field it is about, as the service names it: `protocol_port`, `vip_address`, …
    pub field: Option<String>,
}

/// An error body, whatever its shape.
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
    /// The message of an answer that did not come in time.
    pub const TIMEOUT: &str = "timeout";

    /// No answer: the server is away, or the way to it.
    pub fn no_answer(message: impl Into<String>) -> Self {
        Self { status: 0, message: message.into(), field: None }
    }

    /// Reads an error body of any of the services.
    ///
    /// Octavia's `faultstring`, Pecan's `description`, Keystone's `error.message`, Neutron's
    /// `NeutronError.message`, and HTML from a proxy, of which only the status is kept.
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

    /// Octavia's "busy": another change is under way, trying again helps.
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

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_gives_its_sentence() {
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
    fn the_field_is_found() {
        let said = r#"{"faultstring":"Invalid input for field/attribute protocol_port. Value: '70000'. Value should be lower or equal to 65535"}"#;
        assert_eq!(ApiError::from_body(400, said).field.as_deref(), Some("protocol_port"));
    }
}

//! L7 rules.

use super::patch::Patch;
use crate::{
    L7RuleId,
    field::{FieldError, RuleValue, check_regex},
    wire_enum::wire_enum,
};
use serde::{Deserialize, Serialize};

wire_enum! {
    /// The part of a request that an L7 rule compares.
    L7RuleType {
        /// The host name in the Host header.
        HostName = "HOST_NAME",
        Path = "PATH",
        /// The part of the path after its last dot.
        FileType = "FILE_TYPE",
        Header = "HEADER",
        Cookie = "COOKIE",
        /// Whether the client sent a certificate.
        SslConnHasCert = "SSL_CONN_HAS_CERT",
        /// The result of verifying the client certificate.
        SslVerifyResult = "SSL_VERIFY_RESULT",
        /// A field of the distinguished name in the client certificate.
        SslDnField = "SSL_DN_FIELD",
    }
}

wire_enum! {
    /// The comparison of an L7 rule.
    L7RuleCompareType {
        EqualTo = "EQUAL_TO",
        StartsWith = "STARTS_WITH",
        EndsWith = "ENDS_WITH",
        Contains = "CONTAINS",
        Regex = "REGEX",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct L7Rule {
    pub id: L7RuleId,
    #[serde(rename = "type")]
    pub kind: L7RuleType,
    pub compare_type: L7RuleCompareType,
    /// Name of the header or cookie, or a field of a distinguished name such as `CN`.
    #[serde(default)]
    pub key: Option<String>,
    pub value: String,
    /// Inverts the comparison.
    #[serde(default)]
    pub invert: bool,
    #[serde(default = "enabled")]
    pub admin_state_up: bool,
    #[serde(default)]
    pub tags: Vec<String>,
}

fn enabled() -> bool {
    true
}

/// Whether every request matches the enabled rules of a policy: there are some, and each compares what
/// every request has.
pub(super) fn match_every_request(rules: &[L7Rule]) -> bool {
    let mut enabled = rules.iter().filter(|rule| rule.admin_state_up).peekable();
    enabled.peek().is_some()
        && enabled
            .all(|rule| is_every_request(&rule.kind, &rule.compare_type, &rule.value, rule.invert))
}

/// Whether every request matches a rule: every path starts with `/`.
pub fn is_every_request(
    kind: &L7RuleType,
    compare: &L7RuleCompareType,
    value: &str,
    invert: bool,
) -> bool {
    let compares_root = *kind == L7RuleType::Path && *compare == L7RuleCompareType::StartsWith;
    compares_root && value == "/" && !invert
}

/// An L7 rule in the create request of its policy, or the body of `POST /v2/lbaas/l7policies/{id}/rules`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateL7Rule {
    #[serde(rename = "type")]
    pub kind: L7RuleType,
    pub compare_type: L7RuleCompareType,
    /// Name of the header or cookie, or a field of a distinguished name such as `CN`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    pub value: RuleValue,
    /// Inverts the comparison.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub invert: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub admin_state_up: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
}

/// Body of `PUT /v2/lbaas/l7policies/{id}/rules/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateL7Rule {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<L7RuleType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compare_type: Option<L7RuleCompareType>,
    /// Name of the header or cookie.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub key: Patch<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<RuleValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub invert: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_state_up: Option<bool>,
    /// The complete list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

/// Checks a value against what Octavia allows for the type and the comparison of its rule.
///
/// # Errors
/// [`FieldError::NotARegex`], and [`FieldError::NotARuleValue`] or [`FieldError::TooLong`] for any comparison.
pub fn check_rule_value(
    kind: &L7RuleType,
    compare_type: &L7RuleCompareType,
    value: &str,
) -> Result<RuleValue, FieldError> {
    let checked: RuleValue = value.parse()?;
    let is_visible = |text: &str| text.bytes().all(|c| c.is_ascii_graphic());
    let is_quoted = |text: &str| {
        text.len() > 2
            && text.starts_with('"')
            && text.ends_with('"')
            && text.bytes().all(|c| c.is_ascii_graphic() || c == b' ' || c == b'\t')
    };
    let is_valid = match (kind, compare_type) {
        (kind, L7RuleCompareType::Regex)
            if !matches!(kind, L7RuleType::SslConnHasCert | L7RuleType::SslVerifyResult) =>
        {
            return match check_regex(value) {
                Ok(()) => Ok(checked),
                Err(error) => Err(FieldError::NotARegex { error }),
            };
        }
        // Octavia allows any text.
        (L7RuleType::SslDnField, _) => true,
        (L7RuleType::SslConnHasCert, compare) => {
            *compare == L7RuleCompareType::EqualTo && value.eq_ignore_ascii_case("true")
        }
        (L7RuleType::SslVerifyResult, compare) => {
            *compare == L7RuleCompareType::EqualTo && verify_result(value).is_some()
        }
        // RFC 6265.
        (L7RuleType::Cookie, _) => is_visible(value) && !value.contains(['"', ';', '\\']),
        _ => value != "\"\"" && is_visible(value) || is_quoted(value),
    };
    if is_valid { Ok(checked) } else { Err(FieldError::NotARuleValue) }
}

/// The value of an `SSL_VERIFY_RESULT` rule: the number of an OpenSSL verify result; 0 is success.
pub fn verify_result(value: &str) -> Option<u32> {
    value.bytes().all(|c| c.is_ascii_digit()).then(|| value.parse().ok())?
}

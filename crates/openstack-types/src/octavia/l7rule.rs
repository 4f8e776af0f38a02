//! L7 rules.

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
    /// Name of the header or cookie.
    #[serde(default)]
    pub key: Option<String>,
    pub value: String,
    /// Inverts the comparison.
    #[serde(default)]
    pub invert: bool,
}

/// An L7 rule in the create request of its policy, or the body of `POST /v2/lbaas/l7policies/{id}/rules`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateL7Rule {
    #[serde(rename = "type")]
    pub kind: L7RuleType,
    pub compare_type: L7RuleCompareType,
    /// Name of the header or cookie.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    pub value: RuleValue,
    /// Inverts the comparison.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub invert: Option<bool>,
}

impl CreateL7Rule {
    /// Matches every request: every path starts with `/`.
    pub fn every_request() -> Self {
        Self {
            kind: L7RuleType::Path,
            compare_type: L7RuleCompareType::StartsWith,
            key: None,
            value: RuleValue::root(),
            invert: None,
        }
    }
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
        (_, L7RuleCompareType::Regex) => {
            return match check_regex(value) {
                Ok(()) => Ok(checked),
                Err(error) => Err(FieldError::NotARegex { error }),
            };
        }
        // RFC 6265.
        (L7RuleType::Cookie, _) => is_visible(value) && !value.contains(['"', ';', '\\']),
        _ => value != "\"\"" && is_visible(value) || is_quoted(value),
    };
    if is_valid { Ok(checked) } else { Err(FieldError::NotARuleValue) }
}

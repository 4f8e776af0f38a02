//! Validated texts that may be written to a proxy's configuration.
//!
//! Each type can only be created by a check that allows a small alphabet. No other text from a user
//! reaches the configuration.

use super::error::FieldError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Characters of RFC 3986 without meaning in a proxy's configuration; `%` only as part of an escape.
fn is_uri_text(text: &str) -> bool {
    let b = text.as_bytes();
    b.iter().enumerate().all(|(i, c)| match c {
        b'%' => {
            b.get(i + 1).is_some_and(u8::is_ascii_hexdigit)
                && b.get(i + 2).is_some_and(u8::is_ascii_hexdigit)
        }
        c => c.is_ascii_alphanumeric() || b"/-._~!*+,;=:@?&".contains(c),
    })
}

/// `host` or `host:port`. No user name: it only serves phishing.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let Some((ip, port)) = rest.split_once(']') else { return false };
            (ip.parse::<std::net::Ipv6Addr>().is_ok(), port)
        }
        None => {
            let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            (host.parse::<DomainName>().is_ok(), port)
        }
    };
    let number = |port: &str| {
        port.bytes().all(|c| c.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|n| n > 0)
    };
    host && (port.is_empty() || port.strip_prefix(':').is_some_and(number))
}

macro_rules! checked_text {
    ($($(#[$meta:meta])* $name:ident, $error:ident, $check:expr;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = FieldError;
            fn from_str(text: &str) -> Result<Self, FieldError> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.to_owned())) } else { Err(FieldError::$error) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = FieldError;
            fn try_from(text: String) -> Result<Self, FieldError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(checked: $name) -> String {
                checked.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

checked_text! {
    /// The path and query of a health check's request (RFC 3986): `/`, followed by characters without
    /// meaning in a proxy's configuration. `%` only as part of an escape, so that it never starts a
    /// log-format expression.
    UrlPath, NotAPath, |t| {
        t.starts_with('/') && t.len() <= 255 && is_uri_text(t)
    };
    /// A host name (RFC 1123): labels of letters, digits and inner hyphens.
    DomainName, NotADomain, |t| {
        (1..=253).contains(&t.len())
            && t.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            })
    };
    /// A cookie name: a subset of the token of RFC 6265.
    CookieName, NotACookieName, |t| {
        (1..=64).contains(&t.len())
            && t.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.~".contains(&c))
    };
    /// The URL of a redirect (RFC 3986): `http` or `https`, a host, and optionally a port, and a path
    /// and query of the characters of [`UrlPath`]. No user name and no fragment.
    RedirectUrl, NotAUrl, |t| {
        let Some(rest) = t.strip_prefix("https://").or_else(|| t.strip_prefix("http://")) else {
            return false;
        };
        let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        t.len() <= 255 && is_authority(authority) && is_uri_text(rest)
    };
    /// The value of an L7 rule: the characters of [`UrlPath`], and a lone `%`.
    RuleValue, NotARuleValue, |t| {
        (1..=255).contains(&t.len())
            && t.bytes().all(|c| c.is_ascii_alphanumeric() || b"/-._~!*+,;=:@?&%".contains(&c))
    };
    /// A header name: a subset of the token of RFC 9110.
    HeaderName, NotAHeaderName, |t| {
        (1..=64).contains(&t.len())
            && t.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c))
    };
    /// An HTTP method that Octavia allows in a health check.
    HttpMethod, NotAMethod, |t| {
        ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"].contains(&t)
    };
    /// Status codes that count as healthy: `200`, `200,202` or `200-204`.
    ExpectedCodes, NotStatusCodes, |t| {
        !t.is_empty()
            && t.len() <= 64
            && t.split(',').all(|part| {
                let code = |c: &str| {
                    c.len() == 3 && c.bytes().all(|b| b.is_ascii_digit()) && matches!(c.as_bytes()[0], b'1'..=b'5')
                };
                match part.split_once('-') {
                    Some((from, to)) => code(from) && code(to) && from <= to,
                    None => code(part),
                }
            })
    };
}

impl RuleValue {
    /// `/`, which every path starts with.
    pub fn root() -> Self {
        Self("/".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_path_has_no_log_format_expression() {
        for bad in [
            "/%[env(HOME)]",
            "/ x",
            "/\n",
            "/a\"b",
            "/a'b",
            "/#",
            "/\\",
            "/{x}",
            "/$HOME",
            "",
            "x",
            "/%",
            "/%g0",
            "/é",
        ] {
            assert!(bad.parse::<UrlPath>().is_err(), "{bad:?}");
        }
        for good in ["/", "/health", "/a/b?c=d&e=%20", "/~x/@y;z=1"] {
            assert!(good.parse::<UrlPath>().is_ok(), "{good:?}");
        }
    }

    #[test]
    fn a_redirect_url_has_a_scheme_and_a_host() {
        for good in [
            "https://www.example.com",
            "http://example.com:8080/a/b?c=d%20e&f",
            "https://192.0.2.1/",
            "https://[2001:db8::1]:8443/x",
            "https://a.example?next=/x",
        ] {
            assert!(good.parse::<RedirectUrl>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "www.example.com",
            "//example.com/",
            "/path",
            "javascript:alert(1)",
            "ftp://example.com/",
            "HTTPS://example.com/",
            "https://",
            "https:///path",
            "https://user@example.com/",
            "https://example.com@evil.example/",
            "https://example.com:0/",
            "https://example.com:99999/",
            "https://example.com:+80/",
            "https://[::1/",
            "https://[::1]x/",
            "https://[%25]/",
            "https://example.com/#part",
            "https://example.com/%[env(HOME)]",
            "https://example.com/%{+Q}[src]",
            "https://example.com/%ci",
            "https://%[src]/",
            "https://example.com/ code 200",
            "https://example.com/\nbackend x",
            "https://example.com/\\",
            "https://example.com/\"",
            "https://example.com/'",
            "https://example.com/$HOME",
            "https://example.com/${HOME}",
            "https://exa mple.com/",
            "https://example.com/é",
        ] {
            assert!(bad.parse::<RedirectUrl>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn status_codes_are_lists_or_ranges() {
        for good in ["200", "200,202", "200-204", "200,300-302"] {
            assert!(good.parse::<ExpectedCodes>().is_ok(), "{good}");
        }
        for bad in ["", "20", "2000", "204-200", "200,", "abc", "200 ", "600"] {
            assert!(bad.parse::<ExpectedCodes>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_checked_text_has_characters_with_meaning_in_a_configuration(text in "\\PC{0,40}|[ -~\\n\\t\\r]{0,40}") {
            let harmless = |t: &str| !t.contains(|c: char| {
                c.is_whitespace() || c.is_control() || !c.is_ascii() || "\"'\\#{}[]()$`|<>".contains(c)
            });
            if let Ok(t) = text.parse::<UrlPath>() { prop_assert!(harmless(t.as_str())); }
            if let Ok(t) = text.parse::<DomainName>() { prop_assert!(harmless(t.as_str())); }
            if let Ok(t) = text.parse::<CookieName>() { prop_assert!(harmless(t.as_str())); }
            if let Ok(t) = text.parse::<ExpectedCodes>() { prop_assert!(harmless(t.as_str())); }
            if let Ok(t) = text.parse::<RuleValue>() { prop_assert!(harmless(t.as_str())); }
            if let Ok(t) = text.parse::<HeaderName>() { prop_assert!(harmless(t.as_str())); }
            if let Ok(t) = format!("https://a.example{text}").parse::<RedirectUrl>() {
                prop_assert!(harmless(t.as_str()));
            }
        }
    }
}

//! Checks of single fields, and the few validated strings that may reach an engine's configuration.
//!
//! Each type can only be made by a check that refuses anything outside a small alphabet; there is no
//! other door from a person's text to the configuration of a proxy.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr, str::FromStr};

/// Why a text is not what the field wants. The page has words for each in every language.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FieldError {
    /// Nothing there.
    Required,
    /// More than so many characters.
    TooLong {
        /// The most.
        max: usize,
    },
    /// Not a number, or outside of min to max.
    NotInRange {
        /// The least.
        min: i64,
        /// The most.
        max: i64,
    },
    /// Neither an IPv4 nor an IPv6 address.
    NotAnAddress,
    /// An address that no server can have: unspecified, multicast, broadcast.
    ImpossibleAddress,
    /// Not `192.0.2.0/24` or `2001:db8::/32`.
    NotACidr,
    /// Not a path of printable ASCII that begins with `/`.
    NotAPath,
    /// Not a host name of RFC 1123.
    NotADomain,
    /// Not a cookie name of RFC 6265.
    NotACookieName,
    /// Not one of the methods a check may use.
    NotAMethod,
    /// Not `200`, `200,202` or `200-204`.
    NotCodes,
    /// The same is there already.
    Duplicate,
    /// A health check's timeout must be smaller than its delay.
    TimeoutNotBelowDelay,
    /// Something must be chosen.
    NotChosen,
    /// Not an `http://` or `https://` URL of harmless characters.
    NotAUrl,
    /// Not a text that a rule can compare with.
    NotARuleValue,
    /// Not a header name of RFC 9110.
    NotAHeaderName,
    /// Not names of known ciphers with colons between.
    NotACipher,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Required => f.write_str("must not be empty"),
            Self::TooLong { max } => write!(f, "must have at most {max} characters"),
            Self::NotInRange { min, max } => {
                write!(f, "must be a whole number from {min} to {max}")
            }
            Self::NotAnAddress => f.write_str("must be an IPv4 or IPv6 address"),
            Self::ImpossibleAddress => f.write_str("must be the address of one server"),
            Self::NotACidr => f.write_str("must be like 192.0.2.0/24 or 2001:db8::/32"),
            Self::NotAPath => f.write_str("must be a path like /health, without spaces"),
            Self::NotADomain => f.write_str("must be a host name like www.example.com"),
            Self::NotACookieName => f.write_str("must be a cookie name: letters, digits and -_.~"),
            Self::NotAMethod => f.write_str("must be an HTTP method such as GET or HEAD"),
            Self::NotCodes => f.write_str("must be like 200, or 200,202, or 200-204"),
            Self::Duplicate => f.write_str("is there already"),
            Self::TimeoutNotBelowDelay => f.write_str("must be smaller than the delay"),
            Self::NotChosen => f.write_str("must be chosen"),
            Self::NotAUrl => f.write_str(
                "must be like https://www.example.com/path, without spaces, quotes or #",
            ),
            Self::NotARuleValue => {
                f.write_str("must be letters, digits and /-._~!*+,;=:@?&%, without spaces")
            }
            Self::NotAHeaderName => f.write_str("must be a header name: letters, digits and -_"),
            Self::NotACipher => {
                f.write_str("must be known OpenSSL cipher names with colons between")
            }
        }
    }
}

impl std::error::Error for FieldError {}

/// The most characters of a name or description in Octavia.
pub const NAME_MAX: usize = 255;

/// A name that must be there.
pub fn required_name(text: &str) -> Result<&str, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::Required);
    }
    at_most(text, NAME_MAX)
}

/// A text of at most `max` characters, perhaps empty.
pub fn at_most(text: &str, max: usize) -> Result<&str, FieldError> {
    if text.chars().count() > max { Err(FieldError::TooLong { max }) } else { Ok(text) }
}

/// A whole number from `min` to `max`, as typed.
pub fn integer(text: &str, min: i64, max: i64) -> Result<i64, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::Required);
    }
    text.parse::<i64>()
        .ok()
        .filter(|n| (min..=max).contains(n))
        .ok_or(FieldError::NotInRange { min, max })
}

/// A TCP or UDP port, 1 to 65535.
pub fn port(text: &str) -> Result<u16, FieldError> {
    integer(text, 1, 65535).map(|n| n as u16)
}

/// An address that one server can have.
pub fn server_address(text: &str) -> Result<IpAddr, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::Required);
    }
    let ip: IpAddr = text.parse().map_err(|_| FieldError::NotAnAddress)?;
    let impossible = ip.is_unspecified()
        || ip.is_multicast()
        || matches!(ip, IpAddr::V4(v4) if v4.is_broadcast());
    if impossible { Err(FieldError::ImpossibleAddress) } else { Ok(ip) }
}

/// A range of addresses; one address alone is a range of one.
pub fn cidr(text: &str) -> Result<IpNet, FieldError> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| FieldError::NotACidr)
}

/// Characters of RFC 3986 that mean nothing to a proxy's configuration; `%` only as `%` and two
/// hexadecimal digits.
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

/// `host` or `host:port`; no user name, which only serves to deceive.
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
            /// The text, known to be harmless.
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
    /// The path and query of a health check's request (RFC 3986): `/` first, then unreserved and
    /// reserved characters that mean nothing to a proxy's configuration. `%` only as `%` and two
    /// hexadecimal digits, so that it can never begin a log-format expression.
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
    /// A cookie name: the harmless part of RFC 6265's token.
    CookieName, NotACookieName, |t| {
        (1..=64).contains(&t.len())
            && t.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_.~".contains(&c))
    };
    /// Where a client is sent (RFC 3986): `http` or `https`, a host, perhaps a port, a path and a
    /// query of [`UrlPath`]'s characters. No user name and no fragment.
    RedirectUrl, NotAUrl, |t| {
        let Some(rest) = t.strip_prefix("https://").or_else(|| t.strip_prefix("http://")) else {
            return false;
        };
        let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        t.len() <= 255 && is_authority(authority) && is_uri_text(rest)
    };
    /// What a rule compares a request with: the characters of [`UrlPath`], also a lone `%`.
    RuleValue, NotARuleValue, |t| {
        (1..=255).contains(&t.len())
            && t.bytes().all(|c| c.is_ascii_alphanumeric() || b"/-._~!*+,;=:@?&%".contains(&c))
    };
    /// A header name: the harmless part of RFC 9110's token.
    HeaderName, NotAHeaderName, |t| {
        (1..=64).contains(&t.len())
            && t.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c))
    };
    /// An HTTP method that Octavia allows for a check.
    HttpMethod, NotAMethod, |t| {
        ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"].contains(&t)
    };
    /// Status codes that count as healthy: `200`, `200,202` or `200-204`.
    ExpectedCodes, NotCodes, |t| {
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
    /// `/`, which every path begins with.
    pub fn root() -> Self {
        Self("/".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_log_format_expression_is_no_path() {
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
    fn redirects_go_to_a_host_by_http() {
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
    fn codes() {
        for good in ["200", "200,202", "200-204", "200,300-302"] {
            assert!(good.parse::<ExpectedCodes>().is_ok(), "{good}");
        }
        for bad in ["", "20", "2000", "204-200", "200,", "abc", "200 ", "600"] {
            assert!(bad.parse::<ExpectedCodes>().is_err(), "{bad}");
        }
    }

    #[test]
    fn impossible_servers() {
        for bad in ["0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255"] {
            assert_eq!(server_address(bad), Err(FieldError::ImpossibleAddress), "{bad}");
        }
        assert_eq!(server_address("ten.1"), Err(FieldError::NotAnAddress));
        assert_eq!(server_address(" 192.0.2.1 "), Ok("192.0.2.1".parse().unwrap()));
    }

    proptest! {
        #[test]
        fn no_checked_text_holds_what_a_configuration_reads(text in "\\PC{0,40}|[ -~\\n\\t\\r]{0,40}") {
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

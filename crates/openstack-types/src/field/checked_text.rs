//! Validated texts that may be written to a proxy's configuration.
//!
//! Each type can only be created by a check that allows a small alphabet. No other text from a user
//! reaches the configuration. A path and a URL have characters with a meaning there (`'`, `$`, `#`), which
//! the configuration escapes.

use super::error::FieldError;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Refuses what RFC 3986 does not allow in a path and query, and names it. `%` only as part of an escape.
fn uri_text(text: &str) -> Result<(), FieldError> {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        if c == '%' {
            let digits = after.as_bytes();
            let is_escape = digits.len() >= 2 && digits[..2].iter().all(u8::is_ascii_hexdigit);
            if !is_escape {
                return Err(FieldError::NotAnEscape);
            }
        } else if !c.is_ascii_alphanumeric() && !"/-._~!$'()*+,;=:@?&".contains(c) {
            return Err(FieldError::Character { character: c });
        }
        rest = after;
    }
    Ok(())
}

fn url_path(text: &str) -> Result<(), FieldError> {
    if !text.starts_with('/') {
        return Err(FieldError::NotAPath);
    }
    uri_text(text)
}

fn redirect_url(text: &str) -> Result<(), FieldError> {
    let (scheme, rest) = text.split_once("://").ok_or(FieldError::NotAUrl)?;
    if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
        return Err(FieldError::NotAUrl);
    }
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    if !is_authority(authority) {
        return Err(FieldError::NotAUrl);
    }
    match rest.split_once('#') {
        // One fragment, which has the characters of a query.
        Some((rest, fragment)) => uri_text(rest).and_then(|()| uri_text(fragment)),
        None => uri_text(rest),
    }
}

/// `host`, `host:` or `host:port`. No user name: it only serves phishing.
fn is_authority(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let Some((ip, port)) = rest.split_once(']') else { return false };
            (ip.parse::<std::net::Ipv6Addr>().is_ok() || is_future_ip(ip), port)
        }
        None => {
            let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            // A name of another system than DNS too, and with escapes.
            let is_name = !host.is_empty() && uri_text(host).is_ok() && !host.contains([':', '@']);
            (is_name, port)
        }
    };
    let number = |port: &str| {
        port.bytes().all(|c| c.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|n| n > 0)
    };
    host && (port.is_empty() || port.strip_prefix(':').is_some_and(|n| n.is_empty() || number(n)))
}

/// `v1.fe80::a+en1`, an address of a later version of IP.
fn is_future_ip(text: &str) -> bool {
    let parts = text.strip_prefix(['v', 'V']).and_then(|rest| rest.split_once('.'));
    parts.is_some_and(|(version, address)| {
        let is_address = !address.is_empty() && !address.contains(['/', '?', '@', '%']);
        !version.is_empty()
            && version.bytes().all(|c| c.is_ascii_hexdigit())
            && is_address
            && uri_text(address).is_ok()
    })
}

macro_rules! checked_text {
    ($($(#[$meta:meta])* $name:ident, at most $max:literal, $check:expr;)+) => {$(
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
                let check: fn(&str) -> Result<(), FieldError> = $check;
                if text.chars().count() > $max {
                    return Err(FieldError::TooLong { max: $max });
                }
                check(text).map(|()| Self(text.to_owned()))
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

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_token = |c: u8| c.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&c);
    !text.is_empty() && text.bytes().all(is_token)
}

/// The error unless a text is as it should be.
fn require(is_valid: bool, error: FieldError) -> Result<(), FieldError> {
    if is_valid { Ok(()) } else { Err(error) }
}

checked_text! {
    /// The path and query of a health check's request (RFC 3986). Some of its characters have a meaning in a
    /// proxy's configuration, which has to escape them. `%` is part of an escape, so that it never starts a
    /// log-format expression.
    UrlPath, at most 255, url_path;
    /// A host name (RFC 1123): labels of letters, digits and inner hyphens.
    DomainName, at most 253, |t| require(
        !t.is_empty()
            && t.split('.').all(|label| {
                (1..=63).contains(&label.len())
                    && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
                    && !label.starts_with('-')
                    && !label.ends_with('-')
            }),
        FieldError::NotADomain,
    );
    /// A cookie name: a token (RFC 6265), whose characters a proxy's configuration has to escape.
    CookieName, at most 255, |t| require(is_token(t), FieldError::NotACookieName);
    /// The URL of a redirect (RFC 3986): `http` or `https`, a host, and optionally a port, path, query and
    /// fragment, with characters that a proxy's configuration has to escape as those of [`UrlPath`]. No user
    /// name.
    RedirectUrl, at most 255, redirect_url;
    /// The value of an L7 rule: any text of one line, which a proxy's configuration has to escape. What a type
    /// of rule allows is checked by [`crate::octavia::check_rule_value`].
    RuleValue, at most 255, |t| require(
        !t.is_empty() && !t.contains(|c: char| c.is_control() && c != '\t'),
        FieldError::NotARuleValue,
    );
    /// A header name: a token (RFC 9110), whose characters a proxy's configuration has to escape.
    HeaderName, at most 255, |t| require(is_token(t), FieldError::NotAHeaderName);
    /// The key of an `SSL_DN_FIELD` rule: a field of a distinguished name such as `CN`.
    DnField, at most 255, |t| require(
        t.starts_with(|c: char| c.is_ascii_alphabetic())
            && t.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-'),
        FieldError::NotADnField,
    );
    /// An HTTP method that Octavia allows in a health check.
    HttpMethod, at most 16, |t| require(
        ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"].contains(&t),
        FieldError::NotAMethod,
    );
    /// Status codes that count as healthy: `200`, `200,202` or `200-204`.
    ExpectedCodes, at most 64, |t| require(
        !t.is_empty()
            && t.split(',').all(|part| {
                let code = |c: &str| {
                    c.len() == 3 && c.bytes().all(|b| b.is_ascii_digit()) && matches!(c.as_bytes()[0], b'1'..=b'5')
                };
                match part.split_once('-') {
                    Some((from, to)) => code(from) && code(to) && from <= to,
                    None => code(part),
                }
            }),
        FieldError::NotStatusCodes,
    );
}

impl RuleValue {
    /// `/`, which every path starts with.
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    /// The text to compare with, unless the value is a regular expression or that of a cookie. A text with spaces
    /// is written in double quotes, which are not part of it, as in Octavia.
    pub fn unquoted(&self) -> &str {
        let inner = self.0.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        inner.unwrap_or(&self.0)
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
            "/#",
            "/\\",
            "/{x}",
            "/%[x]",
            "",
            "x",
            "/%",
            "/%g0",
            "/é",
        ] {
            assert!(bad.parse::<UrlPath>().is_err(), "{bad:?}");
        }
        for good in
            ["/", "/health", "/a/b?c=d&e=%20", "/~x/@y;z=1", "/odata/Users('x')", "/$metadata"]
        {
            assert!(good.parse::<UrlPath>().is_ok(), "{good:?}");
        }
    }

    #[test]
    fn an_error_names_the_true_reason() {
        let character = |character| FieldError::Character { character };
        for (path, error) in [
            ("health", FieldError::NotAPath),
            ("/a b", character(' ')),
            ("/{x}", character('{')),
            ("/é", character('é')),
            ("/100%", FieldError::NotAnEscape),
            (&format!("/{}", "x".repeat(255)), FieldError::TooLong { max: 255 }),
        ] {
            assert_eq!(path.parse::<UrlPath>(), Err(error), "{path}");
        }
        for (url, error) in [
            ("www.example.com", FieldError::NotAUrl),
            ("https://user@example.com/", FieldError::NotAUrl),
            ("https://example.com/a b", character(' ')),
            ("https://example.com/#a#b", character('#')),
            ("https://example.com/%", FieldError::NotAnEscape),
        ] {
            assert_eq!(url.parse::<RedirectUrl>(), Err(error), "{url}");
        }
        assert!("c".repeat(65).parse::<CookieName>().is_ok());
        // HAProxy ends the name of a cookie at a comma, so that persistence would never work.
        for name in ["a b", "a,b"] {
            assert_eq!(name.parse::<CookieName>(), Err(FieldError::NotACookieName));
        }
        let long = FieldError::TooLong { max: 255 };
        assert_eq!("c".repeat(256).parse::<CookieName>(), Err(long));
    }

    #[test]
    fn a_redirect_url_has_a_scheme_and_a_host() {
        for good in [
            "https://www.example.com",
            "http://example.com:8080/a/b?c=d%20e&f",
            "https://192.0.2.1/",
            "https://[2001:db8::1]:8443/x",
            "https://a.example?next=/x",
            "https://a.example/a(b)?c='d'&$e",
            "https://a.example/#part",
            "https://a.example#part",
            "HTTPS://A.example/?#",
            "https://my_service.internal/",
            "https://b%C3%BCcher.example/",
            "https://a!$&'()*+,;=b/",
            "https://a.example:/",
            "https://[::ffff:192.0.2.1]",
            "https://[v1.fe80::a+en1]/",
            "https://a.example/a//b/../;x=1,2/%22?a/b?c#d/e?f",
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
            "https://",
            "https://:80/",
            "https://[v1.]/",
            "https://[fe80::1%25en0]/",
            "https://a.example/#a#b",
            "https://a.example/?a[]=1",
            "https://a.example/^",
            "https://a.example/`",
            "https://a.example/|",
            "https:///path",
            "https://user@example.com/",
            "https://example.com@evil.example/",
            "https://example.com:0/",
            "https://example.com:99999/",
            "https://example.com:+80/",
            "https://[::1/",
            "https://[::1]x/",
            "https://[%25]/",
            "https://example.com/%[env(HOME)]",
            "https://example.com/%{+Q}[src]",
            "https://example.com/%ci",
            "https://%[src]/",
            "https://example.com/ code 200",
            "https://example.com/\nbackend x",
            "https://example.com/\\",
            "https://example.com/\"",
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
            let has_none_of = |t: &str, meaningful: &str| !t.contains(|c: char| {
                c.is_whitespace() || c.is_control() || !c.is_ascii() || meaningful.contains(c)
            });
            let harmless = |t: &str| has_none_of(t, "\"'\\#{}[]()$`|<>");
            // What a configuration escapes may be there too.
            let can_be_escaped = |t: &str| has_none_of(t, "\"\\{}[]`|<>^");
            if let Ok(t) = text.parse::<UrlPath>() { prop_assert!(can_be_escaped(t.as_str())); }
            if let Ok(t) = text.parse::<DomainName>() { prop_assert!(harmless(t.as_str())); }
            if let Ok(t) = text.parse::<ExpectedCodes>() { prop_assert!(harmless(t.as_str())); }
            // Each is escaped character by character.
            let is_one_line = |t: &str| !t.contains(|c: char| c.is_control() && c != '\t');
            let is_token = |t: &str| has_none_of(t, "\"()<>@,;:\\/[]?={}");
            if let Ok(t) = text.parse::<RuleValue>() { prop_assert!(is_one_line(t.as_str())); }
            if let Ok(t) = text.parse::<HeaderName>() { prop_assert!(is_token(t.as_str())); }
            if let Ok(t) = text.parse::<CookieName>() { prop_assert!(is_token(t.as_str())); }
            if let Ok(t) = format!("https://a.example{text}").parse::<RedirectUrl>() {
                prop_assert!(can_be_escaped(t.as_str()));
            }
        }
    }
}

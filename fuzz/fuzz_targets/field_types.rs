//! The checked strings: what passes may stand in a HAProxy configuration, if need be escaped.
#![no_main]

use openstack_types::{
    field::{
        self, CookieName, DomainName, ExpectedCodes, HeaderName, HttpMethod, RedirectUrl,
        RuleValue, UrlPath,
    },
    tls::TlsCiphers,
};
use std::{fmt::Display, str::FromStr};

libfuzzer_sys::fuzz_target!(|text: &str| {
    check::<CookieName>(text, is_token);
    check::<DomainName>(text, is_harmless);
    check::<ExpectedCodes>(text, is_harmless);
    check::<HeaderName>(text, is_token);
    check::<HttpMethod>(text, is_harmless);
    check::<RedirectUrl>(text, is_url);
    check::<RuleValue>(text, is_one_line);
    check::<UrlPath>(text, is_uri_text);
    if let Ok(ciphers) = text.parse::<TlsCiphers>() {
        for name in ciphers.tls12().iter().chain(ciphers.tls13()) {
            assert!(is_harmless(name), "{text:?}");
        }
    }
    let _ = field::required_name(text);
    let _ = field::integer(text, -1, 1_000);
    let _ = field::port(text);
    let _ = field::server_address(text);
    let _ = field::cidr(text);
});

/// An accepted text is displayed unchanged, and has only the characters that the configuration allows or escapes.
fn check<T: FromStr + Display>(text: &str, is_allowed: fn(&str) -> bool) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string(), text);
        assert!(is_allowed(text), "{text:?}");
    }
}

fn is_one_line(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() && c != '\t')
}

fn has_none_of(text: &str, special: &str) -> bool {
    !text.contains(|c: char| !c.is_ascii_graphic() || special.contains(c))
}

/// Nothing that ends a word, quotes, comments, or starts a variable or an expression in HAProxy. The other checks
/// allow what the configuration escapes.
fn is_harmless(text: &str) -> bool {
    has_none_of(text, "\"'\\#${}[]`|<>")
}

fn is_uri_text(text: &str) -> bool {
    has_none_of(text, "\"\\{}[]`|<>^#")
}

/// An IPv6 host has brackets, but never after `%`, and the fragment has a mark.
fn is_url(text: &str) -> bool {
    let without_host = text.replacen("://[", "", 1).replacen(']', "", 1);
    is_uri_text(&without_host.replacen('#', "", 1)) && !text.contains("%[")
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    has_none_of(text, "\"()<>@,;:\\/[]?={}")
}

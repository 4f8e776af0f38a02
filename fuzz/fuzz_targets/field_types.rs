//! The checked strings: what passes may stand in a HAProxy configuration.
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
    check::<CookieName>(text);
    check::<DomainName>(text);
    check::<ExpectedCodes>(text);
    check::<HeaderName>(text);
    check::<HttpMethod>(text);
    check::<RedirectUrl>(text);
    check::<RuleValue>(text);
    check::<UrlPath>(text);
    if let Ok(ciphers) = text.parse::<TlsCiphers>() {
        for name in ciphers.tls12().iter().chain(ciphers.tls13()) {
            assert_harmless(name);
        }
    }
    let _ = field::required_name(text);
    let _ = field::integer(text, -1, 1_000);
    let _ = field::port(text);
    let _ = field::server_address(text);
    let _ = field::cidr(text);
});

/// An accepted text is displayed unchanged.
fn check<T: FromStr + Display>(text: &str) {
    if let Ok(value) = text.parse::<T>() {
        assert_eq!(value.to_string(), text);
        assert_harmless(text);
    }
}

/// Nothing that ends a word, quotes, comments, or starts a variable or an expression in HAProxy.
fn assert_harmless(text: &str) {
    let is_special = |c: char| c.is_whitespace() || c.is_control() || "\"'\\#${}[]`|<>".contains(c);
    // An IPv6 host of a redirect has brackets, but never after `%`.
    let without_host = text.replace("://[", "").replace("]", "");
    assert!(!without_host.contains(is_special) && !text.contains("%["), "{text:?}");
}

//! Values that are texts.

use super::invalid::{InvalidValue, not_allowed};
use crate::octavia::error::OctaviaError;
use openstack_types::{
    field::{self, DomainName, FieldError, RedirectUrl, UrlPath},
    tls::TlsCiphers,
};
use serde_json::{Value, json};
use std::{net::IpAddr, str::FromStr};
use uuid::Uuid;

const MAX_CHARACTERS: usize = 255;
/// Octavia's limit for a list of ciphers.
const MAX_CIPHERS_CHARACTERS: usize = 2048;

pub(super) fn text(sent: &Value, max: usize) -> Result<&str, InvalidValue> {
    let text = sent.as_str().ok_or_else(|| not_allowed("Value should be string"))?;
    field::at_most(text, max).map_err(|_| {
        not_allowed(format!("Value should have a maximum character requirement of {max}"))
    })
}

pub(super) fn uuid(sent: &Value) -> Result<Value, InvalidValue> {
    let id = sent.as_str().and_then(|text| Uuid::parse_str(text).ok());
    let id = id.ok_or_else(|| not_allowed("Value should be UUID format"))?;
    Ok(json!(id.as_hyphenated().to_string()))
}

/// An address, as it was sent. It is compared by meaning, see [`crate::store::octavia::address_keys`].
pub(super) fn ip_address(sent: &Value) -> Result<Value, InvalidValue> {
    let text = sent.as_str().filter(|text| text.parse::<IpAddr>().is_ok());
    text.map(|text| json!(text)).ok_or_else(|| not_allowed("Value should be IPv4 or IPv6 format"))
}

pub(super) fn one_of(sent: &Value, words: &[&str]) -> Result<Value, InvalidValue> {
    match sent.as_str() {
        Some(word) if words.contains(&word) => Ok(json!(word)),
        _ => Err(not_allowed(format!("Value should be one of: {}", words.join(", ")))),
    }
}

pub(super) fn url_path(sent: &Value) -> Result<Value, InvalidValue> {
    parsed::<UrlPath>(sent, MAX_CHARACTERS)
}

pub(super) fn domain_name(sent: &Value) -> Result<Value, InvalidValue> {
    parsed::<DomainName>(sent, MAX_CHARACTERS)
}

pub(super) fn redirect_url(sent: &Value) -> Result<Value, InvalidValue> {
    parsed::<RedirectUrl>(sent, MAX_CHARACTERS)
}

pub(super) fn ciphers(sent: &Value) -> Result<Value, InvalidValue> {
    let is_allowed = |c: u8| c.is_ascii_alphanumeric() || b"-+!:@=_.".contains(&c);
    if !text(sent, MAX_CIPHERS_CHARACTERS)?.bytes().all(is_allowed) {
        return Err(InvalidValue::Complete(OctaviaError::validation(
            "Invalid characters in cipher string. Only alphanumeric, -, +, !, :, @, =, _, and . are allowed.",
        )));
    }
    parsed::<TlsCiphers>(sent, MAX_CIPHERS_CHARACTERS)
}

/// Status codes, as they were sent.
pub(super) fn status_codes(sent: &Value) -> Result<Value, InvalidValue> {
    let codes = text(sent, 64)?;
    field::expected_codes(codes).map_err(field_error)?;
    Ok(json!(codes))
}

fn parsed<T>(sent: &Value, max: usize) -> Result<Value, InvalidValue>
where
    T: FromStr<Err = FieldError> + Into<String>,
{
    let checked: T = text(sent, max)?.parse().map_err(field_error)?;
    let checked: String = checked.into();
    Ok(json!(checked))
}

fn field_error(error: FieldError) -> InvalidValue {
    not_allowed(format!("Value {error}"))
}

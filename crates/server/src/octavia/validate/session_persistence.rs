//! The session persistence of pools.

use super::{
    invalid::{InvalidValue, not_allowed, unknown_attributes},
    python_repr::{repeated, shortened},
    text::text,
};
use crate::octavia::error::OctaviaError;
use openstack_types::{field::CookieName, octavia::SessionPersistence};
use serde_json::{Map, Value, json};

const TYPES: [&str; 3] = ["APP_COOKIE", "HTTP_COOKIE", "SOURCE_IP"];
const FIELDS: [&str; 4] = ["type", "cookie_name", "persistence_timeout", "persistence_granularity"];

/// Validates what a request sends. Without a type the value is valid only for an update, see
/// [`complete_session_persistence`].
pub(super) fn session_persistence(sent: &Value) -> Result<Value, InvalidValue> {
    let entries = sent.as_object().ok_or_else(|| not_allowed("Value should be an object"))?;
    refuse_unsupported_fields(entries).map_err(InvalidValue::Complete)?;
    let cookie = match entries.get("cookie_name").filter(|value| !value.is_null()) {
        None => None,
        Some(name) => Some(text(name, 255)?).filter(|name| !name.is_empty()),
    };
    let Some(kind) = kind(entries).map_err(InvalidValue::Complete)? else {
        return Ok(json!({"type": null, "cookie_name": cookie}));
    };
    match (kind, cookie) {
        ("APP_COOKIE", None) => Err(validation(
            "Field \"cookie_name\" must be specified when using the \"APP_COOKIE\" session persistence type.",
        )),
        ("APP_COOKIE", Some(name)) => match name.parse::<CookieName>() {
            Ok(name) => Ok(json!({"type": kind, "cookie_name": name.as_str()})),
            Err(error) => Err(InvalidValue::Complete(OctaviaError::field(
                "cookie_name",
                shortened(name),
                format!("Value {error}"),
            ))),
        },
        (_, Some(_)) => Err(validation(
            "Field \"cookie_name\" can only be specified with session persistence of type \"APP_COOKIE\".",
        )),
        (_, None) => Ok(json!({"type": kind, "cookie_name": null})),
    }
}

/// Gives the session persistence that an update sends without a type the type that the pool has.
///
/// # Errors
/// 400 if there is no type, or if it does not go with the cookie.
pub fn complete_session_persistence(
    sent: &Value,
    existing: Option<&SessionPersistence>,
) -> Result<Value, OctaviaError> {
    let existing = existing.ok_or_else(|| OctaviaError::missing_field("type"))?;
    let complete = json!({"type": existing.kind, "cookie_name": sent["cookie_name"]});
    session_persistence(&complete).map_err(|error| match error {
        InvalidValue::Complete(error) => error,
        InvalidValue::NotAllowed(reason)
        | InvalidValue::WrongType(reason)
        | InvalidValue::TooMany(reason) => {
            OctaviaError::field("session_persistence", repeated(sent), reason)
        }
    })
}

fn refuse_unsupported_fields(entries: &Map<String, Value>) -> Result<(), OctaviaError> {
    let unknown: Vec<_> = entries.keys().filter(|name| !FIELDS.contains(&name.as_str())).collect();
    if !unknown.is_empty() {
        return Err(unknown_attributes("pool_.pool.session_persistence", &unknown));
    }
    Ok(())
}

fn kind(entries: &Map<String, Value>) -> Result<Option<&str>, OctaviaError> {
    let is_sent = |name: &str| entries.get(name).is_some_and(|value| !value.is_null());
    let Some(sent) = entries.get("type").filter(|kind| !kind.is_null()) else { return Ok(None) };
    let Some(kind) = sent.as_str().filter(|kind| TYPES.contains(kind)) else {
        return Err(OctaviaError::field(
            "type",
            repeated(sent),
            format!("Value should be one of: {}", TYPES.join(", ")),
        ));
    };
    if is_sent("persistence_timeout") || is_sent("persistence_granularity") {
        return Err(OctaviaError::validation(
            "persistence_timeout and persistence_granularity is only for UDP and SCTP protocol pools.",
        ));
    }
    Ok(Some(kind))
}

fn validation(detail: &str) -> InvalidValue {
    InvalidValue::Complete(OctaviaError::validation(detail))
}

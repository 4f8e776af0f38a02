//! Errors of the validation.

use super::python_repr::{repeated, shortened};
use crate::octavia::error::OctaviaError;
use serde_json::Value;

/// Why a value is invalid.
pub(super) enum InvalidValue {
    /// The text says which values are valid. The error names the field.
    NotAllowed(String),
    /// The value has another type. Octavia's error then repeats the whole body.
    WrongType(String),
    /// The list has too many entries. The error names the field and does not repeat the list.
    TooMany(String),
    /// The error is complete.
    Complete(OctaviaError),
}

pub(super) fn not_allowed(reason: impl Into<String>) -> InvalidValue {
    InvalidValue::NotAllowed(reason.into())
}

pub(super) fn not_a_list(sent: &Value) -> InvalidValue {
    InvalidValue::WrongType(format!("Value not a valid list: {}", repeated(sent)))
}

pub(super) fn not_an_object(sent: &Value) -> InvalidValue {
    InvalidValue::WrongType(format!("Value not a valid dict: {}", repeated(sent)))
}

/// An error names at most this many attributes.
const MAX_NAMES: usize = 20;

pub(super) fn unknown_attributes(argument: &str, names: &[&String]) -> OctaviaError {
    let plural = if names.len() > 1 { "s" } else { "" };
    let names =
        names.iter().take(MAX_NAMES).map(|name| shortened(name)).collect::<Vec<_>>().join(", ");
    OctaviaError::bad(format!("Unknown attribute{plural} for argument {argument}: {names}"))
}

//! Values that are numbers or booleans. Octavia also accepts them as texts.

use super::{
    invalid::{InvalidValue, not_allowed},
    python_repr::{python_repr, shortened},
};
use serde_json::{Value, json};

pub(super) fn boolean(sent: &Value) -> Result<Value, InvalidValue> {
    let value = match sent {
        Value::Bool(value) => Some(*value),
        Value::String(word) => match word.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
            "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
            _ => None,
        },
        Value::Number(number) => match number.as_i64() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
        _ => None,
    };
    value.map(Value::Bool).ok_or_else(|| not_allowed("Value should be one of: true, false"))
}

pub(super) fn integer(sent: &Value, min: i64, max: i64) -> Result<Value, InvalidValue> {
    let wrong_type = || {
        InvalidValue::WrongType(format!(
            "invalid literal for int() with base 10: {}",
            shortened(&python_repr(sent))
        ))
    };
    let number = match sent {
        Value::Number(number) => match number.as_i64() {
            Some(number) => number,
            // A whole number beyond 64 bits.
            None if number.is_u64() => i64::MAX,
            None => return Err(wrong_type()),
        },
        Value::String(text) => text.trim().parse().map_err(|_| wrong_type())?,
        _ => return Err(wrong_type()),
    };
    if number < min {
        return Err(not_allowed(format!("Value should be greater or equal to {min}")));
    }
    if number > max {
        return Err(not_allowed(format!("Value should be lower or equal to {max}")));
    }
    Ok(json!(number))
}

pub(super) fn http_version(sent: &Value) -> Result<Value, InvalidValue> {
    let version = match sent {
        Value::String(text) => text.parse().ok(),
        other => other.as_f64(),
    };
    match version {
        Some(version) if version == 1.0 || version == 1.1 => Ok(json!(version)),
        _ => Err(not_allowed("Value should be one of: 1.0, 1.1")),
    }
}

pub(super) fn redirect_code(sent: &Value) -> Result<Value, InvalidValue> {
    match sent.as_i64() {
        Some(301 | 302 | 303 | 307 | 308) => Ok(sent.clone()),
        _ => Err(not_allowed("Value should be one of: 301, 302, 303, 307, 308")),
    }
}

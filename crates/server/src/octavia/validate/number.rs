//! Values that are numbers or booleans. Octavia also accepts them as texts.

use super::{
    invalid::{InvalidValue, not_allowed},
    python_repr::{python_repr, repeated, shortened},
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
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        _ => None,
    };
    value.map(Value::Bool).ok_or_else(|| {
        InvalidValue::WrongType(format!("Value not an unambiguous boolean: {}", repeated(sent)))
    })
}

pub(super) fn integer(sent: &Value, min: i64, max: i64) -> Result<Value, InvalidValue> {
    let number = whole_number(sent)?;
    if number < min {
        return Err(not_allowed(format!("Value should be greater or equal to {min}")));
    }
    if number > max {
        return Err(not_allowed(format!("Value should be lower or equal to {max}")));
    }
    Ok(json!(number))
}

/// A number as Python's `int()` reads it. What is beyond 64 bits becomes the end of the range.
fn whole_number(sent: &Value) -> Result<i64, InvalidValue> {
    let number = match sent {
        Value::Number(number) => number.as_i64().or_else(|| number.as_f64().map(|it| it as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.ok_or_else(|| {
        InvalidValue::WrongType(format!(
            "invalid literal for int() with base 10: {}",
            shortened(&python_repr(sent))
        ))
    })
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
    match whole_number(sent)? {
        code @ (301 | 302 | 303 | 307 | 308) => Ok(json!(code)),
        _ => Err(not_allowed("Value should be one of: 301, 302, 303, 307, 308")),
    }
}

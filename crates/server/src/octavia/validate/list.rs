//! Values that are lists, and the object of `insert_headers`.

use super::{
    invalid::{InvalidValue, not_allowed},
    text::text,
};
use openstack_types::field;
use serde_json::{Map, Value, json};

const MAX_ITEMS: usize = 64;

/// Texts. Repeated ones are dropped.
pub(super) fn text_list(sent: &Value) -> Result<Value, InvalidValue> {
    let items = sent.as_array().ok_or_else(|| not_allowed("Value should be a list"))?;
    if items.len() > MAX_ITEMS {
        return Err(not_allowed(format!("Value should have at most {MAX_ITEMS} entries")));
    }
    let mut texts: Vec<&str> = Vec::with_capacity(items.len());
    for item in items {
        let text = text(item, 255)?;
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    Ok(json!(texts))
}

/// Some of these words. Repeated ones are dropped.
pub(super) fn subset(sent: &Value, words: &[&str]) -> Result<Value, InvalidValue> {
    let invalid = || not_allowed(format!("Value should be a list of: {}", words.join(", ")));
    let mut subset: Vec<&str> = Vec::new();
    for item in sent.as_array().ok_or_else(invalid)? {
        let word = item.as_str().filter(|word| words.contains(word)).ok_or_else(invalid)?;
        if !subset.contains(&word) {
            subset.push(word);
        }
    }
    Ok(json!(subset))
}

/// Ranges of addresses. An empty list means everybody, as null does.
pub(super) fn cidrs(sent: &Value) -> Result<Value, InvalidValue> {
    let invalid = || not_allowed("Value should be IPv4 or IPv6 CIDR format");
    let items = sent.as_array().ok_or_else(invalid)?;
    let mut ranges = Vec::with_capacity(items.len());
    for item in items {
        let range = field::cidr(item.as_str().ok_or_else(invalid)?).map_err(|_| invalid())?;
        let range = range.trunc();
        if !ranges.contains(&range) {
            ranges.push(range);
        }
    }
    if ranges.is_empty() {
        return Ok(Value::Null);
    }
    Ok(json!(ranges.iter().map(ToString::to_string).collect::<Vec<_>>()))
}

pub(super) fn headers(sent: &Value) -> Result<Value, InvalidValue> {
    let invalid = || not_allowed("Value should be an object of texts");
    let entries = sent.as_object().ok_or_else(invalid)?;
    let mut headers = Map::new();
    for (name, value) in entries {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Bool(value) => value.to_string(),
            _ => return Err(invalid()),
        };
        headers.insert(name.clone(), Value::String(value));
    }
    Ok(Value::Object(headers))
}

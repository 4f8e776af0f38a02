//! Values that are lists, and the object of `insert_headers`.

use super::{
    invalid::{InvalidValue, not_a_list, not_allowed, not_an_object},
    text::text,
};
use openstack_types::field;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

const MAX_TEXTS: usize = 256;
const MAX_RANGES: usize = 1000;
const MAX_HEADERS: usize = 64;

/// Texts. Repeated ones are dropped.
pub(super) fn text_list(sent: &Value) -> Result<Value, InvalidValue> {
    let items = sent.as_array().ok_or_else(|| not_a_list(sent))?;
    require_at_most(MAX_TEXTS, items.len())?;
    let (mut texts, mut seen) = (Vec::with_capacity(items.len()), HashSet::new());
    for item in items {
        let text = text(item, 255)?;
        if seen.insert(text) {
            texts.push(text);
        }
    }
    Ok(json!(texts))
}

/// Refuses a long list before its entries are looked at.
fn require_at_most(max: usize, count: usize) -> Result<(), InvalidValue> {
    if count <= max {
        return Ok(());
    }
    Err(InvalidValue::TooMany(format!("Value should have at most {max} entries, not {count}")))
}

/// Some of these words. Repeated ones are dropped.
pub(super) fn subset(sent: &Value, words: &[&str]) -> Result<Value, InvalidValue> {
    let invalid = || not_allowed(format!("Value should be a list of: {}", words.join(", ")));
    let items = sent.as_array().ok_or_else(|| not_a_list(sent))?;
    require_at_most(MAX_TEXTS, items.len())?;
    let mut subset: Vec<&str> = Vec::new();
    for item in items {
        let word = item.as_str().filter(|word| words.contains(word)).ok_or_else(invalid)?;
        if !subset.contains(&word) {
            subset.push(word);
        }
    }
    Ok(json!(subset))
}

/// Ranges of addresses, as they were sent. Repeated ones are dropped. An empty list means everybody, as
/// null does.
pub(super) fn cidrs(sent: &Value) -> Result<Value, InvalidValue> {
    let invalid = || not_allowed("Value should be IPv4 or IPv6 CIDR format");
    let items = sent.as_array().ok_or_else(|| not_a_list(sent))?;
    require_at_most(MAX_RANGES, items.len())?;
    let (mut texts, mut seen) = (Vec::with_capacity(items.len()), HashSet::new());
    for item in items {
        let text = item.as_str().map(str::trim).ok_or_else(invalid)?;
        if seen.insert(field::cidr(text).map_err(|_| invalid())?.trunc()) {
            texts.push(text);
        }
    }
    if texts.is_empty() { Ok(Value::Null) } else { Ok(json!(texts)) }
}

pub(super) fn headers(sent: &Value) -> Result<Value, InvalidValue> {
    let entries = sent.as_object().ok_or_else(|| not_an_object(sent))?;
    require_at_most(MAX_HEADERS, entries.len())?;
    let mut headers = Map::new();
    for (name, value) in entries {
        headers.insert(name.clone(), json!(text(value, 255)?));
    }
    Ok(Value::Object(headers))
}

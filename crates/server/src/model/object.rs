use serde_json::Value;
use std::collections::BTreeMap;

/// An object that has been checked against its table: fields by name, and the objects within. Also
/// what the store reads and writes as a row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object {
    /// Value by name; every value is of the field's kind, or null.
    pub fields: BTreeMap<&'static str, Value>,
    /// Objects within, by the field's name.
    pub within: BTreeMap<&'static str, Vec<Object>>,
}

impl Object {
    /// The value of a field; null when it is not there.
    pub fn get(&self, name: &str) -> &Value {
        self.fields.get(name).unwrap_or(&Value::Null)
    }

    /// Whether the field was sent.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// Text of a field; empty for null.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).as_str().unwrap_or_default()
    }

    /// Text of a field that may be null.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.get(name).as_str()
    }

    /// A number; 0 for null.
    pub fn integer(&self, name: &str) -> i64 {
        self.get(name).as_i64().unwrap_or_default()
    }

    /// Whether a field is true.
    pub fn is(&self, name: &str) -> bool {
        self.get(name).as_bool().unwrap_or_default()
    }

    /// Sets a field.
    pub fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.fields.insert(name, value.into());
    }

    /// Takes the objects within out.
    pub fn take_within(&mut self, name: &str) -> Vec<Object> {
        self.within.remove(name).unwrap_or_default()
    }

    /// Lays `change` over this one.
    pub fn merged(&self, change: &Object) -> Object {
        let mut merged = self.clone();
        merged.fields.extend(change.fields.iter().map(|(name, value)| (*name, value.clone())));
        merged
    }
}

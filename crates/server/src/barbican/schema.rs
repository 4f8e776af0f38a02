//! Validation of request bodies, with Barbican's error messages.

use super::error::BarbicanError;
use serde_json::{Map, Value};

/// Limit of most text fields, in characters.
pub(super) const TEXT: usize = 255;

/// The fields of an object, with the name of its schema for errors.
pub(super) struct Fields<'v> {
    schema: &'static str,
    fields: &'v Map<String, Value>,
}

impl<'v> Fields<'v> {
    pub(super) fn from_body(schema: &'static str, body: &'v Value) -> Result<Self, BarbicanError> {
        match body {
            Value::Object(fields) => Ok(Self { schema, fields }),
            other => Err(BarbicanError::schema(schema, wrong_type(other, "object"), None)),
        }
    }

    /// The error for an invalid field.
    pub(super) fn error(&self, name: &str, reason: impl std::fmt::Display) -> BarbicanError {
        BarbicanError::schema(self.schema, reason, Some(name))
    }

    /// Rejects unknown fields.
    pub(super) fn allow_only(&self, known: &[&str]) -> Result<(), BarbicanError> {
        match self.fields.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => Err(BarbicanError::schema(
                self.schema,
                format!("Additional properties are not allowed ({} was unexpected)", quoted(name)),
                None,
            )),
        }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    pub(super) fn get(&self, name: &str) -> Option<&'v Value> {
        self.fields.get(name)
    }

    /// A string; `None` if it was not sent.
    pub(super) fn text(&self, name: &str, max: usize) -> Result<Option<&'v str>, BarbicanError> {
        let text = match self.fields.get(name) {
            None => return Ok(None),
            Some(Value::String(text)) => text,
            Some(other) => return Err(self.error(name, wrong_type(other, "string"))),
        };
        if text.chars().count() > max {
            return Err(self.error(name, format!("{} is too long", quoted(text))));
        }
        Ok(Some(text))
    }

    /// A string; `None` if it was not sent or is null.
    pub(super) fn text_or_null(
        &self,
        name: &str,
        max: usize,
    ) -> Result<Option<&'v str>, BarbicanError> {
        if self.fields.get(name).is_some_and(Value::is_null) {
            return Ok(None);
        }
        self.text(name, max)
    }

    /// One of a few strings; `None` if it was not sent.
    pub(super) fn one_of(
        &self,
        name: &str,
        allowed: &[&str],
    ) -> Result<Option<&'v str>, BarbicanError> {
        let value = self.text(name, usize::MAX)?;
        match value {
            Some(value) if !allowed.contains(&value) => {
                let reason = format!("{} is not one of {}", quoted(value), list(allowed));
                Err(self.error(name, reason))
            }
            value => Ok(value),
        }
    }

    /// An integer of at least 1; `None` if it was not sent.
    pub(super) fn number(&self, name: &str, max: u16) -> Result<Option<u16>, BarbicanError> {
        let value = match self.fields.get(name) {
            None => return Ok(None),
            Some(value) => value,
        };
        let number =
            value.as_i64().ok_or_else(|| self.error(name, wrong_type(value, "integer")))?;
        match u16::try_from(number) {
            Ok(number) if (1..=max).contains(&number) => Ok(Some(number)),
            _ if number < 1 => {
                Err(self.error(name, format!("{number} is less than the minimum of 1")))
            }
            _ => Err(self.error(name, format!("{number} is greater than the maximum of {max}"))),
        }
    }

    /// A string that must be sent and not be empty.
    pub(super) fn required(&self, name: &str, max: usize) -> Result<&'v str, BarbicanError> {
        match self.text(name, max)? {
            Some("") => Err(self.error(name, "'' should be non-empty")),
            Some(text) => Ok(text),
            None => Err(BarbicanError::schema(
                self.schema,
                format!("{} is a required property", quoted(name)),
                None,
            )),
        }
    }
}

/// Names only the type of the value: the value may be a private key in the wrong field.
pub(super) fn wrong_type(value: &Value, wanted: &str) -> String {
    let is = match value {
        Value::Null => "None",
        Value::Bool(true) => "True",
        Value::Bool(false) => "False",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    format!("{is} is not of type '{wanted}'")
}

/// Quotes as Barbican does, truncated.
fn quoted(text: &str) -> String {
    const MAX: usize = 100;
    let mut shown: String = text.chars().take(MAX).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("'{shown}'")
}

/// `['a', 'b']`
pub(super) fn list(words: &[&str]) -> String {
    format!("[{}]", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "))
}

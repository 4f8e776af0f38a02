//! What the bodies must be, and what they say, in Barbican's words where they are not.

use super::error::BarbicanError;
use serde_json::{Map, Value};

/// Texts of fields may have so many characters.
pub const TEXT: usize = 255;

/// An object of a request, and the name that errors give it.
pub struct Fields<'v> {
    schema: &'static str,
    fields: &'v Map<String, Value>,
}

impl<'v> Fields<'v> {
    /// Of a body.
    pub fn of(schema: &'static str, body: &'v Value) -> Result<Self, BarbicanError> {
        match body {
            Value::Object(fields) => Ok(Self { schema, fields }),
            other => Err(BarbicanError::schema(schema, wrong_type(other, "object"), None)),
        }
    }

    /// An error about one of them.
    pub fn wrong(&self, name: &str, reason: impl std::fmt::Display) -> BarbicanError {
        BarbicanError::schema(self.schema, reason, Some(name))
    }

    /// Refuses names that are none of these.
    pub fn only(&self, known: &[&str]) -> Result<(), BarbicanError> {
        match self.fields.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some(name) => Err(BarbicanError::schema(
                self.schema,
                format!("Additional properties are not allowed ({} was unexpected)", quoted(name)),
                None,
            )),
        }
    }

    /// Whether it was sent.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// As it was sent.
    pub fn get(&self, name: &str) -> Option<&'v Value> {
        self.fields.get(name)
    }

    /// A text, if it was sent.
    pub fn text(&self, name: &str, most: usize) -> Result<Option<&'v str>, BarbicanError> {
        let text = match self.fields.get(name) {
            None => return Ok(None),
            Some(Value::String(text)) => text,
            Some(other) => return Err(self.wrong(name, wrong_type(other, "string"))),
        };
        if text.chars().count() > most {
            return Err(self.wrong(name, format!("{} is too long", quoted(text))));
        }
        Ok(Some(text))
    }

    /// A text, if one was sent that is not null.
    pub fn text_or_null(&self, name: &str, most: usize) -> Result<Option<&'v str>, BarbicanError> {
        if self.fields.get(name).is_some_and(Value::is_null) {
            return Ok(None);
        }
        self.text(name, most)
    }

    /// One of a few words, if it was sent.
    pub fn word(&self, name: &str, words: &[&str]) -> Result<Option<&'v str>, BarbicanError> {
        let word = self.text(name, usize::MAX)?;
        match word {
            Some(word) if !words.contains(&word) => {
                let reason = format!("{} is not one of {}", quoted(word), list(words));
                Err(self.wrong(name, reason))
            }
            word => Ok(word),
        }
    }

    /// A whole number, if it was sent.
    pub fn number(&self, name: &str, most: u16) -> Result<Option<u16>, BarbicanError> {
        let value = match self.fields.get(name) {
            None => return Ok(None),
            Some(value) => value,
        };
        let number =
            value.as_i64().ok_or_else(|| self.wrong(name, wrong_type(value, "integer")))?;
        match u16::try_from(number) {
            Ok(number) if (1..=most).contains(&number) => Ok(Some(number)),
            _ if number < 1 => {
                Err(self.wrong(name, format!("{number} is less than the minimum of 1")))
            }
            _ => Err(self.wrong(name, format!("{number} is greater than the maximum of {most}"))),
        }
    }

    /// A text that must be there, and not be empty.
    pub fn required(&self, name: &str, most: usize) -> Result<&'v str, BarbicanError> {
        match self.text(name, most)? {
            Some("") => Err(self.wrong(name, "'' should be non-empty")),
            Some(text) => Ok(text),
            None => Err(self.wrong(name, format!("{} is a required property", quoted(name)))),
        }
    }
}

/// Names the value's type alone: it may be a key in the wrong place.
pub fn wrong_type(value: &Value, wanted: &str) -> String {
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

/// As Barbican quotes, and no more of it than helps.
fn quoted(text: &str) -> String {
    const MOST: usize = 100;
    let mut shown: String = text.chars().take(MOST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("'{shown}'")
}

/// `['a', 'b']`
pub fn list(words: &[&str]) -> String {
    format!("[{}]", words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", "))
}

//! Comparing a response with a recorded one.

use serde_json::Value;

/// The rules of a comparison.
pub struct Rules {
    /// Keys that only the responses of this server have.
    pub own: &'static [&'static str],
    /// Keys that both have, with values that are not compared.
    pub volatile: &'static [&'static str],
}

impl Rules {
    /// Adds the differences of a recorded value and one of this server to `found`.
    pub fn differences(&self, at: &str, there: &Value, here: &Value, found: &mut Vec<String>) {
        match (there, here) {
            (Value::Object(there), Value::Object(here)) => {
                for (key, value) in there {
                    match here.get(key) {
                        None => found.push(format!("{at}.{key} is missing")),
                        Some(_) if self.volatile.contains(&key.as_str()) => {}
                        Some(ours) => self.differences(&format!("{at}.{key}"), value, ours, found),
                    }
                }
                for key in here.keys().filter(|key| !there.contains_key(*key)) {
                    if !self.own.contains(&key.as_str()) {
                        found.push(format!("{at}.{key} is there too"));
                    }
                }
            }
            (Value::Array(there), Value::Array(here)) => {
                if there.len() != here.len() {
                    found.push(format!("{at} has {} entries, not {}", here.len(), there.len()));
                }
                // What was created in the same second comes in the order of its random id.
                let key = |value: &Value| {
                    ["protocol_port", "name", "rel", "address"]
                        .map(|key| value[key].to_string())
                        .concat()
                };
                let sorted = |items: &[Value]| {
                    let mut items = items.to_vec();
                    items.sort_by_key(key);
                    items
                };
                let named = there.iter().any(|item| item.get("name").is_some());
                let (there, here) = if named {
                    (sorted(there), sorted(here))
                } else {
                    (there.clone(), here.clone())
                };
                for (n, (there, here)) in there.iter().zip(&here).enumerate() {
                    self.differences(&format!("{at}[{n}]"), there, here, found);
                }
            }
            _ if there != here => found.push(format!("{at} is {here}, not {there}")),
            _ => {}
        }
    }
}

//! The query string of a list: filters, fields, sorting and paging, with Neutron's semantics.

use super::error::NeutronError;
use crate::public_url::PublicUrl;
use serde_json::{Map, Value, json};

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ListQuery {
    filters: Vec<(String, Vec<String>)>,
    fields: Vec<String>,
    /// Attributes, and whether descending.
    sort: Vec<(String, bool)>,
    limit: Option<usize>,
    marker: Option<String>,
    page_reverse: bool,
}

impl ListQuery {
    /// Parses the parameters. `known` are the attributes that can be filtered and sorted by.
    pub(super) fn parse(pairs: &[(String, String)], known: &[&str]) -> Result<Self, NeutronError> {
        let mut query = Self::default();
        let mut directions = Vec::new();
        for (key, value) in pairs {
            match key.as_str() {
                "fields" => query.fields.push(value.clone()),
                "sort_key" => query.sort.push((value.clone(), false)),
                "sort_dir" => directions.push(value == "desc"),
                "limit" => {
                    let limit = value.parse().map_err(|_| NeutronError::BadLimit(value.clone()))?;
                    query.limit = Some(limit).filter(|limit| *limit > 0);
                }
                "marker" => query.marker = Some(value.clone()),
                "page_reverse" => query.page_reverse = value.eq_ignore_ascii_case("true"),
                name if known.contains(&filtered_attribute(name)) => {
                    match query.filters.iter_mut().find(|(field, _)| field == name) {
                        Some((_, values)) => values.push(value.clone()),
                        None => query.filters.push((name.to_owned(), vec![value.clone()])),
                    }
                }
                name => {
                    return Err(NeutronError::BadRequest(format!(
                        "['{name}'] is invalid attribute for filtering"
                    )));
                }
            }
        }
        for (key, descending) in query.sort.iter_mut().zip(directions) {
            key.1 = descending;
        }
        if let Some((unknown, _)) =
            query.sort.iter().find(|(key, _)| !known.contains(&key.as_str()))
        {
            return Err(NeutronError::BadRequest(format!(
                "['{unknown}'] is invalid attribute for sort_keys"
            )));
        }
        Ok(query)
    }

    /// The body of a list: the entries that the query asks for, and with a limit the links to other
    /// pages. `pairs` are all parameters of the request.
    pub(super) fn body(
        &self,
        kind: &str,
        url: &PublicUrl,
        pairs: &[(String, String)],
        entries: Vec<Value>,
    ) -> Result<Value, NeutronError> {
        let page = self.page(entries)?;
        let links = self.links(&format!("{}/v2.0/{kind}", url.networking()), pairs, &page);
        let entries: Vec<_> = page.into_iter().map(|entry| self.only_fields(entry)).collect();
        let mut body = Map::new();
        body.insert(kind.to_owned(), Value::Array(entries));
        if !links.is_empty() {
            body.insert(format!("{kind}_links"), Value::Array(links));
        }
        Ok(Value::Object(body))
    }

    /// The links to the next and previous page, which may be empty. Neutron does not check that either.
    fn links(&self, url: &str, pairs: &[(String, String)], page: &[Value]) -> Vec<Value> {
        let Some(limit) = self.limit else { return Vec::new() };
        let link = |rel: &str, marker: Option<&Value>| {
            let mut query = form_urlencoded::Serializer::new(String::new());
            let is_position = |name: &str| ["marker", "page_reverse"].contains(&name);
            query.extend_pairs(pairs.iter().filter(|(name, _)| !is_position(name)));
            if let Some(marker) = marker {
                query.append_pair("marker", &text(&marker["id"]));
            }
            if rel == "previous" {
                query.append_pair("page_reverse", "True");
            }
            json!({"rel": rel, "href": format!("{url}?{}", query.finish())})
        };
        let is_full = page.len() >= limit;
        let mut links = Vec::new();
        if is_full || self.page_reverse {
            links.push(link("next", page.last()));
        }
        if is_full || !self.page_reverse {
            links.push(link("previous", page.first()));
        }
        links
    }

    /// Filters, sorts and pages the entries.
    fn page(&self, entries: Vec<Value>) -> Result<Vec<Value>, NeutronError> {
        let mut entries: Vec<Value> =
            entries.into_iter().filter(|entry| self.matches(entry)).collect();
        entries.sort_by(|a, b| {
            self.sort
                .iter()
                .map(|(key, descending)| {
                    let order = text(&a[key]).cmp(&text(&b[key]));
                    if *descending { order.reverse() } else { order }
                })
                .find(|order| order.is_ne())
                .unwrap_or_else(|| text(&a["id"]).cmp(&text(&b["id"])))
        });
        if let Some(marker) = &self.marker {
            let at = entries.iter().position(|entry| entry["id"] == *marker).ok_or_else(|| {
                NeutronError::BadRequest(format!("Invalid input for marker. Reason: {marker}."))
            })?;
            if self.page_reverse {
                entries.truncate(at);
            } else {
                entries.drain(..=at);
            }
        }
        if let Some(limit) = self.limit {
            if self.page_reverse {
                entries.drain(..entries.len().saturating_sub(limit));
            } else {
                entries.truncate(limit);
            }
        }
        Ok(entries)
    }

    /// Keeps only the requested fields.
    pub(super) fn only_fields(&self, entry: Value) -> Value {
        match entry {
            Value::Object(entry) if !self.fields.is_empty() => {
                let kept: Map<_, _> =
                    entry.into_iter().filter(|(name, _)| self.fields.contains(name)).collect();
                Value::Object(kept)
            }
            entry => entry,
        }
    }

    fn matches(&self, entry: &Value) -> bool {
        self.filters.iter().all(|(name, wanted)| match &entry[filtered_attribute(name)] {
            Value::Array(has) => {
                let mut words = wanted.iter().flat_map(|wanted| wanted.split(','));
                let has = |word: &str| has.iter().any(|value| text(value) == word);
                let found = if name.ends_with("-any") { words.any(has) } else { words.all(has) };
                found != name.starts_with("not-")
            }
            value => wanted.iter().any(|wanted| {
                let is = text(value);
                is == *wanted || (value.is_boolean() && as_bool(wanted) == is)
            }),
        })
    }
}

/// The attribute that a parameter filters by.
fn filtered_attribute(parameter: &str) -> &str {
    match parameter {
        "tags-any" | "not-tags" | "not-tags-any" => "tags",
        attribute => attribute,
    }
}

fn as_bool(text: &str) -> &'static str {
    if matches!(text.to_ascii_lowercase().as_str(), "true" | "1" | "t" | "yes") {
        "true"
    } else {
        "false"
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(query: &[(&str, &str)]) -> Result<Vec<String>, NeutronError> {
        let entries = vec![
            json!({"id": "1", "name": "b", "shared": true, "ip_version": 4, "tags": ["x", "y"]}),
            json!({"id": "2", "name": "a", "shared": false, "ip_version": 6, "tags": ["x"]}),
            json!({"id": "3", "name": "c", "shared": false, "ip_version": 4, "tags": []}),
        ];
        let pairs: Vec<_> = query.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        let known = ["id", "name", "shared", "ip_version", "tags"];
        let found = ListQuery::parse(&pairs, &known)?.page(entries)?;
        Ok(found.iter().map(|entry| text(&entry["name"])).collect())
    }

    #[test]
    fn lists_are_filtered_sorted_and_paged() {
        assert_eq!(names(&[]).unwrap(), ["b", "a", "c"]);
        assert_eq!(names(&[("name", "a"), ("name", "c")]).unwrap(), ["a", "c"]);
        assert_eq!(names(&[("shared", "True")]).unwrap(), ["b"]);
        assert_eq!(names(&[("shared", "False"), ("ip_version", "4")]).unwrap(), ["c"]);
        assert_eq!(names(&[("sort_key", "name"), ("sort_dir", "desc")]).unwrap(), ["c", "b", "a"]);
        assert_eq!(names(&[("limit", "2")]).unwrap(), ["b", "a"]);
        assert_eq!(names(&[("limit", "2"), ("marker", "2")]).unwrap(), ["c"]);
        assert_eq!(
            names(&[("limit", "1"), ("marker", "3"), ("page_reverse", "True")]).unwrap(),
            ["a"]
        );
        assert_eq!(names(&[("limit", "0")]).unwrap().len(), 3);
        assert_eq!(names(&[("tags", "x,y")]).unwrap(), ["b"]);
        assert_eq!(names(&[("tags-any", "y,z")]).unwrap(), ["b"]);
        assert_eq!(names(&[("not-tags", "x,y")]).unwrap(), ["a", "c"]);
        assert_eq!(names(&[("not-tags-any", "x,y")]).unwrap(), ["c"]);
    }

    #[test]
    fn unknown_parameters_and_values_are_rejected() {
        for bad in [("nonsense", "1"), ("limit", "x"), ("marker", "9"), ("sort_key", "nonsense")] {
            let refused = names(&[bad]).unwrap_err();
            assert!(
                matches!(refused, NeutronError::BadRequest(_) | NeutronError::BadLimit(_)),
                "{bad:?}"
            );
        }
    }
}

//! The query string of a list: filters, tags, sorting, paging, fields.

use super::error::OctaviaError;
use crate::{
    model::{CREATED_AT, DefaultValue, FieldSpec, ID, Kind, LOADBALANCER_ID, Resource, Shown},
    store::octavia::list::{Direction, ListFilter},
};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// Limit of the objects of one answer: the default of Octavia's `pagination_max_limit`.
const MAX_PAGE: u64 = 1000;

/// The query of a list, checked against the table of its kind of object.
#[derive(Clone, Debug, Default)]
pub struct ListQuery {
    /// Which objects, in which order.
    pub filter: ListFilter,
    /// The project asked for; whether the caller may see it is checked elsewhere.
    pub project_id: Option<String>,
    pub fields: RequestedFields,
    /// The arguments that a link to another page repeats.
    repeated: Vec<(String, String)>,
}

/// The fields that the answer has; all if none are named.
#[derive(Clone, Debug, Default)]
pub struct RequestedFields(Vec<String>);

impl RequestedFields {
    /// Reads only the fields from the query string of a single object.
    pub fn parse(query_string: &str) -> Self {
        let mut fields = Self::default();
        for (name, value) in form_urlencoded::parse(query_string.as_bytes()) {
            if name == "fields" {
                add_words(&mut fields.0, &value);
            }
        }
        fields
    }

    pub fn select(&self, object: Value) -> Value {
        match object {
            Value::Object(entries) if !self.0.is_empty() => {
                entries.into_iter().filter(|(name, _)| self.0.contains(name)).collect()
            }
            object => object,
        }
    }
}

impl ListQuery {
    /// Reads the query string of a list of `resource`.
    pub fn parse(resource: &Resource, query_string: &str) -> Result<Self, OctaviaError> {
        let pairs: Vec<(String, String)> =
            form_urlencoded::parse(query_string.as_bytes()).into_owned().collect();
        let mut query = Self::default();
        query.filter.limit = Some(MAX_PAGE);
        let (mut sort, mut sort_key, mut sort_dir) = (None, None, None);
        for (name, value) in &pairs {
            match name.as_str() {
                "limit" => query.filter.limit = Some(limit(value)?),
                "marker" => query.filter.marker = Some(value.clone()),
                "page_reverse" => query.filter.reverse = value == "True",
                "sort" => sort = Some(value.as_str()),
                "sort_key" => sort_key = Some(value.as_str()),
                "sort_dir" => sort_dir = Some(value.as_str()),
                "fields" => add_words(&mut query.fields.0, value),
                "tags" => add_words(&mut query.filter.tags.all, value),
                "tags-any" => add_words(&mut query.filter.tags.any, value),
                "not-tags" => add_words(&mut query.filter.tags.not_all, value),
                "not-tags-any" => add_words(&mut query.filter.tags.not_any, value),
                "project_id" | "tenant_id" => query.project_id = Some(value.clone()),
                name => query.add_filter(resource, name, value)?,
            }
        }
        query.filter.sort = sorting(resource, sort, sort_key, sort_dir)?;
        query.repeated = repeated_arguments(&pairs);
        Ok(query)
    }

    fn add_filter(
        &mut self,
        resource: &Resource,
        name: &str,
        text: &str,
    ) -> Result<(), OctaviaError> {
        let invalid = || OctaviaError::bad("One or more arguments are either duplicate or invalid");
        // The name that openstacksdk sends for listeners.
        let name = if name == "load_balancer_id" { LOADBALANCER_ID.name() } else { name };
        let field = resource.field(name).ok_or_else(invalid)?;
        if matches!(field.kind, Kind::DefaultOnly) && field.shown != Shown::Never {
            // Every object has the default.
            self.filter.nothing |= !is_default(field, text);
            return Ok(());
        }
        if !field.stored {
            return Err(invalid());
        }
        let value = match field.kind {
            Kind::Bool => match text.to_ascii_lowercase().as_str() {
                "true" | "1" => json!(true),
                "false" | "0" => json!(false),
                _ => return Err(invalid()),
            },
            Kind::Integer(..) | Kind::RedirectCode => {
                json!(text.parse::<i64>().map_err(|_| invalid())?)
            }
            Kind::HttpVersion => json!(text.parse::<f64>().map_err(|_| invalid())?),
            kind if kind.is_json_document() => return Err(invalid()),
            _ => json!(text),
        };
        match self.filter.columns.iter_mut().find(|(column, _)| *column == field.name) {
            Some((_, values)) => values.push(value),
            None => self.filter.columns.push((field.name, vec![value])),
        }
        Ok(())
    }

    /// The links to the previous and next page of a page with `count` objects. `first` and `last` are
    /// the ids at its ends, and `base` is the URL of the list without its query.
    pub fn links(
        &self,
        base: &str,
        first: Option<&str>,
        last: Option<&str>,
        count: usize,
    ) -> Value {
        let (Some(first), Some(last), Some(limit)) = (first, last, self.filter.limit) else {
            return json!([]);
        };
        let link = |rel: &str, marker: &str, reverse: bool| {
            let mut href = format!("{base}?limit={limit}");
            for (name, value) in &self.repeated {
                href.push_str(&format!("&{}={}", encoded(name), encoded(value)));
            }
            href.push_str(&format!("&marker={marker}"));
            if reverse {
                href.push_str("&page_reverse=True");
            }
            json!({"rel": rel, "href": href})
        };
        let mut links = Vec::new();
        if self.filter.marker.is_some() {
            links.push(link("previous", first, true));
        }
        // A full page may be the last one. Octavia does not check that either.
        if u64::try_from(count).is_ok_and(|count| count >= limit) {
            links.push(link("next", last, false));
        }
        Value::Array(links)
    }
}

fn is_default(field: &FieldSpec, text: &str) -> bool {
    match field.default {
        DefaultValue::Text(default) => text == default,
        DefaultValue::Bool(default) => is_true(text) == default,
        _ => false,
    }
}

fn add_words(into: &mut Vec<String>, value: &str) {
    into.extend(value.split(',').filter(|word| !word.is_empty()).map(str::to_owned));
}

fn limit(text: &str) -> Result<u64, OctaviaError> {
    if text == "infinite" {
        return Ok(MAX_PAGE);
    }
    let number: i64 = text.parse().map_err(|_| {
        OctaviaError::framework(
            StatusCode::BAD_REQUEST,
            format!("Supplied pagination limit '{text}' is not valid."),
        )
    })?;
    let number = u64::try_from(number).ok().filter(|number| *number > 0);
    Ok(number.unwrap_or(MAX_PAGE).min(MAX_PAGE))
}

fn sorting(
    resource: &Resource,
    sort: Option<&str>,
    keys: Option<&str>,
    directions: Option<&str>,
) -> Result<Vec<(&'static str, Direction)>, OctaviaError> {
    let mut wanted: Vec<(&str, Direction)> = Vec::new();
    if let Some(sort) = sort.filter(|sort| !sort.is_empty()) {
        for part in sort.split(',') {
            wanted.push(match part.split_once(':') {
                Some((key, dir)) => (key, direction(dir)?),
                None => (part, Direction::Asc),
            });
        }
    } else if let Some(keys) = keys.filter(|keys| !keys.is_empty()) {
        let mut directions =
            directions.unwrap_or_default().split(',').filter(|dir| !dir.is_empty());
        for key in keys.split(',') {
            wanted.push((key, directions.next().map_or(Ok(Direction::Asc), direction)?));
        }
    }
    let mut sorted: Vec<(&'static str, Direction)> = Vec::new();
    for (key, dir) in wanted {
        let field = resource
            .field(key)
            .filter(|field| field.stored)
            .ok_or_else(|| OctaviaError::bad(format!("Supplied sort key '{key}' is not valid.")))?;
        if !sorted.iter().any(|(name, _)| *name == field.name) {
            sorted.push((field.name, dir));
        }
    }
    for name in [CREATED_AT.name(), ID.name()] {
        if !sorted.iter().any(|(key, _)| *key == name)
            && let Some(field) = resource.field(name)
        {
            sorted.push((field.name, Direction::Asc));
        }
    }
    Ok(sorted)
}

fn direction(text: &str) -> Result<Direction, OctaviaError> {
    match text.to_ascii_lowercase().as_str() {
        "asc" => Ok(Direction::Asc),
        "desc" => Ok(Direction::Desc),
        other => Err(OctaviaError::framework(
            StatusCode::BAD_REQUEST,
            format!("Supplied sort direction '{other}' is not valid."),
        )),
    }
}

/// The arguments of the links to other pages. Octavia's links repeat the sorting. Ours repeat the
/// filters too, without which the next page would be of another list.
fn repeated_arguments(pairs: &[(String, String)]) -> Vec<(String, String)> {
    const PAGING: &[&str] = &["limit", "marker", "page_reverse"];
    let rank = |name: &str| match name {
        "sort" => 0,
        "sort_key" => 1,
        "sort_dir" => 2,
        _ => 3,
    };
    let mut repeated: Vec<_> =
        pairs.iter().filter(|(name, _)| !PAGING.contains(&name.as_str())).cloned().collect();
    repeated.sort_by_key(|(name, _)| rank(name));
    repeated
}

/// Percent-encodes what a query cannot contain. `:` and `,` stay, as in Octavia's links.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:,".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}

/// Whether an argument has a value that Octavia reads as true.
pub fn is_true(text: &str) -> bool {
    ["1", "t", "true", "on", "y", "yes"].contains(&text.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{LISTENER, LOAD_BALANCER};

    #[test]
    fn filters_and_sorting_are_repeated_in_links() {
        let query =
            ListQuery::parse(&LOAD_BALANCER, "limit=1&sort=name:asc&name=a&name=b%26c&marker=x")
                .unwrap();
        assert_eq!(query.filter.columns, vec![("name", vec![json!("a"), json!("b&c")])]);
        assert_eq!(
            query.filter.sort,
            vec![("name", Direction::Asc), ("created_at", Direction::Asc), ("id", Direction::Asc)]
        );
        let links = query.links("http://h/v2/lbaas/loadbalancers", Some("f"), Some("l"), 1);
        assert_eq!(
            links[0]["href"],
            "http://h/v2/lbaas/loadbalancers?limit=1&sort=name:asc&name=a&name=b%26c&marker=f&page_reverse=True"
        );
        assert_eq!(links[1]["rel"], "next");
    }

    #[test]
    fn invalid_queries_are_refused() {
        for (query, want) in [
            ("nonsense=1", "One or more arguments are either duplicate or invalid"),
            ("sort=nonsense:asc", "Supplied sort key 'nonsense' is not valid."),
        ] {
            assert_eq!(
                ListQuery::parse(&LOAD_BALANCER, query).unwrap_err(),
                OctaviaError::bad(want)
            );
        }
        assert!(matches!(
            ListQuery::parse(&LOAD_BALANCER, "limit=abc"),
            Err(OctaviaError::Framework { description, .. }) if description == "Supplied pagination limit 'abc' is not valid."
        ));
        assert!(ListQuery::parse(&LISTENER, "protocol_port=x").is_err());
        assert!(ListQuery::parse(&LISTENER, "protocol_port=80&loadbalancer_id=x").is_ok());
    }
}

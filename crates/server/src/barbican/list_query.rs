//! The query string of a list of secrets.

use super::{error::BarbicanError, new_secret::parse_time};
use crate::{
    store::barbican::list::{Column, Comparison, SecretFilter},
    time,
};
use form_urlencoded::Serializer;
use serde_json::{Map, Value};

const DEFAULT_LIMIT: u64 = 10;
const MAX_LIMIT: u64 = 100;

/// A filter, and the parameters that links to other pages repeat.
pub(super) struct ListQuery {
    pub filter: SecretFilter,
    repeated: Vec<(String, String)>,
}

impl ListQuery {
    /// Parses a query string. Ignores unknown parameters, as Barbican does.
    pub(super) fn parse(query: &str) -> Result<Self, BarbicanError> {
        let mut filter = SecretFilter { limit: DEFAULT_LIMIT, ..SecretFilter::default() };
        let mut repeated = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).into_owned() {
            let text = Some(value.clone()).filter(|text| !text.is_empty());
            match name.as_str() {
                "limit" => filter.limit = limit(&value),
                "offset" => filter.offset = offset(&value),
                "name" => filter.name = text,
                "alg" => filter.algorithm = text,
                "mode" => filter.mode = text,
                // An invalid length is ignored.
                "bits" => filter.bits = value.trim().parse().ok().filter(|bits| *bits > 0),
                "secret_type" => filter.secret_type = text,
                "acl_only" => filter.acl_only = value.eq_ignore_ascii_case("true"),
                "sort" => filter.sort = parse_sort(&value)?,
                "created" => add_times(&mut filter, Column::Created, &value)?,
                "updated" => add_times(&mut filter, Column::Updated, &value)?,
                "expiration" => add_times(&mut filter, Column::Expiration, &value)?,
                _ => {}
            }
            if !matches!(name.as_str(), "limit" | "offset") {
                repeated.push((name, value));
            }
        }
        Ok(Self { filter, repeated })
    }

    /// The URL of the previous page; `None` on the first.
    fn previous(&self, base: &str) -> Option<String> {
        let offset = self.filter.offset;
        (offset > 0).then(|| self.link(base, offset.saturating_sub(self.filter.limit)))
    }

    /// A page of a list, whose entries are under `kind`.
    pub(super) fn body(&self, kind: &str, entries: Vec<Value>, base: &str, total: u64) -> Value {
        let links = self.links(base, total, entries.is_empty());
        let mut body = Map::new();
        body.insert(kind.to_owned(), entries.into());
        for (name, link) in ["previous", "next"].into_iter().zip(links) {
            body.extend(link.map(|link| (name.to_owned(), link.into())));
        }
        body.insert("total".to_owned(), total.into());
        body.into()
    }

    /// The URLs of the previous and the next page. An empty page has neither.
    pub(super) fn links(&self, base: &str, total: u64, is_empty: bool) -> [Option<String>; 2] {
        [self.previous(base), self.next(base, total)].map(|link| link.filter(|_| !is_empty))
    }

    /// The URL of the next page; `None` on the last of `total` entries.
    fn next(&self, base: &str, total: u64) -> Option<String> {
        let offset = self.filter.offset.saturating_add(self.filter.limit);
        (total > offset).then(|| self.link(base, offset))
    }

    fn link(&self, base: &str, offset: u64) -> String {
        let mut link = format!("{base}?limit={}&offset={offset}", self.filter.limit);
        if !self.repeated.is_empty() {
            link.push('&');
            link.push_str(&Serializer::new(String::new()).extend_pairs(&self.repeated).finish());
        }
        link
    }
}

/// Clamps to the allowed range. Not a number: the default.
pub(super) fn limit(text: &str) -> u64 {
    match text.trim().parse::<i64>() {
        Ok(number) => u64::try_from(number).unwrap_or(1).clamp(1, MAX_LIMIT),
        Err(_) => DEFAULT_LIMIT,
    }
}

/// Not a number, or negative: 0.
pub(super) fn offset(text: &str) -> u64 {
    text.trim().parse::<i64>().ok().and_then(|number| u64::try_from(number).ok()).unwrap_or(0)
}

fn invalid() -> BarbicanError {
    BarbicanError::bad("URI provided invalid query string parameters.")
}

fn parse_sort(text: &str) -> Result<Vec<(Column, bool)>, BarbicanError> {
    let mut sort: Vec<(Column, bool)> = Vec::new();
    if text.is_empty() {
        return Ok(sort);
    }
    for part in text.split(',') {
        let (name, direction) = part.split_once(':').unwrap_or((part, "asc"));
        let descending = match direction {
            "asc" => false,
            "desc" => true,
            _ => return Err(invalid()),
        };
        let column = Column::parse(name).ok_or_else(invalid)?;
        if sort.iter().any(|(sorted, _)| *sorted == column) {
            return Err(invalid());
        }
        sort.push((column, descending));
    }
    Ok(sort)
}

/// A time, `2026-01-01`, or bounds, `gte:2026-01-01,lt:2026-02-01`.
fn add_times(filter: &mut SecretFilter, column: Column, text: &str) -> Result<(), BarbicanError> {
    if text.is_empty() {
        return Ok(());
    }
    let (mut lower, mut upper) = (false, false);
    for part in text.split(',') {
        let (comparison, time) = match part.split_once(':') {
            Some(("gt", time)) => (Comparison::Greater, time),
            Some(("gte", time)) => (Comparison::GreaterOrEqual, time),
            Some(("lt", time)) => (Comparison::Less, time),
            Some(("lte", time)) => (Comparison::LessOrEqual, time),
            _ => (Comparison::Equal, part),
        };
        let (is_lower, is_upper) = match comparison {
            Comparison::Greater | Comparison::GreaterOrEqual => (true, false),
            Comparison::Less | Comparison::LessOrEqual => (false, true),
            Comparison::Equal => (true, true),
        };
        if (is_lower && lower) || (is_upper && upper) {
            return Err(invalid());
        }
        lower |= is_lower;
        upper |= is_upper;
        let time = parse_time(time).ok_or_else(invalid)?;
        filter.times.push((column, comparison, time::barbican(time)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_limits_and_offsets_have_defaults() {
        for (text, expected) in [
            ("5", 5),
            ("0", 1),
            ("-3", 1),
            ("1000", 100),
            ("x", 10),
            ("", 10),
            ("9223372036854775807", 100),
        ] {
            assert_eq!(limit(text), expected, "{text}");
        }
        for (text, expected) in [("5", 5), ("-5", 0), ("x", 0), ("99999999999999999999", 0)] {
            assert_eq!(offset(text), expected, "{text}");
        }
    }

    #[test]
    fn invalid_sorting_and_times_are_rejected() {
        for bad in [
            "sort=nonsense",
            "sort=name:up",
            "sort=name,name:desc",
            "sort=name:asc:desc",
            "created=yesterday",
            "created=gt:2026-01-01,gte:2026-01-01",
            "updated=2026-01-01,lt:2026-01-01",
            "expiration=gt:",
        ] {
            assert!(ListQuery::parse(bad).is_err(), "{bad}");
        }
        let query = ListQuery::parse("sort=created:desc,name&created=gte:2026-01-01,lt:2026-02-01")
            .unwrap();
        assert_eq!(query.filter.sort, [(Column::Created, true), (Column::Name, false)]);
        assert_eq!(query.filter.times[1].2, "2026-02-01T00:00:00");
    }

    #[test]
    fn links_repeat_the_other_parameters() {
        let query = ListQuery::parse("limit=2&offset=3&name=a%26b&sort=name:desc").unwrap();
        assert_eq!(
            query.next("http://h/v1/secrets", 6).unwrap(),
            "http://h/v1/secrets?limit=2&offset=5&name=a%26b&sort=name%3Adesc"
        );
        assert_eq!(query.next("http://h/v1/secrets", 5), None);
        assert!(query.previous("b").unwrap().starts_with("b?limit=2&offset=1&"));
        assert_eq!(ListQuery::parse("").unwrap().previous("b"), None);
    }
}

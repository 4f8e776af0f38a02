//! What a list of secrets is asked.

use super::{error::BarbicanError, new_secret::moment};
use crate::{
    store::barbican::list::{Asked, Column, Compare},
    time,
};
use form_urlencoded::Serializer;

/// Entries of a page without a word from the client, and at most.
const USUAL: u64 = 10;
const MOST: u64 = 100;

/// A page asked for, and what a link to another page has to carry on.
pub struct ListQuery {
    /// What is asked for.
    pub asked: Asked,
    carried: Vec<(String, String)>,
}

impl ListQuery {
    /// Reads a query. What Barbican does not know it passes over.
    pub fn parse(query: &str) -> Result<Self, BarbicanError> {
        let mut asked = Asked { limit: USUAL, ..Asked::default() };
        let mut carried = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).into_owned() {
            let text = Some(value.clone()).filter(|text| !text.is_empty());
            match name.as_str() {
                "limit" => asked.limit = limit(&value),
                "offset" => asked.offset = offset(&value),
                "name" => asked.name = text,
                "alg" => asked.algorithm = text,
                "mode" => asked.mode = text,
                // What is no length is no condition.
                "bits" => asked.bits = value.trim().parse().ok().filter(|bits| *bits > 0),
                "secret_type" => asked.secret_type = text,
                "acl_only" => asked.acl_only = value.eq_ignore_ascii_case("true"),
                "sort" => asked.sort = sorting(&value)?,
                "created" => times(&mut asked, Column::Created, &value)?,
                "updated" => times(&mut asked, Column::Updated, &value)?,
                "expiration" => times(&mut asked, Column::Expiration, &value)?,
                _ => {}
            }
            if !matches!(name.as_str(), "limit" | "offset") {
                carried.push((name, value));
            }
        }
        Ok(Self { asked, carried })
    }

    /// The URL of the page before; `None` on the first.
    pub fn previous(&self, base: &str) -> Option<String> {
        let offset = self.asked.offset;
        (offset > 0).then(|| self.link(base, offset.saturating_sub(self.asked.limit)))
    }

    /// The URL of the page after; `None` on the last of `total` entries.
    pub fn next(&self, base: &str, total: u64) -> Option<String> {
        let offset = self.asked.offset.saturating_add(self.asked.limit);
        (total > offset).then(|| self.link(base, offset))
    }

    fn link(&self, base: &str, offset: u64) -> String {
        let mut link = format!("{base}?limit={}&offset={offset}", self.asked.limit);
        if !self.carried.is_empty() {
            link.push('&');
            link.push_str(&Serializer::new(String::new()).extend_pairs(&self.carried).finish());
        }
        link
    }
}

/// What is no number is the usual; too small and too large are the nearest.
pub fn limit(text: &str) -> u64 {
    match text.trim().parse::<i64>() {
        Ok(number) => u64::try_from(number).unwrap_or(1).clamp(1, MOST),
        Err(_) => USUAL,
    }
}

/// What is no number, or less than none, is the beginning.
pub fn offset(text: &str) -> u64 {
    text.trim().parse::<i64>().ok().and_then(|number| u64::try_from(number).ok()).unwrap_or(0)
}

fn invalid() -> BarbicanError {
    BarbicanError::bad("URI provided invalid query string parameters.")
}

fn sorting(text: &str) -> Result<Vec<(Column, bool)>, BarbicanError> {
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
        if sort.iter().any(|(there, _)| *there == column) {
            return Err(invalid());
        }
        sort.push((column, descending));
    }
    Ok(sort)
}

/// `2026-01-01`, or bounds: `gte:2026-01-01,lt:2026-02-01`.
fn times(asked: &mut Asked, column: Column, text: &str) -> Result<(), BarbicanError> {
    if text.is_empty() {
        return Ok(());
    }
    let (mut lower, mut upper) = (false, false);
    for part in text.split(',') {
        let (compare, time) = match part.split_once(':') {
            Some(("gt", time)) => (Compare::After, time),
            Some(("gte", time)) => (Compare::From, time),
            Some(("lt", time)) => (Compare::Before, time),
            Some(("lte", time)) => (Compare::Until, time),
            _ => (Compare::Equal, part),
        };
        let (from_below, from_above) = match compare {
            Compare::After | Compare::From => (true, false),
            Compare::Before | Compare::Until => (false, true),
            Compare::Equal => (true, true),
        };
        if (from_below && lower) || (from_above && upper) {
            return Err(invalid());
        }
        lower |= from_below;
        upper |= from_above;
        let time = moment(time).ok_or_else(invalid)?;
        asked.times.push((column, compare, time::barbican(time)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paging_takes_anything() {
        for (text, is) in [
            ("5", 5),
            ("0", 1),
            ("-3", 1),
            ("1000", 100),
            ("x", 10),
            ("", 10),
            ("9223372036854775807", 100),
        ] {
            assert_eq!(limit(text), is, "{text}");
        }
        for (text, is) in [("5", 5), ("-5", 0), ("x", 0), ("99999999999999999999", 0)] {
            assert_eq!(offset(text), is, "{text}");
        }
    }

    #[test]
    fn what_does_not_make_sense_is_refused() {
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
        assert_eq!(query.asked.sort, [(Column::Created, true), (Column::Name, false)]);
        assert_eq!(query.asked.times[1].2, "2026-02-01T00:00:00");
    }

    #[test]
    fn links_carry_the_rest_on() {
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

//! Lists: whatever is filter becomes one statement.

use super::{Bound, columns, object, sql};
use crate::{
    model::{Field, Object, Resource},
    rights::Visibility,
};
use rusqlite::{Connection, OptionalExtension, params_from_iter, types::Value as Sql};
use serde_json::Value;
use std::fmt::Write;

/// Which rows a list has, in which order.
#[derive(Clone, Debug, Default)]
pub struct ListFilter {
    /// Column to the values it may have; all columns must match.
    pub columns: Vec<(&'static str, Vec<Value>)>,
    /// What the tags must be.
    pub tags: TagFilter,
    /// Columns to sort by, ending in a unique one.
    pub sort: Vec<(&'static str, Direction)>,
    /// The maximum number of rows; `None` is all.
    pub limit: Option<u64>,
    /// The list begins after the row with this id.
    pub marker: Option<String>,
    /// The list ends before the row with the marker instead; the order stays, as in Octavia.
    pub reverse: bool,
}

/// Conditions on the tags of a row.
#[derive(Clone, Debug, Default)]
pub struct TagFilter {
    /// The row has all of these.
    pub all: Vec<String>,
    /// The row has at least one of these, unless empty.
    pub any: Vec<String>,
    /// The row lacks at least one of these, unless empty.
    pub not_all: Vec<String>,
    /// The row has none of these.
    pub not_any: Vec<String>,
}

/// The order of one sort key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Asc,
    /// Largest first.
    Desc,
}

/// Why there is no list.
#[derive(Debug)]
pub enum ListError {
    /// The marker names nothing that the caller sees.
    Marker(String),
    /// The database failed.
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for ListError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// The rows filter for, of those that are in visibility. `within` narrows to one parent:
/// its column and id.
pub fn list(
    db: &Connection,
    of: &Resource,
    filter: &ListFilter,
    visibility: &Visibility,
    within: Option<(&'static str, &str)>,
) -> Result<Vec<Object>, ListError> {
    let mut bound = Bound::default();
    let mut conditions = Vec::new();
    seen(of, visibility, &mut bound, &mut conditions);
    if let Some((column, id)) = within {
        conditions.push(format!("{column} = {}", bound.mark(id.to_owned())));
    }
    if let Some(marker) = &filter.marker {
        let after = after_marker(db, of, filter, marker, &mut bound, &conditions)?;
        conditions.push(after);
    }
    for (column, values) in &filter.columns {
        let marks = values.iter().map(|value| bound.mark(sql(value))).collect::<Vec<_>>();
        conditions.push(format!("{column} IN ({})", marks.join(", ")));
    }
    tagged(filter, &mut bound, &mut conditions);

    let mut statement = format!("SELECT {} FROM {}", columns(of), of.key);
    if !conditions.is_empty() {
        let _ = write!(statement, " WHERE {}", conditions.join(" AND "));
    }
    let order = filter
        .sort
        .iter()
        .map(|(name, direction)| match direction {
            Direction::Asc => term(of, name),
            Direction::Desc => format!("{} DESC", term(of, name)),
        })
        .collect::<Vec<_>>();
    if !order.is_empty() {
        let _ = write!(statement, " ORDER BY {}", order.join(", "));
    }
    if let Some(limit) = filter.limit.and_then(|limit| i64::try_from(limit).ok()) {
        let _ = write!(statement, " LIMIT {}", bound.mark(limit));
    }
    let mut prepared = db.prepare_cached(&statement)?;
    let rows = prepared
        .query_map(params_from_iter(bound.values()), |row| object(of, row))?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

fn seen(of: &Resource, visibility: &Visibility, bound: &mut Bound, conditions: &mut Vec<String>) {
    match visibility {
        Visibility::Everything => {}
        Visibility::Project(project) => {
            conditions.push(format!("project_id = {}", bound.mark(project.0.clone())));
        }
        Visibility::Own(project, user) => {
            conditions.push(format!("project_id = {}", bound.mark(project.0.clone())));
            let user = bound.mark(user.0.clone());
            conditions.push(if of.field("user_id").is_some() {
                format!("user_id = {user}")
            } else {
                format!("loadbalancer_id IN (SELECT id FROM loadbalancer WHERE user_id = {user})")
            });
        }
        Visibility::Nothing => conditions.push("0".to_owned()),
    }
}

/// What a row is sorted by: null counts as an empty text, so that it can be compared.
fn term(of: &Resource, name: &str) -> String {
    if of.field(name).is_some_and(may_be_null) {
        format!("COALESCE({name}, '')")
    } else {
        name.to_owned()
    }
}

fn may_be_null(field: &Field) -> bool {
    matches!(
        field.name,
        "updated_at"
            | "default_pool_id"
            | "allowed_cidrs"
            | "session_persistence"
            | "subnet_id"
            | "monitor_port"
            | "monitor_address"
            | "http_method"
            | "url_path"
            | "expected_codes"
            | "http_version"
            | "domain_name"
            | "default_tls_container_ref"
            | "tls_versions"
            | "tls_ciphers"
            | "alpn_protocols"
            | "hsts_max_age"
            | "redirect_pool_id"
            | "redirect_url"
            | "redirect_prefix"
            | "redirect_http_code"
            | "key"
    )
}

/// The condition for coming after the marker in the order filter for: with keys a, b, c that is
/// `a > A or (a = A and (b > B or (b = B and c > C)))`.
fn after_marker(
    db: &Connection,
    of: &Resource,
    filter: &ListFilter,
    marker: &str,
    bound: &mut Bound,
    in_sight: &[String],
) -> Result<String, ListError> {
    let terms: Vec<_> = filter.sort.iter().map(|(name, _)| term(of, name)).collect();
    let mut conditions = in_sight.to_vec();
    // The marks of the conditions so far are the first ones, so this one is the next.
    let values_before = bound.0.len();
    let id = bound.mark(marker.to_owned());
    conditions.push(format!("id = {id}"));
    let statement =
        format!("SELECT {} FROM {} WHERE {}", terms.join(", "), of.key, conditions.join(" AND "));
    let found: Option<Vec<Sql>> = db
        .prepare_cached(&statement)?
        .query_row(params_from_iter(bound.values()), |row| {
            (0..terms.len()).map(|n| row.get(n)).collect()
        })
        .optional()?;
    bound.0.truncate(values_before);
    let values = found.ok_or_else(|| ListError::Marker(marker.to_owned()))?;

    let mut condition = String::from("0");
    let keys = filter.sort.iter().zip(terms).zip(values).rev();
    for (((_, direction), term), value) in keys {
        let mark = bound.mark(value);
        let than = match (direction, filter.reverse) {
            (Direction::Asc, false) | (Direction::Desc, true) => '>',
            (Direction::Desc, false) | (Direction::Asc, true) => '<',
        };
        condition = format!("({term} {than} {mark} OR ({term} = {mark} AND {condition}))");
    }
    Ok(condition)
}

fn tagged(filter: &ListFilter, bound: &mut Bound, conditions: &mut Vec<String>) {
    let mut has = |tag: &String| {
        format!("EXISTS (SELECT 1 FROM json_each(tags) WHERE value = {})", bound.mark(tag.clone()))
    };
    conditions.extend(filter.tags.all.iter().map(&mut has));
    let any: Vec<_> = filter.tags.any.iter().map(&mut has).collect();
    if !any.is_empty() {
        conditions.push(format!("({})", any.join(" OR ")));
    }
    let all: Vec<_> = filter.tags.not_all.iter().map(&mut has).collect();
    if !all.is_empty() {
        conditions.push(format!("NOT ({})", all.join(" AND ")));
    }
    let any: Vec<_> = filter.tags.not_any.iter().map(&mut has).collect();
    if !any.is_empty() {
        conditions.push(format!("NOT ({})", any.join(" OR ")));
    }
}

//! Lists: filters, sorting and paging become one statement.

use super::{Bound, column_list, read_row, to_sql};
use crate::{
    model::{Resource, Row, load_balancer::USER_ID},
    rights::Visibility,
};
use rusqlite::{Connection, OptionalExtension, params_from_iter, types::Value as SqlValue};
use serde_json::{Value, json};
use std::fmt::Write;

/// Which rows a list has, in which order.
#[derive(Clone, Debug, Default)]
pub struct ListFilter {
    /// Column to the values it may have; all columns must match.
    pub columns: Vec<(&'static str, Vec<Value>)>,
    /// Whether no row matches, since a filter asks for a value that no row has.
    pub nothing: bool,
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

#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// No row that the caller may see has the marker's id.
    #[error("the pagination marker {0} does not exist")]
    UnknownMarker(String),
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
}

/// Lists the rows within `visibility` that match `filter`. `parent` narrows the list to the rows whose
/// column has a value.
pub fn list(
    db: &Connection,
    resource: &Resource,
    filter: &ListFilter,
    visibility: &Visibility,
    parent: Option<(&'static str, &str)>,
) -> Result<Vec<Row>, ListError> {
    let mut bound = Bound::default();
    let mut conditions = Vec::new();
    add_visibility(resource, visibility, &mut bound, &mut conditions);
    if let Some((column, id)) = parent {
        conditions.push(format!("{column} = {}", bound.mark(id.to_owned())));
    }
    if let Some(marker) = &filter.marker {
        let condition = after_marker(db, resource, filter, marker, &mut bound, &conditions)?;
        conditions.push(condition);
    }
    for (column, values) in &filter.columns {
        // One placeholder, since SQLite limits their number.
        let values = bound.mark(to_sql(&Value::Array(values.clone())));
        conditions.push(format!("{column} IN (SELECT value FROM json_each({values}))"));
    }
    if filter.nothing {
        conditions.push("0".to_owned());
    }
    add_tags(&filter.tags, &mut bound, &mut conditions);

    let mut statement = format!("SELECT {} FROM {}", column_list(resource), resource.name);
    if !conditions.is_empty() {
        let _ = write!(statement, " WHERE {}", conditions.join(" AND "));
    }
    let order = filter
        .sort
        .iter()
        .map(|(name, direction)| match direction {
            Direction::Asc => sort_term(resource, name),
            Direction::Desc => format!("{} DESC", sort_term(resource, name)),
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
        .query_map(params_from_iter(bound.values()), |row| read_row(resource, row))?
        .collect::<Result<_, _>>()?;
    Ok(rows)
}

fn add_visibility(
    resource: &Resource,
    visibility: &Visibility,
    bound: &mut Bound,
    conditions: &mut Vec<String>,
) {
    match visibility {
        Visibility::Everything => {}
        Visibility::Project(project) => {
            conditions.push(format!("project_id = {}", bound.mark(project.0.clone())));
        }
        Visibility::Own(project, user) => {
            conditions.push(format!("project_id = {}", bound.mark(project.0.clone())));
            let user = bound.mark(user.0.clone());
            conditions.push(if resource.field(USER_ID.name()).is_some() {
                format!("user_id = {user}")
            } else {
                format!("loadbalancer_id IN (SELECT id FROM loadbalancer WHERE user_id = {user})")
            });
        }
        Visibility::Nothing => conditions.push("0".to_owned()),
    }
}

/// The expression for a sort key: null sorts as an empty text, so that it can be compared.
fn sort_term(resource: &Resource, name: &str) -> String {
    if resource.field(name).is_some_and(|field| field.nullable) {
        format!("COALESCE({name}, '')")
    } else {
        name.to_owned()
    }
}

/// The condition for coming after the marker in the order asked for: with keys a, b, c that is
/// `a > A or (a = A and (b > B or (b = B and c > C)))`.
fn after_marker(
    db: &Connection,
    resource: &Resource,
    filter: &ListFilter,
    marker: &str,
    bound: &mut Bound,
    visible: &[String],
) -> Result<String, ListError> {
    let terms: Vec<_> = filter.sort.iter().map(|(name, _)| sort_term(resource, name)).collect();
    let mut conditions = visible.to_vec();
    // The placeholders of the conditions so far come first, so this one is the next.
    let values_before = bound.0.len();
    let id = bound.mark(marker.to_owned());
    conditions.push(format!("id = {id}"));
    let statement = format!(
        "SELECT {} FROM {} WHERE {}",
        terms.join(", "),
        resource.name,
        conditions.join(" AND ")
    );
    let marker_values: Option<Vec<SqlValue>> = db
        .prepare_cached(&statement)?
        .query_row(params_from_iter(bound.values()), |row| {
            (0..terms.len()).map(|n| row.get(n)).collect()
        })
        .optional()?;
    bound.0.truncate(values_before);
    let values = marker_values.ok_or_else(|| ListError::UnknownMarker(marker.to_owned()))?;

    let mut condition = String::from("0");
    let keys = filter.sort.iter().zip(terms).zip(values).rev();
    for (((_, direction), term), value) in keys {
        let mark = bound.mark(value);
        let operator = match (direction, filter.reverse) {
            (Direction::Asc, false) | (Direction::Desc, true) => '>',
            (Direction::Desc, false) | (Direction::Asc, true) => '<',
        };
        condition = format!("({term} {operator} {mark} OR ({term} = {mark} AND {condition}))");
    }
    Ok(condition)
}

fn add_tags(tags: &TagFilter, bound: &mut Bound, conditions: &mut Vec<String>) {
    const OF_ROW: &str = "SELECT value FROM json_each(tags)";
    // One placeholder for each condition, since SQLite limits the depth of an expression.
    let mut add = |wanted: &[String], condition: &dyn Fn(String) -> String| {
        if !wanted.is_empty() {
            let wanted = bound.mark(to_sql(&json!(wanted)));
            conditions.push(condition(format!("SELECT value FROM json_each({wanted})")));
        }
    };
    let some = |wanted: String| {
        format!("EXISTS (SELECT 1 FROM json_each(tags) WHERE value IN ({wanted}))")
    };
    let lacks_one = |wanted: String| format!("EXISTS ({wanted} EXCEPT {OF_ROW})");
    add(&tags.all, &|wanted| format!("NOT {}", lacks_one(wanted)));
    add(&tags.any, &some);
    add(&tags.not_all, &lacks_one);
    add(&tags.not_any, &|wanted| format!("NOT {}", some(wanted)));
}

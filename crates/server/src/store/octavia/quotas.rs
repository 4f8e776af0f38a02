//! What a project may have at most.

use super::{object, sql};
use crate::model::{Object, QUOTA, Resource};
use rusqlite::{Connection, OptionalExtension, params_from_iter};

fn names() -> Vec<&'static str> {
    QUOTA.columns().map(|field| field.name).collect()
}

/// The project's limits; none of its own is no limit.
pub fn of_project(db: &Connection, project: &str) -> rusqlite::Result<Object> {
    let statement = format!("SELECT {} FROM quota WHERE project_id = ?1", names().join(", "));
    let found = db
        .prepare_cached(&statement)?
        .query_row([project], |row| object(&QUOTA, row))
        .optional()?;
    Ok(found.unwrap_or_else(defaults))
}

/// No limits.
pub fn defaults() -> Object {
    let mut limits = Object::default();
    for field in QUOTA.columns() {
        limits.set(field.name, field.default.value());
    }
    limits
}

/// Every project with limits of its own, or the one of `only`.
pub fn all(db: &Connection, only: Option<&str>) -> rusqlite::Result<Vec<(String, Object)>> {
    let statement = format!(
        "SELECT {}, project_id FROM quota WHERE ?1 IS NULL OR project_id = ?1 ORDER BY project_id",
        names().join(", ")
    );
    let last = names().len();
    db.prepare_cached(&statement)?
        .query_map([only], |row| Ok((row.get(last)?, object(&QUOTA, row)?)))?
        .collect()
}

/// Sets the project's limits to these.
pub fn set(db: &Connection, project: &str, limits: &Object) -> rusqlite::Result<()> {
    let names = names();
    let marks = (2..=names.len() + 1).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
    let statement = format!(
        "INSERT OR REPLACE INTO quota (project_id, {}) VALUES (?1, {marks})",
        names.join(", ")
    );
    let mut values = vec![rusqlite::types::Value::Text(project.to_owned())];
    values.extend(names.iter().map(|name| sql(limits.get(name))));
    db.prepare_cached(&statement)?.execute(params_from_iter(values))?;
    Ok(())
}

/// Forgets the project's limits.
pub fn reset(db: &Connection, project: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM quota WHERE project_id = ?1")?.execute([project])?;
    Ok(())
}

/// Whether `more` of a kind are within the project's limit.
pub fn allows(
    db: &Connection,
    of: &Resource,
    project: &str,
    more: usize,
) -> rusqlite::Result<bool> {
    let limit = of_project(db, project)?.integer(of.key);
    if limit < 0 || more == 0 {
        return Ok(true);
    }
    let sql = format!("SELECT COUNT(*) FROM {} WHERE project_id = ?1", of.key);
    let there: i64 = db.prepare_cached(&sql)?.query_row([project], |row| row.get(0))?;
    Ok(there.saturating_add(i64::try_from(more).unwrap_or(i64::MAX)) <= limit)
}

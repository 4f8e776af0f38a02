//! The limits of projects.

use super::{read_row, to_sql};
use crate::{
    config::Limits,
    model::{QUOTA, Resource, Row, quota},
};
use rusqlite::{Connection, OptionalExtension, params_from_iter, types::Value as SqlValue};

fn column_names() -> Vec<&'static str> {
    QUOTA.columns().map(|field| field.name).collect()
}

/// The limits of a project: the defaults if it has none of its own.
pub fn of_project(db: &Connection, project: &str, limits: &Limits) -> rusqlite::Result<Row> {
    let statement =
        format!("SELECT {} FROM quota WHERE project_id = ?1", column_names().join(", "));
    let own = db
        .prepare_cached(&statement)?
        .query_row([project], |row| read_row(&QUOTA, row))
        .optional()?;
    Ok(own.unwrap_or_else(|| defaults(limits)))
}

/// The limits of a project without limits of its own: of load balancers only.
pub fn defaults(limits: &Limits) -> Row {
    let mut defaults = Row::default();
    for field in QUOTA.columns() {
        defaults.set_json(field.name, field.default.to_json());
    }
    defaults.set(quota::LOADBALANCER, limits.load_balancer_quota());
    defaults
}

/// Every project with limits of its own, or only `project`.
pub fn list(db: &Connection, project: Option<&str>) -> rusqlite::Result<Vec<(String, Row)>> {
    let names = column_names();
    let statement = format!(
        "SELECT {}, project_id FROM quota WHERE ?1 IS NULL OR project_id = ?1 ORDER BY project_id",
        names.join(", ")
    );
    db.prepare_cached(&statement)?
        .query_map([project], |row| Ok((row.get(names.len())?, read_row(&QUOTA, row)?)))?
        .collect()
}

pub fn set(db: &Connection, project: &str, limits: &Row) -> rusqlite::Result<()> {
    let names = column_names();
    let placeholders =
        (2..=names.len() + 1).map(|n| format!("?{n}")).collect::<Vec<_>>().join(", ");
    let statement = format!(
        "INSERT OR REPLACE INTO quota (project_id, {}) VALUES (?1, {placeholders})",
        names.join(", ")
    );
    let mut values = vec![SqlValue::Text(project.to_owned())];
    values.extend(names.iter().map(|name| to_sql(limits.json(name))));
    db.prepare_cached(&statement)?.execute(params_from_iter(values))?;
    Ok(())
}

/// Returns a project to the defaults.
pub fn reset(db: &Connection, project: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM quota WHERE project_id = ?1")?.execute([project])?;
    Ok(())
}

/// Whether the quota of a project, and the limit for every project, allow this many more objects of a
/// resource.
pub fn allows(
    db: &Connection,
    resource: &Resource,
    project: &str,
    additional: usize,
    limits: &Limits,
) -> rusqlite::Result<bool> {
    if additional == 0 {
        return Ok(true);
    }
    let limit_of_all = i64::try_from(limits.objects_per_project).unwrap_or(i64::MAX);
    let quota = of_project(db, project, limits)?.json(resource.name).as_i64().unwrap_or(-1);
    let limit = if quota < 0 { limit_of_all } else { quota.min(limit_of_all) };
    let sql = format!("SELECT COUNT(*) FROM {} WHERE project_id = ?1", resource.name);
    let existing: i64 = db.prepare_cached(&sql)?.query_row([project], |row| row.get(0))?;
    Ok(existing.saturating_add(i64::try_from(additional).unwrap_or(i64::MAX)) <= limit)
}

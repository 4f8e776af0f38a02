//! Which objects belong to which, for many parents in one statement.

use crate::model::{Field, Resource};
use rusqlite::Connection;
use serde_json::json;
use std::collections::HashMap;

/// Ids of the children by the value of their `parent` column, oldest first.
pub fn child_ids(
    db: &Connection,
    resource: &Resource,
    parent: &'static str,
    parents: &[&str],
) -> rusqlite::Result<HashMap<String, Vec<String>>> {
    let sql = format!(
        "SELECT {parent}, id FROM {}
         WHERE {parent} IN (SELECT value FROM json_each(?1)) ORDER BY created_at, id",
        resource.name
    );
    let mut by_parent: HashMap<String, Vec<String>> = HashMap::new();
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([json!(parents).to_string()])?;
    while let Some(row) = rows.next()? {
        by_parent.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(by_parent)
}

/// Whether the object has children of a resource.
pub fn has_children<T>(
    db: &Connection,
    resource: &Resource,
    parent: Field<T>,
    id: &str,
) -> rusqlite::Result<bool> {
    let (table, column) = (resource.name, parent.name());
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {column} = ?1)");
    db.prepare_cached(&sql)?.query_row([id], |row| row.get(0))
}

/// The numbers of load balancers that are enabled, and of their listeners: those that have a process.
pub fn count_enabled(db: &Connection) -> rusqlite::Result<(u64, u64)> {
    db.prepare_cached(
        "SELECT (SELECT count(*) FROM loadbalancer WHERE admin_state_up),
            (SELECT count(*) FROM listener JOIN loadbalancer ON loadbalancer.id = loadbalancer_id
                WHERE loadbalancer.admin_state_up)",
    )?
    .query_row([], |row| {
        let (load_balancers, listeners): (i64, i64) = (row.get(0)?, row.get(1)?);
        Ok((load_balancers.unsigned_abs(), listeners.unsigned_abs()))
    })
}

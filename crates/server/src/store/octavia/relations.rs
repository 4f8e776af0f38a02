//! Which objects hang together, for many parents in one statement.

use rusqlite::Connection;
use serde_json::json;
use std::collections::HashMap;

/// Ids of the children in `table` by the value of their `parent` column, oldest first.
pub fn children(
    db: &Connection,
    table: &'static str,
    parent: &'static str,
    parents: &[&str],
) -> rusqlite::Result<HashMap<String, Vec<String>>> {
    let sql = format!(
        "SELECT {parent}, id FROM {table}
         WHERE {parent} IN (SELECT value FROM json_each(?1)) ORDER BY created_at, id"
    );
    let mut by_parent: HashMap<String, Vec<String>> = HashMap::new();
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([json!(parents).to_string()])?;
    while let Some(row) = rows.next()? {
        by_parent.entry(row.get(0)?).or_default().push(row.get(1)?);
    }
    Ok(by_parent)
}

/// Whether anything in `table` hangs on the object.
pub fn any_child(
    db: &Connection,
    table: &'static str,
    parent: &'static str,
    id: &str,
) -> rusqlite::Result<bool> {
    let sql = format!("SELECT EXISTS (SELECT 1 FROM {table} WHERE {parent} = ?1)");
    db.prepare_cached(&sql)?.query_row([id], |row| row.get(0))
}

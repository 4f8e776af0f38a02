//! Users whose access was reduced. Triggers write the table.

use openstack_types::UserId;
use rusqlite::Connection;

/// The newest revision, and the users of the changes after `last`, each once; `None` is all users.
/// Without `last` there are none.
pub fn since(db: &Connection, last: Option<i64>) -> rusqlite::Result<(i64, Vec<Option<UserId>>)> {
    let newest: i64 = db
        .prepare_cached("SELECT COALESCE(max(revision), 0) FROM access_removal")?
        .query_row([], |row| row.get(0))?;
    let Some(last) = last.filter(|last| *last != newest) else { return Ok((newest, Vec::new())) };
    let users = db
        .prepare_cached("SELECT user_id FROM access_removal WHERE revision > ?1")?
        .query_map([last], |row| row.get::<_, String>(0))?
        .map(|user| Ok(Some(UserId(user?)).filter(|user| !user.as_str().is_empty())))
        .collect::<rusqlite::Result<_>>()?;
    Ok((newest, users))
}

//! Positions of L7 policies within their listener. Those that are being deleted do not count.

use rusqlite::Connection;

/// The number of policies of a listener.
pub fn count(db: &Connection, listener: &str) -> rusqlite::Result<i64> {
    db.prepare_cached(
        "SELECT COUNT(*) FROM l7policy
         WHERE listener_id = ?1 AND provisioning_status <> 'PENDING_DELETE'",
    )?
    .query_row([listener], |row| row.get(0))
}

/// Makes room for a policy at a position.
pub fn shift(db: &Connection, listener: &str, position: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE l7policy SET position = position + 1
         WHERE listener_id = ?1 AND position >= ?2 AND provisioning_status <> 'PENDING_DELETE'",
    )?
    .execute((listener, position))?;
    Ok(())
}

/// The number of rules of a policy, with those that are being deleted.
pub fn rule_count(db: &Connection, policy: &str) -> rusqlite::Result<usize> {
    db.prepare_cached("SELECT COUNT(*) FROM l7rule WHERE l7policy_id = ?1")?
        .query_row([policy], |row| row.get::<_, i64>(0))
        .map(|count| usize::try_from(count).unwrap_or_default())
}

//! How many health checks a second the members of a project get.

use rusqlite::Connection;

/// Checks a second of all members of a project. A delay below a second counts as one.
pub fn per_second(db: &Connection, project: &str) -> rusqlite::Result<f64> {
    db.prepare_cached(
        "SELECT TOTAL((SELECT COUNT(*) FROM member WHERE pool_id = h.pool_id) * 1.0 / MAX(h.delay, 1))
         FROM healthmonitor AS h
         WHERE h.project_id = ?1 AND h.admin_state_up = 1
           AND h.provisioning_status <> 'PENDING_DELETE'",
    )?
    .query_row([project], |row| row.get(0))
}

//! Totals of traffic. The server counts in memory and writes the totals every few seconds.

use openstack_types::LoadBalancerId;
use rusqlite::Connection;
use uuid::Uuid;

/// Counts since creation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Bytes from clients.
    pub bytes_in: u64,
    /// Bytes to clients.
    pub bytes_out: u64,
    pub total_connections: u64,
    /// Requests that failed at the load balancer.
    pub request_errors: u64,
}

/// The id of a load balancer, listener or member, its load balancer, and its totals.
pub type Entry = (Uuid, LoadBalancerId, Totals);

pub fn load(db: &Connection) -> rusqlite::Result<Vec<Entry>> {
    let mut statement = db.prepare(
        "SELECT id, loadbalancer_id, bytes_in, bytes_out, total_connections, request_errors
         FROM traffic",
    )?;
    let mut rows = statement.query([])?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        let ids = (row.get::<_, String>(0)?.parse(), row.get::<_, String>(1)?.parse());
        let (Ok(id), Ok(loadbalancer)) = ids else { continue };
        let number = |column| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.unsigned_abs());
        let totals = Totals {
            bytes_in: number(2)?,
            bytes_out: number(3)?,
            total_connections: number(4)?,
            request_errors: number(5)?,
        };
        entries.push((id, loadbalancer, totals));
    }
    Ok(entries)
}

/// Saves totals, except those of load balancers that no longer exist.
pub fn save(db: &Connection, entries: &[Entry]) -> rusqlite::Result<()> {
    let mut statement = db.prepare_cached(
        "INSERT OR REPLACE INTO traffic
             (id, loadbalancer_id, bytes_in, bytes_out, total_connections, request_errors)
         SELECT ?1, id, ?3, ?4, ?5, ?6 FROM loadbalancer WHERE id = ?2",
    )?;
    for (id, loadbalancer, totals) in entries {
        statement.execute((
            id.to_string(),
            loadbalancer.to_string(),
            totals.bytes_in.cast_signed(),
            totals.bytes_out.cast_signed(),
            totals.total_connections.cast_signed(),
            totals.request_errors.cast_signed(),
        ))?;
    }
    Ok(())
}

/// Deletes the totals of a part that is deleted.
pub fn delete(db: &Connection, id: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM traffic WHERE id = ?1")?.execute([id])?;
    Ok(())
}

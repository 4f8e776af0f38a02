//! The registered consumers of secrets. Listeners are in [`super::uses`] instead.

use super::{Secret, now, touch};
use crate::{ids, store::Tx};
use openstack_types::{SecretId, barbican::Consumer};
use rusqlite::Connection;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub consumer: Consumer,
    pub created: String,
    pub updated: String,
}

/// The consumers of a secret, oldest first.
pub fn all(db: &Connection, secret: SecretId) -> rusqlite::Result<Vec<Entry>> {
    db.prepare_cached(
        "SELECT service, resource_type, resource_id, created, updated
         FROM secret_consumer WHERE secret_id = ?1 ORDER BY created, rowid",
    )?
    .query_map([secret.to_string()], |row| {
        Ok(Entry {
            consumer: Consumer {
                service: row.get(0)?,
                resource_type: row.get(1)?,
                resource_id: row.get(2)?,
            },
            created: row.get(3)?,
            updated: row.get(4)?,
        })
    })?
    .collect()
}

/// How many consumers a secret has.
pub fn count(db: &Connection, secret: SecretId) -> rusqlite::Result<usize> {
    db.prepare_cached("SELECT COUNT(*) FROM secret_consumer WHERE secret_id = ?1")?
        .query_row([secret.to_string()], |row| row.get(0))
        .map(isize::unsigned_abs)
}

/// Adds a consumer. Adding it again updates its timestamp.
pub fn add(tx: &Tx<'_>, secret: &Secret, consumer: &Consumer) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO secret_consumer
             (id, secret_id, service, resource_type, resource_id, created, updated)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
         ON CONFLICT (secret_id, service, resource_type, resource_id) DO UPDATE SET updated = ?6",
    )?
    .execute((
        ids::uuid().to_string(),
        secret.id.to_string(),
        &consumer.service,
        &consumer.resource_type,
        &consumer.resource_id,
        now(),
    ))?;
    touch(tx, secret)
}

/// Removes a consumer. `false`: it is not registered.
pub fn remove(tx: &Tx<'_>, secret: &Secret, consumer: &Consumer) -> rusqlite::Result<bool> {
    let gone = tx
        .prepare_cached(
            "DELETE FROM secret_consumer
             WHERE secret_id = ?1 AND service = ?2 AND resource_type = ?3 AND resource_id = ?4",
        )?
        .execute((
            secret.id.to_string(),
            &consumer.service,
            &consumer.resource_type,
            &consumer.resource_id,
        ))?;
    if gone > 0 {
        touch(tx, secret)?;
    }
    Ok(gone > 0)
}

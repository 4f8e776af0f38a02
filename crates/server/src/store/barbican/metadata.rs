//! The creator's own words about a secret, by key.

use super::{Secret, touch};
use crate::store::Tx;
use openstack_types::SecretId;
use rusqlite::Connection;
use std::collections::BTreeMap;

/// All of a secret.
pub fn all(db: &Connection, secret: SecretId) -> rusqlite::Result<BTreeMap<String, String>> {
    db.prepare_cached("SELECT key, value FROM secret_metadata WHERE secret_id = ?1")?
        .query_map([secret.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// These instead of all that there were.
pub fn replace(
    tx: &Tx<'_>,
    secret: &Secret,
    words: &BTreeMap<String, String>,
) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM secret_metadata WHERE secret_id = ?1")?
        .execute([secret.id.to_string()])?;
    for (key, value) in words {
        write(tx, secret, key, value)?;
    }
    touch(tx, secret)
}

/// One of them, in place of the one of this key.
pub fn set(tx: &Tx<'_>, secret: &Secret, key: &str, value: &str) -> rusqlite::Result<()> {
    write(tx, secret, key, value)?;
    touch(tx, secret)
}

/// Forgets one of them.
pub fn delete(tx: &Tx<'_>, secret: &Secret, key: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM secret_metadata WHERE secret_id = ?1 AND key = ?2")?
        .execute([secret.id.to_string().as_str(), key])?;
    touch(tx, secret)
}

fn write(tx: &Tx<'_>, secret: &Secret, key: &str, value: &str) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO secret_metadata (secret_id, key, value) VALUES (?1, ?2, ?3)
         ON CONFLICT (secret_id, key) DO UPDATE SET value = ?3",
    )?
    .execute([secret.id.to_string().as_str(), key, value])?;
    Ok(())
}

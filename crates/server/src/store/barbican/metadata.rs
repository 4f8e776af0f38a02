//! The metadata of secrets: texts by key.

use super::{NOT_EXPIRED, Secret, id, now, touch};
use crate::store::Tx;
use openstack_types::{ProjectId, SecretId, UserId};
use rusqlite::Connection;
use std::collections::BTreeMap;

pub fn all(db: &Connection, secret: SecretId) -> rusqlite::Result<BTreeMap<String, String>> {
    db.prepare_cached("SELECT key, value FROM secret_metadata WHERE secret_id = ?1")?
        .query_map([secret.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

/// The metadata of all secrets that a user created in a project.
pub fn of_creator(
    db: &Connection,
    creator: &UserId,
    project: &ProjectId,
) -> rusqlite::Result<Vec<(SecretId, BTreeMap<String, String>)>> {
    let mut all: Vec<(SecretId, BTreeMap<String, String>)> = Vec::new();
    let sql = format!(
        "SELECT id, key, value FROM secret LEFT JOIN secret_metadata ON secret_id = id
         WHERE {NOT_EXPIRED} AND creator_id = ?2 AND project_id = ?3 ORDER BY id"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([now().as_str(), creator.as_str(), project.as_str()])?;
    while let Some(row) = rows.next()? {
        let id = id(row, 0)?;
        if all.last().is_none_or(|(last, _)| *last != id) {
            all.push((id, BTreeMap::new()));
        }
        if let (Some((_, entries)), Some(key)) = (all.last_mut(), row.get::<_, Option<String>>(1)?)
        {
            entries.insert(key, row.get(2)?);
        }
    }
    Ok(all)
}

/// Replaces all metadata of a secret.
pub fn replace(
    tx: &Tx<'_>,
    secret: &Secret,
    entries: &BTreeMap<String, String>,
) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM secret_metadata WHERE secret_id = ?1")?
        .execute([secret.id.to_string()])?;
    for (key, value) in entries {
        upsert(tx, secret, key, value)?;
    }
    touch(tx, secret)
}

/// Sets one entry.
pub fn set(tx: &Tx<'_>, secret: &Secret, key: &str, value: &str) -> rusqlite::Result<()> {
    upsert(tx, secret, key, value)?;
    touch(tx, secret)
}

/// Deletes one entry.
pub fn delete(tx: &Tx<'_>, secret: &Secret, key: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM secret_metadata WHERE secret_id = ?1 AND key = ?2")?
        .execute([secret.id.to_string().as_str(), key])?;
    touch(tx, secret)
}

fn upsert(tx: &Tx<'_>, secret: &Secret, key: &str, value: &str) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO secret_metadata (secret_id, key, value) VALUES (?1, ?2, ?3)
         ON CONFLICT (secret_id, key) DO UPDATE SET value = ?3",
    )?
    .execute([secret.id.to_string().as_str(), key, value])?;
    Ok(())
}

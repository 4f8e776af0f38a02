//! The ACLs of secrets. Stored only; they grant access to nobody.

use super::{Secret, now, touch};
use crate::store::Tx;
use openstack_types::{SecretId, UserId};
use rusqlite::{Connection, OptionalExtension};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acl {
    pub project_access: bool,
    pub users: Vec<UserId>,
    pub created: String,
    pub updated: String,
}

/// `None`: the default ACL.
pub fn get(db: &Connection, secret: SecretId) -> rusqlite::Result<Option<Acl>> {
    let id = secret.to_string();
    let acl = db
        .prepare_cached(
            "SELECT project_access, created, updated FROM secret_acl WHERE secret_id = ?1",
        )?
        .query_row([&id], |row| {
            Ok(Acl {
                project_access: row.get(0)?,
                users: Vec::new(),
                created: row.get(1)?,
                updated: row.get(2)?,
            })
        })
        .optional()?;
    let Some(acl) = acl else { return Ok(None) };
    let users = db
        .prepare_cached(
            "SELECT user_id FROM secret_acl_user WHERE secret_id = ?1 ORDER BY user_id",
        )?
        .query_map([&id], |row| row.get(0).map(UserId))?
        .collect::<Result<_, _>>()?;
    Ok(Some(Acl { users, ..acl }))
}

/// Sets an ACL. `None` leaves a field unchanged; the default of `project_access` is true.
pub fn set(
    tx: &Tx<'_>,
    secret: &Secret,
    project_access: Option<bool>,
    users: Option<&[UserId]>,
) -> rusqlite::Result<()> {
    let id = secret.id.to_string();
    tx.prepare_cached(
        "INSERT INTO secret_acl (secret_id, project_access, created, updated)
         VALUES (?1, COALESCE(?2, 1), ?3, ?3)
         ON CONFLICT (secret_id) DO UPDATE
         SET project_access = COALESCE(?2, project_access), updated = ?3",
    )?
    .execute((&id, project_access, now()))?;
    if let Some(users) = users {
        tx.prepare_cached("DELETE FROM secret_acl_user WHERE secret_id = ?1")?.execute([&id])?;
        let mut insert = tx.prepare_cached(
            "INSERT OR IGNORE INTO secret_acl_user (secret_id, user_id) VALUES (?1, ?2)",
        )?;
        for user in users {
            insert.execute([id.as_str(), user.as_str()])?;
        }
    }
    touch(tx, secret)
}

/// Restores the default ACL.
pub fn clear(tx: &Tx<'_>, secret: &Secret) -> rusqlite::Result<()> {
    let gone = tx
        .prepare_cached("DELETE FROM secret_acl WHERE secret_id = ?1")?
        .execute([secret.id.to_string()])?;
    if gone > 0 { touch(tx, secret) } else { Ok(()) }
}

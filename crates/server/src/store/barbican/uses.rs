//! Which listeners serve with which secrets.
//!
//! The database keeps a secret while it is in use, so that whether one may go is never a guess.
//! A listener that goes takes its uses with it.

use super::id;
use openstack_types::{ListenerId, LoadBalancerId, SecretId};
use rusqlite::{Connection, types::Type};

/// A listener that uses a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    /// Which.
    pub listener_id: ListenerId,
    /// What it hangs on.
    pub loadbalancer_id: LoadBalancerId,
}

/// These are what a listener uses from now on; none is nothing. Fails with a constraint violation
/// when one of them is gone.
pub fn set(db: &Connection, listener: ListenerId, secrets: &[SecretId]) -> rusqlite::Result<()> {
    let listener = listener.to_string();
    db.prepare_cached("DELETE FROM listener_secret WHERE listener_id = ?1")?
        .execute([&listener])?;
    let mut insert = db.prepare_cached(
        "INSERT OR IGNORE INTO listener_secret (listener_id, secret_id) VALUES (?1, ?2)",
    )?;
    for secret in secrets {
        insert.execute([listener.as_str(), secret.to_string().as_str()])?;
    }
    Ok(())
}

/// What a listener uses.
pub fn of_listener(db: &Connection, listener: ListenerId) -> rusqlite::Result<Vec<SecretId>> {
    db.prepare_cached("SELECT secret_id FROM listener_secret WHERE listener_id = ?1")?
        .query_map([listener.to_string()], |row| id(row, 0))?
        .collect()
}

/// The listeners that use a secret.
pub fn of_secret(db: &Connection, secret: SecretId) -> rusqlite::Result<Vec<Use>> {
    let uuid = |text: String| {
        text.parse::<uuid::Uuid>()
            .map_err(|why| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(why)))
    };
    db.prepare_cached(
        "SELECT l.id, l.loadbalancer_id FROM listener_secret u JOIN listener l ON l.id = u.listener_id
         WHERE u.secret_id = ?1 ORDER BY l.created_at, l.id",
    )?
    .query_map([secret.to_string()], |row| {
        Ok(Use {
            listener_id: uuid(row.get(0)?)?.into(),
            loadbalancer_id: uuid(row.get(1)?)?.into(),
        })
    })?
    .collect()
}

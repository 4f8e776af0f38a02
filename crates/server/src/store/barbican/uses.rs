//! Which listeners use which secrets.
//!
//! A foreign key prevents the deletion of a secret that is in use. Deleting a listener deletes its
//! uses.

use super::{containers, id};
use openstack_types::{ContainerId, ListenerId, LoadBalancerId, SecretId};
use rusqlite::{Connection, types::Type};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Use {
    pub listener_id: ListenerId,
    pub loadbalancer_id: LoadBalancerId,
}

/// Replaces the containers and secrets of a listener; the secrets of its containers count too. Fails with a
/// constraint violation if one does not exist.
pub fn set(
    db: &Connection,
    listener: ListenerId,
    secrets: &[SecretId],
    containers: &[ContainerId],
) -> rusqlite::Result<()> {
    let listener = listener.to_string();
    db.prepare_cached("DELETE FROM listener_container WHERE listener_id = ?1")?
        .execute([&listener])?;
    let mut insert = db.prepare_cached(
        "INSERT OR IGNORE INTO listener_container (listener_id, container_id) VALUES (?1, ?2)",
    )?;
    let mut secrets = secrets.to_vec();
    for container in containers {
        insert.execute([listener.as_str(), container.to_string().as_str()])?;
        let parts = containers::get(db, *container)?.map(|container| container.secrets);
        secrets.extend(parts.into_iter().flatten().map(|part| part.secret_id));
    }
    db.prepare_cached("DELETE FROM listener_secret WHERE listener_id = ?1")?
        .execute([&listener])?;
    let mut insert = db.prepare_cached(
        "INSERT OR IGNORE INTO listener_secret (listener_id, secret_id) VALUES (?1, ?2)",
    )?;
    for secret in &secrets {
        insert.execute([listener.as_str(), secret.to_string().as_str()])?;
    }
    Ok(())
}

pub fn of_listener(db: &Connection, listener: ListenerId) -> rusqlite::Result<Vec<SecretId>> {
    db.prepare_cached("SELECT secret_id FROM listener_secret WHERE listener_id = ?1")?
        .query_map([listener.to_string()], |row| id(row, 0))?
        .collect()
}

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

//! Which listeners and pools use which secrets.
//!
//! A foreign key prevents the deletion of a secret that is in use. Deleting a listener or a pool deletes its
//! uses.

use super::{containers, id};
use openstack_types::{ContainerId, ListenerId, PoolId, SecretId};
use rusqlite::Connection;

/// What uses secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum User {
    Listener(ListenerId),
    Pool(PoolId),
}

/// The numbers of listeners and pools that use something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Uses {
    pub listeners: usize,
    pub pools: usize,
}

/// The statements of one table.
struct Table {
    clear: &'static str,
    insert: &'static str,
}

impl User {
    fn key(self) -> String {
        match self {
            Self::Listener(id) => id.to_string(),
            Self::Pool(id) => id.to_string(),
        }
    }

    fn secrets(self) -> Table {
        match self {
            Self::Listener(_) => Table {
                clear: "DELETE FROM listener_secret WHERE listener_id = ?1",
                insert: "INSERT OR IGNORE INTO listener_secret (listener_id, secret_id) VALUES (?1, ?2)",
            },
            Self::Pool(_) => Table {
                clear: "DELETE FROM pool_secret WHERE pool_id = ?1",
                insert: "INSERT OR IGNORE INTO pool_secret (pool_id, secret_id) VALUES (?1, ?2)",
            },
        }
    }

    fn containers(self) -> Table {
        match self {
            Self::Listener(_) => Table {
                clear: "DELETE FROM listener_container WHERE listener_id = ?1",
                insert: "INSERT OR IGNORE INTO listener_container (listener_id, container_id) VALUES (?1, ?2)",
            },
            Self::Pool(_) => Table {
                clear: "DELETE FROM pool_container WHERE pool_id = ?1",
                insert: "INSERT OR IGNORE INTO pool_container (pool_id, container_id) VALUES (?1, ?2)",
            },
        }
    }
}

impl Table {
    fn replace(&self, db: &Connection, user: &str, used: &[String]) -> rusqlite::Result<()> {
        db.prepare_cached(self.clear)?.execute([user])?;
        let mut insert = db.prepare_cached(self.insert)?;
        for used in used {
            insert.execute([user, used])?;
        }
        Ok(())
    }
}

/// Replaces the containers and secrets of a user; the secrets of its containers count too. Fails with a
/// constraint violation if one does not exist.
pub fn set(
    db: &Connection,
    user: User,
    secrets: &[SecretId],
    containers: &[ContainerId],
) -> rusqlite::Result<()> {
    let text = |ids: &[ContainerId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    user.containers().replace(db, &user.key(), &text(containers))?;
    let mut secrets: Vec<String> = secrets.iter().map(ToString::to_string).collect();
    for container in containers {
        let parts = containers::get(db, *container)?.map(|container| container.secrets);
        secrets.extend(parts.into_iter().flatten().map(|part| part.secret_id.to_string()));
    }
    user.secrets().replace(db, &user.key(), &secrets)
}

pub fn of_listener(db: &Connection, listener: ListenerId) -> rusqlite::Result<Vec<SecretId>> {
    db.prepare_cached("SELECT secret_id FROM listener_secret WHERE listener_id = ?1")?
        .query_map([listener.to_string()], |row| id(row, 0))?
        .collect()
}

pub fn of_secret(db: &Connection, secret: SecretId) -> rusqlite::Result<Uses> {
    count(
        db,
        "SELECT (SELECT COUNT(*) FROM listener_secret WHERE secret_id = ?1),
                (SELECT COUNT(*) FROM pool_secret WHERE secret_id = ?1)",
        &secret.to_string(),
    )
}

pub fn of_container(db: &Connection, container: ContainerId) -> rusqlite::Result<Uses> {
    count(
        db,
        "SELECT (SELECT COUNT(*) FROM listener_container WHERE container_id = ?1),
                (SELECT COUNT(*) FROM pool_container WHERE container_id = ?1)",
        &container.to_string(),
    )
}

fn count(db: &Connection, sql: &str, id: &str) -> rusqlite::Result<Uses> {
    let whole = |count: i64| usize::try_from(count).unwrap_or_default();
    db.prepare_cached(sql)?.query_row([id], |row| {
        Ok(Uses { listeners: whole(row.get(0)?), pools: whole(row.get(1)?) })
    })
}

impl Uses {
    /// `1 listener and 2 pools`; `None` if nothing uses it.
    pub fn in_words(self) -> Option<String> {
        let word = |count: usize, one: &str| match count {
            0 => None,
            1 => Some(format!("1 {one}")),
            _ => Some(format!("{count} {one}s")),
        };
        let words = [word(self.listeners, "listener"), word(self.pools, "pool")];
        let words: Vec<_> = words.into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(" and "))
    }
}

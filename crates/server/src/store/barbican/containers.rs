//! Containers. [`crate::secrets`] checks access; only lists are restricted to one creator in one project
//! here.

use super::now;
use openstack_types::{ContainerId, ProjectId, SecretId, UserId};
use rusqlite::{Connection, OptionalExtension, Row, types::Type};
use std::str::FromStr;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    pub id: ContainerId,
    pub project_id: ProjectId,
    pub creator_id: UserId,
    pub name: Option<String>,
    /// `certificate`, `rsa` or `generic`.
    pub kind: String,
    pub created: String,
    pub updated: String,
    pub secrets: Vec<ContainerSecret>,
}

/// A secret, and the part that it has in its container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerSecret {
    pub name: String,
    pub secret_id: SecretId,
}

/// The part that is the passphrase of the private key.
pub const PASSPHRASE: &str = "private_key_passphrase";

const COLUMNS: &str = "id, project_id, creator_id, name, type, created, updated";

fn id<T: FromStr<Err = uuid::Error>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    row.get::<_, String>(column)?
        .parse()
        .map_err(|why| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(why)))
}

fn container(row: &Row<'_>) -> rusqlite::Result<Container> {
    Ok(Container {
        id: id(row, 0)?,
        project_id: ProjectId(row.get(1)?),
        creator_id: UserId(row.get(2)?),
        name: row.get(3)?,
        kind: row.get(4)?,
        created: row.get(5)?,
        updated: row.get(6)?,
        secrets: Vec::new(),
    })
}

fn with_secrets(db: &Connection, mut container: Container) -> rusqlite::Result<Container> {
    container.secrets = db
        .prepare_cached(
            "SELECT name, secret_id FROM container_secret WHERE container_id = ?1 ORDER BY name",
        )?
        .query_map([container.id.to_string()], |row| {
            Ok(ContainerSecret { name: row.get(0)?, secret_id: id(row, 1)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(container)
}

pub fn get(db: &Connection, id: ContainerId) -> rusqlite::Result<Option<Container>> {
    let found = db
        .prepare_cached(&format!("SELECT {COLUMNS} FROM container WHERE id = ?1"))?
        .query_row([id.to_string()], container)
        .optional()?;
    found.map(|found| with_secrets(db, found)).transpose()
}

/// The containers that a user created in a project, and how many there are in all.
pub fn list(
    db: &Connection,
    creator: &UserId,
    project: &ProjectId,
    name: Option<&str>,
    limit: u64,
    offset: u64,
) -> rusqlite::Result<(Vec<Container>, u64)> {
    const CONDITION: &str = "creator_id = ?1 AND project_id = ?2 AND (?3 IS NULL OR name = ?3)";
    let total: i64 = db
        .prepare_cached(&format!("SELECT COUNT(*) FROM container WHERE {CONDITION}"))?
        .query_row((creator.as_str(), project.as_str(), name), |row| row.get(0))?;
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let found = db
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM container WHERE {CONDITION} ORDER BY created, id LIMIT ?4 OFFSET ?5"
        ))?
        .query_map(
            (creator.as_str(), project.as_str(), name, whole(limit), whole(offset)),
            container,
        )?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let found = found.into_iter().map(|found| with_secrets(db, found));
    Ok((found.collect::<rusqlite::Result<_>>()?, total.unsigned_abs()))
}

/// Inserts a container with its secrets, and sets its times. Fails with a constraint violation if a secret
/// does not exist.
/// How many containers a project has.
pub fn count(db: &Connection, project: &ProjectId) -> rusqlite::Result<usize> {
    db.prepare_cached("SELECT COUNT(*) FROM container WHERE project_id = ?1")?
        .query_row([project.as_str()], |row| row.get(0))
        .map(isize::unsigned_abs)
}

pub fn insert(db: &Connection, container: &Container) -> rusqlite::Result<()> {
    let now = now();
    db.prepare_cached(&format!(
        "INSERT INTO container ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)"
    ))?
    .execute((
        container.id.to_string(),
        container.project_id.as_str(),
        container.creator_id.as_str(),
        &container.name,
        &container.kind,
        &now,
    ))?;
    let mut insert = db.prepare_cached(
        "INSERT INTO container_secret (container_id, name, secret_id) VALUES (?1, ?2, ?3)",
    )?;
    for secret in &container.secrets {
        insert.execute((container.id.to_string(), &secret.name, secret.secret_id.to_string()))?;
    }
    Ok(())
}

/// Deletes a container, not its secrets. Fails with a constraint violation while a listener uses it.
pub fn delete(db: &Connection, id: ContainerId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM container WHERE id = ?1")?.execute([id.to_string()])?;
    Ok(())
}

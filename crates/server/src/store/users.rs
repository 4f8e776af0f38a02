//! Users. A password hash is only read to verify a password.

use openstack_types::{ProjectId, UserId};
use rusqlite::{Connection, OptionalExtension, Row};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// Unique, ignoring case.
    pub name: String,
    /// The scope of a token if the client requests none.
    pub default_project_id: Option<ProjectId>,
    pub enabled: bool,
}

/// A PHC string. Has neither `Debug` nor `Display`, so that it cannot be logged.
#[derive(Clone)]
pub struct PasswordHash(pub String);

const COLUMNS: &str = "id, name, default_project_id, enabled";

fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    Ok(User {
        id: UserId(row.get(0)?),
        name: row.get(1)?,
        default_project_id: row.get::<_, Option<String>>(2)?.map(ProjectId),
        enabled: row.get(3)?,
    })
}

/// Fails with a constraint violation if the name is taken.
pub fn insert(
    db: &Connection,
    user: &User,
    password: &PasswordHash,
    now: i64,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO user (id, name, password_hash, default_project_id, enabled, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((
        user.id.as_str(),
        &user.name,
        &password.0,
        user.default_project_id.as_ref().map(ProjectId::as_str),
        user.enabled,
        now,
    ))?;
    Ok(())
}

pub fn get(db: &Connection, id: &str) -> rusqlite::Result<Option<User>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM user WHERE id = ?1"))?
        .query_row([id], user)
        .optional()
}

pub fn by_name(db: &Connection, name: &str) -> rusqlite::Result<Option<User>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM user WHERE name = ?1"))?
        .query_row([name], user)
        .optional()
}

/// Every user, sorted by name.
pub fn all(db: &Connection) -> rusqlite::Result<Vec<User>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM user ORDER BY name"))?
        .query_map([], user)?
        .collect()
}

pub fn password_hash(db: &Connection, id: &UserId) -> rusqlite::Result<Option<PasswordHash>> {
    db.prepare_cached("SELECT password_hash FROM user WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get(0).map(PasswordHash))
        .optional()
}

pub fn set_password(db: &Connection, id: &UserId, password: &PasswordHash) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE user SET password_hash = ?2 WHERE id = ?1")?
        .execute((id.as_str(), &password.0))?;
    Ok(())
}

pub fn set_enabled(db: &Connection, id: &UserId, enabled: bool) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE user SET enabled = ?2 WHERE id = ?1")?
        .execute((id.as_str(), enabled))?;
    Ok(())
}

/// Also deletes the tokens and roles of the user. Fails if the user has secrets.
pub fn delete(db: &Connection, id: &UserId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM user WHERE id = ?1")?.execute([id.as_str()])?;
    Ok(())
}

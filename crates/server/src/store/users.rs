//! Users. A password's hash leaves this room only towards its check.

use openstack_types::{ProjectId, UserId};
use rusqlite::{Connection, OptionalExtension, Row};

/// A user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// Its name; no two differ in case alone.
    pub name: String,
    /// Where an unscoped sign-in lands.
    pub default_project_id: Option<ProjectId>,
    /// Switched on.
    pub enabled: bool,
}

/// The PHC string of a password. Deliberately neither `Debug` nor `Display`.
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

/// Makes a user; fails with a constraint violation where there is one of that name.
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

/// The user with this id.
pub fn get(db: &Connection, id: &str) -> rusqlite::Result<Option<User>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM user WHERE id = ?1"))?
        .query_row([id], user)
        .optional()
}

/// The user with this name.
pub fn by_name(db: &Connection, name: &str) -> rusqlite::Result<Option<User>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM user WHERE name = ?1"))?
        .query_row([name], user)
        .optional()
}

/// Every user, by name.
pub fn all(db: &Connection) -> rusqlite::Result<Vec<User>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM user ORDER BY name"))?
        .query_map([], user)?
        .collect()
}

/// What a user's password is checked against.
pub fn password_hash(db: &Connection, id: &UserId) -> rusqlite::Result<Option<PasswordHash>> {
    db.prepare_cached("SELECT password_hash FROM user WHERE id = ?1")?
        .query_row([id.as_str()], |row| row.get(0).map(PasswordHash))
        .optional()
}

/// Gives a user another password.
pub fn set_password(db: &Connection, id: &UserId, password: &PasswordHash) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE user SET password_hash = ?2 WHERE id = ?1")?
        .execute((id.as_str(), &password.0))?;
    Ok(())
}

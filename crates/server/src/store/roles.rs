//! Roles, and who has which where.

use openstack_types::{ProjectId, UserId};
use rusqlite::{Connection, OptionalExtension};

/// A role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its id.
    pub id: String,
    /// `manager`, `member`, …
    pub name: String,
}

/// That a user has a role in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The role.
    pub role: Role,
    /// Who has it.
    pub user_id: UserId,
    /// Their name.
    pub user_name: String,
    /// Where.
    pub project_id: ProjectId,
    /// Its name.
    pub project_name: String,
}

/// Every role.
pub fn all(db: &Connection) -> rusqlite::Result<Vec<Role>> {
    db.prepare_cached("SELECT id, name FROM role ORDER BY name")?
        .query_map([], |row| Ok(Role { id: row.get(0)?, name: row.get(1)? }))?
        .collect()
}

/// The role with this id.
pub fn get(db: &Connection, id: &str) -> rusqlite::Result<Option<Role>> {
    db.prepare_cached("SELECT id, name FROM role WHERE id = ?1")?
        .query_row([id], |row| Ok(Role { id: row.get(0)?, name: row.get(1)? }))
        .optional()
}

/// The roles of a user in a project, those that they imply included, weakest first for the four
/// that every installation has.
pub fn effective(
    db: &Connection,
    user: &UserId,
    project: &ProjectId,
) -> rusqlite::Result<Vec<Role>> {
    db.prepare_cached(
        "WITH RECURSIVE has (role_id) AS (
             SELECT role_id FROM role_assignment WHERE user_id = ?1 AND project_id = ?2
             UNION
             SELECT i.implied_role_id FROM implied_role i JOIN has ON has.role_id = i.prior_role_id
         )
         SELECT r.id, r.name FROM role r JOIN has ON has.role_id = r.id ORDER BY r.rowid",
    )?
    .query_map([user.as_str(), project.as_str()], |row| {
        Ok(Role { id: row.get(0)?, name: row.get(1)? })
    })?
    .collect()
}

/// Whether a user has a role in a project.
pub fn has_any(db: &Connection, user: &str, project: &ProjectId) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM role_assignment WHERE user_id = ?1 AND project_id = ?2)",
    )?
    .query_row([user, project.as_str()], |row| row.get(0))
}

/// Every assignment, as it was made.
pub fn assignments(db: &Connection) -> rusqlite::Result<Vec<Assignment>> {
    db.prepare_cached(
        "SELECT r.id, r.name, u.id, u.name, p.id, p.name
         FROM role_assignment a
         JOIN role r ON r.id = a.role_id
         JOIN user u ON u.id = a.user_id
         JOIN project p ON p.id = a.project_id
         ORDER BY u.name, p.name, r.name",
    )?
    .query_map([], |row| {
        Ok(Assignment {
            role: Role { id: row.get(0)?, name: row.get(1)? },
            user_id: UserId(row.get(2)?),
            user_name: row.get(3)?,
            project_id: ProjectId(row.get(4)?),
            project_name: row.get(5)?,
        })
    })?
    .collect()
}

/// Gives a user a role in a project; `false` when there is no such role. Given already is fine.
pub fn assign(
    db: &Connection,
    user: &UserId,
    project: &ProjectId,
    role_name: &str,
) -> rusqlite::Result<bool> {
    let role: Option<String> = db
        .prepare_cached("SELECT id FROM role WHERE name = ?1")?
        .query_row([role_name], |row| row.get(0))
        .optional()?;
    let Some(role) = role else { return Ok(false) };
    db.prepare_cached(
        "INSERT INTO role_assignment (user_id, project_id, role_id) VALUES (?1, ?2, ?3)
         ON CONFLICT DO NOTHING",
    )?
    .execute((user.as_str(), project.as_str(), role))?;
    Ok(true)
}

/// Removes a role in a project; `false` if the user did not have it.
pub fn revoke(
    db: &Connection,
    user: &UserId,
    project: &ProjectId,
    role_name: &str,
) -> rusqlite::Result<bool> {
    let gone = db
        .prepare_cached(
            "DELETE FROM role_assignment WHERE user_id = ?1 AND project_id = ?2
             AND role_id = (SELECT id FROM role WHERE name = ?3)",
        )?
        .execute((user.as_str(), project.as_str(), role_name))?;
    Ok(gone > 0)
}

/// Makes a role; `implies` is a role that having it gives too.
pub fn insert(db: &Connection, role: &Role, implies: Option<&str>) -> rusqlite::Result<()> {
    db.prepare_cached("INSERT INTO role (id, name) VALUES (?1, ?2)")?
        .execute([&role.id, &role.name])?;
    if let Some(implied) = implies {
        db.prepare_cached(
            "INSERT INTO implied_role (prior_role_id, implied_role_id) VALUES (?1, ?2)",
        )?
        .execute([&role.id, implied])?;
    }
    Ok(())
}

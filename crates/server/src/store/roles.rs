//! Roles and role assignments.

use openstack_types::{ProjectId, UserId};
use rusqlite::{Connection, OptionalExtension};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    pub id: String,
    /// `manager`, `member`, …
    pub name: String,
}

/// A role of a user in a project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    pub role: Role,
    pub user_id: UserId,
    pub user_name: String,
    pub project_id: ProjectId,
    pub project_name: String,
}

pub fn all(db: &Connection) -> rusqlite::Result<Vec<Role>> {
    db.prepare_cached("SELECT id, name FROM role ORDER BY name")?
        .query_map([], |row| Ok(Role { id: row.get(0)?, name: row.get(1)? }))?
        .collect()
}

pub fn get(db: &Connection, id: &str) -> rusqlite::Result<Option<Role>> {
    db.prepare_cached("SELECT id, name FROM role WHERE id = ?1")?
        .query_row([id], |row| Ok(Role { id: row.get(0)?, name: row.get(1)? }))
        .optional()
}

/// The roles of a user in a project, including implied roles, in the order of their creation: weakest
/// first.
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

/// Whether a user has any role in a project.
pub fn has_any(db: &Connection, user: &str, project: &ProjectId) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM role_assignment WHERE user_id = ?1 AND project_id = ?2)",
    )?
    .query_row([user, project.as_str()], |row| row.get(0))
}

/// Every assignment, without implied roles.
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

/// Assigns a role in a project. `false`: the role does not exist. Assigning it again is no error.
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

/// Whether an enabled user has the role in an enabled project.
pub fn has_enabled_user(db: &Connection, role_name: &str) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT EXISTS (
             SELECT 1 FROM role_assignment a
             JOIN role r ON r.id = a.role_id
             JOIN user u ON u.id = a.user_id
             JOIN project p ON p.id = a.project_id
             WHERE r.name = ?1 AND u.enabled = 1 AND p.enabled = 1)",
    )?
    .query_row([role_name], |row| row.get(0))
}

/// Inserts a role. `implies` is the id of the role that it implies.
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

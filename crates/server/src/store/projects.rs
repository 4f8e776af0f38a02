//! Projects.

use openstack_types::{ProjectId, UserId};
use rusqlite::{Connection, OptionalExtension, Row};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    pub id: ProjectId,
    /// Unique, ignoring case.
    pub name: String,
    pub description: String,
    pub enabled: bool,
}

const COLUMNS: &str = "id, name, description, enabled";

fn project(row: &Row<'_>) -> rusqlite::Result<Project> {
    Ok(Project {
        id: ProjectId(row.get(0)?),
        name: row.get(1)?,
        description: row.get(2)?,
        enabled: row.get(3)?,
    })
}

/// Fails with a constraint violation if the name is taken.
pub fn insert(db: &Connection, project: &Project, now: i64) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO project (id, name, description, enabled, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((
        project.id.as_str(),
        &project.name,
        &project.description,
        project.enabled,
        now,
    ))?;
    Ok(())
}

pub fn get(db: &Connection, id: &str) -> rusqlite::Result<Option<Project>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM project WHERE id = ?1"))?
        .query_row([id], project)
        .optional()
}

pub fn by_name(db: &Connection, name: &str) -> rusqlite::Result<Option<Project>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM project WHERE name = ?1"))?
        .query_row([name], project)
        .optional()
}

/// Every project, sorted by name.
pub fn all(db: &Connection) -> rusqlite::Result<Vec<Project>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM project ORDER BY name"))?
        .query_map([], project)?
        .collect()
}

/// The enabled projects that a user has a role in: the default project first, then sorted by name.
pub fn of_user(db: &Connection, user: &UserId) -> rusqlite::Result<Vec<Project>> {
    db.prepare_cached(
        "SELECT p.id, p.name, p.description, p.enabled
         FROM project p JOIN user u ON u.id = ?1
         WHERE p.enabled = 1
           AND EXISTS (SELECT 1 FROM role_assignment a WHERE a.user_id = u.id AND a.project_id = p.id)
         ORDER BY p.id IS NOT u.default_project_id, p.name",
    )?
    .query_map([user.as_str()], project)?
    .collect()
}

//! The initial content of an empty database.

use crate::{
    ids,
    rights::Role,
    store::{
        projects::{self, Project},
        roles,
        users::{self, PasswordHash, User},
    },
};
use openstack_types::{ProjectId, UserId};
use rusqlite::Connection;

/// Id of the only domain.
pub const DOMAIN_ID: &str = "default";
pub const DOMAIN_NAME: &str = "Default";

/// Whether the database has no users.
pub fn is_needed(db: &Connection) -> rusqlite::Result<bool> {
    db.query_row("SELECT NOT EXISTS (SELECT 1 FROM user)", [], |row| row.get(0))
}

/// The four roles, the project `default`, and the user `admin` with the roles admin and manager.
pub fn fill(db: &Connection, password: &PasswordHash, now: i64) -> rusqlite::Result<()> {
    let mut implied: Option<String> = None;
    for role in Role::ALL.into_iter().rev() {
        let role = roles::Role { id: ids::keystone(), name: role.as_str().to_owned() };
        roles::insert(db, &role, implied.as_deref())?;
        implied = Some(role.id);
    }
    let project = Project {
        id: ProjectId(ids::keystone()),
        name: "default".to_owned(),
        description: String::new(),
        enabled: true,
    };
    projects::insert(db, &project, now)?;
    let admin = User {
        id: UserId(ids::keystone()),
        name: "admin".to_owned(),
        default_project_id: Some(project.id.clone()),
        enabled: true,
    };
    users::insert(db, &admin, password, now)?;
    for role in [Role::Admin, Role::Manager] {
        roles::assign(db, &admin.id, &project.id, role.as_str())?;
    }
    Ok(())
}

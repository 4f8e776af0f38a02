//! What account commands look up, and why they fail.

use crate::{
    rights::Role,
    store::{
        projects::{self, Project},
        roles,
        users::{self, User},
    },
};
use openstack_types::{ProjectId, UserId};
use rusqlite::Connection;

/// Why the accounts in the database cannot be changed as requested.
#[derive(Debug, thiserror::Error)]
pub(super) enum AccountError {
    #[error("there is a project called {0} already")]
    ProjectExists(String),
    #[error("there is a user called {0} already")]
    UserExists(String),
    #[error("there is no project called {0}")]
    NoProject(String),
    #[error("there is no user called {0}")]
    NoUser(String),
    #[error("there is no role called {0}")]
    NoRole(&'static str),
    #[error("{user} is not {role} in {project}")]
    NotGranted { user: String, role: &'static str, project: String },
    #[error(
        "{user} has {secrets} certificates or other secrets, which nobody else can use; delete them \
         first, or disable the user"
    )]
    HasSecrets { user: String, secrets: i64 },
    #[error("{0} is the only enabled user with the role admin")]
    LastAdmin(String),
    #[error("the database failed")]
    Database(#[from] rusqlite::Error),
}

pub(super) fn project(db: &Connection, name: &str) -> Result<Project, AccountError> {
    projects::by_name(db, name)?.ok_or_else(|| AccountError::NoProject(name.to_owned()))
}

pub(super) fn user(db: &Connection, name: &str) -> Result<User, AccountError> {
    users::by_name(db, name)?.ok_or_else(|| AccountError::NoUser(name.to_owned()))
}

pub(super) fn assign(
    db: &Connection,
    user: &UserId,
    project: &ProjectId,
    role: Role,
) -> Result<(), AccountError> {
    if roles::assign(db, user, project, role.as_str())? {
        Ok(())
    } else {
        Err(AccountError::NoRole(role.as_str()))
    }
}

/// # Errors
/// Nobody is left who could give the role away again.
pub(super) fn require_admin_left(db: &Connection, changed: &str) -> Result<(), AccountError> {
    if roles::has_enabled_user(db, Role::Admin.as_str())? {
        Ok(())
    } else {
        Err(AccountError::LastAdmin(changed.to_owned()))
    }
}

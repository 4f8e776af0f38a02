//! `lb-portal project` and `lb-portal user`. Both work on the database directly, so also while the
//! server runs.

use super::output::print_line;
use crate::{
    data_dir::DataDir,
    ids,
    password::{self, Password},
    rights::Role,
    store::{
        Store,
        projects::{self, Project},
        roles, tokens,
        users::{self, PasswordHash, User},
    },
};
use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use openstack_types::{ProjectId, UserId, field::required_name};
use rusqlite::Connection;
use std::{io::Read, path::PathBuf};

#[derive(Subcommand)]
pub(super) enum ProjectCommand {
    /// Create a project.
    Add {
        /// Name of the project.
        name: String,
        #[command(flatten)]
        data_dir: DataDirOption,
    },
}

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Create a user.
    Add {
        /// Name to sign in with.
        name: String,
        #[command(flatten)]
        grant: RoleGrant,
        #[command(flatten)]
        password: PasswordOption,
        #[command(flatten)]
        data_dir: DataDirOption,
    },
    /// Give a user a role in a further project.
    Grant {
        /// Name of the user.
        name: String,
        #[command(flatten)]
        grant: RoleGrant,
        #[command(flatten)]
        data_dir: DataDirOption,
    },
    /// Remove a role; takes effect with the next request of the user.
    Revoke {
        /// Name of the user.
        name: String,
        #[command(flatten)]
        grant: RoleGrant,
        #[command(flatten)]
        data_dir: DataDirOption,
    },
    /// Set another password, and sign the user out everywhere.
    Passwd {
        /// Name of the user.
        name: String,
        #[command(flatten)]
        password: PasswordOption,
        #[command(flatten)]
        data_dir: DataDirOption,
    },
}

#[derive(Args)]
pub(super) struct DataDirOption {
    /// The server's data directory.
    #[arg(long = "data-dir", value_name = "DIR")]
    path: PathBuf,
}

#[derive(Args)]
pub(super) struct RoleGrant {
    /// Name of the project.
    #[arg(long)]
    project: String,
    /// Role in the project.
    #[arg(long, value_enum)]
    role: GrantableRole,
}

#[derive(Clone, Copy, ValueEnum)]
enum GrantableRole {
    /// All load balancers of the project (Tenant Admin).
    Manager,
    /// Their own load balancers (Tenant User).
    Member,
    /// Read only.
    Reader,
}

impl From<GrantableRole> for Role {
    fn from(role: GrantableRole) -> Self {
        match role {
            GrantableRole::Manager => Self::Manager,
            GrantableRole::Member => Self::Member,
            GrantableRole::Reader => Self::Reader,
        }
    }
}

#[derive(Args)]
pub(super) struct PasswordOption {
    /// Read the password from the first line of the standard input, instead of generating and
    /// printing one.
    #[arg(long)]
    password_stdin: bool,
}

/// Why the accounts in the database cannot be changed as requested.
#[derive(Debug, thiserror::Error)]
enum AccountError {
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
    #[error("the database failed")]
    Database(#[from] rusqlite::Error),
}

impl ProjectCommand {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        let Self::Add { name, data_dir } = self;
        let name = checked_name(&name)?;
        let project = Project {
            id: ProjectId(ids::keystone()),
            name: name.clone(),
            description: String::new(),
            enabled: true,
        };
        data_dir
            .open_store()?
            .write(move |tx| {
                if projects::by_name(tx, &project.name)?.is_some() {
                    return Err(AccountError::ProjectExists(project.name));
                }
                Ok(projects::insert(tx, &project, now())?)
            })
            .await?;
        print_line(&format!("project {name} added"));
        Ok(())
    }
}

impl UserCommand {
    pub(super) async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::Add { name, grant, password, data_dir } => {
                add(name, grant, password, data_dir).await
            }
            Self::Grant { name, grant, data_dir } => grant_role(name, grant, data_dir).await,
            Self::Revoke { name, grant, data_dir } => revoke_role(name, grant, data_dir).await,
            Self::Passwd { name, password, data_dir } => {
                set_password(name, password, data_dir).await
            }
        }
    }
}

async fn add(
    name: String,
    grant: RoleGrant,
    password: PasswordOption,
    data_dir: DataDirOption,
) -> anyhow::Result<()> {
    let name = checked_name(&name)?;
    let store = data_dir.open_store()?;
    let password = password.read()?;
    let hash = hash(&password.password).await?;
    let user_name = name.clone();
    store
        .write(move |tx| {
            let project = project(tx, &grant.project)?;
            if users::by_name(tx, &user_name)?.is_some() {
                return Err(AccountError::UserExists(user_name));
            }
            let user = User {
                id: UserId(ids::keystone()),
                name: user_name,
                default_project_id: Some(project.id.clone()),
                enabled: true,
            };
            users::insert(tx, &user, &hash, now())?;
            assign(tx, &user.id, &project.id, grant.role())
        })
        .await?;
    print_line(&format!("user {name} added"));
    password.print_if_generated();
    Ok(())
}

async fn grant_role(name: String, grant: RoleGrant, data_dir: DataDirOption) -> anyhow::Result<()> {
    let message = format!("user {name} is {} in {}", grant.role().as_str(), grant.project);
    data_dir
        .open_store()?
        .write(move |tx| {
            let user = user(tx, &name)?;
            assign(tx, &user.id, &project(tx, &grant.project)?.id, grant.role())
        })
        .await?;
    print_line(&message);
    Ok(())
}

async fn revoke_role(
    name: String,
    grant: RoleGrant,
    data_dir: DataDirOption,
) -> anyhow::Result<()> {
    let role = grant.role().as_str();
    let message = format!("user {name} is no longer {role} in {}", grant.project);
    data_dir
        .open_store()?
        .write(move |tx| {
            let user = user(tx, &name)?;
            let project = project(tx, &grant.project)?;
            if roles::revoke(tx, &user.id, &project.id, role)? {
                return Ok(());
            }
            Err(AccountError::NotGranted { user: name, role, project: project.name })
        })
        .await?;
    print_line(&message);
    Ok(())
}

async fn set_password(
    name: String,
    password: PasswordOption,
    data_dir: DataDirOption,
) -> anyhow::Result<()> {
    let store = data_dir.open_store()?;
    let user_name = name.clone();
    let user = store.read(move |db| user(db, &user_name)).await?;
    let password = password.read()?;
    let hash = hash(&password.password).await?;
    store
        .write(move |tx| {
            users::set_password(tx, &user.id, &hash)?;
            Ok::<_, AccountError>(tokens::revoke_all(tx, &user.id)?)
        })
        .await?;
    print_line(&format!("user {name} has a new password"));
    password.print_if_generated();
    Ok(())
}

impl RoleGrant {
    fn role(&self) -> Role {
        self.role.into()
    }
}

impl DataDirOption {
    fn open_store(&self) -> anyhow::Result<Store> {
        let dir = DataDir::existing(&self.path)?;
        Ok(Store::open_existing(&dir.database())?)
    }
}

struct NewPassword {
    password: Password,
    generated: bool,
}

impl PasswordOption {
    fn read(&self) -> anyhow::Result<NewPassword> {
        if !self.password_stdin {
            return Ok(NewPassword { password: Password::random()?, generated: true });
        }
        let mut text = String::new();
        std::io::stdin()
            .take(4096)
            .read_to_string(&mut text)
            .context("cannot read the password")?;
        let line = text.lines().next().filter(|line| !line.is_empty());
        let line = line.context("the password must not be empty")?;
        Ok(NewPassword { password: Password::new(line), generated: false })
    }
}

impl NewPassword {
    fn print_if_generated(&self) {
        if self.generated {
            print_line(&format!("password: {}", self.password.reveal()));
        }
    }
}

async fn hash(password: &Password) -> anyhow::Result<PasswordHash> {
    let password = password.clone();
    Ok(tokio::task::spawn_blocking(move || password::hash(&password)).await??)
}

fn checked_name(name: &str) -> anyhow::Result<String> {
    let name = required_name(name).map_err(|why| anyhow::anyhow!("a name {why}"))?;
    Ok(name.to_owned())
}

fn now() -> i64 {
    Timestamp::now().as_second()
}

fn project(db: &Connection, name: &str) -> Result<Project, AccountError> {
    projects::by_name(db, name)?.ok_or_else(|| AccountError::NoProject(name.to_owned()))
}

fn user(db: &Connection, name: &str) -> Result<User, AccountError> {
    users::by_name(db, name)?.ok_or_else(|| AccountError::NoUser(name.to_owned()))
}

fn assign(
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

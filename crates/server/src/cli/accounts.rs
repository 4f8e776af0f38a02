//! `lb-portal project` and `lb-portal user`. Both work on the database directly, so also while the
//! server runs.

mod lookup;
mod options;

use super::output::print_line;
use crate::{
    ids,
    store::{
        barbican,
        projects::{self, Project},
        roles, tokens,
        users::{self, User},
    },
};
use clap::Subcommand;
use jiff::Timestamp;
use lookup::{AccountError, assign, project, require_admin_left, user};
use openstack_types::{ProjectId, UserId, field::required_name};
use options::{DataDirOption, PasswordOption, RoleGrant, hash};

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
    /// End all sessions of a user, and refuse to sign the user in.
    Disable {
        /// Name of the user.
        name: String,
        #[command(flatten)]
        data_dir: DataDirOption,
    },
    /// Let a disabled user sign in again.
    Enable {
        /// Name of the user.
        name: String,
        #[command(flatten)]
        data_dir: DataDirOption,
    },
    /// Remove a user; the load balancers of the user stay.
    Remove {
        /// Name of the user.
        name: String,
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
            Self::Disable { name, data_dir } => set_enabled(name, false, data_dir).await,
            Self::Enable { name, data_dir } => set_enabled(name, true, data_dir).await,
            Self::Remove { name, data_dir } => remove(name, data_dir).await,
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
                return require_admin_left(tx, &name);
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

async fn set_enabled(name: String, enabled: bool, data_dir: DataDirOption) -> anyhow::Result<()> {
    let message = format!("user {name} is {}", if enabled { "enabled" } else { "disabled" });
    data_dir
        .open_store()?
        .write(move |tx| {
            let user = user(tx, &name)?;
            users::set_enabled(tx, &user.id, enabled)?;
            // A session must not come back with the user.
            tokens::revoke_all(tx, &user.id)?;
            require_admin_left(tx, &name)
        })
        .await?;
    print_line(&message);
    Ok(())
}

async fn remove(name: String, data_dir: DataDirOption) -> anyhow::Result<()> {
    let message = format!("user {name} removed");
    data_dir
        .open_store()?
        .write(move |tx| {
            let user = user(tx, &name)?;
            let secrets = barbican::count_of_creator(tx, &user.id)?;
            if secrets > 0 {
                return Err(AccountError::HasSecrets { user: name, secrets });
            }
            users::delete(tx, &user.id)?;
            require_admin_left(tx, &name)
        })
        .await?;
    print_line(&message);
    Ok(())
}

fn checked_name(name: &str) -> anyhow::Result<String> {
    let name = required_name(name).map_err(|why| anyhow::anyhow!("a name {why}"))?;
    Ok(name.to_owned())
}

fn now() -> i64 {
    Timestamp::now().as_second()
}

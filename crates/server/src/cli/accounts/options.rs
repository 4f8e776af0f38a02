//! Options that several account commands share.

use crate::{
    cli::output::print_line,
    data_dir::DataDir,
    password::{self, Password},
    rights::Role,
    store::{Store, users::PasswordHash},
};
use anyhow::Context;
use clap::{Args, ValueEnum};
use std::{io::Read, path::PathBuf};

#[derive(Args)]
pub(in crate::cli) struct DataDirOption {
    /// The server's data directory.
    #[arg(long = "data-dir", value_name = "DIR")]
    path: PathBuf,
}

#[derive(Args)]
pub(in crate::cli) struct RoleGrant {
    /// Name of the project.
    #[arg(long)]
    pub(super) project: String,
    /// Role in the project.
    #[arg(long, value_enum)]
    role: GrantableRole,
}

#[derive(Clone, Copy, ValueEnum)]
pub(in crate::cli) enum GrantableRole {
    /// Everything in every project.
    Admin,
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
            GrantableRole::Admin => Self::Admin,
            GrantableRole::Manager => Self::Manager,
            GrantableRole::Member => Self::Member,
            GrantableRole::Reader => Self::Reader,
        }
    }
}

#[derive(Args)]
pub(in crate::cli) struct PasswordOption {
    /// Read the password from the first line of the standard input, instead of generating and
    /// printing one.
    #[arg(long)]
    password_stdin: bool,
}

impl RoleGrant {
    pub(super) fn role(&self) -> Role {
        self.role.into()
    }
}

impl DataDirOption {
    pub(super) fn open_store(&self) -> anyhow::Result<Store> {
        let dir = DataDir::existing(&self.path)?;
        Ok(Store::open_existing(&dir.database())?)
    }
}

pub(super) struct NewPassword {
    pub(super) password: Password,
    generated: bool,
}

impl PasswordOption {
    pub(super) fn read(&self) -> anyhow::Result<NewPassword> {
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
    pub(super) fn print_if_generated(&self) {
        if self.generated {
            print_line(&format!("password: {}", self.password.reveal()));
        }
    }
}

pub(super) async fn hash(password: &Password) -> anyhow::Result<PasswordHash> {
    let password = password.clone();
    Ok(tokio::task::spawn_blocking(move || password::hash(&password)).await??)
}

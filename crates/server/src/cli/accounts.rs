//! Projects and users. Works on the database directly, so also while the server runs.

use super::{Said, say};
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
use clap::{Args, Subcommand, ValueEnum};
use jiff::Timestamp;
use openstack_types::{ProjectId, UserId, field::required_name};
use std::{io::Read, path::PathBuf};

#[derive(Subcommand)]
pub(super) enum ProjectCommand {
    /// Make a project.
    Add {
        /// What people call it.
        name: String,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Subcommand)]
pub(super) enum UserCommand {
    /// Make a user.
    Add {
        /// What they sign in as.
        name: String,
        #[command(flatten)]
        right: Right,
        #[command(flatten)]
        password: PasswordSource,
        #[command(flatten)]
        place: Place,
    },
    /// Give a user a role in a further project.
    Grant {
        /// What they sign in as.
        name: String,
        #[command(flatten)]
        right: Right,
        #[command(flatten)]
        place: Place,
    },
    /// Take a role away again; it holds for the next request of the user.
    Revoke {
        /// What they sign in as.
        name: String,
        #[command(flatten)]
        right: Right,
        #[command(flatten)]
        place: Place,
    },
    /// Give a user another password, and sign them out everywhere.
    Passwd {
        /// What they sign in as.
        name: String,
        #[command(flatten)]
        password: PasswordSource,
        #[command(flatten)]
        place: Place,
    },
}

#[derive(Args)]
pub(super) struct Place {
    /// The server's data directory.
    #[arg(long, value_name = "DIR")]
    data_dir: PathBuf,
}

#[derive(Args)]
pub(super) struct Right {
    /// Where.
    #[arg(long)]
    project: String,
    /// What they may do there.
    #[arg(long, value_enum)]
    role: GivenRole,
}

#[derive(Clone, Copy, ValueEnum)]
enum GivenRole {
    /// All load balancers of the project (Tenant Admin).
    Manager,
    /// Their own load balancers (Tenant User).
    Member,
    /// Looking only.
    Reader,
}

impl From<GivenRole> for Role {
    fn from(role: GivenRole) -> Self {
        match role {
            GivenRole::Manager => Self::Manager,
            GivenRole::Member => Self::Member,
            GivenRole::Reader => Self::Reader,
        }
    }
}

#[derive(Args)]
pub(super) struct PasswordSource {
    /// Read the password from the first line of the standard input, instead of making one and
    /// printing it.
    #[arg(long)]
    password_stdin: bool,
}

impl ProjectCommand {
    pub(super) async fn run(self) -> Result<(), Said> {
        let Self::Add { name, place } = self;
        let name = required_name(&name).map_err(|why| format!("a name {why}"))?.to_owned();
        let project = Project {
            id: ProjectId(ids::keystone()),
            name: name.clone(),
            description: String::new(),
            enabled: true,
        };
        let store = place.store()?;
        store
            .write(move |tx| {
                if projects::by_name(tx, &project.name)?.is_some() {
                    return Err(Failure::Said(format!(
                        "there is a project called {} already",
                        project.name
                    )));
                }
                Ok(projects::insert(tx, &project, now())?)
            })
            .await?;
        say(&format!("project {name} added"));
        Ok(())
    }
}

impl UserCommand {
    pub(super) async fn run(self) -> Result<(), Said> {
        match self {
            Self::Add { name, right, password, place } => {
                let name = required_name(&name).map_err(|why| format!("a name {why}"))?.to_owned();
                let store = place.store()?;
                let password = password.get()?;
                let hash = hash(&password.password).await?;
                add(&store, name.clone(), right, hash).await?;
                say(&format!("user {name} added"));
                password.say();
                Ok(())
            }
            Self::Grant { name, right, place } => {
                let store = place.store()?;
                let done = format!("user {name} is {} in {}", right.role().as_str(), right.project);
                store
                    .write(move |tx| {
                        let user = user(tx, &name)?;
                        give(tx, &user.id, &project(tx, &right.project)?.id, right.role())
                    })
                    .await?;
                say(&done);
                Ok(())
            }
            Self::Revoke { name, right, place } => {
                let store = place.store()?;
                let role = right.role().as_str();
                let done = format!("user {name} is no longer {role} in {}", right.project);
                store
                    .write(move |tx| {
                        let user = user(tx, &name)?;
                        let project = project(tx, &right.project)?;
                        if roles::withdraw(tx, &user.id, &project.id, role)? {
                            return Ok(());
                        }
                        Err(Failure::Said(format!("{name} is not {role} in {}", project.name)))
                    })
                    .await?;
                say(&done);
                Ok(())
            }
            Self::Passwd { name, password, place } => {
                let store = place.store()?;
                let asked = name.clone();
                let found = store.read(move |db| user(db, &asked)).await?;
                let password = password.get()?;
                let hash = hash(&password.password).await?;
                store
                    .write(move |tx| {
                        users::set_password(tx, &found.id, &hash)?;
                        Ok::<_, Failure>(tokens::revoke_all(tx, &found.id)?)
                    })
                    .await?;
                say(&format!("user {name} has a new password"));
                password.say();
                Ok(())
            }
        }
    }
}

async fn add(store: &Store, name: String, right: Right, hash: PasswordHash) -> Result<(), Said> {
    let done = store
        .write(move |tx| {
            let project = project(tx, &right.project)?;
            if users::by_name(tx, &name)?.is_some() {
                return Err(Failure::Said(format!("there is a user called {name} already")));
            }
            let user = User {
                id: UserId(ids::keystone()),
                name,
                default_project_id: Some(project.id.clone()),
                enabled: true,
            };
            users::insert(tx, &user, &hash, now())?;
            give(tx, &user.id, &project.id, right.role())
        })
        .await;
    Ok(done?)
}

impl Right {
    fn role(&self) -> Role {
        self.role.into()
    }
}

impl Place {
    fn store(&self) -> Result<Store, Said> {
        let dir = DataDir::existing(&self.data_dir)?;
        Store::open_existing(&dir.database()).map_err(|why| why.to_string())
    }
}

/// A password, and whether a person has yet to be told it.
struct Chosen {
    password: Password,
    made: bool,
}

impl PasswordSource {
    fn get(&self) -> Result<Chosen, Said> {
        if !self.password_stdin {
            let password = Password::random().map_err(|why| why.to_string())?;
            return Ok(Chosen { password, made: true });
        }
        let mut text = String::new();
        std::io::stdin()
            .take(4096)
            .read_to_string(&mut text)
            .map_err(|why| format!("cannot read the password: {why}"))?;
        match text.lines().next() {
            Some(line) if !line.is_empty() => {
                Ok(Chosen { password: Password::new(line), made: false })
            }
            _ => Err("the password must not be empty".to_owned()),
        }
    }
}

impl Chosen {
    fn say(&self) {
        if self.made {
            say(&format!("password: {}", self.password.reveal()));
        }
    }
}

async fn hash(password: &Password) -> Result<PasswordHash, Said> {
    let password = password.clone();
    tokio::task::spawn_blocking(move || password::hash(&password))
        .await
        .map_err(|why| why.to_string())?
        .map_err(|why| why.to_string())
}

fn now() -> i64 {
    Timestamp::now().as_second()
}

enum Failure {
    Said(Said),
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Failure> for Said {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Said(said) => said,
            Failure::Database(error) => format!("the database failed: {error}"),
        }
    }
}

fn project(db: &rusqlite::Connection, name: &str) -> Result<Project, Failure> {
    projects::by_name(db, name)?
        .ok_or_else(|| Failure::Said(format!("there is no project called {name}")))
}

fn user(db: &rusqlite::Connection, name: &str) -> Result<User, Failure> {
    users::by_name(db, name)?
        .ok_or_else(|| Failure::Said(format!("there is no user called {name}")))
}

fn give(
    db: &rusqlite::Connection,
    user: &UserId,
    project: &ProjectId,
    role: Role,
) -> Result<(), Failure> {
    if roles::assign(db, user, project, role.as_str())? {
        Ok(())
    } else {
        Err(Failure::Said(format!("there is no role called {}", role.as_str())))
    }
}

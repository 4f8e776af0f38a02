//! From a password or a token to a token. Keystone and the page's session both come here.

mod attempts;
mod client_address;

pub use attempts::Attempts;
pub use client_address::ClientAddress;

use crate::{
    app::App,
    password::Password,
    random::{self, RandomError},
    store::{
        projects::{self, Project},
        roles::{self, Role},
        tokens::{self, Token, TokenHash},
        users::{self, User},
    },
};
use jiff::{Timestamp, ToSpan};
use openstack_types::{ProjectId, UserId};
use rusqlite::Connection;
use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

/// A token in the clear: neither `Debug` nor `Display`, so that it cannot be logged.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// 256 random bits.
    fn new() -> Result<Self, RandomError> {
        random::text::<32>().map(Self)
    }

    /// To hand it to whom it was made for.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// How a user is named.
#[derive(Clone, Debug)]
pub enum Who {
    /// By id.
    Id(String),
    /// By name, in the one domain.
    Name(String),
}

impl Who {
    fn as_str(&self) -> &str {
        match self {
            Self::Id(text) | Self::Name(text) => text,
        }
    }
}

/// What a token is asked for.
#[derive(Clone, Debug)]
pub enum Scope {
    /// Nothing said: the user's default project where there is one and a role in it, else unscoped.
    Default,
    /// No project.
    Unscoped,
    /// A project by id.
    ProjectId(String),
    /// A project by name, in the one domain.
    ProjectName(String),
    /// A project by id or, failing that, by name; without one, the user's first.
    Page(Option<String>),
    /// What this server does not have: a domain that is not the one, a trust, the system.
    Elsewhere,
}

/// What a token was got by.
pub enum Proof {
    /// A password just checked.
    Password,
    /// Another token.
    Token(Box<Token>),
}

/// A token just made.
pub struct Issued {
    /// To hand out.
    pub secret: Secret,
    /// As it is kept.
    pub token: Token,
    /// Whose.
    pub user: User,
    /// Where, with the roles there.
    pub scope: Option<(Project, Vec<Role>)>,
}

/// Why nobody is signed in.
#[derive(Debug)]
pub enum Refused {
    /// A bad password, an unknown user, no role in the project: all look the same.
    Unauthorized,
    /// Too many failures lately, or too many at once: try again after this.
    Slow(Duration),
    /// The database or the system failed.
    Internal,
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "signing in failed");
        Self::Internal
    }
}

impl From<RandomError> for Refused {
    fn from(error: RandomError) -> Self {
        tracing::error!(%error, "signing in failed");
        Self::Internal
    }
}

/// Checks a password. An unknown or disabled user takes the same time as a wrong password.
pub async fn check_password(
    app: &App,
    who: Who,
    password: Password,
    from: IpAddr,
) -> Result<User, Refused> {
    // Attempts are looked at within the turn, so that many at once cannot pass before the first
    // failure is counted.
    let turn = app.passwords.turn().await.ok_or(Refused::Slow(Duration::from_secs(1)))?;
    let (asked, found) = app
        .store
        .read(move |db| {
            let user = match &who {
                Who::Id(id) => users::get(db, id)?,
                Who::Name(name) => users::by_name(db, name)?,
            };
            let user = match user.filter(|user| user.enabled) {
                Some(user) => users::password_hash(db, &user.id)?.map(|hash| (user, hash)),
                None => None,
            };
            Ok::<_, rusqlite::Error>((who, user))
        })
        .await?;
    // Whether named by id or by name, it is one user.
    let name = found.as_ref().map_or(asked.as_str(), |(user, _)| &user.name).to_owned();
    app.attempts.allowed(&name, from, Instant::now()).map_err(Refused::Slow)?;
    let (user, hash) = found.unzip();
    match (turn.check(password, hash).await, user) {
        (true, Some(user)) => {
            app.attempts.succeeded(&name);
            Ok(user)
        }
        _ => {
            app.attempts.failed(&name, from, Instant::now());
            tracing::info!(%from, "a sign-in failed");
            Err(Refused::Unauthorized)
        }
    }
}

/// The token that a text stands for, and whose it is; `None` when it is not good (any more).
pub async fn check_token(app: &App, text: &str) -> Result<Option<(Token, User)>, rusqlite::Error> {
    let hash = TokenHash::of(text);
    app.store
        .read(move |db| {
            let Some(token) = tokens::find(db, &hash, Timestamp::now())? else { return Ok(None) };
            let user = users::get(db, token.user_id.as_str())?;
            Ok(user.map(|user| (token, user)))
        })
        .await
}

/// Makes a token for a user in a scope.
pub async fn issue(app: &App, user: User, scope: Scope, proof: Proof) -> Result<Issued, Refused> {
    let secret = Secret::new()?;
    let hash = TokenHash::of(secret.reveal());
    let audit_id = random::text::<16>()?;
    let now = Timestamp::now();
    let ends = now + i64::from(app.config.limits.token_hours).hours();
    app.store
        .write(move |tx| {
            let scope = resolve(tx, &user, scope)?;
            let (methods, audit_ids, expires_at) = match proof {
                Proof::Password => (vec!["password".to_owned()], vec![audit_id], ends),
                Proof::Token(first) => {
                    let mut methods = first.methods;
                    if !methods.iter().any(|method| method == "token") {
                        methods.push("token".to_owned());
                    }
                    let chain = first.audit_ids.into_iter().next_back();
                    let audit_ids = std::iter::once(audit_id).chain(chain).collect();
                    // A token got by a token ends with it, or it could be renewed for ever.
                    (methods, audit_ids, first.expires_at)
                }
            };
            let token = Token {
                user_id: user.id.clone(),
                project_id: scope.as_ref().map(|(project, _)| project.id.clone()),
                methods,
                audit_ids,
                issued_at: now,
                expires_at,
            };
            tokens::insert(tx, &hash, &token)?;
            Ok(Issued { secret, token, user, scope })
        })
        .await
}

type Scoped = Option<(Project, Vec<Role>)>;

fn resolve(db: &Connection, user: &User, scope: Scope) -> Result<Scoped, Refused> {
    let project = match scope {
        Scope::Unscoped => return Ok(None),
        Scope::Elsewhere => return Err(Refused::Unauthorized),
        Scope::Default => {
            let Some(id) = &user.default_project_id else { return Ok(None) };
            return Ok(match projects::get(db, id.as_str())? {
                Some(project) => with_roles(db, &user.id, project)?,
                None => None,
            });
        }
        Scope::ProjectId(id) => projects::get(db, &id)?,
        Scope::ProjectName(name) => projects::by_name(db, &name)?,
        Scope::Page(Some(text)) => match projects::get(db, &text)? {
            Some(project) => Some(project),
            None => projects::by_name(db, &text)?,
        },
        Scope::Page(None) => projects::of_user(db, &user.id)?.into_iter().next(),
    };
    let scoped = match project {
        Some(project) => with_roles(db, &user.id, project)?,
        None => None,
    };
    scoped.map(Some).ok_or(Refused::Unauthorized)
}

fn with_roles(db: &Connection, user: &UserId, project: Project) -> rusqlite::Result<Scoped> {
    if !project.enabled {
        return Ok(None);
    }
    let roles = roles::effective(db, user, &project.id)?;
    Ok(if roles.is_empty() { None } else { Some((project, roles)) })
}

/// What a good token opens, as its answer shows it.
pub fn scope_of(
    db: &Connection,
    user: &UserId,
    project: Option<&ProjectId>,
) -> rusqlite::Result<Scoped> {
    match project {
        Some(id) => match projects::get(db, id.as_str())? {
            Some(project) => with_roles(db, user, project),
            None => Ok(None),
        },
        None => Ok(None),
    }
}

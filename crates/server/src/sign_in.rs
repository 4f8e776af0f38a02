//! Issues tokens for a password or for another token. Used by Keystone's API and by the portal's
//! session.

mod client_address;
pub mod throttle;

pub use client_address::ClientAddress;

use crate::{
    app::App,
    client_network::ClientNetwork,
    password::Password,
    random::{self, RandomError},
    store::{
        Unavailable,
        projects::{self, Project},
        roles::{self, Role},
        tokens::{self, Token},
        users::{self, PasswordHash, User},
    },
    token::{PlainToken, TokenHash},
};
use jiff::{Timestamp, ToSpan};
use openstack_types::{ProjectId, UserId};
use rusqlite::Connection;
use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

/// A user as a client refers to it.
#[derive(Clone, Debug)]
pub enum UserRef {
    Id(String),
    /// A name in the one domain.
    Name(String),
}

impl UserRef {
    fn as_str(&self) -> &str {
        match self {
            Self::Id(text) | Self::Name(text) => text,
        }
    }
}

/// The scope that a client requests for a token.
#[derive(Clone, Debug)]
pub enum Scope {
    /// Not specified: the user's default project if the user has a role in it, otherwise unscoped.
    Default,
    Unscoped,
    ProjectId(String),
    /// A project by name, in the one domain.
    ProjectName(String),
    /// The scope of a portal session: a project by id or else by name. `None`: the user's first
    /// project.
    Portal(Option<String>),
    /// A scope that this server does not have: another domain, a trust, the system.
    Unsupported,
}

/// What a token is issued for. It is checked again when the token is stored: the password may have
/// changed, or the token may have been revoked, since it was verified.
pub enum Proof {
    /// The hash that the password had.
    Password(PasswordHash),
    /// Another token.
    Token(TokenHash),
}

/// A user who has authenticated.
pub struct Authenticated {
    pub user: User,
    pub proof: Proof,
}

/// A new token.
pub struct IssuedToken {
    pub plain: PlainToken,
    pub token: Token,
    pub user: User,
    pub scope: ProjectScope,
}

/// A project and the user's roles in it; `None`: unscoped.
pub type ProjectScope = Option<(Project, Vec<Role>)>;

/// Why a sign-in is refused.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// A wrong password, an unknown user, or no role in the project. A client cannot tell which.
    #[error("user, password or project are wrong")]
    Unauthorized,
    /// The token was revoked, the password changed, or the user disabled in the meantime.
    #[error("the token or password is no longer valid")]
    ProofRevoked,
    /// Too many failures, or too many attempts at the same time. Holds the time to wait.
    #[error("too many attempts")]
    Throttled(Duration),
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The database or the random number generator failed.
    #[error("the server failed")]
    Internal,
}

impl From<rusqlite::Error> for SignInError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "signing in failed");
        Unavailable::of(&error).map_or(Self::Internal, Self::Unavailable)
    }
}

impl From<RandomError> for SignInError {
    fn from(error: RandomError) -> Self {
        tracing::error!(%error, "signing in failed");
        Self::Internal
    }
}

/// Limit of a request body that is read before the client has signed in. Every connection may hold one.
pub const MAX_BODY_BYTES: usize = 16 * 1024;

/// How long a sign-in waits in the queue before the client is asked to try again.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a client waits when the queue is full.
const QUEUE_FULL_RETRY: Duration = Duration::from_secs(5);

/// Verifies a password. An unknown or disabled user takes the same time as a wrong password.
///
/// # Errors
/// [`SignInError::Throttled`] after many failures of this user at this address, or of the address. A
/// client that is not to blame waits in a queue instead.
pub async fn verify_password(
    app: &App,
    user_ref: UserRef,
    password: Password,
    client: IpAddr,
) -> Result<Authenticated, SignInError> {
    let (user_ref, found) = app.store.read(move |db| find_user(db, user_ref)).await?;
    // A user has one entry in the throttle, whether referred to by id or by name.
    let name = found.as_ref().map_or(user_ref.as_str(), |(user, _)| &user.name).to_owned();
    let throttle = &app.sign_in_throttle;
    let allowed = throttle.check(&name, client, Instant::now()).map_err(SignInError::Throttled)?;
    tokio::time::sleep(allowed.delay).await;
    let turn = app.password_verifier.acquire(ClientNetwork::from(client), allowed.is_known);
    let permit = tokio::select! {
        permit = turn => permit.ok(),
        () = tokio::time::sleep(QUEUE_TIMEOUT) => None,
        () = app.shutdown.cancelled() => None,
    };
    let permit = permit.ok_or(SignInError::Throttled(QUEUE_FULL_RETRY))?;
    // Checked again while holding the permit. Otherwise many attempts at once could pass before the
    // first failure is recorded.
    throttle.check(&name, client, Instant::now()).map_err(SignInError::Throttled)?;
    let (user, hash) = found.unzip();
    match (permit.verify(password, hash.clone()).await, user, hash) {
        (true, Some(user), Some(hash)) => {
            throttle.record_success(&name, client);
            Ok(Authenticated { user, proof: Proof::Password(hash) })
        }
        _ => {
            throttle.record_failure(&name, client, Instant::now());
            tracing::info!(%client, "a sign-in failed");
            Err(SignInError::Unauthorized)
        }
    }
}

/// The enabled user of a reference, with the hash of the password. Also returns the reference.
fn find_user(
    db: &Connection,
    user_ref: UserRef,
) -> rusqlite::Result<(UserRef, Option<(User, PasswordHash)>)> {
    let user = match &user_ref {
        UserRef::Id(id) => users::get(db, id)?,
        UserRef::Name(name) => users::by_name(db, name)?,
    };
    let found = match user.filter(|user| user.enabled) {
        Some(user) => users::password_hash(db, &user.id)?.map(|hash| (user, hash)),
        None => None,
    };
    Ok((user_ref, found))
}

/// Looks up a token and its user; `None` if the token is not valid.
pub async fn authenticate_by_token(
    app: &App,
    token: &str,
) -> Result<Option<Authenticated>, rusqlite::Error> {
    let hash = TokenHash::of(token);
    app.store
        .read(move |db| {
            let Some(token) = tokens::find(db, &hash, Timestamp::now())? else { return Ok(None) };
            let user = users::get(db, token.user_id.as_str())?;
            Ok(user.map(|user| Authenticated { user, proof: Proof::Token(hash) }))
        })
        .await
}

/// Issues a token for a user in a scope.
pub async fn issue_token(
    app: &App,
    authenticated: Authenticated,
    scope: Scope,
) -> Result<IssuedToken, SignInError> {
    let Authenticated { user, proof } = authenticated;
    let plain = PlainToken::generate()?;
    let hash = TokenHash::of(plain.reveal());
    let audit_id = random::text::<16>()?;
    let now = Timestamp::now();
    let max_per_user = app.config.limits.tokens_per_user;
    let latest_expiry = now + i64::from(app.config.limits.token_hours).hours();
    app.store
        .write_sign_in(user.id.clone(), move |tx| {
            let parent = check_proof(tx, &user, &proof, now)?;
            let scope = resolve_scope(tx, &user, scope)?;
            let (methods, audit_ids, expires_at) = match parent {
                None => (vec!["password".to_owned()], vec![audit_id], latest_expiry),
                Some(parent) => {
                    let mut methods = parent.methods;
                    if !methods.iter().any(|method| method == "token") {
                        methods.push("token".to_owned());
                    }
                    let chain = parent.audit_ids.into_iter().next_back();
                    let audit_ids = std::iter::once(audit_id).chain(chain).collect();
                    // The new token expires with its parent. Otherwise it could be renewed forever.
                    (methods, audit_ids, parent.expires_at)
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
            tokens::insert(tx, &hash, &token, max_per_user)?;
            Ok(IssuedToken { plain, token, user, scope })
        })
        .await
}

/// Checks in the transaction of a new token that what it is issued for is still valid. Returns the
/// token that it is issued for.
fn check_proof(
    db: &Connection,
    user: &User,
    proof: &Proof,
    now: Timestamp,
) -> Result<Option<Token>, SignInError> {
    match proof {
        Proof::Token(hash) => {
            tokens::find(db, hash, now)?.map(Some).ok_or(SignInError::ProofRevoked)
        }
        Proof::Password(verified) => {
            let is_enabled = users::get(db, user.id.as_str())?.is_some_and(|user| user.enabled);
            let current = users::password_hash(db, &user.id)?;
            if is_enabled && current.is_some_and(|current| current.0 == verified.0) {
                Ok(None)
            } else {
                Err(SignInError::ProofRevoked)
            }
        }
    }
}

fn resolve_scope(db: &Connection, user: &User, scope: Scope) -> Result<ProjectScope, SignInError> {
    let project = match scope {
        Scope::Unscoped => return Ok(None),
        Scope::Unsupported => return Err(SignInError::Unauthorized),
        Scope::Default => {
            return Ok(project_scope(db, &user.id, user.default_project_id.as_ref())?);
        }
        Scope::ProjectId(id) => projects::get(db, &id)?,
        Scope::ProjectName(name) => projects::by_name(db, &name)?,
        Scope::Portal(Some(text)) => match projects::get(db, &text)? {
            Some(project) => Some(project),
            None => projects::by_name(db, &text)?,
        },
        Scope::Portal(None) => projects::of_user(db, &user.id)?.into_iter().next(),
    };
    let scope = match project {
        Some(project) => with_roles(db, &user.id, project)?,
        None => None,
    };
    scope.map(Some).ok_or(SignInError::Unauthorized)
}

fn with_roles(db: &Connection, user: &UserId, project: Project) -> rusqlite::Result<ProjectScope> {
    if !project.enabled {
        return Ok(None);
    }
    let roles = roles::effective(db, user, &project.id)?;
    Ok(if roles.is_empty() { None } else { Some((project, roles)) })
}

/// The project and the user's roles in it; `None` if the user has no role there.
pub fn project_scope(
    db: &Connection,
    user: &UserId,
    project: Option<&ProjectId>,
) -> rusqlite::Result<ProjectScope> {
    match project {
        Some(id) => match projects::get(db, id.as_str())? {
            Some(project) => with_roles(db, user, project),
            None => Ok(None),
        },
        None => Ok(None),
    }
}

//! Who asks, taken from `X-Auth-Token`.

use crate::{
    app::App,
    public_url::PublicUrl,
    store::tokens::{self, TokenHash},
};
use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use openstack_types::{ProjectId, UserId};
use serde_json::json;
use std::sync::Arc;

/// The header that a token comes in.
pub const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// A caller whose token is good. Extracting it answers 401 to everybody else.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who.
    pub user_id: UserId,
    /// What people call them.
    pub user_name: String,
    /// Where; `None`: the token is unscoped.
    pub project_id: Option<ProjectId>,
    /// What people call it.
    pub project_name: Option<String>,
    /// Names of the roles there, implied ones included.
    pub roles: Vec<String>,
    /// When the token ends.
    pub expires_at: Timestamp,
    /// Which token it is, without being one.
    pub token: TokenHash,
}

/// The strongest role that this server knows; what it does not know gives no right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Sees the project, changes nothing.
    Reader,
    /// Works with what it created.
    Member,
    /// Works with all of its project.
    Manager,
    /// Works with everything.
    Admin,
}

impl Role {
    /// Every role, strongest first.
    pub const ALL: [Role; 4] = [Role::Admin, Role::Manager, Role::Member, Role::Reader];

    /// Keystone's name of it.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Manager => "manager",
            Role::Member => "member",
            Role::Reader => "reader",
        }
    }
}

/// What a caller sees of the load balancers and what hangs on them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// All projects.
    Everything,
    /// All of one project.
    Project(ProjectId),
    /// What this user created in one project.
    Own(ProjectId, UserId),
    /// Nothing.
    Nothing,
}

impl Visibility {
    /// Whether something of this project, created by this user, is seen.
    pub fn covers(&self, project: &ProjectId, creator: Option<&UserId>) -> bool {
        match self {
            Visibility::Everything => true,
            Visibility::Project(mine) => mine == project,
            Visibility::Own(mine, me) => mine == project && creator == Some(me),
            Visibility::Nothing => false,
        }
    }
}

impl Caller {
    /// The strongest role; `None` without one, and for an unscoped token.
    pub fn role(&self) -> Option<Role> {
        self.project_id.as_ref()?;
        Role::ALL.into_iter().find(|role| self.roles.iter().any(|name| name == role.as_str()))
    }

    /// What the caller sees.
    pub fn visibility(&self) -> Visibility {
        match (self.role(), &self.project_id) {
            (Some(Role::Admin), _) => Visibility::Everything,
            (Some(Role::Manager | Role::Reader), Some(project)) => {
                Visibility::Project(project.clone())
            }
            (Some(Role::Member), Some(project)) => {
                Visibility::Own(project.clone(), self.user_id.clone())
            }
            _ => Visibility::Nothing,
        }
    }
}

/// Why there is no caller.
#[derive(Debug)]
pub enum NoCaller {
    /// No token, or none that is good. Holds where to get one.
    Unauthorized(PublicUrl),
    /// The database failed.
    Internal,
}

impl IntoResponse for NoCaller {
    fn into_response(self) -> Response {
        match self {
            NoCaller::Unauthorized(url) => unauthorized(&url),
            NoCaller::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                Json(json!({"error": {
                    "code": 500,
                    "title": "Internal Server Error",
                    "message": "An unexpected error prevented the server from fulfilling your request.",
                }})),
            )
                .into_response(),
        }
    }
}

/// The answer of every service to a request without a good token.
pub fn unauthorized(url: &PublicUrl) -> Response {
    let body = Json(json!({"error": {
        "code": 401,
        "title": "Unauthorized",
        "message": "The request you have made requires authentication.",
    }}));
    let mut response = (StatusCode::UNAUTHORIZED, body).into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("Keystone uri=\"{}\"", url.identity())) {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
    }
    response
}

impl FromRequestParts<Arc<App>> for Caller {
    type Rejection = NoCaller;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, NoCaller> {
        let token = parts.headers.get(&AUTH_TOKEN).and_then(|value| value.to_str().ok());
        let caller = match token {
            Some(token) => of_token(app, token).await.map_err(|error| {
                tracing::error!(%error, "looking up a token failed");
                NoCaller::Internal
            })?,
            None => None,
        };
        caller.ok_or_else(|| NoCaller::Unauthorized(PublicUrl::of(parts, &app.config)))
    }
}

/// The caller that a token stands for; `None` when it is not good (any more).
pub async fn of_token(app: &App, token: &str) -> rusqlite::Result<Option<Caller>> {
    let hash = TokenHash::of(token);
    app.store.read(move |db| tokens::caller(db, &hash, Timestamp::now())).await
}

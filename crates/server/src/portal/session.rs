//! `/portal/session`: signs the page in and out. The token stays in a cookie that JavaScript cannot
//! read.

use super::error::PortalError;
use crate::{
    app::App,
    auth::{AUTH_TOKEN, AuthError},
    middleware::session_cookie::{FromCookie, is_cross_origin, set_cookie},
    password::Password,
    public_url::PublicUrl,
    rights::Caller,
    sign_in::{self, ClientAddress, IssuedToken, Scope, SignInError, UserRef},
    store::{first_start::DOMAIN_NAME, projects, tokens},
    time,
    token::TokenHash,
};
use axum::{
    Json,
    body::Bytes,
    extract::{FromRequestParts, Query, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use openstack_types::{
    ProjectId, UserId,
    portal::{Named, Session, SignIn},
};
use serde::{Deserialize, de::DeserializeOwned};
use std::{convert::Infallible, sync::Arc};

/// Rejects requests of other origins and bodies that are not JSON. An HTML form on another site can
/// send neither.
pub(super) struct SameOriginJson;

impl FromRequestParts<Arc<App>> for SameOriginJson {
    type Rejection = PortalError;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, PortalError> {
        if is_cross_origin(parts, &PublicUrl::of(parts, &app.config)) {
            return Err(PortalError::Forbidden("Sign in from the portal's own page."));
        }
        let content_type =
            parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = content_type.and_then(|text| text.split(';').next()).map(str::trim);
        match essence {
            Some(essence) if essence.eq_ignore_ascii_case("application/json") => Ok(Self),
            _ => Err(PortalError::NotJson),
        }
    }
}

/// The token of the browser's cookie. Signing in again replaces the cookie, so nothing could revoke
/// that token any more.
pub(super) struct FormerToken(Option<TokenHash>);

impl FromRequestParts<Arc<App>> for FormerToken {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Infallible> {
        let token = parts.headers.get(&AUTH_TOKEN).and_then(|value| value.to_str().ok());
        let is_cookie = parts.extensions.get::<FromCookie>().is_some();
        Ok(Self(token.filter(|_| is_cookie).map(TokenHash::of)))
    }
}

/// `POST /portal/session`: also revokes the former session of the same browser.
pub(super) async fn sign_in(
    State(app): State<Arc<App>>,
    _: SameOriginJson,
    ClientAddress(client): ClientAddress,
    url: PublicUrl,
    FormerToken(former): FormerToken,
    body: Bytes,
) -> Result<Response, PortalError> {
    let SignIn { user, password, project, domain } = json(&body)?;
    if domain.is_some_and(|domain| !domain.eq_ignore_ascii_case(DOMAIN_NAME)) {
        return Err(PortalError::Unauthorized);
    }
    let user_ref = UserRef::Name(user);
    let user = sign_in::verify_password(&app, user_ref, Password::new(password), client).await?;
    let scope = Scope::Portal(project.filter(|project| !project.is_empty()));
    let issued = sign_in::issue_token(&app, user, scope).await?;
    if let Some(former) = former {
        app.store.write(move |tx| tokens::revoke_chain(tx, &former)).await?;
        app.revocations.check_now();
    }
    session_response(&app, issued, &url).await
}

/// Body of `PUT /portal/session`.
#[derive(Deserialize)]
struct SwitchProject {
    project: String,
}

/// `PUT /portal/session`: continues in another project, with a new token.
pub(super) async fn switch_project(
    State(app): State<Arc<App>>,
    _: Caller,
    _: SameOriginJson,
    url: PublicUrl,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, PortalError> {
    let SwitchProject { project } = json(&body)?;
    let token = headers.get(&AUTH_TOKEN).and_then(|value| value.to_str().ok());
    let found = match token {
        Some(token) => sign_in::authenticate_by_token(&app, token).await?,
        None => None,
    };
    let user = found.ok_or(PortalError::Unauthorized)?;
    let issued =
        sign_in::issue_token(&app, user, Scope::Portal(Some(project))).await.map_err(|error| {
            match error {
                // The session is still valid. A 401 would sign the page out.
                SignInError::Unauthorized => {
                    PortalError::Forbidden("You have no role in this project.")
                }
                other => other.into(),
            }
        })?;
    session_response(&app, issued, &url).await
}

/// The query of `GET /portal/session`.
#[derive(Deserialize)]
pub(super) struct ShowQuery {
    /// Without a session, the answer is 204 and no error: browsers log errors to their console.
    #[serde(default)]
    optional: bool,
}

/// `GET /portal/session`
pub(super) async fn show(
    State(app): State<Arc<App>>,
    Query(ShowQuery { optional }): Query<ShowQuery>,
    caller: Result<Caller, AuthError>,
) -> Result<Response, PortalError> {
    let caller = match caller {
        Ok(caller) => caller,
        Err(AuthError::Unauthorized(_)) if optional => {
            return Ok(StatusCode::NO_CONTENT.into_response());
        }
        Err(error) => return Ok(error.into_response()),
    };
    let Caller { user_id, user_name, project_id, project_name, roles, expires_at, .. } = caller;
    let (Some(id), Some(name)) = (project_id, project_name) else {
        return Err(PortalError::Unauthorized);
    };
    let projects = projects_of(&app, &user_id).await?;
    Ok(Json(Session {
        user: Named { id: user_id, name: user_name },
        project: Named { id, name },
        projects,
        roles,
        expires_at: time::keystone(expires_at),
        allowed_servers: app.config.members.allowed_servers(),
        cloud: None,
    })
    .into_response())
}

/// `DELETE /portal/session`: revokes the token and the tokens that it was switched from.
pub(super) async fn sign_out(
    State(app): State<Arc<App>>,
    caller: Result<Caller, AuthError>,
    url: PublicUrl,
) -> Result<Response, PortalError> {
    if let Ok(caller) = caller {
        app.store.write(move |tx| tokens::revoke_chain(tx, &caller.token)).await?;
        app.revocations.check_now();
    }
    let expired_cookie = set_cookie("", 0, &url);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, expired_cookie)]).into_response())
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, PortalError> {
    // The error text of serde could repeat a value, which may be a password.
    serde_json::from_slice(body)
        .map_err(|_| PortalError::BadRequest("The body is not what this path takes."))
}

async fn session_response(
    app: &App,
    issued: IssuedToken,
    url: &PublicUrl,
) -> Result<Response, PortalError> {
    let IssuedToken { plain, token, user, scope } = issued;
    let (project, roles) = scope.ok_or(PortalError::Unauthorized)?;
    let projects = projects_of(app, &user.id).await?;
    let session = Session {
        user: Named { id: user.id, name: user.name },
        project: Named { id: project.id, name: project.name },
        projects,
        roles: roles.into_iter().map(|role| role.name).collect(),
        expires_at: time::keystone(token.expires_at),
        allowed_servers: app.config.members.allowed_servers(),
        cloud: None,
    };
    let max_age = token.expires_at.as_second().saturating_sub(Timestamp::now().as_second());
    let cookie = set_cookie(plain.reveal(), max_age, url);
    Ok(([(header::SET_COOKIE, cookie)], Json(session)).into_response())
}

async fn projects_of(app: &App, user: &UserId) -> Result<Vec<Named<ProjectId>>, PortalError> {
    let user = user.clone();
    let projects = app.store.read(move |db| projects::of_user(db, &user)).await?;
    Ok(projects.into_iter().map(|p| Named { id: p.id, name: p.name }).collect())
}

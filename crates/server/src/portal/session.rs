//! `/portal/session`: the page signs in, and its token stays in a cookie that no script can read.

use super::PortalError;
use crate::{
    app::App,
    caller::{AUTH_TOKEN, Caller, NoCaller},
    middleware::session_cookie::{COOKIE, is_cross_origin},
    password::Password,
    public_url::PublicUrl,
    sign_in::{self, ClientAddress, Issued, Proof, Refused, Scope, Who},
    store::{first_start::DOMAIN_NAME, projects, roles, tokens},
    time,
};
use axum::{
    Json,
    body::Bytes,
    extract::{FromRequestParts, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use openstack_types::{
    ProjectId, UserId,
    portal::{Named, Session, SignIn},
};
use serde::{Deserialize, de::DeserializeOwned};
use std::sync::Arc;

/// A request that no other origin made, with a body of JSON: a form of a foreign page can send
/// neither.
pub struct FromPage;

impl FromRequestParts<Arc<App>> for FromPage {
    type Rejection = PortalError;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, PortalError> {
        if is_cross_origin(parts, &PublicUrl::of(parts, &app.config)) {
            return Err(PortalError::Forbidden("Sign in from the portal's own page."));
        }
        let kind = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
        match essence {
            Some(kind) if kind.eq_ignore_ascii_case("application/json") => Ok(Self),
            _ => Err(PortalError::NotJson),
        }
    }
}

/// `POST /portal/session`.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    _: FromPage,
    ClientAddress(from): ClientAddress,
    url: PublicUrl,
    body: Bytes,
) -> Result<Response, PortalError> {
    let SignIn { user, password, project, domain } = json(&body)?;
    if domain.is_some_and(|domain| !domain.eq_ignore_ascii_case(DOMAIN_NAME)) {
        return Err(PortalError::Unauthorized);
    }
    let who = Who::Name(user);
    let user = sign_in::check_password(&app, who, Password::new(password), from).await?;
    let project = project.filter(|project| !project.is_empty());
    let issued = sign_in::issue(&app, user, Scope::Page(project), Proof::Password).await?;
    session_with_cookie(&app, issued, &url).await
}

/// Body of `PUT /portal/session`.
#[derive(Deserialize)]
struct Switch {
    project: String,
}

/// `PUT /portal/session`: the same person, in another project.
pub async fn switch(
    State(app): State<Arc<App>>,
    _: Caller,
    _: FromPage,
    url: PublicUrl,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, PortalError> {
    let Switch { project } = json(&body)?;
    let text = headers.get(&AUTH_TOKEN).and_then(|value| value.to_str().ok());
    let found = match text {
        Some(text) => sign_in::check_token(&app, text).await?,
        None => None,
    };
    let (token, user) = found.ok_or(PortalError::Unauthorized)?;
    let proof = Proof::Token(Box::new(token));
    let issued = sign_in::issue(&app, user, Scope::Page(Some(project)), proof).await.map_err(
        |why| match why {
            // Signed in they are: answering 401 would sign the page out.
            Refused::Unauthorized => PortalError::Forbidden("You have no role in this project."),
            other => other.into(),
        },
    )?;
    session_with_cookie(&app, issued, &url).await
}

/// `GET /portal/session`.
pub async fn show(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Json<Session>, PortalError> {
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
    }))
}

/// `DELETE /portal/session`: ends the token, and those that it was switched from.
pub async fn sign_out(
    State(app): State<Arc<App>>,
    caller: Result<Caller, NoCaller>,
    url: PublicUrl,
) -> Result<Response, PortalError> {
    if let Ok(caller) = caller {
        app.store.write(move |tx| tokens::revoke_chain(tx, &caller.token)).await?;
        app.tokens_ended();
    }
    let gone = set_cookie("", 0, &url);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone)]).into_response())
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, PortalError> {
    // serde's words could repeat a value, and that could be a password.
    serde_json::from_slice(body)
        .map_err(|_| PortalError::BadRequest("The body is not what this path takes.".to_owned()))
}

async fn session_with_cookie(
    app: &App,
    issued: Issued,
    url: &PublicUrl,
) -> Result<Response, PortalError> {
    let Issued { secret, token, user, scope } = issued;
    let (project, roles) = scope.ok_or(PortalError::Unauthorized)?;
    let projects = projects_of(app, &user.id).await?;
    let session = Session {
        user: Named { id: user.id, name: user.name },
        project: Named { id: project.id, name: project.name },
        projects,
        roles: roles.into_iter().map(|roles::Role { name, .. }| name).collect(),
        expires_at: time::keystone(token.expires_at),
    };
    let seconds = token.expires_at.as_second().saturating_sub(Timestamp::now().as_second());
    let cookie = set_cookie(secret.reveal(), seconds, url);
    Ok(([(header::SET_COOKIE, cookie)], Json(session)).into_response())
}

async fn projects_of(app: &App, user: &UserId) -> Result<Vec<Named<ProjectId>>, PortalError> {
    let user = user.clone();
    let projects = app.store.read(move |db| projects::of_user(db, &user)).await?;
    Ok(projects.into_iter().map(|p| Named { id: p.id, name: p.name }).collect())
}

fn set_cookie(token: &str, seconds: i64, url: &PublicUrl) -> HeaderValue {
    let secure = if url.is_https() { "; Secure" } else { "" };
    let text =
        format!("{COOKIE}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    // Tokens are base64url: nothing that a header cannot hold.
    let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

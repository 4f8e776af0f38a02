//! `/v3/auth`: tokens, and the projects and catalog of a token.

use super::{
    catalog,
    directory::project_body,
    error::KeystoneError,
    request::{self, Identity},
    token,
};
use crate::{
    app::App,
    public_url::PublicUrl,
    rights::{Caller, Role},
    sign_in::{self, ClientAddress, SignInError},
    store::{projects, tokens, users},
    token::TokenHash,
};
use axum::{
    Json,
    body::Bytes,
    extract::{Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

const SUBJECT_TOKEN: &str = "x-subject-token";

#[derive(Deserialize)]
pub(super) struct TokenQuery {
    nocatalog: Option<String>,
}

/// `POST /v3/auth/tokens`.
pub(super) async fn authenticate(
    State(app): State<Arc<App>>,
    ClientAddress(client): ClientAddress,
    url: PublicUrl,
    Query(query): Query<TokenQuery>,
    body: Bytes,
) -> Result<Response, KeystoneError> {
    let request = request::parse(&body)?;
    let sign_in_error = |error: SignInError| KeystoneError::from_sign_in(error, url.clone());
    let user = match request.identity {
        Identity::Password(Some(user_ref), password) => {
            sign_in::verify_password(&app, user_ref, password, client)
                .await
                .map_err(sign_in_error)?
        }
        Identity::Token(text) => {
            let user = sign_in::authenticate_by_token(&app, &text).await?;
            user.ok_or_else(|| sign_in_error(SignInError::Unauthorized))?
        }
        Identity::Password(None, _) | Identity::Unsupported => {
            return Err(sign_in_error(SignInError::Unauthorized));
        }
    };
    let issued = sign_in::issue_token(&app, user, request.scope).await.map_err(sign_in_error)?;
    let body = token::body(
        &issued.token,
        &issued.user,
        issued.scope.as_ref(),
        &url,
        query.nocatalog.is_none(),
    );
    token_response(StatusCode::CREATED, issued.plain.reveal(), body)
}

/// `GET` and `HEAD /v3/auth/tokens`: the caller's own tokens, or for admins any.
pub(super) async fn validate(
    State(app): State<Arc<App>>,
    caller: Caller,
    url: PublicUrl,
    Query(query): Query<TokenQuery>,
    headers: HeaderMap,
) -> Result<Response, KeystoneError> {
    let subject = subject_token(&headers)?;
    let hash = TokenHash::of(&subject);
    let found = app
        .store
        .read(move |db| {
            let Some(token) = tokens::find(db, &hash, Timestamp::now())? else { return Ok(None) };
            let Some(user) = users::get(db, token.user_id.as_str())? else { return Ok(None) };
            let scope = sign_in::project_scope(db, &user.id, token.project_id.as_ref())?;
            if token.project_id.is_some() && scope.is_none() {
                return Ok(None);
            }
            Ok::<_, rusqlite::Error>(Some((token, user, scope)))
        })
        .await?;
    let Some((token, user, scope)) = found else { return Err(KeystoneError::NoToken) };
    if user.id != caller.user_id && caller.role() != Some(Role::Admin) {
        return Err(KeystoneError::Forbidden("identity:validate_token"));
    }
    let body = token::body(&token, &user, scope.as_ref(), &url, query.nocatalog.is_none());
    token_response(StatusCode::OK, &subject, body)
}

/// `DELETE /v3/auth/tokens`: the caller's own tokens, or for admins any.
pub(super) async fn revoke(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<StatusCode, KeystoneError> {
    let hash = TokenHash::of(&subject_token(&headers)?);
    app.store
        .write(move |tx| {
            let Some(token) = tokens::find(tx, &hash, Timestamp::now())? else {
                return Err(KeystoneError::NoToken);
            };
            if token.user_id != caller.user_id && caller.role() != Some(Role::Admin) {
                return Err(KeystoneError::Forbidden("identity:revoke_token"));
            }
            tokens::revoke(tx, &hash)?;
            Ok(())
        })
        .await?;
    app.revocations.check_now();
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /v3/auth/projects`.
pub(super) async fn my_projects(
    State(app): State<Arc<App>>,
    caller: Caller,
    url: PublicUrl,
) -> Result<Json<Value>, KeystoneError> {
    let projects = app.store.read(move |db| projects::of_user(db, &caller.user_id)).await?;
    Ok(Json(json!({
        "projects": projects.iter().map(|p| project_body(p, &url)).collect::<Value>(),
        "links": {
            "next": null,
            "self": format!("{}/auth/projects", url.identity()),
            "previous": null,
        },
    })))
}

/// `GET /v3/auth/catalog`. An unscoped token has no catalog.
pub(super) async fn my_catalog(
    caller: Caller,
    url: PublicUrl,
) -> Result<Json<Value>, KeystoneError> {
    if caller.project_id.is_none() {
        return Err(KeystoneError::Forbidden("identity:get_auth_catalog"));
    }
    Ok(Json(json!({
        "catalog": catalog::catalog(&url),
        "links": {"self": format!("{}/auth/catalog", url.identity())},
    })))
}

fn subject_token(headers: &HeaderMap) -> Result<String, KeystoneError> {
    headers
        .get(SUBJECT_TOKEN)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned)
        .ok_or(KeystoneError::NoToken)
}

fn token_response(status: StatusCode, token: &str, body: Value) -> Result<Response, KeystoneError> {
    let mut value = HeaderValue::from_str(token).map_err(|_| KeystoneError::NoToken)?;
    value.set_sensitive(true);
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(SUBJECT_TOKEN, value);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

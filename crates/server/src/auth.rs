//! Authentication of a request by its `X-Auth-Token` header.

use crate::{app::App, public_url::PublicUrl, rights::Caller, store::tokens, token::TokenHash};
use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::json;
use std::sync::Arc;

pub const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// Why a request has no authenticated caller.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// The token is missing, unknown or expired. Holds where to get one.
    #[error("no valid token")]
    Unauthorized(PublicUrl),
    /// The database failed.
    #[error("the database failed")]
    Internal,
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        match self {
            AuthError::Unauthorized(url) => unauthorized(&url),
            AuthError::Internal => (
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

/// The 401 response that all services share.
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
    type Rejection = AuthError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, AuthError> {
        let token = parts.headers.get(&AUTH_TOKEN).and_then(|value| value.to_str().ok());
        let caller = match token {
            Some(token) => authenticate(app, token).await?,
            None => None,
        };
        caller.ok_or_else(|| AuthError::Unauthorized(PublicUrl::of(parts, &app.config)))
    }
}

/// The caller that a token identifies; `None` if the token is not valid.
pub async fn authenticate(app: &App, token: &str) -> Result<Option<Caller>, AuthError> {
    let hash = TokenHash::of(token);
    app.store.read(move |db| tokens::caller(db, &hash, Timestamp::now())).await.map_err(
        |error: rusqlite::Error| {
            tracing::error!(%error, "looking up a token failed");
            AuthError::Internal
        },
    )
}

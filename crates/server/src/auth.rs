//! Authentication of a request by its `X-Auth-Token` header.

use crate::{
    app::App,
    public_url::PublicUrl,
    rights::Caller,
    store::{tokens, turns},
    token::TokenHash,
    user_limit::UserPermit,
};
use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};

pub const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

/// Why a request has no authenticated caller.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// The token is missing, unknown or expired. Holds where to get one.
    #[error("no valid token")]
    Unauthorized(PublicUrl),
    /// The user has too many requests in progress.
    #[error("too many requests in progress")]
    TooManyRequests,
    /// The database failed.
    #[error("the database failed")]
    Internal,
}

/// The permit of the request's user, once the request is authenticated. Clones share it.
#[derive(Clone, Default)]
pub struct RequestPermit(Arc<Mutex<Option<UserPermit>>>);

impl RequestPermit {
    pub fn release(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// # Errors
    /// The user has too many requests in progress.
    fn acquire(&self, app: &App, caller: &Caller) -> Result<(), AuthError> {
        let mut permit = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if permit.is_none() {
            let acquired = app.requests.acquire(&caller.user_id);
            *permit = Some(acquired.map_err(|_| AuthError::TooManyRequests)?);
        }
        Ok(())
    }
}

impl IntoResponse for AuthError {
    fn into_response(self) -> Response {
        match self {
            AuthError::Unauthorized(url) => unauthorized(&url),
            AuthError::TooManyRequests => (
                StatusCode::TOO_MANY_REQUESTS,
                [(header::RETRY_AFTER, HeaderValue::from_static("1"))],
                Json(json!({"error": {
                    "code": 429,
                    "title": "Too Many Requests",
                    "message": "You have too many requests in progress. Wait a moment and try again.",
                }})),
            )
                .into_response(),
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
        let caller = authenticate_request(parts, app).await?;
        let caller =
            caller.ok_or_else(|| AuthError::Unauthorized(PublicUrl::of(parts, &app.config)))?;
        if let Some(permit) = parts.extensions.get::<RequestPermit>() {
            permit.acquire(app, &caller)?;
        }
        turns::set_user(&caller.user_id);
        Ok(caller)
    }
}

/// The caller of a request; `None` without a valid token. Looks a token up once for each request.
pub async fn authenticate_request(
    parts: &mut Parts,
    app: &App,
) -> Result<Option<Caller>, AuthError> {
    let token = parts.headers.get(&AUTH_TOKEN).and_then(|value| value.to_str().ok());
    let Some(token) = token else { return Ok(None) };
    let hash = TokenHash::of(token);
    if let Some(caller) = parts.extensions.get::<Caller>()
        && caller.token == hash
    {
        return Ok(Some(caller.clone()));
    }
    let caller = authenticate(app, token).await?;
    if let Some(caller) = &caller {
        parts.extensions.insert(caller.clone());
    }
    Ok(caller)
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

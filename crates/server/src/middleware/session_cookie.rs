//! Turns the session cookie into `X-Auth-Token`, only for requests that the page itself sends.
//!
//! A browser sends the cookie with every request to this server, whichever site caused the request.
//! So the cookie counts only if the browser says that the request comes from the same origin.
//!
//! All tabs of a browser share the cookie, and another tab may have switched to another project or
//! user. A page sends the session that it expects. If the cookie belongs to another session, the
//! response is 412 and the request has no effect.

use crate::{
    app::App,
    auth::{self, AUTH_TOKEN, AuthError},
    public_url::PublicUrl,
};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use openstack_types::portal::{
    EXPECTED_SESSION_HEADER, EXPECTED_SESSION_PARAMETER, expected_session,
};
use serde_json::json;
use std::sync::Arc;

/// Name of the cookie. Its value is a token.
pub const COOKIE: &str = "lb_portal_session";

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const EXPECTED_SESSION: HeaderName = HeaderName::from_static(EXPECTED_SESSION_HEADER);

/// In the extensions of a request whose token is that of the cookie.
#[derive(Clone, Copy)]
pub struct FromCookie;

/// Adds the token if the request may use it, and removes all cookies.
pub async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if !parts.headers.contains_key(&AUTH_TOKEN)
        && is_same_origin(&parts, &PublicUrl::of(&parts, &app.config))
        && let Some(token) = session_token(&parts.headers)
    {
        parts.headers.insert(AUTH_TOKEN, token);
        parts.extensions.insert(FromCookie);
        match is_expected_session(&app, &mut parts).await {
            Ok(true) => {}
            Ok(false) => return session_mismatch(),
            Err(error) => return error.into_response(),
        }
    }
    parts.headers.remove(header::COOKIE);
    next.run(Request::from_parts(parts, body)).await
}

/// Whether the token belongs to the user and project that the page expects. `true` if the request
/// states no expectation, and for an invalid token, which the handler rejects.
async fn is_expected_session(app: &App, parts: &mut Parts) -> Result<bool, AuthError> {
    let expected = match expected_session_of(parts) {
        SingleValue::Present(expected) => expected.to_owned(),
        SingleValue::Invalid => return Ok(false),
        SingleValue::Absent => return Ok(true),
    };
    let caller = auth::authenticate_request(parts, app).await?;
    Ok(caller.is_none_or(|caller| {
        caller
            .project_id
            .is_some_and(|project| expected_session(&caller.user_id, &project) == expected)
    }))
}

/// The session that the page of a request expects.
pub fn expected_session_of(parts: &Parts) -> SingleValue<'_> {
    match single_value(&parts.headers, &EXPECTED_SESSION) {
        // `EventSource` cannot send headers.
        SingleValue::Absent if parts.uri.path() == "/portal/events" => {
            let query = parts.uri.query().unwrap_or_default();
            let value =
                query.split('&').find_map(|pair| pair.strip_prefix(EXPECTED_SESSION_PARAMETER));
            match value.and_then(|value| value.strip_prefix('=')) {
                Some(expected) => SingleValue::Present(expected),
                None => SingleValue::Absent,
            }
        }
        value => value,
    }
}

fn session_mismatch() -> Response {
    let body = Json(json!({"error": {
        "code": 412,
        "title": "Precondition Failed",
        "message": "This browser is signed in to another project or as another user by now. Nothing was done.",
    }}));
    (StatusCode::PRECONDITION_FAILED, body).into_response()
}

/// Whether the browser says that the request comes from the same origin.
///
/// `Sec-Fetch-Site` decides if it is present: a page cannot set it. Browsers omit it over plain HTTP
/// to another machine. Then `Origin` must match, and only a read may omit it.
pub fn is_same_origin(parts: &Parts, url: &PublicUrl) -> bool {
    let fetch_site = single_value(&parts.headers, &FETCH_SITE);
    let origin = single_value(&parts.headers, &header::ORIGIN);
    match (fetch_site, origin) {
        (SingleValue::Present(site), _) => site == "same-origin",
        (SingleValue::Absent, SingleValue::Present(origin)) => url.is_origin(origin),
        (SingleValue::Absent, SingleValue::Absent) => {
            matches!(parts.method, Method::GET | Method::HEAD)
        }
        _ => false,
    }
}

/// Whether a browser says that the request comes from another origin. A client that sends neither
/// header is not a browser.
pub fn is_cross_origin(parts: &Parts, url: &PublicUrl) -> bool {
    let is_browser =
        parts.headers.contains_key(&FETCH_SITE) || parts.headers.contains_key(header::ORIGIN);
    is_browser && !is_same_origin(parts, url)
}

/// The value of a header that may be sent once.
pub enum SingleValue<'h> {
    Absent,
    Present(&'h str),
    /// Repeated, or not text.
    Invalid,
}

fn single_value<'h>(headers: &'h HeaderMap, name: &HeaderName) -> SingleValue<'h> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => SingleValue::Absent,
        (Some(value), None) => value.to_str().map_or(SingleValue::Invalid, SingleValue::Present),
        (Some(_), Some(_)) => SingleValue::Invalid,
    }
}

/// The token in the session cookie.
fn session_token(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut token = HeaderValue::from_str(single_cookie(headers, COOKIE)?).ok()?;
    token.set_sensitive(true);
    Some(token)
}

/// The value of a cookie. `None` if the cookie is repeated: another site may have set one of them.
pub fn single_cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='));
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

/// The `Set-Cookie` of a session; with a `max_age` of 0 the cookie is removed. `value` is base64url.
pub fn set_cookie(name: &str, value: &str, max_age: i64, url: &PublicUrl) -> HeaderValue {
    let secure = if url.is_https() { "; Secure" } else { "" };
    let text =
        format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}");
    // base64url is always a valid header value.
    let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

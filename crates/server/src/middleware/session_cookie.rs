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
    extract::{OriginalUri, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use openstack_types::portal::{
    EXPECTED_SESSION_HEADER, EXPECTED_SESSION_PARAMETER, expected_session,
};
use serde_json::json;
use std::sync::Arc;

/// The names of the cookie. A browser accepts the first one over https only, from this host only, for all paths: no other
/// host of the domain can set one of this name.
const SECURE_COOKIE: &str = "__Host-lb_portal_session";
const PLAIN_COOKIE: &str = "lb_portal_session";
/// Cookies of one name that are looked at. A browser sends more than one if other paths or hosts of the domain have set
/// them.
const MAX_COOKIES: usize = 4;

pub fn cookie_name(url: &PublicUrl) -> &'static str {
    if url.is_https() { SECURE_COOKIE } else { PLAIN_COOKIE }
}

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const EXPECTED_SESSION: HeaderName = HeaderName::from_static(EXPECTED_SESSION_HEADER);

/// In the extensions of a request whose token is that of the cookie.
#[derive(Clone, Copy)]
pub struct FromCookie;

/// Adds the token if the request may use it, and removes all cookies.
pub async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let url = PublicUrl::of(&parts, &app.config);
    if !parts.headers.contains_key(&AUTH_TOKEN) && is_same_origin(&parts, &url) {
        match use_session(&app, &mut parts, cookie_name(&url)).await {
            Ok(true) => {}
            Ok(false) => return session_mismatch(),
            Err(error) => return error.into_response(),
        }
    }
    parts.headers.remove(header::COOKIE);
    next.run(Request::from_parts(parts, body)).await
}

/// Makes the token of the session the request's. Of several cookies it is the valid one, or the one that the page
/// expects: a cookie that another host has set locks nobody out. Returns whether it is the session that the page expects.
async fn use_session(app: &App, parts: &mut Parts, name: &str) -> Result<bool, AuthError> {
    let mut tokens = session_tokens(&parts.headers, name);
    if tokens.len() > 1 {
        let mut valid = Vec::new();
        for token in tokens {
            if auth::authenticate(app, token.to_str().unwrap_or_default()).await?.is_some() {
                valid.push(token);
            }
        }
        tokens = valid;
    }
    let mut expected = Vec::new();
    for token in &tokens {
        parts.headers.insert(AUTH_TOKEN, token.clone());
        if is_expected_session(app, parts).await? {
            expected.push(token.clone());
        }
    }
    parts.headers.remove(&AUTH_TOKEN);
    let is_expected = tokens.is_empty() || !expected.is_empty();
    if let [token] = expected.as_slice() {
        parts.headers.insert(AUTH_TOKEN, token.clone());
        parts.extensions.insert(FromCookie);
    }
    Ok(is_expected)
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
        SingleValue::Absent if is_event_stream(parts) => {
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

/// A nested router has cut the beginning of the path off.
fn is_event_stream(parts: &Parts) -> bool {
    let whole = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
    whole.path() == "/portal/events"
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

/// The tokens in the session cookies.
fn session_tokens(headers: &HeaderMap, name: &str) -> Vec<HeaderValue> {
    let tokens = cookies(headers, name).into_iter().filter_map(|value| {
        let mut token = HeaderValue::from_str(value).ok()?;
        token.set_sensitive(true);
        Some(token)
    });
    tokens.collect()
}

/// The different values of the cookies with a name.
pub fn cookies<'h>(headers: &'h HeaderMap, name: &str) -> Vec<&'h str> {
    let values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='));
    let mut different: Vec<&str> = Vec::new();
    for value in values {
        if different.len() < MAX_COOKIES && !different.contains(&value) {
            different.push(value);
        }
    }
    different
}

/// The `Set-Cookie` of a session; with a `max_age` of 0 the cookie is removed. `value` is base64url.
pub fn set_cookie(value: &str, max_age: i64, url: &PublicUrl) -> HeaderValue {
    let name = cookie_name(url);
    let secure = if url.is_https() { "; Secure" } else { "" };
    let text =
        format!("{name}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Strict{secure}");
    // base64url is always a valid header value.
    let mut value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

//! Turns the page's cookie into `X-Auth-Token`, for requests of the page alone.
//!
//! The browser sends the cookie whoever made it send a request, so a cookie counts only where the
//! browser says that the request comes from this very origin.
//!
//! All tabs of a browser share the cookie, and one of them may have gone over to another project or
//! user. A page says where it believes to be, and where it is wrong nothing is done for it.

use crate::{
    app::App,
    caller::{self, AUTH_TOKEN, NoCaller},
    public_url::PublicUrl,
};
use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use openstack_types::portal::{BELIEVED_HEADER, BELIEVED_QUERY, believed};
use serde_json::json;
use std::sync::Arc;

/// Name of the cookie; its value is a token.
pub const COOKIE: &str = "lb_portal_session";

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Adds the token where it may be added, and takes all cookies away.
pub async fn layer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    if !parts.headers.contains_key(&AUTH_TOKEN)
        && is_same_origin(&parts, &PublicUrl::of(&parts, &app.config))
        && let Some(token) = cookie(&parts.headers)
    {
        match is_where_it_believes(&app, &parts, &token).await {
            Ok(true) => {}
            Ok(false) => return elsewhere(),
            Err(why) => return why.into_response(),
        }
        parts.headers.insert(AUTH_TOKEN, token);
    }
    parts.headers.remove(header::COOKIE);
    next.run(Request::from_parts(parts, body)).await
}

/// Whether the token is of the user and project that the page says it is in. What says nothing is
/// no page, and whether a token is good is judged by whoever wants one.
async fn is_where_it_believes(
    app: &App,
    parts: &Parts,
    token: &HeaderValue,
) -> Result<bool, NoCaller> {
    let said = match only(&parts.headers, &HeaderName::from_static(BELIEVED_HEADER)) {
        Given::Once(said) => said,
        Given::Strangely => return Ok(false),
        // A stream of events cannot be asked for with headers.
        Given::Nothing => {
            let query = parts.uri.query().unwrap_or_default();
            let said = query.split('&').find_map(|pair| pair.strip_prefix(BELIEVED_QUERY));
            match said.and_then(|said| said.strip_prefix('=')) {
                Some(said) if parts.uri.path() == "/portal/events" => said,
                _ => return Ok(true),
            }
        }
    };
    let Ok(token) = token.to_str() else { return Ok(true) };
    let caller = caller::of_token(app, token).await.map_err(|error| {
        tracing::error!(%error, "looking up a token failed");
        NoCaller::Internal
    })?;
    Ok(caller.is_none_or(|caller| {
        caller.project_id.is_some_and(|project| believed(&caller.user_id, &project) == said)
    }))
}

fn elsewhere() -> Response {
    let body = Json(json!({"error": {
        "code": 412,
        "title": "Precondition Failed",
        "message": "This browser is signed in to another project or as another user by now. Nothing was done.",
    }}));
    (StatusCode::PRECONDITION_FAILED, body).into_response()
}

/// Whether the browser says that this very origin made the request.
///
/// `Sec-Fetch-Site` decides where there is one: pages cannot set it. Browsers leave it out on plain
/// http to other than this machine; there, `Origin` must be this place, and only reading does
/// without one.
pub fn is_same_origin(parts: &Parts, url: &PublicUrl) -> bool {
    match (only(&parts.headers, &FETCH_SITE), only(&parts.headers, &header::ORIGIN)) {
        (Given::Once(site), _) => site == "same-origin",
        (Given::Nothing, Given::Once(origin)) => url.is_origin(origin),
        (Given::Nothing, Given::Nothing) => {
            matches!(parts.method, Method::GET | Method::HEAD)
        }
        _ => false,
    }
}

/// Whether a browser says that another origin made the request. What says nothing is no browser.
pub fn is_cross_origin(parts: &Parts, url: &PublicUrl) -> bool {
    let says_nothing =
        !parts.headers.contains_key(&FETCH_SITE) && !parts.headers.contains_key(header::ORIGIN);
    !says_nothing && !is_same_origin(parts, url)
}

enum Given<'h> {
    Nothing,
    Once(&'h str),
    /// Twice, or not text.
    Strangely,
}

fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Given<'h> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Given::Nothing,
        (Some(value), None) => value.to_str().map_or(Given::Strangely, Given::Once),
        (Some(_), Some(_)) => Given::Strangely,
    }
}

/// The session's token; `None` also when there are two, since one of them is somebody else's.
fn cookie(headers: &HeaderMap) -> Option<HeaderValue> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='));
    match (found.next(), found.next()) {
        (Some(token), None) => {
            let mut token = HeaderValue::from_str(token).ok()?;
            token.set_sensitive(true);
            Some(token)
        }
        _ => None,
    }
}

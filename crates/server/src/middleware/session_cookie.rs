//! Turns the page's cookie into `X-Auth-Token`, for requests of the page alone.
//!
//! The browser sends the cookie whoever made it send a request, so a cookie counts only where the
//! browser says that the request comes from this very origin.

use crate::{app::App, caller::AUTH_TOKEN, public_url::PublicUrl};
use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header, request::Parts},
    middleware::Next,
    response::Response,
};
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
        parts.headers.insert(AUTH_TOKEN, token);
    }
    parts.headers.remove(header::COOKIE);
    next.run(Request::from_parts(parts, body)).await
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

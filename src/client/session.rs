//! The portal's session: a cookie in place of Keystone's token, which JavaScript never sees.

use super::{
    Result,
    request::{self, exchange},
};
use gloo_net::http::Method;
use openstack_types::{
    error::ApiError,
    portal::{Session, SignIn},
};
use serde::Serialize;

const PATH: &str = "/portal/session";
/// Answers 204 without a session.
const OPTIONAL: &str = "/portal/session?optional=true";

/// Why signing in failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInError {
    /// User, password or project is wrong; Keystone does not say which.
    Refused,
    /// Too many attempts.
    Slowed {
        /// Seconds.
        seconds: u32,
    },
    /// Another error.
    Other(ApiError),
}

/// Signs in. The answer sets the cookie.
pub async fn sign_in(form: &SignIn) -> std::result::Result<Session, SignInError> {
    let body = request::json(form).map_err(SignInError::Other)?;
    let answer = exchange(Method::POST, PATH, Some(body)).await.map_err(SignInError::Other)?;
    match answer.status {
        401 => Err(SignInError::Refused),
        429 => Err(SignInError::Slowed { seconds: answer.retry_after.unwrap_or(1) }),
        _ => answer.ok().and_then(|text| request::read(&text)).map_err(SignInError::Other),
    }
}

/// The current session; `None` without one.
pub async fn current() -> Result<Option<Session>> {
    let answer = exchange(Method::GET, OPTIONAL, None).await?;
    if matches!(answer.status, 204 | 401) {
        return Ok(None);
    }
    answer.ok().and_then(|text| request::read(&text)).map(Some)
}

#[derive(Serialize)]
struct Switch<'a> {
    project: &'a str,
}

/// Switches to another project of the user.
pub async fn switch_project(project: &str) -> Result<Session> {
    request::write(Method::PUT, PATH, &Switch { project }).await
}

pub async fn sign_out() -> Result<()> {
    exchange(Method::DELETE, PATH, None).await?.ok().map(drop)
}

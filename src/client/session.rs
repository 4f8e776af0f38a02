//! The portal's session, behind which Keystone's token stays out of JavaScript.

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

/// Why signing in did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInError {
    /// User, password or project is wrong; Keystone does not say which.
    Refused,
    /// Too many attempts; the next is heard after so many seconds.
    Slowed {
        /// Seconds.
        seconds: u32,
    },
    /// Anything else.
    Other(ApiError),
}

/// Signs in; the answer sets the cookie.
pub async fn sign_in(form: &SignIn) -> std::result::Result<Session, SignInError> {
    let body = request::json(form).map_err(SignInError::Other)?;
    let answer = exchange(Method::POST, PATH, Some(body)).await.map_err(SignInError::Other)?;
    match answer.status {
        401 | 403 => Err(SignInError::Refused),
        429 => Err(SignInError::Slowed { seconds: answer.retry_after.unwrap_or(1) }),
        _ => answer.ok().and_then(|text| request::read(&text)).map_err(SignInError::Other),
    }
}

/// Who is signed in; `None` is nobody.
pub async fn current() -> Result<Option<Session>> {
    let answer = exchange(Method::GET, PATH, None).await?;
    if answer.status == 401 {
        return Ok(None);
    }
    answer.ok().and_then(|text| request::read(&text)).map(Some)
}

#[derive(Serialize)]
struct Switch<'a> {
    project: &'a str,
}

/// Goes over to another project of the same user.
pub async fn switch_project(project: &str) -> Result<Session> {
    request::write(Method::PUT, PATH, &Switch { project }).await
}

/// Signs out.
pub async fn sign_out() -> Result<()> {
    exchange(Method::DELETE, PATH, None).await?.ok().map(drop)
}

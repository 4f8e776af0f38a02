//! Errors of the portal in front of a cloud, in Keystone's format.

use super::upstream::UpstreamError;
use crate::{config::CloudService, keystone::error_response, random::RandomError};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use std::time::Duration;

/// How long a client waits where the portal has no turn.
const BUSY_RETRY: Duration = Duration::from_secs(2);

/// The message is the text of the response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CloudError {
    #[error("The request you have made requires authentication.")]
    Unauthorized,
    #[error(
        "This browser is signed in to another project or as another user by now. Nothing was done."
    )]
    OtherSession,
    #[error("Too many failed sign-ins. Wait a moment and try again.")]
    Throttled(Duration),
    /// The cloud's own limit.
    #[error("The cloud refuses more requests for a moment. Wait and try again.")]
    RateLimited(Option<Duration>),
    #[error("{0}")]
    BadRequest(&'static str),
    #[error("The body must be application/json.")]
    NotJson,
    #[error("The body is longer than this path takes.")]
    TooLong,
    #[error("Sign in from the portal's own page.")]
    CrossOrigin,
    #[error("The password has expired. Change it in the cloud, then sign in here.")]
    PasswordExpired,
    #[error("The cloud has locked this account. Ask its administrator.")]
    AccountLocked,
    #[error("This cloud asks for a second factor, which this version of the portal can't take.")]
    SecondFactor,
    #[error("You have no project in this cloud. Ask its administrator for a role in one.")]
    NoProject,
    #[error("You have no role in this project.")]
    NoRole,
    #[error("Several of your projects have this name. Type the project's id.")]
    AmbiguousProject,
    /// There is no such endpoint for the session.
    #[error("The cloud offers no {0} service here.")]
    NoService(CloudService),
    #[error("There is nothing at this path.")]
    NotFound,
    #[error("The cloud's {0} answered with a redirect, which the portal doesn't follow.")]
    Redirect(&'static str),
    #[error("The cloud's {0} gave an answer that the portal can't read.")]
    Unreadable(&'static str),
    #[error("The cloud's {0} can't be reached.")]
    Unreachable(&'static str),
    #[error(
        "The cloud's {0} did not answer in time. A change may still be carried out: look before you try again."
    )]
    TimedOut(&'static str),
    #[error("The cloud's {0} doesn't accept your session, though Keystone does.")]
    TokenRefused(&'static str),
    #[error("Too many requests to the cloud are in progress. Try again in a moment.")]
    Busy,
    /// Of a response that has no text of its own.
    #[error("The cloud's {1} answered {0} without a reason.")]
    WithoutReason(StatusCode, &'static str),
    #[error("The server failed.")]
    Internal,
}

impl From<RandomError> for CloudError {
    fn from(error: RandomError) -> Self {
        tracing::error!(%error, "a session could not be created");
        Self::Internal
    }
}

impl CloudError {
    /// The error of a request to a service, which is logged.
    pub(super) fn of_upstream(error: &UpstreamError, service: &'static str) -> Self {
        tracing::warn!(service, %error, "a request to the cloud failed");
        match error {
            UpstreamError::Busy => Self::Busy,
            // Neither says whether a change was made.
            UpstreamError::TimedOut | UpstreamError::Reset => Self::TimedOut(service),
            UpstreamError::Unreachable(_) => Self::Unreachable(service),
            UpstreamError::TooLong | UpstreamError::Unexpected => Self::Unreadable(service),
        }
    }

    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::OtherSession => StatusCode::PRECONDITION_FAILED,
            Self::Throttled(_) | Self::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
            Self::CrossOrigin
            | Self::PasswordExpired
            | Self::AccountLocked
            | Self::SecondFactor
            | Self::NoProject
            | Self::NoRole
            | Self::AmbiguousProject => StatusCode::FORBIDDEN,
            Self::NoService(_) => StatusCode::NOT_IMPLEMENTED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Redirect(_)
            | Self::Unreadable(_)
            | Self::Unreachable(_)
            | Self::TokenRefused(_) => StatusCode::BAD_GATEWAY,
            Self::TimedOut(_) => StatusCode::GATEWAY_TIMEOUT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::WithoutReason(status, _) => *status,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// How long a client is to wait.
    pub(super) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Throttled(wait) => Some(*wait),
            Self::RateLimited(wait) => *wait,
            Self::Busy => Some(BUSY_RETRY),
            _ => None,
        }
    }
}

impl IntoResponse for CloudError {
    fn into_response(self) -> Response {
        error_response(self.status(), &self.to_string(), self.wait())
    }
}

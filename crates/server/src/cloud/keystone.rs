//! Requests to the cloud's Keystone.

use super::{
    catalog::ListedService,
    error::CloudError,
    token::CloudToken,
    upstream::{Upstream, UpstreamAnswer, UpstreamError, UpstreamRequest},
};
use crate::{config::ServiceUrl, password::Password};
use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
};
use jiff::Timestamp;
use openstack_types::{ProjectId, UserId, portal::Named};
use reqwest::Url;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::{net::IpAddr, time::Duration};

/// What errors call it.
const NAME: &str = "identity service";
const SUBJECT_TOKEN: HeaderName = HeaderName::from_static("x-subject-token");
/// Of a sign-in that needs another factor.
const RECEIPT: HeaderName = HeaderName::from_static("openstack-auth-receipt");

pub(super) struct Keystone {
    /// With `/v3`.
    root: ServiceUrl,
}

/// A token and what it stands for.
pub(super) struct Issued {
    pub(super) token: CloudToken,
    pub(super) about: TokenBody,
}

#[derive(Deserialize)]
pub(super) struct TokenBody {
    pub(super) user: Named<UserId>,
    pub(super) expires_at: Timestamp,
    #[serde(default)]
    pub(super) project: Option<Named<ProjectId>>,
    #[serde(default)]
    pub(super) roles: Vec<Role>,
    #[serde(default)]
    pub(super) catalog: Vec<ListedService>,
}

#[derive(Deserialize)]
pub(super) struct Role {
    pub(super) name: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Project {
    pub(super) id: ProjectId,
    pub(super) name: String,
    #[serde(default)]
    pub(super) domain_id: String,
    #[serde(default = "enabled")]
    pub(super) enabled: bool,
}

fn enabled() -> bool {
    true
}

#[derive(Deserialize)]
struct TokenAnswer {
    token: TokenBody,
}

#[derive(Deserialize)]
struct Projects {
    projects: Vec<Project>,
}

impl Keystone {
    /// `root` ends with `/v3`.
    pub(super) fn new(root: ServiceUrl) -> Self {
        Self { root }
    }

    pub(super) fn url(&self, path: &str) -> Url {
        self.root.join(path)
    }

    /// An unscoped token for a password. The scope is said, since Keystone would use the user's default project,
    /// in which the user may have no role.
    pub(super) async fn by_password(
        &self,
        upstream: &Upstream,
        user: &str,
        domain: &str,
        password: &Password,
        client: IpAddr,
    ) -> Result<Issued, CloudError> {
        let body = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": {
                "name": user,
                "domain": {"name": domain},
                "password": password.reveal(),
            }}},
            "scope": "unscoped",
        }});
        let mut headers = HeaderMap::new();
        // Otherwise lock-outs and logs of the cloud would name the portal.
        headers.insert(header::FORWARDED, forwarded_for(client));
        self.authenticate(upstream, &body, headers).await
    }

    /// A token for a project.
    pub(super) async fn in_project(
        &self,
        upstream: &Upstream,
        unscoped: &CloudToken,
        project: &ProjectId,
    ) -> Result<Issued, CloudError> {
        let body = json!({"auth": {
            "identity": {"methods": ["token"], "token": {"id": unscoped.reveal()}},
            "scope": {"project": {"id": project}},
        }});
        self.authenticate(upstream, &body, HeaderMap::new()).await
    }

    async fn authenticate(
        &self,
        upstream: &Upstream,
        body: &Value,
        headers: HeaderMap,
    ) -> Result<Issued, CloudError> {
        let request = UpstreamRequest {
            method: Method::POST,
            url: self.url("/auth/tokens"),
            token: None,
            body: Some(Bytes::from(body.to_string())),
            headers,
        };
        let answer = upstream.send(request).await.map_err(|error| failed(&error))?;
        if answer.status != StatusCode::CREATED {
            return Err(refusal(&answer));
        }
        let token = answer.headers.get(&SUBJECT_TOKEN).map(CloudToken::new);
        let about = json_of::<TokenAnswer>(&answer)?.token;
        let token = token.ok_or_else(|| failed(&UpstreamError::Unexpected))?;
        Ok(Issued { token, about })
    }

    /// The projects that the user has a role in, the enabled ones.
    pub(super) async fn projects(
        &self,
        upstream: &Upstream,
        token: &CloudToken,
    ) -> Result<Vec<Project>, CloudError> {
        let request = UpstreamRequest::get(self.url("/auth/projects"), Some(token));
        let answer = upstream.send(request).await.map_err(|error| failed(&error))?;
        if answer.status != StatusCode::OK {
            return Err(refusal(&answer));
        }
        let mut projects = json_of::<Projects>(&answer)?.projects;
        projects.retain(|project| project.enabled);
        Ok(projects)
    }

    /// Whether Keystone still accepts a token.
    pub(super) async fn accepts(&self, upstream: &Upstream, token: &CloudToken) -> bool {
        let mut request = UpstreamRequest::get(self.url("/auth/tokens"), Some(token));
        request.headers.insert(SUBJECT_TOKEN, token.header());
        upstream.send(request).await.is_ok_and(|answer| answer.status == StatusCode::OK)
    }

    /// Revokes a token. A failure is logged: the token expires anyway.
    pub(super) async fn revoke(&self, upstream: &Upstream, token: &CloudToken) {
        let request = UpstreamRequest {
            method: Method::DELETE,
            url: self.url("/auth/tokens"),
            token: Some(token),
            body: None,
            headers: HeaderMap::from_iter([(SUBJECT_TOKEN, token.header())]),
        };
        match upstream.send(request).await {
            Ok(answer) if answer.status.is_success() => {}
            Ok(answer) => {
                tracing::warn!(status = answer.status.as_u16(), "a token could not be revoked");
            }
            Err(error) => tracing::warn!(%error, "a token could not be revoked"),
        }
    }
}

fn failed(error: &UpstreamError) -> CloudError {
    CloudError::of_upstream(error, NAME)
}

fn json_of<T: DeserializeOwned>(answer: &UpstreamAnswer) -> Result<T, CloudError> {
    answer.json().map_err(|error| failed(&error))
}

/// RFC 7239.
fn forwarded_for(client: IpAddr) -> HeaderValue {
    let text = match client.to_canonical() {
        IpAddr::V4(address) => format!("for={address}"),
        IpAddr::V6(address) => format!("for=\"[{address}]\""),
    };
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("for=unknown"))
}

/// Seconds of `Retry-After`; dates are ignored.
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    value.parse().ok().map(Duration::from_secs)
}

/// Why Keystone issued no token. Its messages repeat what was sent, so they are not passed on.
fn refusal(answer: &UpstreamAnswer) -> CloudError {
    #[derive(Deserialize)]
    struct Body {
        error: Message,
    }
    #[derive(Deserialize)]
    struct Message {
        #[serde(default)]
        message: String,
    }
    let status = answer.status;
    if status == StatusCode::TOO_MANY_REQUESTS {
        return CloudError::RateLimited(retry_after(&answer.headers));
    }
    if status == StatusCode::UNAUTHORIZED {
        if answer.headers.contains_key(&RECEIPT) {
            return CloudError::SecondFactor;
        }
        let message = answer.json::<Body>().map(|body| body.error.message).unwrap_or_default();
        return if message.contains("password is expired") {
            CloudError::PasswordExpired
        } else if message.contains("account is locked") || message.contains("account is disabled") {
            CloudError::AccountLocked
        } else {
            CloudError::Unauthorized
        };
    }
    tracing::warn!(status = status.as_u16(), "Keystone issued no token");
    match status {
        StatusCode::FORBIDDEN => CloudError::NoRole,
        _ if status.is_redirection() => CloudError::Redirect(NAME),
        // Such as a name that is too long.
        StatusCode::BAD_REQUEST => CloudError::Unauthorized,
        _ if status.is_client_error() || status.is_server_error() => {
            CloudError::WithoutReason(StatusCode::BAD_GATEWAY, NAME)
        }
        _ => CloudError::Unreadable(NAME),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_client_is_named_as_rfc_7239_says() {
        for (address, want) in [
            ("192.0.2.1", "for=192.0.2.1"),
            ("::ffff:192.0.2.1", "for=192.0.2.1"),
            ("2001:db8::1", "for=\"[2001:db8::1]\""),
        ] {
            assert_eq!(forwarded_for(address.parse().unwrap()), want);
        }
    }
}

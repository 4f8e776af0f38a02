//! Forwards the requests of the page that the table allows.

use super::{
    allowed_requests::{self, Match, Target},
    answers::{self, Answered},
    error::CloudError,
    keystone, networks,
    scope::ReadFailure,
    session::{CloudSession, SignedIn},
    state::Cloud,
    upstream::{UpstreamAnswer, UpstreamRequest},
};
use axum::{
    Json,
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use reqwest::Url;
use std::{sync::Arc, time::Duration};

/// The id of the service's own request, to ask an operator about.
const CLOUD_REQUEST_ID: HeaderName = HeaderName::from_static("x-cloud-request-id");
/// How long a request waits for those of the same session.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);
const MAX_REQUEST_ID: usize = 64;

/// The fallback for the paths of all services.
pub(super) async fn forward(
    State(cloud): State<Arc<Cloud>>,
    signed_in: SignedIn,
    request: Request,
) -> Result<Response, CloudError> {
    let (parts, body) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    let found = allowed_requests::find(&parts.method, parts.uri.path(), query)?;
    let body = read_body(&found, &parts, body).await?;
    match found.template() {
        "/networks" => {
            return Ok(Json(networks::networks(&cloud, &signed_in).await?).into_response());
        }
        "/subnets" => return Ok(Json(networks::subnets(&cloud, &signed_in).await?).into_response()),
        _ => {}
    }
    let keep = match answers::find(&cloud, &signed_in, &found).await {
        Answered::Json(body) => return Ok(json(body)),
        Answered::Failed(failure) => return refuse(&failure, found.target.name()),
        Answered::Forward => None,
        Answered::ForwardAndKeep(keep) => Some(keep),
    };
    let url = cloud.url(&signed_in.session, &found)?;
    let is_write = parts.method != Method::GET;
    let answer = cloud.ask(&signed_in, parts.method, url, body.clone(), found.target.name()).await;
    if is_write {
        // Also after a failure: the change may have been made.
        let answer = answer.as_ref().ok();
        answers::record_write(&cloud, &signed_in, &found, body.as_ref(), answer);
    }
    let answer = answer?;
    if let Some(keep) = keep.filter(|_| answer.status == StatusCode::OK && answer.is_json()) {
        keep.answer(answer.body.clone());
    }
    respond(&answer, found.target.name())
}

fn json(body: Bytes) -> Response {
    let kind = HeaderValue::from_static("application/json");
    ([(header::CONTENT_TYPE, kind)], body).into_response()
}

/// The answer to a read that failed for all pages.
pub(super) fn refuse(failure: &ReadFailure, service: &'static str) -> Result<Response, CloudError> {
    match failure {
        ReadFailure::Refused(answer) => respond(answer, service),
        ReadFailure::Failed(error) => Err(error.clone()),
    }
}

/// The body, if the table allows one: complete, JSON, and not rewritten.
async fn read_body(found: &Match, parts: &Parts, body: Body) -> Result<Option<Bytes>, CloudError> {
    let limit = found.allowed.max_body;
    let too_long = |_| CloudError::TooLong;
    let bytes = axum::body::to_bytes(body, limit).await.map_err(too_long)?;
    if bytes.is_empty() {
        return Ok(None);
    }
    if !is_json(&parts.headers) {
        return Err(CloudError::NotJson);
    }
    match serde_json::from_slice::<serde::de::IgnoredAny>(&bytes) {
        Ok(_) => Ok(Some(bytes)),
        Err(_) => Err(CloudError::BadRequest("The body is not JSON.")),
    }
}

pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

impl Cloud {
    /// Where a request is sent.
    fn url(&self, session: &CloudSession, found: &Match) -> Result<Url, CloudError> {
        let mut url = match found.target {
            Target::Keystone => self.keystone.url(&found.path),
            Target::Service(service) => {
                let root = session.endpoints.get(service).ok_or(CloudError::NoService(service))?;
                root.join(&found.path)
            }
        };
        if !found.query.is_empty() || found.of_project {
            let mut query = url.query_pairs_mut();
            query.extend_pairs(&found.query);
            if found.of_project {
                query.append_pair("project_id", session.project.id.as_str());
            }
        }
        Ok(url)
    }

    /// Sends a request with the token of a session. A token that Keystone no longer accepts ends the session.
    pub(super) async fn ask(
        &self,
        signed_in: &SignedIn,
        method: Method,
        url: Url,
        body: Option<Bytes>,
        service: &'static str,
    ) -> Result<UpstreamAnswer, CloudError> {
        let session = &signed_in.session;
        let turn = tokio::time::timeout(QUEUE_TIMEOUT, session.requests.acquire()).await;
        let _turn = turn.ok().and_then(Result::ok).ok_or(CloudError::Busy)?;
        self.exchange(signed_in, method, url, body, service).await
    }

    /// The same, without a turn of the session: for what all pages share.
    pub(super) async fn exchange(
        &self,
        signed_in: &SignedIn,
        method: Method,
        url: Url,
        body: Option<Bytes>,
        service: &'static str,
    ) -> Result<UpstreamAnswer, CloudError> {
        let session = &signed_in.session;
        let token = Some(&session.token);
        let request = UpstreamRequest { method, url, token, body, headers: HeaderMap::new() };
        let answer = self
            .upstream
            .send(request)
            .await
            .map_err(|error| CloudError::of_upstream(&error, service))?;
        if answer.status == StatusCode::UNAUTHORIZED {
            if self.keystone.accepts(&self.upstream, &session.token).await {
                tracing::error!(service, "a service refuses a token that Keystone accepts");
                return Err(CloudError::TokenRefused(service));
            }
            self.sessions.remove(&signed_in.id);
            return Err(CloudError::Unauthorized);
        }
        Ok(answer)
    }
}

/// The answer with the headers that the page needs. A body that isn't JSON, such as the page of a proxy, is
/// replaced: it would be shown as a page of this origin.
fn respond(answer: &UpstreamAnswer, service: &'static str) -> Result<Response, CloudError> {
    let status = answer.status;
    if status.is_redirection() || status.is_informational() {
        tracing::warn!(service, status = status.as_u16(), "a redirect of the cloud isn't followed");
        return Err(CloudError::Redirect(service));
    }
    let mut headers = HeaderMap::new();
    let body = if answer.body.is_empty() && status.is_success() {
        Bytes::new()
    } else if answer.is_json() && is_valid_json(&answer.body) {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        answer.body.clone()
    } else if status.is_success() {
        tracing::warn!(service, "an answer of the cloud is not JSON");
        return Err(CloudError::Unreadable(service));
    } else {
        let mut response = CloudError::WithoutReason(status, service).into_response();
        copy_headers(&answer.headers, response.headers_mut());
        return Ok(response);
    };
    copy_headers(&answer.headers, &mut headers);
    Ok((status, headers, body).into_response())
}

fn is_valid_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

/// The two headers that are passed on.
fn copy_headers(from: &HeaderMap, to: &mut HeaderMap) {
    if let Some(wait) = keystone::retry_after(from) {
        to.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs()));
    }
    let id =
        ["x-openstack-request-id", "x-compute-request-id"].iter().find_map(|name| from.get(*name));
    let is_id = |value: &&HeaderValue| {
        value.len() <= MAX_REQUEST_ID
            && value.as_bytes().iter().all(|c| c.is_ascii_alphanumeric() || *c == b'-')
    };
    if let Some(id) = id.filter(is_id) {
        to.insert(CLOUD_REQUEST_ID, id.clone());
    }
}

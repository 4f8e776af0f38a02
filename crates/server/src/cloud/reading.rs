//! Reads objects of the cloud for `/portal`.

use super::{error::CloudError, session::SignedIn, state::Cloud, upstream::UpstreamAnswer};
use crate::{cloud::allowed_requests::Target, config::CloudService};
use axum::http::Method;
use serde_json::Value;

fn service_name(service: CloudService) -> &'static str {
    Target::Service(service).name()
}

/// A JSON object of a service.
///
/// # Errors
/// As the service answers: its own status, with its own text where it has one.
pub(super) async fn get(
    cloud: &Cloud,
    signed_in: &SignedIn,
    service: CloudService,
    path: &str,
    query: &[(&str, &str)],
) -> Result<Value, CloudError> {
    let root = signed_in.session.endpoints.get(service).ok_or(CloudError::NoService(service))?;
    let mut url = root.join(path);
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    let name = service_name(service);
    let answer = cloud.ask(signed_in, Method::GET, url, None, name).await?;
    read(&answer, name)
}

fn read(answer: &UpstreamAnswer, name: &'static str) -> Result<Value, CloudError> {
    let status = answer.status;
    if status == 429 {
        return Err(CloudError::RateLimited(super::keystone::retry_after(&answer.headers)));
    }
    if status.is_redirection() {
        return Err(CloudError::Redirect(name));
    }
    if !status.is_success() {
        return Err(CloudError::WithoutReason(status, name));
    }
    answer.json().map_err(|error| CloudError::of_upstream(&error, name))
}

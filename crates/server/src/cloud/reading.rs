//! Reads whole lists of the cloud for `/portal`.

use super::{auth::SignedIn, error::CloudError, forward, state::Cloud, upstream::UpstreamAnswer};
use crate::{cloud::allowed_requests::Target, config::CloudService};
use axum::http::Method;
use serde_json::Value;

/// Objects in one request; a service may return fewer.
const PAGE: &str = "1000";
/// Limit of requests for one list, against a service that links to a next page for ever.
const MAX_PAGES: usize = 200;

/// All objects of a list of Octavia, such as `/pools`, whose answer has the list under `key`.
pub(super) async fn octavia_list(
    cloud: &Cloud,
    signed_in: &SignedIn,
    path: &str,
    key: &str,
    query: &[(&str, &str)],
) -> Result<Vec<Value>, CloudError> {
    let mut objects: Vec<Value> = Vec::new();
    let mut marker: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let mut page_query = vec![("limit", PAGE)];
        page_query.extend_from_slice(query);
        page_query.extend(marker.iter().map(|marker| ("marker", marker.as_str())));
        let path = format!("/v2.0/lbaas{path}");
        let mut page =
            get(cloud, signed_in, CloudService::LoadBalancer, &path, &page_query).await?;
        let next = has_next(&page[format!("{key}_links")]);
        let Value::Array(found) = page[key].take() else {
            return Err(CloudError::Unreadable(service_name(CloudService::LoadBalancer)));
        };
        let last = found.last().and_then(|object| object["id"].as_str()).map(str::to_owned);
        objects.extend(found);
        if !next || last.is_none() || last == marker {
            break;
        }
        marker = last;
    }
    Ok(objects)
}

fn has_next(links: &Value) -> bool {
    links.as_array().is_some_and(|links| links.iter().any(|link| link["rel"] == "next"))
}

fn service_name(service: CloudService) -> &'static str {
    forward::name(Target::Service(service))
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

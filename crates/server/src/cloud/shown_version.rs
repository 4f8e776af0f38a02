//! The version of Octavia's API where a proxy hides the list of versions: at least what the fields of some objects show.

use super::{
    catalog::Endpoints,
    token::CloudToken,
    upstream::{Upstream, UpstreamRequest},
};
use crate::config::CloudService;
use axum::http::StatusCode;
use openstack_types::{ProjectId, support};
use serde_json::Value;

/// `None` in a project without load balancers.
pub(super) async fn read(
    upstream: &Upstream,
    endpoints: &Endpoints,
    token: &CloudToken,
    project: &ProjectId,
) -> Option<String> {
    let root = endpoints.get(CloudService::LoadBalancer)?;
    let mut shown = None;
    for list in ["loadbalancers", "listeners"] {
        let mut url = root.join(&format!("/v2.0/lbaas/{list}"));
        url.query_pairs_mut().extend_pairs([("limit", "1"), ("project_id", project.as_str())]);
        let answer = upstream.send(UpstreamRequest::get(url, Some(token))).await.ok()?;
        if answer.status != StatusCode::OK {
            return None;
        }
        let listed = answer.json::<Value>().ok()?;
        if let Some(object) = listed[list][0].as_object() {
            shown = shown.max(support::shown_version(object.keys().map(String::as_str)));
        }
    }
    shown.map(|version| version.to_string())
}

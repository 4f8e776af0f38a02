//! The networks that a project may use: its own, shared ones, and external ones. Neutron lists those of every project
//! to an administrator.

use super::{error::CloudError, reading::get, session::SignedIn, state::Cloud};
use crate::config::CloudService;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Ids in one query: a URL has a limit.
const IDS: usize = 40;
/// Limit of requests for one list.
const MAX_PAGES: usize = 50;

/// The answer to `GET /networks`.
pub(super) async fn networks(cloud: &Cloud, signed_in: &SignedIn) -> Result<Value, CloudError> {
    Ok(json!({"networks": usable(cloud, signed_in).await?}))
}

/// The answer to `GET /subnets`: those of these networks.
pub(super) async fn subnets(cloud: &Cloud, signed_in: &SignedIn) -> Result<Value, CloudError> {
    let networks = usable(cloud, signed_in).await?;
    let ids: Vec<&str> = networks.iter().filter_map(|network| network["id"].as_str()).collect();
    let mut found = Vec::new();
    for some in ids.chunks(IDS) {
        let query: Vec<_> = some.iter().map(|id| ("network_id", *id)).collect();
        let listed = list(cloud, signed_in, "subnets", &query).await?;
        found.extend(listed.into_iter().filter(|subnet| {
            subnet["network_id"].as_str().is_some_and(|network| some.contains(&network))
        }));
    }
    Ok(json!({ "subnets": found }))
}

async fn usable(cloud: &Cloud, signed_in: &SignedIn) -> Result<Vec<Value>, CloudError> {
    let project = signed_in.session.project.id.as_str();
    let [own, shared, external] =
        [("project_id", project), ("shared", "True"), ("router:external", "True")]
            .map(|filter| [filter]);
    let (own, shared, external) = tokio::try_join!(
        list(cloud, signed_in, "networks", &own),
        list(cloud, signed_in, "networks", &shared),
        list(cloud, signed_in, "networks", &external)
    )?;
    let mut ids = HashSet::new();
    let mut found: Vec<Value> = own.into_iter().chain(shared).chain(external).collect();
    found.retain(|network| network["id"].as_str().is_some_and(|id| ids.insert(id.to_owned())));
    Ok(found)
}

async fn list(
    cloud: &Cloud,
    signed_in: &SignedIn,
    key: &str,
    filter: &[(&str, &str)],
) -> Result<Vec<Value>, CloudError> {
    let mut found: Vec<Value> = Vec::new();
    let mut marker: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let mut query = filter.to_vec();
        query.extend(marker.as_deref().map(|marker| ("marker", marker)));
        let path = format!("/v2.0/{key}");
        let mut page = get(cloud, signed_in, CloudService::Network, &path, &query).await?;
        let links = page[format!("{key}_links")].take();
        let has_next =
            links.as_array().is_some_and(|links| links.iter().any(|link| link["rel"] == "next"));
        let Value::Array(objects) = page[key].take() else {
            return Err(CloudError::Unreadable("network service"));
        };
        let last = objects.last().and_then(|object| object["id"].as_str()).map(str::to_owned);
        found.extend(objects);
        if !has_next || last.is_none() || last == marker {
            break;
        }
        marker = last;
    }
    Ok(found)
}

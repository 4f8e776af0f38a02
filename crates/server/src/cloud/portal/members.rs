//! `GET /portal/members`: the members of all pools. Octavia lists them by pool only.

use crate::cloud::{auth::SignedIn, error::CloudError, reading::octavia_list, state::Cloud};
use axum::{
    Json,
    extract::{Query, State},
};
use futures_util::{StreamExt, TryStreamExt, stream};
use openstack_types::LoadBalancerId;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;

/// Requests for members at the same time.
const PARALLEL: usize = 4;

#[derive(Deserialize)]
pub(super) struct MembersQuery {
    loadbalancer_id: Option<LoadBalancerId>,
}

pub(super) async fn list(
    State(cloud): State<Arc<Cloud>>,
    signed_in: SignedIn,
    Query(query): Query<MembersQuery>,
) -> Result<Json<Value>, CloudError> {
    let project = signed_in.session.project.id.clone();
    let of = query.loadbalancer_id.map(|id| id.to_string());
    let mut pool_query = vec![("project_id", project.as_str())];
    pool_query.extend(of.iter().map(|id| ("loadbalancer_id", id.as_str())));
    let pools = octavia_list(&cloud, &signed_in, "/pools", "pools", &pool_query).await?;
    let (cloud, signed_in) = (&cloud, &signed_in);
    let pools: Vec<PoolRef> = pools.iter().filter_map(PoolRef::of).collect();
    let members: Vec<Vec<Value>> = stream::iter(pools)
        .map(|pool| of_pool(cloud, signed_in, pool))
        .buffered(PARALLEL)
        .try_collect()
        .await?;
    let members: Vec<Value> = members.into_iter().flatten().collect();
    Ok(Json(json!({ "members": members })))
}

struct PoolRef {
    id: String,
    balancer: String,
}

impl PoolRef {
    /// `None` for a pool without members.
    fn of(pool: &Value) -> Option<Self> {
        if pool["members"].as_array().is_some_and(Vec::is_empty) {
            return None;
        }
        let balancer = pool["loadbalancers"][0]["id"].as_str()?;
        Some(Self { id: pool["id"].as_str()?.to_owned(), balancer: balancer.to_owned() })
    }
}

async fn of_pool(
    cloud: &Cloud,
    signed_in: &SignedIn,
    pool: PoolRef,
) -> Result<Vec<Value>, CloudError> {
    let PoolRef { id, balancer } = pool;
    let found =
        octavia_list(cloud, signed_in, &format!("/pools/{id}/members"), "members", &[]).await;
    match found {
        Ok(found) => Ok(found.iter().map(|member| summary(member, &id, &balancer)).collect()),
        // Deleted since the pools were listed.
        Err(CloudError::WithoutReason(status, _)) if status == 404 => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// A [`MemberSummary`](openstack_types::portal::MemberSummary). Drivers leave fields out that they don't have.
fn summary(member: &Value, pool: &str, balancer: &str) -> Value {
    let mut summary = json!({
        "pool_id": pool,
        "loadbalancer_id": balancer,
        "name": "",
        "weight": 1,
        "backup": false,
        "admin_state_up": true,
    });
    for key in [
        "id",
        "name",
        "address",
        "protocol_port",
        "weight",
        "backup",
        "admin_state_up",
        "operating_status",
        "subnet_id",
        "monitor_address",
        "monitor_port",
        "tags",
    ] {
        if let Some(value) = member.get(key).filter(|value| !value.is_null()) {
            summary[key] = value.clone();
        }
    }
    summary
}

//! `GET /portal/members`: the members of all pools. Octavia lists them by pool only.

use crate::cloud::{
    answers,
    error::CloudError,
    forward,
    object::Object,
    poller,
    scope::{Inner, ReadFailure, Scope},
    session::SignedIn,
    snapshot::Progress,
    state::Cloud,
};
use axum::{
    Json,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use openstack_types::LoadBalancerId;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

const SERVICE: &str = "load balancing service";

#[derive(Deserialize)]
pub(super) struct MembersQuery {
    loadbalancer_id: Option<LoadBalancerId>,
}

/// Answers when the members of all these pools are known. A page without events gets them from the cloud.
pub(super) async fn list(
    State(cloud): State<Arc<Cloud>>,
    signed_in: SignedIn,
    Query(MembersQuery { loadbalancer_id }): Query<MembersQuery>,
) -> Result<Response, CloudError> {
    let scope = match answers::scope(&cloud, &signed_in).await {
        Ok(scope) => scope,
        Err(failure) => return forward::refuse(&failure, SERVICE),
    };
    let members = match scope {
        Some(scope) => known(&scope, loadbalancer_id).await,
        None => poller::members_now(&cloud, &signed_in, loadbalancer_id).await.map(|pools| {
            pools.iter().flat_map(|(pool, members)| of_pool(pool, members.iter())).collect()
        }),
    };
    match members {
        Ok(members) => Ok(Json(json!({ "members": members })).into_response()),
        Err(failure) => forward::refuse(&failure, SERVICE),
    }
}

/// From what was read for all pages.
async fn known(scope: &Scope, of: Option<LoadBalancerId>) -> Result<Vec<Value>, ReadFailure> {
    answers::wait(scope, Progress::Lists, &|_| true).await?;
    let wanted: Vec<Uuid> = pools(&scope.lock(), of).iter().map(|pool| pool.id).collect();
    answers::want_members(scope, if of.is_some() { &wanted } else { &[] });
    let are_known = |inner: &Inner| wanted.iter().all(|pool| answers::knows_members(inner, *pool));
    answers::wait(scope, Progress::Lists, &are_known).await?;
    let inner = scope.lock();
    let pools = pools(&inner, of);
    let members = pools.iter().flat_map(|pool| {
        let known = inner.snapshot.members.get(&pool.id);
        of_pool(pool, known.into_iter().flat_map(|known| known.table.iter().map(|one| &**one)))
    });
    Ok(members.collect())
}

fn pools(inner: &Inner, of: Option<LoadBalancerId>) -> Vec<Arc<Object>> {
    match of {
        Some(balancer) => inner.snapshot.pools.of(balancer).cloned().collect(),
        None => inner.snapshot.pools.iter().cloned().collect(),
    }
}

fn of_pool<'a>(pool: &Object, members: impl Iterator<Item = &'a Object>) -> Vec<Value> {
    let Some(balancer) = pool.balancers.first() else { return Vec::new() };
    members.filter_map(|member| summary(member, pool.id, *balancer)).collect()
}

/// A [`MemberSummary`](openstack_types::portal::MemberSummary). Drivers leave fields out that they don't have.
fn summary(member: &Object, pool: Uuid, balancer: LoadBalancerId) -> Option<Value> {
    let member: Value = serde_json::from_str(&member.json).ok()?;
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
    Some(summary)
}

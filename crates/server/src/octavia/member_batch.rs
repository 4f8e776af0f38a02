//! `PUT /lbaas/pools/{parent}/members`: the batch update of all members of a pool.

use super::{
    access::Actor,
    build::{
        health_monitor::is_monitored,
        member::{duplicate, endpoint, insert, require_subnet},
        pool::with_listeners,
    },
    change::{Change, change, find},
    error::OctaviaError,
    query::is_true,
    request_body::RequestBody,
};
use crate::{
    app::App,
    model::{
        ID, MEMBER, POOL, PROJECT_ID, Row, TENANT_ID,
        member::{ADDRESS, POOL_ID, PROTOCOL_PORT, SUBNET_ID},
    },
    store::octavia::find_by,
};
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
};
use serde::Deserialize;
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

#[derive(Deserialize)]
pub(super) struct BatchQuery {
    #[serde(default)]
    additive_only: String,
}

/// Creates and updates the members of the request. Deletes the others, unless `additive_only`.
pub(super) async fn update(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(pool): Path<String>,
    Query(query): Query<BatchQuery>,
    body: RequestBody,
) -> Result<StatusCode, OctaviaError> {
    let additive = is_true(&query.additive_only);
    let members = body.batch(&MEMBER)?;
    change(&app, &actor, move |change| replace_members(change, &pool, members, additive)).await?;
    Ok(StatusCode::ACCEPTED)
}

fn replace_members(
    change: &Change<'_>,
    pool: &str,
    sent: Vec<Row>,
    additive: bool,
) -> Result<(), OctaviaError> {
    let (pool, mut load_balancer) = change.find_part(&POOL, pool)?;
    let existing: HashMap<_, _> = find_by(change.tx, &MEMBER, POOL_ID, pool.get(ID))?
        .into_iter()
        .map(|member| (endpoint(&member), member))
        .collect();
    let mut named = HashSet::new();
    for member in &sent {
        let endpoint = endpoint(member);
        if !named.insert(endpoint.clone()) {
            return Err(if existing.contains_key(&endpoint) {
                OctaviaError::validation("Member must be updated only once in the same request.")
            } else {
                duplicate(&endpoint)
            });
        }
    }
    let (updated, new): (Vec<_>, Vec<_>) =
        sent.into_iter().partition(|member| existing.contains_key(&endpoint(member)));
    let deleted: Vec<_> = existing
        .iter()
        .filter(|(endpoint, _)| !additive && !named.contains(*endpoint))
        .map(|(_, row)| row.clone())
        .collect();
    if updated.is_empty() && new.is_empty() && deleted.is_empty() {
        return Ok(());
    }
    let additional = new.len().saturating_sub(deleted.len());
    change.require_quota(&MEMBER, load_balancer.get(PROJECT_ID), additional)?;
    for member in &new {
        require_subnet(change, &load_balancer, member)?;
    }
    change.lock_for_part(&mut load_balancer)?;
    change.set_pending_update(with_listeners(change, pool.clone())?, &load_balancer)?;
    let monitored = is_monitored(change, pool.get(ID))?;
    for member in updated {
        let mut row = find(change.tx, &MEMBER, existing[&endpoint(&member)].get(ID))?;
        change.update_part(&MEMBER, &mut row, &without_fixed_fields(member), &load_balancer)?;
    }
    for mut row in deleted {
        change.set_pending_delete(&MEMBER, &mut row, &load_balancer)?;
    }
    for member in new {
        insert(change, &load_balancer, &pool, member, monitored)?;
    }
    Ok(())
}

/// A batch update does not change the fields that only a create may send.
fn without_fixed_fields(mut member: Row) -> Row {
    member.remove(ADDRESS);
    member.remove(PROTOCOL_PORT);
    member.remove(PROJECT_ID);
    member.remove(TENANT_ID);
    member.remove(SUBNET_ID);
    member
}

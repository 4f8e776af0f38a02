//! `PUT /lbaas/pools/{parent}/members`: the batch update of all members of a pool.

use super::{
    access::Actor,
    build::{
        health_monitor::is_monitored,
        member::{duplicate, endpoint, insert, require_allowed, require_subnet, validate_update},
        pool::with_listeners,
    },
    change::{Change, change},
    error::OctaviaError,
    query::is_true,
    request_body::RequestBody,
};
use crate::{
    app::App,
    model::{
        ID, MEMBER, POOL, PROJECT_ID, Row, TENANT_ID,
        member::{MONITOR_ADDRESS, MONITOR_PORT, POOL_ID, PROTOCOL_PORT, SUBNET_ID},
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
    let mut existing = HashMap::new();
    // Versions that did not compare addresses by meaning stored one under several spellings.
    let mut repeated = Vec::new();
    for member in find_by(change.tx, &MEMBER, POOL_ID, pool.get(ID))? {
        repeated.extend(existing.insert(endpoint(&member)?, member));
    }
    let (mut updated, mut new, mut named) = (Vec::new(), Vec::new(), HashSet::new());
    for member in sent {
        let endpoint = endpoint(&member)?;
        let known = existing.get(&endpoint);
        if !named.insert(endpoint) {
            return Err(match known {
                Some(_) => OctaviaError::validation(
                    "Member must be updated only once in the same request.",
                ),
                None => duplicate(&member),
            });
        }
        match known {
            Some(row) => updated.push((row.clone(), member)),
            None => new.push(member),
        }
    }
    let deleted: Vec<_> = existing
        .into_iter()
        .filter(|(endpoint, _)| !named.contains(endpoint))
        .map(|(_, row)| row)
        .chain(repeated)
        .filter(|_| !additive)
        .collect();
    if updated.is_empty() && new.is_empty() && deleted.is_empty() {
        return Ok(());
    }
    let additional = new.len().saturating_sub(deleted.len());
    if additional > 0 {
        change.app.disk_reserve.require()?;
    }
    change.require_quota(&MEMBER, load_balancer.get(PROJECT_ID), additional)?;
    for member in &new {
        require_subnet(change, &load_balancer, member)?;
        require_allowed(change, member)?;
    }
    for (row, member) in &mut updated {
        remove_fixed_fields(member, row);
        validate_update(change, row, member)?;
    }
    change.lock_for_part(&mut load_balancer)?;
    change.set_pending_update(with_listeners(change, pool.clone())?, &load_balancer)?;
    let monitored = is_monitored(change, pool.get(ID))?;
    for (mut row, member) in updated {
        change.update_part(&MEMBER, &mut row, &member, &load_balancer)?;
    }
    for mut row in deleted {
        change.set_pending_delete(&MEMBER, &mut row, &load_balancer)?;
    }
    for member in new {
        insert(change, &load_balancer, &pool, member, monitored)?;
    }
    Ok(())
}

/// A batch update does not change the fields that only a create may send, except for the spelling of the
/// address. Monitor settings that stay as they are count as not sent.
fn remove_fixed_fields(member: &mut Row, existing: &Row) {
    member.remove(PROTOCOL_PORT);
    member.remove(PROJECT_ID);
    member.remove(TENANT_ID);
    member.remove(SUBNET_ID);
    let monitor = |row: &Row| {
        (row.json(MONITOR_ADDRESS.name()).clone(), row.json(MONITOR_PORT.name()).clone())
    };
    if monitor(member) == monitor(existing) {
        member.remove(MONITOR_ADDRESS);
        member.remove(MONITOR_PORT);
    }
}

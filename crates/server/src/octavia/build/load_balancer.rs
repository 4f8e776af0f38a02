//! Load balancers, and the graph of parts that a create can bring along.

use super::{listener, pool};
use crate::{
    model::{
        Field, ID, LISTENER, LOAD_BALANCER, NAME, Nested, PROJECT_ID, Row, TENANT_ID,
        l7policy::{REDIRECT_POOL, REDIRECT_POOL_ID},
        listener::{DEFAULT_POOL, DEFAULT_POOL_ID, L7POLICIES},
        load_balancer::{LISTENERS, POOLS, PROVIDER, USER_ID},
        pool::PROTOCOL,
    },
    octavia::{change::Change, error::OctaviaError, providers, vip_allocation},
    store::projects,
};
use openstack_types::{OperatingStatus, ProjectId, portal::EventAction};
use std::collections::HashMap;

/// Inserts a load balancer with its nested listeners and pools.
///
/// # Errors
/// 400, 403 by rights or quota, and what [`vip_allocation`] and the parts refuse.
pub(crate) fn insert(change: &Change<'_>, mut row: Row) -> Result<Row, OctaviaError> {
    let project = match row.get(TENANT_ID) {
        _ if !row.is_null(PROJECT_ID) => ProjectId(row.get(PROJECT_ID).to_owned()),
        Some(tenant) => ProjectId(tenant.to_owned()),
        None => change.actor.project()?.clone(),
    };
    change.actor.require_create(&project)?;
    if projects::get(change.tx, project.as_str())?.is_none() {
        return Err(OctaviaError::no_such("Project", project));
    }
    if row.get(PROVIDER).is_empty() {
        row.set_json(PROVIDER.name(), PROVIDER.spec().default.to_json());
    }
    providers::require_enabled(row.get(PROVIDER))?;
    change.require_quota(&LOAD_BALANCER, project.as_str(), 1)?;
    vip_allocation::allocate(change, &mut row, &project)?;

    let listeners = row.take_nested(LISTENERS);
    let pools = row.take_nested(POOLS);
    row.remove(TENANT_ID);
    row.set(USER_ID, change.actor.user_id().as_str());
    change.insert(&LOAD_BALANCER, &mut row, project.as_str(), OperatingStatus::Offline)?;
    vip_allocation::record_ports(change, &row)?;
    change.emit(&LOAD_BALANCER, EventAction::Created, &row, &row);
    insert_parts(change, &row, listeners, pools)?;
    change.enqueue(&row);
    Ok(row)
}

/// Inserts the parts of a new load balancer.
///
/// Listeners and L7 policies name their pools. A pool that is nested in one of them joins the pools
/// of the load balancer.
fn insert_parts(
    change: &Change<'_>,
    load_balancer: &Row,
    mut listeners: Vec<Row>,
    mut pools: Vec<Row>,
) -> Result<(), OctaviaError> {
    let mut policies = Vec::new();
    for listener in &mut listeners {
        extract_pool(listener, DEFAULT_POOL, &mut pools)?;
        let mut nested = listener.take_nested(L7POLICIES);
        for policy in &mut nested {
            extract_pool(policy, REDIRECT_POOL, &mut pools)?;
        }
        policies.extend(nested.iter().cloned());
        listener.set_nested(L7POLICIES, nested);
    }
    change.require_quota_for_pools(load_balancer, &pools)?;
    change.require_quota(&LISTENER, load_balancer.get(PROJECT_ID), listeners.len())?;
    change.require_quota_for_l7policies(load_balancer, &policies)?;

    let pool_ids = insert_pools(change, load_balancer, pools)?;
    for mut listener in listeners {
        resolve_pool(&mut listener, DEFAULT_POOL, DEFAULT_POOL_ID, &pool_ids)?;
        let mut policies = listener.take_nested(L7POLICIES);
        for policy in &mut policies {
            resolve_pool(policy, REDIRECT_POOL, REDIRECT_POOL_ID, &pool_ids)?;
        }
        listener.set_nested(L7POLICIES, policies);
        listener::insert(change, load_balancer, listener)?;
    }
    Ok(())
}

/// Inserts pools, and returns their ids by name.
fn insert_pools(
    change: &Change<'_>,
    load_balancer: &Row,
    pools: Vec<Row>,
) -> Result<HashMap<String, String>, OctaviaError> {
    let mut ids = HashMap::new();
    for pool in pools {
        let name = pool.get(NAME).to_owned();
        let pool = pool::insert(change, load_balancer, pool)?;
        // Nothing can refer to a pool without a name.
        if !name.is_empty() && ids.insert(name, pool.get(ID).to_owned()).is_some() {
            return Err(OctaviaError::validation(
                "Pool names must be unique when creating a fully populated loadbalancer.",
            ));
        }
    }
    Ok(ids)
}

/// Moves a complete pool out of the listener or policy that it is nested in, and leaves its name
/// there. A nested pool without a protocol is a name already.
fn extract_pool(
    row: &mut Row,
    nested: Field<Nested>,
    pools: &mut Vec<Row>,
) -> Result<(), OctaviaError> {
    let Some(pool) = row.take_nested(nested).pop() else { return Ok(()) };
    let mut reference = Row::default();
    reference.set(NAME, &pool_name(&pool)?);
    if !pool.is_null(PROTOCOL) {
        pools.push(pool);
    }
    row.set_nested(nested, vec![reference]);
    Ok(())
}

/// Replaces the name of a pool by its id.
fn resolve_pool(
    row: &mut Row,
    nested: Field<Nested>,
    id: Field<Option<String>>,
    pool_ids: &HashMap<String, String>,
) -> Result<(), OctaviaError> {
    let Some(reference) = row.take_nested(nested).pop() else { return Ok(()) };
    let name = reference.get(NAME);
    let pool_id = pool_ids.get(name).ok_or_else(|| {
        OctaviaError::validation(format!(
            "Pool '{name}' was referenced but no full definition was found."
        ))
    })?;
    row.set(id, Some(pool_id));
    Ok(())
}

fn pool_name(pool: &Row) -> Result<String, OctaviaError> {
    match pool.get(NAME) {
        "" => Err(OctaviaError::validation(
            "Pools must be named when creating a fully populated loadbalancer.",
        )),
        name => Ok(name.to_owned()),
    }
}

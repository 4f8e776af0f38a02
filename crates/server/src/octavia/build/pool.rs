use super::{health_monitor, member, pool_tls};
use crate::{
    model::{
        ID, L7POLICY, LISTENER, LOADBALANCER_ID, POOL, PROVISIONING_STATUS, Resource, Row,
        l7policy, listener,
        pool::{HEALTHMONITOR, LB_ALGORITHM, MEMBERS, PROTOCOL, SESSION_PERSISTENCE},
    },
    octavia::{
        change::Change, error::OctaviaError, references, validate::complete_session_persistence,
    },
    store::octavia::{self as store, find_by},
};
use openstack_types::{OperatingStatus, ProvisioningStatus, octavia::ListenerProtocol, rules};

/// Inserts a pool with its nested members and health monitor.
pub(crate) fn insert(
    change: &Change<'_>,
    load_balancer: &Row,
    mut pool: Row,
) -> Result<Row, OctaviaError> {
    if pool.is_null(PROTOCOL) {
        return Err(OctaviaError::missing_field(PROTOCOL.name()));
    }
    if pool.is_null(LB_ALGORITHM) {
        return Err(OctaviaError::missing_field(LB_ALGORITHM.name()));
    }
    require_supported(&pool)?;
    complete_persistence(&mut pool, None)?;
    pool_tls::complete(&mut pool)?;
    let used = references::require(change, &pool, None)?;
    let members = pool.take_nested(MEMBERS);
    let monitor = pool.take_nested(HEALTHMONITOR).pop();
    change.insert_part(&POOL, &mut pool, load_balancer, OperatingStatus::Offline)?;
    references::record(change, references::pool_user(&pool), &pool, &used)?;
    let monitored = monitor.is_some();
    if let Some(monitor) = monitor {
        health_monitor::insert(change, load_balancer, &pool, monitor)?;
    }
    for member in members {
        member::insert(change, load_balancer, &pool, member, monitored)?;
    }
    Ok(pool)
}

/// Refuses protocols and algorithms that the engine does not support.
pub(crate) fn require_supported(pool: &Row) -> Result<(), OctaviaError> {
    let protocol = pool.get(PROTOCOL);
    if !PROTOCOL.supports(protocol.as_str()) {
        return Err(OctaviaError::unsupported(format!(
            "This provider does not support {protocol} protocol. Supported: HTTP, HTTPS, PROXY, PROXYV2, TCP"
        )));
    }
    require_supported_algorithm(pool)
}

pub(crate) fn validate_update(
    change: &Change<'_>,
    existing: &Row,
    update: &mut Row,
) -> Result<(), OctaviaError> {
    if update.has(LB_ALGORITHM) && update.is_null(LB_ALGORITHM) {
        return Err(OctaviaError::missing_field(LB_ALGORITHM.name()));
    }
    complete_persistence(update, Some(existing))?;
    pool_tls::validate_update(existing, update)?;
    references::require(change, &existing.updated_by(update), Some(existing))?;
    require_supported_algorithm(update)
}

/// An update of the session persistence may leave the type out.
fn complete_persistence(pool: &mut Row, existing: Option<&Row>) -> Result<(), OctaviaError> {
    let sent = pool.json(SESSION_PERSISTENCE.name());
    if sent.is_null() || !sent["type"].is_null() {
        return Ok(());
    }
    let existing = existing.and_then(|pool| pool.get(SESSION_PERSISTENCE));
    let complete = complete_session_persistence(sent, existing.as_ref())?;
    pool.set_json(SESSION_PERSISTENCE.name(), complete);
    Ok(())
}

fn require_supported_algorithm(pool: &Row) -> Result<(), OctaviaError> {
    let algorithm = pool.get(LB_ALGORITHM);
    if LB_ALGORITHM.supports(algorithm.as_str()) {
        return Ok(());
    }
    Err(OctaviaError::unsupported(format!(
        "This provider does not support {algorithm} algorithm. Supported: ROUND_ROBIN, LEAST_CONNECTIONS, SOURCE_IP"
    )))
}

/// Refuses the deletion of a pool that an L7 policy redirects to.
pub(crate) fn require_unused_by_l7policies(
    change: &Change<'_>,
    id: &str,
) -> Result<(), OctaviaError> {
    let policies = find_by(change.tx, &L7POLICY, l7policy::REDIRECT_POOL_ID, id)?;
    let user = policies
        .iter()
        .find(|policy| policy.get(PROVISIONING_STATUS) != ProvisioningStatus::PendingDelete);
    match user {
        Some(policy) => Err(OctaviaError::conflict(format!(
            "Pool {id} is in use by L7 policy {}",
            policy.get(ID)
        ))),
        None => Ok(()),
    }
}

/// Finds the pool that a listener or L7 policy refers to, and requires that it can serve listeners of
/// this protocol.
pub(crate) fn require_compatible(
    change: &Change<'_>,
    load_balancer: &Row,
    id: &str,
    listener_protocol: &ListenerProtocol,
) -> Result<(), OctaviaError> {
    let pool = store::find(change.tx, &POOL, id)?
        .filter(|pool| pool.get(LOADBALANCER_ID) == load_balancer.get(ID))
        .ok_or_else(|| OctaviaError::not_found(POOL.title, id))?;
    require_compatible_protocol(&pool, listener_protocol)
}

pub(crate) fn require_compatible_protocol(
    pool: &Row,
    listener_protocol: &ListenerProtocol,
) -> Result<(), OctaviaError> {
    if *listener_protocol == ListenerProtocol::Prometheus {
        return Err(OctaviaError::no_children());
    }
    let protocol = pool.get(PROTOCOL);
    if rules::pool_protocol_fits(listener_protocol, &protocol) {
        return Ok(());
    }
    Err(OctaviaError::validation(format!(
        "The pool protocol '{protocol}' is invalid while the listener protocol is '{listener_protocol}'."
    )))
}

/// A pool and the listeners that it serves: what a change of its members or health monitor affects.
pub(crate) fn with_listeners(
    change: &Change<'_>,
    pool: Row,
) -> Result<Vec<(&'static Resource, Row)>, OctaviaError> {
    let listeners = listeners_of(change, pool.get(ID))?;
    let mut affected: Vec<(&'static Resource, Row)> = vec![(&POOL, pool)];
    affected.extend(listeners);
    Ok(affected)
}

/// The listeners that a pool serves, as their default pool or by an L7 policy.
pub(crate) fn listeners_of(
    change: &Change<'_>,
    pool: &str,
) -> Result<Vec<(&'static Resource, Row)>, OctaviaError> {
    let mut listeners = find_by(change.tx, &LISTENER, listener::DEFAULT_POOL_ID, pool)?;
    for policy in find_by(change.tx, &L7POLICY, l7policy::REDIRECT_POOL_ID, pool)? {
        let id = policy.get(l7policy::LISTENER_ID);
        if !listeners.iter().any(|listener| listener.get(ID) == id) {
            listeners.extend(store::find(change.tx, &LISTENER, id)?);
        }
    }
    Ok(listeners.into_iter().map(|listener| (&LISTENER, listener)).collect())
}

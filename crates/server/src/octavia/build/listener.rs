//! Listeners: what makes a listener valid, and its insert.

use super::{l7policy, pool, tls};
use crate::{
    model::{
        Field, ID, L7POLICY, LISTENER, Nested, POOL, Row,
        l7policy::{LISTENER_ID, REDIRECT_POOL, REDIRECT_POOL_ID},
        listener::{
            ALLOWED_CIDRS, DEFAULT_POOL, DEFAULT_POOL_ID, INSERT_HEADERS, L7POLICIES, PROTOCOL,
            PROTOCOL_PORT,
        },
        load_balancer::{ADDITIONAL_VIPS, VIP_ADDRESS},
    },
    octavia::{change::Change, error::OctaviaError, references, validate::python_repr},
    store::octavia::{self as store, endpoints, find_by},
};
use openstack_types::octavia::ClientCertificateHeader;
use openstack_types::{OperatingStatus, field, octavia::ListenerProtocol, rules};
use serde_json::json;
use std::net::IpAddr;

/// The headers that a listener can add to requests.
const SUPPORTED_HEADERS: [&str; 3] = ["X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"];

/// Inserts a listener with its nested L7 policies, whose pools exist.
///
/// # Errors
/// 400 and 501 if it is invalid; 409 if its port is in use.
pub(crate) fn insert(
    change: &Change<'_>,
    load_balancer: &Row,
    mut listener: Row,
) -> Result<Row, OctaviaError> {
    require_supported(&listener)?;
    let sent = listener.clone();
    tls::complete(&mut listener, &sent, &change.app.config.tls)?;
    let used = references::require(change, &listener, None)?;
    require_free_port(change, load_balancer, &listener)?;
    validate(change, load_balancer, &listener)?;
    let policies = listener.take_nested(L7POLICIES);
    change.insert_part(&LISTENER, &mut listener, load_balancer, OperatingStatus::Offline)?;
    references::record(change, references::listener_user(&listener), &listener, &used)?;
    l7policy::insert_nested(change, load_balancer, &listener, policies)?;
    if let Some(pool) = listener.get(DEFAULT_POOL_ID)
        && let Some(pool) = store::find(change.tx, &POOL, pool)?
    {
        change.set_pending_update(vec![(&POOL, pool)], load_balancer)?;
    }
    Ok(listener)
}

/// Inserts the pools that are nested in a new listener and its L7 policies, and lets these refer to
/// them by id.
pub(crate) fn insert_nested_pools(
    change: &Change<'_>,
    load_balancer: &Row,
    listener: &mut Row,
) -> Result<(), OctaviaError> {
    let insert = |row: &mut Row, nested: Field<Nested>, id: Field<Option<String>>| {
        if let Some(pool) = row.take_nested(nested).pop() {
            let pool = pool::insert(change, load_balancer, pool)?;
            row.set(id, Some(pool.get(ID)));
        }
        Ok::<_, OctaviaError>(())
    };
    insert(listener, DEFAULT_POOL, DEFAULT_POOL_ID)?;
    let mut policies = listener.take_nested(L7POLICIES);
    for policy in &mut policies {
        insert(policy, REDIRECT_POOL, REDIRECT_POOL_ID)?;
    }
    listener.set_nested(L7POLICIES, policies);
    Ok(())
}

/// The pools that are nested in a new listener and its L7 policies.
pub(crate) fn nested_pools(listener: &Row) -> Vec<Row> {
    let policies = listener.nested(L7POLICIES).iter();
    let redirect_pools = policies.flat_map(|policy| policy.nested(REDIRECT_POOL));
    listener.nested(DEFAULT_POOL).iter().chain(redirect_pools).cloned().collect()
}

/// Validates an update, and completes its TLS settings.
pub(crate) fn validate_update(
    change: &Change<'_>,
    load_balancer: &Row,
    existing: &Row,
    update: &mut Row,
) -> Result<(), OctaviaError> {
    tls::clear_hsts(update);
    let mut listener = existing.updated_by(update);
    tls::complete(&mut listener, update, &change.app.config.tls)?;
    references::require(change, &listener, Some(existing))?;
    tls::copy_completed(update, &listener);
    validate(change, load_balancer, &listener)
}

/// Refuses protocols that the engine does not support.
pub(crate) fn require_supported(listener: &Row) -> Result<(), OctaviaError> {
    let protocol = listener.get(PROTOCOL);
    if PROTOCOL.supports(protocol.as_str()) {
        return Ok(());
    }
    Err(OctaviaError::unsupported(format!(
        "This provider does not support {protocol} protocol. Supported: HTTP, TERMINATED_HTTPS, HTTPS, TCP, PROMETHEUS"
    )))
}

fn require_free_port(
    change: &Change<'_>,
    load_balancer: &Row,
    listener: &Row,
) -> Result<(), OctaviaError> {
    let (protocol, port) = (listener.get(PROTOCOL), listener.get(PROTOCOL_PORT));
    let other = endpoints::listener_protocol(change.tx, load_balancer.get(ID), port)?;
    match other.map(|other| ListenerProtocol::from_wire(&other)) {
        Some(other) if rules::ports_collide(&protocol, &other) => {
            Err(OctaviaError::conflict(format!(
                "Another Listener on this Load Balancer is already using protocol {other} and protocol_port {port}"
            )))
        }
        _ => Ok(()),
    }
}

/// Validates a listener, as it will be, against its load balancer and its pool.
fn validate(change: &Change<'_>, load_balancer: &Row, listener: &Row) -> Result<(), OctaviaError> {
    require_childless_exporter(listener)?;
    validate_headers(listener)?;
    validate_cidrs(load_balancer, listener)?;
    match listener.get(DEFAULT_POOL_ID) {
        Some(id) => pool::require_compatible(change, load_balancer, id, &listener.get(PROTOCOL)),
        None => Ok(()),
    }
}

/// A listener with metrics has no pool and no L7 policies.
fn require_childless_exporter(listener: &Row) -> Result<(), OctaviaError> {
    let has_children =
        !listener.is_null(DEFAULT_POOL_ID) || !listener.nested(L7POLICIES).is_empty();
    match listener.get(PROTOCOL) {
        ListenerProtocol::Prometheus if has_children => Err(OctaviaError::no_children()),
        _ => Ok(()),
    }
}

fn validate_headers(listener: &Row) -> Result<(), OctaviaError> {
    let headers = listener.get(INSERT_HEADERS);
    if headers.is_empty() {
        return Ok(());
    }
    let protocol = listener.get(PROTOCOL);
    if !matches!(protocol, ListenerProtocol::Http | ListenerProtocol::TerminatedHttps) {
        return Err(OctaviaError::option(
            "insert-headers",
            format!("a {protocol} protocol listener."),
        ));
    }
    let of_certificates = ClientCertificateHeader::ALL.map(ClientCertificateHeader::name);
    let is_known =
        |name: &str| SUPPORTED_HEADERS.contains(&name) || of_certificates.contains(&name);
    if let Some(unsupported) = headers.keys().find(|name| !is_known(name)) {
        let known = SUPPORTED_HEADERS.iter().chain(&of_certificates).copied();
        return Err(OctaviaError::option(
            format!("['{}']", unsupported.chars().take(255).collect::<String>()),
            format!("insert_headers: it may hold {}", known.collect::<Vec<_>>().join(", ")),
        ));
    }
    let of_certificates: Vec<_> =
        headers.keys().copied().filter(|name| of_certificates.contains(name)).collect();
    if protocol != ListenerProtocol::TerminatedHttps && !of_certificates.is_empty() {
        return Err(OctaviaError::option(
            python_repr(&json!(of_certificates)),
            format!("{protocol} protocol listener."),
        ));
    }
    Ok(())
}

/// Each range has the IP version of a VIP.
fn validate_cidrs(load_balancer: &Row, listener: &Row) -> Result<(), OctaviaError> {
    let additional = load_balancer.get(ADDITIONAL_VIPS);
    let vips: Vec<&str> = std::iter::once(load_balancer.get(VIP_ADDRESS))
        .chain(additional.iter().filter_map(|vip| vip.ip_address.as_deref()))
        .collect();
    let versions: Vec<bool> =
        vips.iter().filter_map(|vip| vip.parse::<IpAddr>().ok()).map(|vip| vip.is_ipv4()).collect();
    for cidr in listener.get(ALLOWED_CIDRS).unwrap_or_default() {
        let is_ipv4 = field::cidr(cidr).ok().map(|range| range.addr().is_ipv4());
        if !is_ipv4.is_some_and(|is_ipv4| versions.contains(&is_ipv4)) {
            return Err(OctaviaError::validation(format!(
                "CIDR {cidr} IP version incompatible with all VIPs ['{}'] IP version.",
                vips.join("', '")
            )));
        }
    }
    Ok(())
}

/// Sets the L7 policies of a listener, with their rules, to PENDING_DELETE.
pub(crate) fn delete_l7policies(
    change: &Change<'_>,
    load_balancer: &Row,
    listener: &Row,
) -> Result<(), OctaviaError> {
    for mut policy in find_by(change.tx, &L7POLICY, LISTENER_ID, listener.get(ID))? {
        l7policy::delete_rules(change, load_balancer, &policy)?;
        change.set_pending_delete(&L7POLICY, &mut policy, load_balancer)?;
    }
    Ok(())
}

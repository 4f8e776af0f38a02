//! Members: what makes a member valid, and its insert.

use crate::{
    address_policy::{Connection, RefusedAddress},
    model::{Field, FieldType, ID, MEMBER, NAME, PROJECT_ID, Row, TAGS, member},
    octavia::{change::Change, error::OctaviaError},
    store::octavia::endpoints,
};
use openstack_types::{OperatingStatus, ProjectId};
use std::net::{IpAddr, SocketAddr};

/// A member is identified by its address, in whatever spelling, and its port.
pub(crate) type Endpoint = (IpAddr, i64);

pub(crate) fn endpoint(member: &Row) -> Result<Endpoint, OctaviaError> {
    let address = ip(member, member::ADDRESS.name())?;
    Ok((address.to_canonical(), member.get(member::PROTOCOL_PORT)))
}

/// The address in a field that [`crate::octavia::validate`] has checked.
fn ip(member: &Row, field: &str) -> Result<IpAddr, OctaviaError> {
    let text = member.json(field).as_str().unwrap_or_default();
    text.parse()
        .map_err(|_| OctaviaError::field(field, text, "Value should be IPv4 or IPv6 format"))
}

/// Inserts a member into a pool.
///
/// # Errors
/// 400 for a subnet that does not exist and for a refused address, 409 if the pool has a member with
/// the same address and port.
pub(crate) fn insert(
    change: &Change<'_>,
    load_balancer: &Row,
    pool: &Row,
    mut member: Row,
    monitored: bool,
) -> Result<Row, OctaviaError> {
    require_subnet(change, load_balancer, &member)?;
    require_allowed(change, &member)?;
    let (address, port) = endpoint(&member)?;
    if endpoints::has_member(change.tx, pool.get(ID), address, port)? {
        return Err(duplicate(&member));
    }
    // A batch update leaves them out.
    member.set_if_absent(NAME, "");
    member.set_if_absent(TAGS, Vec::new());
    member.set(member::POOL_ID, pool.get(ID));
    let status = if monitored { OperatingStatus::Offline } else { OperatingStatus::NoMonitor };
    change.insert_part(&MEMBER, &mut member, load_balancer, status)?;
    Ok(member)
}

pub(crate) fn duplicate(member: &Row) -> OctaviaError {
    OctaviaError::conflict(format!(
        "Another member on this pool is already using ip {} on protocol_port {}",
        member.get(member::ADDRESS),
        member.get(member::PROTOCOL_PORT)
    ))
}

/// Requires that the address policy allows the connections to a member and to where it is checked.
///
/// # Errors
/// 400.
pub(crate) fn require_allowed(change: &Change<'_>, member: &Row) -> Result<(), OctaviaError> {
    let policy = &change.app.address_policy;
    for (field, to) in connections(member)? {
        policy.check(Connection::Member, to).map_err(|refused| {
            let text = member.json(field).as_str().unwrap_or_default();
            refused_address(field, text, &refused)
        })?;
    }
    Ok(())
}

/// Validates an update. A member from before a rule of the operator can change in everything but where
/// it is connected to.
pub(crate) fn validate_update(
    change: &Change<'_>,
    existing: &Row,
    update: &Row,
) -> Result<(), OctaviaError> {
    if update.has(member::MONITOR_ADDRESS) || update.has(member::MONITOR_PORT) {
        require_allowed(change, &existing.updated_by(update))?;
    }
    Ok(())
}

/// The error for an address that the policy refuses.
pub(crate) fn refused_address(field: &str, text: &str, refused: &RefusedAddress) -> OctaviaError {
    OctaviaError::field(field, text, format!("Value should be the address of a server: {refused}."))
}

/// Where a member is connected to, with the fields that say so.
fn connections(member: &Row) -> Result<Vec<(&'static str, SocketAddr)>, OctaviaError> {
    let port = port(member::PROTOCOL_PORT, member.get(member::PROTOCOL_PORT))?;
    let address = member::ADDRESS.name();
    let mut connections = vec![(address, SocketAddr::new(ip(member, address)?, port))];
    let monitor_address = member::MONITOR_ADDRESS.name();
    let monitor_port = member.get(member::MONITOR_PORT);
    let checked = if member.is_null(member::MONITOR_ADDRESS) { address } else { monitor_address };
    if checked == monitor_address || monitor_port.is_some() {
        let port = match monitor_port {
            Some(number) => self::port(member::MONITOR_PORT, number)?,
            None => port,
        };
        connections.push((checked, SocketAddr::new(ip(member, checked)?, port)));
    }
    Ok(connections)
}

fn port<T: FieldType>(field: Field<T>, number: i64) -> Result<u16, OctaviaError> {
    u16::try_from(number)
        .map_err(|_| OctaviaError::field(field.name(), number, "Value should be a port"))
}

/// Requires that the project may use the subnet of a member.
///
/// # Errors
/// 400.
pub(crate) fn require_subnet(
    change: &Change<'_>,
    load_balancer: &Row,
    member: &Row,
) -> Result<(), OctaviaError> {
    let Some(id) = member.get(member::SUBNET_ID) else { return Ok(()) };
    let project = ProjectId(load_balancer.get(PROJECT_ID).to_owned());
    let network = id.parse().ok().and_then(|id| change.app.networks.of_subnet(id));
    match network {
        Some(network) if network.usable_by(Some(&project)) => Ok(()),
        _ => Err(OctaviaError::no_such("Subnet", id)),
    }
}

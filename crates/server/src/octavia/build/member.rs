use crate::{
    model::{ID, MEMBER, NAME, PROJECT_ID, Row, TAGS, member},
    octavia::{change::Change, error::OctaviaError},
    store::octavia::find_by,
};
use openstack_types::{OperatingStatus, ProjectId};

/// A member is identified by its address and port.
pub(crate) type Endpoint = (String, i64);

pub(crate) fn endpoint(member: &Row) -> Endpoint {
    (member.get(member::ADDRESS).to_owned(), member.get(member::PROTOCOL_PORT))
}

/// Inserts a member into a pool.
///
/// # Errors
/// 404 for the subnet, 409 if the pool has a member with the same address and port.
pub(crate) fn insert(
    change: &Change<'_>,
    load_balancer: &Row,
    pool: &Row,
    mut member: Row,
    monitored: bool,
) -> Result<Row, OctaviaError> {
    require_subnet(change, load_balancer, &member)?;
    let new = endpoint(&member);
    let existing = find_by(change.tx, &MEMBER, member::POOL_ID, pool.get(ID))?;
    if existing.iter().any(|member| endpoint(member) == new) {
        return Err(duplicate(&new));
    }
    // A batch update leaves them out.
    member.set_if_absent(NAME, "");
    member.set_if_absent(TAGS, Vec::new());
    member.set(member::POOL_ID, pool.get(ID));
    let status = if monitored { OperatingStatus::Offline } else { OperatingStatus::NoMonitor };
    change.insert_part(&MEMBER, &mut member, load_balancer, status)?;
    Ok(member)
}

pub(crate) fn duplicate((address, port): &Endpoint) -> OctaviaError {
    OctaviaError::conflict(format!(
        "Another member on this pool is already using ip {address} on protocol_port {port}"
    ))
}

/// Requires that the project may use the subnet of a member.
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
        _ => Err(OctaviaError::not_found("Subnet", id)),
    }
}

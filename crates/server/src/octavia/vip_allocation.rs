//! VIP allocation: the address that the request names, or the first free one of the subnet.

use super::{change::Change, error::OctaviaError};
use crate::{
    ids,
    model::{
        Row,
        load_balancer::{VIP_ADDRESS, VIP_NETWORK_ID, VIP_PORT_ID, VIP_SUBNET_ID},
    },
    networks::VirtualNetwork,
    store::octavia::vips,
};
use openstack_types::{
    ProjectId,
    neutron::{AllocationPool, Subnet},
};
use std::net::IpAddr;

/// Sets the VIP of a new load balancer: address, port, subnet and network.
///
/// # Errors
/// 400 for a network, subnet or port that does not exist, for an address outside of the subnet and for
/// that of the portal; 409 if the address, or every address, is in use.
pub(super) fn allocate(
    change: &Change<'_>,
    load_balancer: &mut Row,
    project: &ProjectId,
) -> Result<(), OctaviaError> {
    let network = network(change, load_balancer, project)?;
    let subnet = &network.subnet;
    match sent(load_balancer.get(VIP_ADDRESS)) {
        Some(requested) => require_usable(change, subnet, requested)?,
        None => {
            let address = first_free(change, subnet)?;
            load_balancer.set(VIP_ADDRESS, &address.to_string());
        }
    }
    load_balancer.set(VIP_PORT_ID, &ids::uuid().to_string());
    load_balancer.set(VIP_SUBNET_ID, &subnet.id.to_string());
    load_balancer.set(VIP_NETWORK_ID, &network.id.to_string());
    Ok(())
}

/// The first free address of the allocation pools, but none that the portal itself has.
fn first_free(change: &Change<'_>, subnet: &Subnet) -> Result<IpAddr, OctaviaError> {
    let pools = &subnet.allocation_pools;
    let is_own = |address| change.app.address_policy.is_own_address(address);
    vips::first_free(change.tx, pools, is_own)?.ok_or_else(|| {
        OctaviaError::conflict(format!(
            "No more IP addresses available in subnet {}: all of {} are in use.",
            subnet.id,
            display(pools)
        ))
    })
}

/// Requires that a load balancer can have an address. As in Neutron it may be outside of the allocation
/// pools.
fn require_usable(
    change: &Change<'_>,
    subnet: &Subnet,
    requested: &str,
) -> Result<(), OctaviaError> {
    let invalid = |reason: String| OctaviaError::field(VIP_ADDRESS.name(), requested, reason);
    let address: IpAddr =
        requested.parse().map_err(|_| invalid("Value should be IPv4 or IPv6 format".to_owned()))?;
    let is_network_or_broadcast = subnet.cidr.prefix_len() + 1 < subnet.cidr.max_prefix_len()
        && (address == subnet.cidr.network()
            || (address.is_ipv4() && address == subnet.cidr.broadcast()));
    if !subnet.cidr.contains(&address) || is_network_or_broadcast {
        return Err(invalid(format!(
            "Value should be an address of {}, the range of subnet {}",
            subnet.cidr, subnet.id
        )));
    }
    if change.app.address_policy.is_own_address(address) {
        return Err(invalid("Value is the address of this portal itself".to_owned()));
    }
    if vips::is_in_use(change.tx, address)? {
        return Err(OctaviaError::conflict(format!(
            "The VIP IP address is already in use: IP address {address} already allocated in subnet {}",
            subnet.id
        )));
    }
    Ok(())
}

/// The network of the subnet, or the network itself, that the request names.
fn network<'a>(
    change: &'a Change<'_>,
    load_balancer: &Row,
    project: &ProjectId,
) -> Result<&'a VirtualNetwork, OctaviaError> {
    if let Some(port) = sent(load_balancer.get(VIP_PORT_ID)) {
        return Err(OctaviaError::no_such("Port", port));
    }
    let networks = &change.app.networks;
    let usable = |network: &&VirtualNetwork| network.usable_by(Some(project));
    let subnet = sent(load_balancer.get(VIP_SUBNET_ID));
    let by_subnet = subnet.map(|id| {
        id.parse()
            .ok()
            .and_then(|id| networks.of_subnet(id))
            .filter(usable)
            .ok_or_else(|| OctaviaError::no_such("Subnet", id))
    });
    let network = sent(load_balancer.get(VIP_NETWORK_ID));
    let by_network = network.map(|id| {
        id.parse()
            .ok()
            .and_then(|id| networks.network(id))
            .filter(usable)
            .ok_or_else(|| OctaviaError::no_such("Network", id))
    });
    match (by_subnet.transpose()?, by_network.transpose()?) {
        (Some(subnet), Some(network)) if subnet.id != network.id => {
            Err(OctaviaError::no_such("Subnet", subnet.subnet.id))
        }
        (Some(network), _) | (None, Some(network)) => Ok(network),
        (None, None) => Err(OctaviaError::validation(
            "VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.",
        )),
    }
}

/// A create may leave the fields of the VIP out, but every load balancer has them.
fn sent(value: &str) -> Option<&str> {
    Some(value).filter(|value| !value.is_empty())
}

fn display(pools: &[AllocationPool]) -> String {
    let ranges: Vec<_> = pools.iter().map(|pool| format!("{}-{}", pool.start, pool.end)).collect();
    ranges.join(", ")
}

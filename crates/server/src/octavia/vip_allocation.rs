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
use openstack_types::{ProjectId, neutron::AllocationPool};
use std::net::IpAddr;

/// Sets the VIP of a new load balancer: address, port, subnet and network.
///
/// # Errors
/// 400 for a network, subnet or port that does not exist, and for an address outside of the
/// allocation pools; 409 if the address, or every address, is in use.
pub(super) fn allocate(
    change: &Change<'_>,
    load_balancer: &mut Row,
    project: &ProjectId,
) -> Result<(), OctaviaError> {
    let network = network(change, load_balancer, project)?;
    let subnet = &network.subnet;
    let pools = &subnet.allocation_pools;
    let address = match sent(load_balancer.get(VIP_ADDRESS)) {
        Some(requested) => {
            let address: IpAddr = requested.parse().map_err(|_| {
                OctaviaError::field(
                    VIP_ADDRESS.name(),
                    requested,
                    "Value should be IPv4 or IPv6 format",
                )
            })?;
            if !pools.iter().any(|pool| contains(pool, address)) {
                return Err(OctaviaError::field(
                    VIP_ADDRESS.name(),
                    address,
                    format!("Value should be in {} of subnet {}", display(pools), subnet.id),
                ));
            }
            if vips::is_in_use(change.tx, address)? {
                return Err(OctaviaError::conflict(format!(
                    "The VIP IP address is already in use: IP address {address} already allocated in subnet {}",
                    subnet.id
                )));
            }
            address
        }
        None => vips::first_free(change.tx, pools)?.ok_or_else(|| {
            OctaviaError::conflict(format!(
                "No more IP addresses available in subnet {}: all of {} are in use.",
                subnet.id,
                display(pools)
            ))
        })?,
    };
    load_balancer.set(VIP_ADDRESS, &address.to_string());
    load_balancer.set(VIP_PORT_ID, &ids::uuid().to_string());
    load_balancer.set(VIP_SUBNET_ID, &subnet.id.to_string());
    load_balancer.set(VIP_NETWORK_ID, &network.id.to_string());
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

fn contains(pool: &AllocationPool, address: IpAddr) -> bool {
    pool.start.is_ipv4() == address.is_ipv4() && (pool.start..=pool.end).contains(&address)
}

fn display(pools: &[AllocationPool]) -> String {
    let ranges: Vec<_> = pools.iter().map(|pool| format!("{}-{}", pool.start, pool.end)).collect();
    ranges.join(", ")
}

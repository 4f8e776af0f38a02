//! The address of a load balancer: the one asked for, or the first free one.

use super::{change::Change, error::OctaviaError};
use crate::model::Object;
use crate::{ids, networks::VirtualNetwork, store::octavia::vips};
use openstack_types::{ProjectId, neutron::AllocationPool};
use std::net::IpAddr;

/// Gives a new load balancer its VIP: address, port, subnet and network.
///
/// # Errors
/// 400 that names the network, subnet or port that is not there, or the ranges that the address is
/// not in; 409 when the address, or every address, is in use.
pub fn allocate(
    change: &Change<'_>,
    loadbalancer: &mut Object,
    project: &ProjectId,
) -> Result<(), OctaviaError> {
    let network = network(change, loadbalancer, project)?;
    let subnet = &network.subnet;
    let ranges = &subnet.allocation_pools;
    let address = match loadbalancer.optional("vip_address") {
        Some(asked) => {
            let address: IpAddr = asked.parse().map_err(|_| {
                OctaviaError::field("vip_address", asked, "Value should be IPv4 or IPv6 format")
            })?;
            if !ranges.iter().any(|range| holds(range, address)) {
                return Err(OctaviaError::field(
                    "vip_address",
                    address,
                    format!("Value should be in {} of subnet {}", named(ranges), subnet.id),
                ));
            }
            if vips::is_taken(change.tx, address)? {
                return Err(OctaviaError::conflict(format!(
                    "The VIP IP address is already in use: IP address {address} already allocated in subnet {}",
                    subnet.id
                )));
            }
            address
        }
        None => vips::first_free(change.tx, ranges)?.ok_or_else(|| {
            OctaviaError::conflict(format!(
                "No more IP addresses available in subnet {}: all of {} are in use.",
                subnet.id,
                named(ranges)
            ))
        })?,
    };
    loadbalancer.set("vip_address", address.to_string());
    loadbalancer.set("vip_port_id", ids::uuid().to_string());
    loadbalancer.set("vip_subnet_id", subnet.id.to_string());
    loadbalancer.set("vip_network_id", network.id.to_string());
    Ok(())
}

fn network<'a>(
    change: &'a Change<'_>,
    loadbalancer: &Object,
    project: &ProjectId,
) -> Result<&'a VirtualNetwork, OctaviaError> {
    if let Some(port) = loadbalancer.optional("vip_port_id") {
        return Err(OctaviaError::no_such("Port", port));
    }
    let networks = &change.app.networks;
    let usable = |network: &&VirtualNetwork| network.usable_by(Some(project));
    let subnet = loadbalancer.optional("vip_subnet_id");
    let by_subnet = subnet.map(|id| {
        id.parse()
            .ok()
            .and_then(|id| networks.of_subnet(id))
            .filter(usable)
            .ok_or_else(|| OctaviaError::no_such("Subnet", id))
    });
    let network = loadbalancer.optional("vip_network_id");
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

fn holds(range: &AllocationPool, address: IpAddr) -> bool {
    range.start.is_ipv4() == address.is_ipv4() && (range.start..=range.end).contains(&address)
}

fn named(ranges: &[AllocationPool]) -> String {
    let ranges: Vec<_> =
        ranges.iter().map(|range| format!("{}-{}", range.start, range.end)).collect();
    ranges.join(", ")
}

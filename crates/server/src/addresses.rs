//! Addresses of the virtual networks: which one a port can have.

use crate::{address_policy::AddressPolicy, store::octavia::vips};
use openstack_types::neutron::{AllocationPool, Subnet};
use rusqlite::Connection;
use std::net::IpAddr;

/// Why a port cannot have an address.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    #[error("Value should be an address of {}, the range of subnet {}", subnet.cidr, subnet.id)]
    NotInSubnet { subnet: Box<Subnet> },
    #[error("Value is the address of this portal itself")]
    Portal,
    #[error("IP address {address} already allocated in subnet {subnet}")]
    InUse { address: IpAddr, subnet: String },
    #[error(
        "No more IP addresses available in subnet {}: all of {} are in use.",
        subnet.id,
        display(&subnet.allocation_pools)
    )]
    NoneFree { subnet: Box<Subnet> },
    #[error(transparent)]
    Database(#[from] rusqlite::Error),
}

/// The first free address of the allocation pools, but none that the portal itself has.
pub fn first_free(
    db: &Connection,
    policy: &AddressPolicy,
    subnet: &Subnet,
) -> Result<IpAddr, AddressError> {
    let is_own = |address| policy.is_own_address(address);
    vips::first_free(db, &subnet.allocation_pools, is_own)?
        .ok_or_else(|| AddressError::NoneFree { subnet: Box::new(subnet.clone()) })
}

/// Requires that a port can have an address. As in Neutron it may be outside of the allocation pools.
pub fn require_usable(
    db: &Connection,
    policy: &AddressPolicy,
    subnet: &Subnet,
    address: IpAddr,
) -> Result<(), AddressError> {
    let is_network_or_broadcast = subnet.cidr.prefix_len() + 1 < subnet.cidr.max_prefix_len()
        && (address == subnet.cidr.network()
            || (address.is_ipv4() && address == subnet.cidr.broadcast()));
    if !subnet.cidr.contains(&address) || is_network_or_broadcast {
        return Err(AddressError::NotInSubnet { subnet: Box::new(subnet.clone()) });
    }
    if policy.is_own_address(address) {
        return Err(AddressError::Portal);
    }
    if vips::is_in_use(db, address)? {
        return Err(AddressError::InUse { address, subnet: subnet.id.to_string() });
    }
    Ok(())
}

fn display(pools: &[AllocationPool]) -> String {
    let ranges: Vec<_> = pools.iter().map(|pool| format!("{}-{}", pool.start, pool.end)).collect();
    ranges.join(", ")
}

//! The virtual networks: described by the configuration, with ids that the database keeps.

use crate::config;
use jiff::Timestamp;
use openstack_types::{
    NetworkId, ProjectId, SubnetId,
    neutron::{AllocationPool, Subnet},
};
use std::net::IpAddr;

/// A network with its one subnet.
#[derive(Clone, Debug)]
pub struct VirtualNetwork {
    /// Its id.
    pub id: NetworkId,
    /// What people call it.
    pub name: String,
    /// The only project that may use it; `None`: every project may.
    pub project: Option<ProjectId>,
    /// The machine's interface that has the addresses.
    pub interface: Option<String>,
    /// The router's address.
    pub gateway: Option<IpAddr>,
    /// Its subnet, allocation pools never empty.
    pub subnet: Subnet,
    /// When its ids were made.
    pub created_at: Timestamp,
}

impl VirtualNetwork {
    /// Whether a project may see and use it; an admin sees all.
    pub fn usable_by(&self, project: Option<&ProjectId>) -> bool {
        match &self.project {
            None => true,
            only => only.as_ref() == project,
        }
    }
}

/// All networks, in the order of the configuration. Fixed while the server runs.
#[derive(Clone, Debug, Default)]
pub struct Networks(Vec<VirtualNetwork>);

impl Networks {
    /// From what was read.
    pub fn new(networks: Vec<VirtualNetwork>) -> Self {
        Self(networks)
    }

    /// Every one.
    pub fn iter(&self) -> impl Iterator<Item = &VirtualNetwork> {
        self.0.iter()
    }

    /// The one with this id.
    pub fn network(&self, id: NetworkId) -> Option<&VirtualNetwork> {
        self.0.iter().find(|network| network.id == id)
    }

    /// The one whose subnet has this id.
    pub fn of_subnet(&self, id: SubnetId) -> Option<&VirtualNetwork> {
        self.0.iter().find(|network| network.subnet.id == id)
    }
}

/// What VIPs are taken from: what the configuration says, else all of the subnet but the addresses
/// that mean the network itself, everybody in it, or its router.
pub fn allocation_pools(network: &config::Network) -> Vec<AllocationPool> {
    if !network.allocation_pools.is_empty() {
        return network.allocation_pools.clone();
    }
    let mut hosts = network.cidr.hosts();
    let (first, last) = match (hosts.next(), last_host(network)) {
        (Some(first), Some(last)) => (first, last),
        _ => (network.cidr.network(), network.cidr.broadcast()),
    };
    match network.gateway {
        Some(gateway) if gateway == first && first < last => {
            vec![AllocationPool { start: successor(first), end: last }]
        }
        Some(gateway) if gateway == last && first < last => {
            vec![AllocationPool { start: first, end: predecessor(last) }]
        }
        Some(gateway) if first < gateway && gateway < last => vec![
            AllocationPool { start: first, end: predecessor(gateway) },
            AllocationPool { start: successor(gateway), end: last },
        ],
        _ => vec![AllocationPool { start: first, end: last }],
    }
}

fn last_host(network: &config::Network) -> Option<IpAddr> {
    let broadcast = network.cidr.broadcast();
    let alone = network.cidr.max_prefix_len() - network.cidr.prefix_len() < 2;
    Some(if alone { broadcast } else { predecessor(broadcast) })
}

fn successor(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => IpAddr::V4(u32::from(ip).saturating_add(1).into()),
        IpAddr::V6(ip) => IpAddr::V6(u128::from(ip).saturating_add(1).into()),
    }
}

fn predecessor(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(ip) => IpAddr::V4(u32::from(ip).saturating_sub(1).into()),
        IpAddr::V6(ip) => IpAddr::V6(u128::from(ip).saturating_sub(1).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pools(cidr: &str, gateway: Option<&str>) -> Vec<(String, String)> {
        let network = config::Network {
            name: "n".to_owned(),
            cidr: cidr.parse().unwrap(),
            allocation_pools: Vec::new(),
            gateway: gateway.map(|ip| ip.parse().unwrap()),
            interface: None,
            project: None,
        };
        allocation_pools(&network)
            .iter()
            .map(|pool| (pool.start.to_string(), pool.end.to_string()))
            .collect()
    }

    #[test]
    fn everything_that_a_host_may_have() {
        let range = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(pools("127.8.0.0/16", None), [range("127.8.0.1", "127.8.255.254")]);
        assert_eq!(pools("192.0.2.0/24", Some("192.0.2.1")), [range("192.0.2.2", "192.0.2.254")]);
        assert_eq!(pools("192.0.2.0/24", Some("192.0.2.254")), [range("192.0.2.1", "192.0.2.253")]);
        assert_eq!(
            pools("192.0.2.0/24", Some("192.0.2.9")),
            [range("192.0.2.1", "192.0.2.8"), range("192.0.2.10", "192.0.2.254")]
        );
        assert_eq!(pools("192.0.2.7/32", None), [range("192.0.2.7", "192.0.2.7")]);
    }
}

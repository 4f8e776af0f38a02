//! The networks that VIPs are allocated from: defined by the configuration, with ids from the database.

use crate::config;
use jiff::Timestamp;
use openstack_types::{
    NetworkId, ProjectId, SubnetId,
    neutron::{AllocationPool, Subnet},
};
use std::net::IpAddr;

#[derive(Clone, Debug)]
pub struct VirtualNetwork {
    pub id: NetworkId,
    pub name: String,
    /// The only project that may use the network; `None`: all projects.
    pub project: Option<ProjectId>,
    /// The interface of this machine with the addresses.
    pub interface: Option<String>,
    /// The address of the router.
    pub gateway: Option<IpAddr>,
    /// Has at least one allocation pool.
    pub subnet: Subnet,
    pub created_at: Timestamp,
}

impl VirtualNetwork {
    /// Whether a project may see and use the network. Admins see all.
    pub fn usable_by(&self, project: Option<&ProjectId>) -> bool {
        match &self.project {
            None => true,
            only => only.as_ref() == project,
        }
    }
}

/// All networks, in the order of the configuration. They do not change while the server runs.
#[derive(Clone, Debug, Default)]
pub struct Networks(Vec<VirtualNetwork>);

impl Networks {
    pub fn new(networks: Vec<VirtualNetwork>) -> Self {
        Self(networks)
    }

    pub fn iter(&self) -> impl Iterator<Item = &VirtualNetwork> {
        self.0.iter()
    }

    pub fn network(&self, id: NetworkId) -> Option<&VirtualNetwork> {
        self.0.iter().find(|network| network.id == id)
    }

    pub fn of_subnet(&self, id: SubnetId) -> Option<&VirtualNetwork> {
        self.0.iter().find(|network| network.subnet.id == id)
    }
}

/// The address ranges for VIPs: those of the configuration, or else the whole subnet except its network
/// address, broadcast address and gateway.
pub fn allocation_pools(network: &config::Network) -> Vec<AllocationPool> {
    if !network.allocation_pools.is_empty() {
        return network.allocation_pools.clone();
    }
    let (first, last) = hosts(network);
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

/// The first and the last address that a host can have. The first of an IPv6 subnet is the anycast address
/// of its routers (RFC 4291); the last is an ordinary one.
fn hosts(network: &config::Network) -> (IpAddr, IpAddr) {
    let (first, last) = (network.cidr.network(), network.cidr.broadcast());
    if network.cidr.max_prefix_len() - network.cidr.prefix_len() < 2 {
        return (first, last);
    }
    let last = if last.is_ipv4() { predecessor(last) } else { last };
    (successor(first), last)
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
    fn default_pools_exclude_network_broadcast_and_gateway() {
        let range = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(pools("127.8.0.0/16", None), [range("127.8.0.1", "127.8.255.254")]);
        assert_eq!(pools("192.0.2.0/24", Some("192.0.2.1")), [range("192.0.2.2", "192.0.2.254")]);
        assert_eq!(pools("192.0.2.0/24", Some("192.0.2.254")), [range("192.0.2.1", "192.0.2.253")]);
        assert_eq!(
            pools("192.0.2.0/24", Some("192.0.2.9")),
            [range("192.0.2.1", "192.0.2.8"), range("192.0.2.10", "192.0.2.254")]
        );
        assert_eq!(pools("192.0.2.7/32", None), [range("192.0.2.7", "192.0.2.7")]);
        let all = range("fd9f:1:1::1", "fd9f:1:1:0:ffff:ffff:ffff:ffff");
        assert_eq!(pools("fd9f:1:1::/64", None), [all]);
    }
}

//! Neutron v2.0: networks and subnets, as far as a VIP needs them.

use crate::{NetworkId, ProjectId, SubnetId};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A virtual network. Source: Neutron API reference, "Networks".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    /// Its id.
    pub id: NetworkId,
    /// Its name, perhaps empty.
    #[serde(default)]
    pub name: String,
    /// The subnets in it.
    #[serde(default)]
    pub subnets: Vec<SubnetId>,
    /// Usable by every project.
    #[serde(default)]
    pub shared: bool,
}

/// A range of addresses to hand out, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocationPool {
    /// The first.
    pub start: IpAddr,
    /// The last.
    pub end: IpAddr,
}

/// A subnet of a network. Source: Neutron API reference, "Subnets".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    /// Its id.
    pub id: SubnetId,
    /// Its name, perhaps empty.
    #[serde(default)]
    pub name: String,
    /// The network it belongs to.
    pub network_id: NetworkId,
    /// The project that owns it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// 4 or 6.
    pub ip_version: u8,
    /// Its addresses.
    pub cidr: IpNet,
    /// What VIPs and ports are taken from.
    #[serde(default)]
    pub allocation_pools: Vec<AllocationPool>,
}

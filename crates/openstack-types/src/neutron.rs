//! Neutron v2.0: networks and subnets, with the fields that a VIP needs.

use crate::{NetworkId, ProjectId, SubnetId};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A virtual network. Source: Neutron API reference, "Networks".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Network {
    pub id: NetworkId,
    /// May be empty.
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub subnets: Vec<SubnetId>,
    /// Available to every project.
    #[serde(default)]
    pub shared: bool,
}

/// A range of addresses to allocate; inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AllocationPool {
    pub start: IpAddr,
    pub end: IpAddr,
}

/// A subnet of a network. Source: Neutron API reference, "Subnets".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subnet {
    pub id: SubnetId,
    /// May be empty.
    #[serde(default)]
    pub name: String,
    pub network_id: NetworkId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// 4 or 6.
    pub ip_version: u8,
    pub cidr: IpNet,
    #[serde(default)]
    pub allocation_pools: Vec<AllocationPool>,
}

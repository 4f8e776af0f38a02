//! Members.

use super::patch::Patch;
use crate::{MemberId, OperatingStatus, ProvisioningStatus, SubnetId};
use serde::{Deserialize, Serialize};

/// `Server` in the page. Address and port are unique within a pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub id: MemberId,
    /// May be empty.
    #[serde(default)]
    pub name: String,
    pub provisioning_status: ProvisioningStatus,
    pub operating_status: OperatingStatus,
    pub admin_state_up: bool,
    /// IPv4 or IPv6.
    pub address: String,
    /// 1 to 65535.
    pub protocol_port: u16,
    /// 0 to 256; 0 to drain.
    pub weight: u16,
    /// Used only if all other members are down.
    #[serde(default)]
    pub backup: bool,
    /// The subnet that the member is reached through.
    #[serde(default)]
    pub subnet_id: Option<SubnetId>,
    /// The address of health checks, if it is not `address`.
    #[serde(default)]
    pub monitor_address: Option<String>,
    /// The port of health checks, if it is not `protocol_port`.
    #[serde(default)]
    pub monitor_port: Option<u16>,
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A member in the create request of a load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateMember {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// IPv4 or IPv6.
    pub address: String,
    /// 1 to 65535.
    pub protocol_port: u16,
    /// 0 to 256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u16>,
    /// Used only if all other members are down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_state_up: Option<bool>,
    /// The subnet that the member is reached through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<SubnetId>,
    /// The address of health checks, if it is not `address`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitor_address: Option<String>,
    /// The port of health checks, if it is not `protocol_port`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitor_port: Option<u16>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
}

/// Body of `PUT /v2/lbaas/pools/{pool}/members/{id}`. Octavia cannot change address and port.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateMember {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// 0 to 256; 0 to drain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u16>,
    /// Used only if all other members are down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_state_up: Option<bool>,
    /// Clear to check `address`.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub monitor_address: Patch<String>,
    /// Clear to check `protocol_port`.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub monitor_port: Patch<u16>,
    /// The complete list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

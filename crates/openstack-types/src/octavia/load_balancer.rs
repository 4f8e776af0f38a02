//! Load balancers.

use super::{listener::CreateListener, pool::CreatePool, reference::Ref};
use crate::{
    ListenerId, LoadBalancerId, NetworkId, OperatingStatus, PoolId, ProjectId, ProvisioningStatus,
    SubnetId, UserId,
};
use serde::{Deserialize, Deserializer, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadBalancer {
    pub id: LoadBalancerId,
    /// May be empty; not unique.
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub provisioning_status: ProvisioningStatus,
    /// Why the last change failed. Added by the embedded cloud, absent in others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioning_reason: Option<String>,
    pub operating_status: OperatingStatus,
    pub admin_state_up: bool,
    pub project_id: ProjectId,
    /// Its creator. Added by the embedded cloud, absent in others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// UTC, `2026-11-23T03:40:39`, without a zone.
    pub created_at: String,
    /// UTC; null until the first change.
    #[serde(default)]
    pub updated_at: Option<String>,
    #[serde(default)]
    pub vip_address: Option<String>,
    #[serde(default)]
    pub vip_subnet_id: Option<SubnetId>,
    #[serde(default)]
    pub vip_network_id: Option<NetworkId>,
    #[serde(default)]
    pub vip_port_id: Option<String>,
    /// VIPs beside `vip_address`.
    #[serde(default)]
    pub additional_vips: Vec<AdditionalVip>,
    #[serde(default)]
    pub vip_qos_policy_id: Option<String>,
    /// `normal` by default.
    #[serde(default)]
    pub vip_vnic_type: Option<String>,
    /// Null or absent in older services.
    #[serde(default, deserialize_with = "null_is_empty")]
    pub vip_sg_ids: Vec<String>,
    #[serde(default)]
    pub provider: Option<String>,
    #[serde(default)]
    pub flavor_id: Option<String>,
    #[serde(default)]
    pub availability_zone: Option<String>,
    #[serde(default)]
    pub listeners: Vec<Ref<ListenerId>>,
    #[serde(default)]
    pub pools: Vec<Ref<PoolId>>,
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A further address of a load balancer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AdditionalVip {
    pub subnet_id: String,
    /// As it was sent. `None` only in a request, for the first free address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    /// `None` only in a request, for a new port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port_id: Option<String>,
}

fn null_is_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Counters since creation, and current connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    pub active_connections: u64,
    /// From clients.
    pub bytes_in: u64,
    /// To clients.
    pub bytes_out: u64,
    /// Requests without response.
    pub request_errors: u64,
    pub total_connections: u64,
}

/// Body of `POST /v2/lbaas/loadbalancers`: a load balancer with all of its parts.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CreateLoadBalancer {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vip_subnet_id: Option<SubnetId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vip_network_id: Option<NetworkId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub vip_port_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub additional_vips: Vec<AdditionalVip>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub vip_qos_policy_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub vip_vnic_type: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub vip_sg_ids: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub provider: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub flavor_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub availability_zone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub admin_state_up: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
    /// They refer to pools by name.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub listeners: Vec<CreateListener>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub pools: Vec<CreatePool>,
}

/// Body of `PUT /v2/lbaas/loadbalancers/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateLoadBalancer {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_state_up: Option<bool>,
    /// The complete list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

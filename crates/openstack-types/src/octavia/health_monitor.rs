//! Health monitors.

use super::{patch::Patch, reference::Ref};
use crate::{HealthMonitorId, OperatingStatus, PoolId, ProvisioningStatus, wire_enum::wire_enum};
use serde::{Deserialize, Serialize};

wire_enum! {
    /// The protocol of a health check.
    HealthMonitorType {
        Http = "HTTP",
        Https = "HTTPS",
        /// An ICMP echo request.
        Ping = "PING",
        /// A TCP connect.
        Tcp = "TCP",
        TlsHello = "TLS-HELLO",
        UdpConnect = "UDP-CONNECT",
        Sctp = "SCTP",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthMonitor {
    pub id: HealthMonitorId,
    /// May be empty.
    #[serde(default)]
    pub name: String,
    #[serde(rename = "type")]
    pub kind: HealthMonitorType,
    /// Seconds between checks.
    pub delay: u32,
    /// Seconds until a check fails.
    pub timeout: u32,
    /// Successful checks in a row until a member is up, 1 to 10.
    pub max_retries: u8,
    /// Failed checks in a row until a member is down, 1 to 10.
    #[serde(default = "default_max_retries_down")]
    pub max_retries_down: u8,
    /// With HTTP and HTTPS only.
    #[serde(default)]
    pub http_method: Option<String>,
    /// With HTTP and HTTPS only.
    #[serde(default)]
    pub url_path: Option<String>,
    /// With HTTP and HTTPS only: `200`, `200,202` or `200-204`.
    #[serde(default)]
    pub expected_codes: Option<String>,
    /// Host header of a check.
    #[serde(default)]
    pub domain_name: Option<String>,
    pub admin_state_up: bool,
    /// Exactly one.
    #[serde(default)]
    pub pools: Vec<Ref<PoolId>>,
    pub provisioning_status: ProvisioningStatus,
    pub operating_status: OperatingStatus,
    #[serde(default)]
    pub tags: Vec<String>,
}

fn default_max_retries_down() -> u8 {
    3
}

/// A health monitor in the create request of a load balancer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreateHealthMonitor {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    #[serde(rename = "type")]
    pub kind: HealthMonitorType,
    /// Seconds between checks.
    pub delay: u32,
    /// Seconds until a check fails.
    pub timeout: u32,
    /// Successful checks in a row until a member is up.
    pub max_retries: u8,
    /// Failed checks in a row until a member is down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries_down: Option<u8>,
    /// With HTTP and HTTPS only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_method: Option<String>,
    /// With HTTP and HTTPS only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_path: Option<String>,
    /// With HTTP and HTTPS only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_codes: Option<String>,
    /// Host header of a check; needs `http_version` 1.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,
    /// 1.0 or 1.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_version: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
}

/// Body of `POST /v2/lbaas/healthmonitors`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewHealthMonitor {
    pub pool_id: PoolId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_state_up: Option<bool>,
    #[serde(flatten)]
    pub monitor: CreateHealthMonitor,
}

/// Body of `PUT /v2/lbaas/healthmonitors/{id}`. Octavia cannot change the type.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateHealthMonitor {
    /// Seconds between checks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<u32>,
    /// Seconds until a check fails.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// Successful checks in a row until a member is up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u8>,
    /// Failed checks in a row until a member is down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries_down: Option<u8>,
    /// With HTTP and HTTPS only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_method: Option<String>,
    /// With HTTP and HTTPS only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_path: Option<String>,
    /// With HTTP and HTTPS only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_codes: Option<String>,
    /// Host header of a check; needs `http_version` 1.1.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub domain_name: Patch<String>,
    /// 1.0 or 1.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_version: Option<f64>,
}

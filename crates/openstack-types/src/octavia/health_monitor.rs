//! Health monitors.

use super::{patch::Patch, reference::Ref};
use crate::{HealthMonitorId, OperatingStatus, PoolId, ProvisioningStatus, wire_enum::wire_enum};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

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

/// The HTTP version of a health check: a number such as 1.1 on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HttpVersion {
    /// 11 for HTTP/1.1.
    tenths: u16,
}

impl HttpVersion {
    pub const V1_0: Self = Self { tenths: 10 };
    pub const V1_1: Self = Self { tenths: 11 };
}

impl fmt::Display for HttpVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.tenths / 10, self.tenths % 10)
    }
}

impl Serialize for HttpVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(f64::from(self.tenths) / 10.0)
    }
}

impl<'de> Deserialize<'de> for HttpVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A cast of a float saturates.
        f64::deserialize(deserializer).map(|n| Self { tenths: (n * 10.0).round() as u16 })
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
    /// With HTTP and HTTPS only.
    #[serde(default)]
    pub http_version: Option<HttpVersion>,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateHealthMonitor {
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub admin_state_up: Option<bool>,
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
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub max_retries_down: Option<u8>,
    /// With HTTP and HTTPS only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub http_method: Option<String>,
    /// With HTTP and HTTPS only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub url_path: Option<String>,
    /// With HTTP and HTTPS only.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expected_codes: Option<String>,
    /// Host header of a check; needs `http_version` 1.1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub domain_name: Option<String>,
    /// 1.0 or 1.1.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub http_version: Option<HttpVersion>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
}

/// Body of `POST /v2/lbaas/healthmonitors`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewHealthMonitor {
    pub pool_id: PoolId,
    #[serde(flatten)]
    pub monitor: CreateHealthMonitor,
}

/// Body of `PUT /v2/lbaas/healthmonitors/{id}`. Octavia cannot change the type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateHealthMonitor {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_state_up: Option<bool>,
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
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub http_version: Patch<HttpVersion>,
    /// The complete list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

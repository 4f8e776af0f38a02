//! Pools.

use super::{
    health_monitor::CreateHealthMonitor, member::CreateMember, patch::Patch, reference::Ref,
};
use crate::{
    HealthMonitorId, ListenerId, LoadBalancerId, MemberId, OperatingStatus, PoolId,
    ProvisioningStatus, tls::AlpnProtocol, wire_enum::wire_enum,
};
use serde::{Deserialize, Serialize};

wire_enum! {
    /// The protocol between a pool and its members.
    PoolProtocol {
        Http = "HTTP",
        /// TLS passthrough.
        Https = "HTTPS",
        /// TCP with a PROXY protocol header, version 1.
        Proxy = "PROXY",
        /// TCP with a PROXY protocol header, version 2.
        ProxyV2 = "PROXYV2",
        Tcp = "TCP",
        Udp = "UDP",
        Sctp = "SCTP",
    }
}

wire_enum! {
    /// How a pool selects a member for a connection; `Method` in the page.
    LbAlgorithm {
        /// Weighted round robin.
        RoundRobin = "ROUND_ROBIN",
        /// The member with the fewest connections.
        LeastConnections = "LEAST_CONNECTIONS",
        /// By a hash of the client address.
        SourceIp = "SOURCE_IP",
        /// By a hash of the client address and port.
        SourceIpPort = "SOURCE_IP_PORT",
    }
}

wire_enum! {
    /// How requests of a client stay on one member.
    SessionPersistenceType {
        /// By the client address.
        SourceIp = "SOURCE_IP",
        /// By a cookie of the load balancer.
        HttpCookie = "HTTP_COOKIE",
        /// By a cookie of the application.
        AppCookie = "APP_COOKIE",
    }
}

/// How requests of a client stay on one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionPersistence {
    #[serde(rename = "type")]
    pub kind: SessionPersistenceType,
    /// With `APP_COOKIE` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cookie_name: Option<String>,
    /// Seconds; UDP and SCTP only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistence_timeout: Option<u32>,
    /// A netmask; UDP and SCTP only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistence_granularity: Option<String>,
}

/// `Server group` in the page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    pub id: PoolId,
    /// May be empty.
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub provisioning_status: ProvisioningStatus,
    pub operating_status: OperatingStatus,
    pub admin_state_up: bool,
    pub protocol: PoolProtocol,
    /// Whether connections to members use TLS.
    #[serde(default)]
    pub tls_enabled: bool,
    /// URL of the secret of the certificate that is shown to members.
    #[serde(default)]
    pub tls_container_ref: Option<String>,
    /// URL of the secret of the CA certificates that members are verified with.
    #[serde(default)]
    pub ca_tls_container_ref: Option<String>,
    /// URL of the secret of the revocation list.
    #[serde(default)]
    pub crl_container_ref: Option<String>,
    #[serde(default)]
    pub tls_ciphers: Option<String>,
    #[serde(default)]
    pub tls_versions: Option<Vec<String>>,
    #[serde(default)]
    pub alpn_protocols: Option<Vec<AlpnProtocol>>,
    pub lb_algorithm: LbAlgorithm,
    /// How requests of a client stay on one member.
    #[serde(default)]
    pub session_persistence: Option<SessionPersistence>,
    /// Exactly one.
    #[serde(default)]
    pub loadbalancers: Vec<Ref<LoadBalancerId>>,
    /// The listeners that use it as default pool.
    #[serde(default)]
    pub listeners: Vec<Ref<ListenerId>>,
    #[serde(default)]
    pub members: Vec<Ref<MemberId>>,
    #[serde(default)]
    pub healthmonitor_id: Option<HealthMonitorId>,
    #[serde(default)]
    pub tags: Vec<String>,
}

/// Refers to a pool in the same request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolByName {
    pub name: String,
}

/// A pool in the create request of a load balancer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreatePool {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub admin_state_up: Option<bool>,
    pub protocol: PoolProtocol,
    /// Whether connections to members use TLS.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tls_enabled: Option<bool>,
    /// URL of the secret of the certificate that is shown to members.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tls_container_ref: Option<String>,
    /// URL of the secret of the CA certificates that members are verified with.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ca_tls_container_ref: Option<String>,
    /// URL of the secret of the revocation list.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub crl_container_ref: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tls_ciphers: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub tls_versions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub alpn_protocols: Option<Vec<AlpnProtocol>>,
    pub lb_algorithm: LbAlgorithm,
    /// How requests of a client stay on one member.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub session_persistence: Option<SessionPersistence>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub members: Vec<CreateMember>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub healthmonitor: Option<CreateHealthMonitor>,
}

/// Body of `POST /v2/lbaas/pools`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewPool {
    pub loadbalancer_id: LoadBalancerId,
    /// Without members and health monitor, which not every service creates with a pool.
    #[serde(flatten)]
    pub pool: CreatePool,
}

/// Body of `PUT /v2/lbaas/pools/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdatePool {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_state_up: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lb_algorithm: Option<LbAlgorithm>,
    /// How requests of a client stay on one member.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub session_persistence: Patch<SessionPersistence>,
    /// Whether connections to members use TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_enabled: Option<bool>,
    /// URL of the secret of the certificate that is shown to members.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub tls_container_ref: Patch<String>,
    /// URL of the secret of the CA certificates that members are verified with.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub ca_tls_container_ref: Patch<String>,
    /// URL of the secret of the revocation list.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub crl_container_ref: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub tls_ciphers: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub tls_versions: Patch<Vec<String>>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub alpn_protocols: Patch<Vec<AlpnProtocol>>,
    /// The complete list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

//! Pools.

use super::{
    health_monitor::CreateHealthMonitor, member::CreateMember, patch::Patch, reference::Ref,
};
use crate::{
    HealthMonitorId, ListenerId, LoadBalancerId, MemberId, OperatingStatus, PoolId,
    ProvisioningStatus, wire_enum::wire_enum,
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

/// A pool in the create request of a load balancer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreatePool {
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    pub protocol: PoolProtocol,
    pub lb_algorithm: LbAlgorithm,
    /// How requests of a client stay on one member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_persistence: Option<SessionPersistence>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub members: Vec<CreateMember>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthmonitor: Option<CreateHealthMonitor>,
}

/// Body of `POST /v2/lbaas/pools`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPool {
    pub loadbalancer_id: LoadBalancerId,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub protocol: PoolProtocol,
    pub lb_algorithm: LbAlgorithm,
    /// How requests of a client stay on one member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_persistence: Option<SessionPersistence>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Body of `PUT /v2/lbaas/pools/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdatePool {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lb_algorithm: Option<LbAlgorithm>,
    /// How requests of a client stay on one member.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub session_persistence: Patch<SessionPersistence>,
}

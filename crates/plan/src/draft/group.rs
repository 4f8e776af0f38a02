//! The form of a server group: an Octavia pool with its members and its health monitor.

use super::keys::RowKey;
use openstack_types::{
    SubnetId,
    octavia::{HealthMonitorType, HttpVersion, LbAlgorithm, PoolProtocol, SessionPersistenceType},
    tls::AlpnProtocol,
};
use serde::{Deserialize, Serialize};

/// A server group: an Octavia pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupDraft {
    pub key: RowKey,
    /// Empty for a generated name.
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub enabled: bool,
    /// Between the load balancer and the servers. Octavia cannot change it.
    pub protocol: PoolProtocol,
    pub method: LbAlgorithm,
    pub servers: Vec<ServerDraft>,
    pub health: HealthDraft,
    pub persistence: PersistenceDraft,
    #[serde(default)]
    pub tls: GroupTls,
    #[serde(default)]
    pub tags: Vec<String>,
}

impl GroupDraft {
    /// A group without servers, health check and session persistence.
    pub(crate) fn new(key: RowKey, protocol: PoolProtocol) -> Self {
        Self {
            key,
            name: String::new(),
            description: String::new(),
            enabled: true,
            protocol,
            method: LbAlgorithm::RoundRobin,
            servers: Vec::new(),
            health: HealthDraft::default(),
            persistence: PersistenceDraft::default(),
            tls: GroupTls::default(),
            tags: Vec::new(),
        }
    }

    pub fn server(&self, key: RowKey) -> Option<&ServerDraft> {
        self.servers.iter().find(|server| server.key == key)
    }
}

/// TLS to the servers. The other settings stay while it is off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupTls {
    pub enabled: bool,
    /// URL of the secret of the certificate that is shown to servers.
    pub certificate: Option<String>,
    /// URL of the secret of the CA certificates that servers are verified with.
    pub ca: Option<String>,
    /// URL of the secret of the revocation list.
    pub crl: Option<String>,
    /// OpenSSL cipher list; empty for the service's default.
    pub ciphers: String,
    /// `TLSv1.2` and the like; `None` for the service's default.
    pub versions: Option<Vec<String>>,
    /// `None` for the service's default.
    pub alpn: Option<Vec<AlpnProtocol>>,
}

/// A server: an Octavia member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerDraft {
    pub key: RowKey,
    /// IPv4 or IPv6.
    pub address: String,
    /// 1 to 65535.
    pub port: String,
    /// 0 to 256.
    pub weight: String,
    pub backup: bool,
    /// May be empty.
    pub name: String,
    pub enabled: bool,
    /// The subnet that the server is reached through. Octavia cannot change it.
    pub subnet: Option<SubnetId>,
    /// The address of health checks; empty for `address`.
    #[serde(default)]
    pub monitor_address: String,
    /// The port of health checks; empty for `port`.
    #[serde(default)]
    pub monitor_port: String,
    #[serde(default)]
    pub tags: Vec<String>,
    /// The weight that [`Draft::undrain`](super::Draft::undrain) restores.
    #[serde(default)]
    pub weight_before_drain: Option<String>,
}

impl ServerDraft {
    /// Address and port, which identify a server within its group.
    pub(crate) fn endpoint(&self) -> (&str, &str) {
        (&self.address, &self.port)
    }
}

/// A health check: an Octavia health monitor. The texts stay when the kind changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthDraft {
    /// May be empty.
    #[serde(default)]
    pub name: String,
    pub enabled: bool,
    /// `None` for no health check.
    pub kind: Option<HealthMonitorType>,
    /// Seconds between checks.
    pub delay: String,
    /// Seconds until a check fails; less than the delay.
    pub timeout: String,
    /// Successful checks in a row until a server is up.
    pub rise: String,
    /// Failed checks in a row until a server is down.
    pub fall: String,
    /// HTTP method.
    pub method: String,
    /// URL path.
    pub path: String,
    /// Expected status codes.
    pub codes: String,
    /// Host header; empty for none.
    pub domain: String,
    /// `None` for the service's default, which is 1.0, or 1.1 with a Host header.
    #[serde(default)]
    pub http_version: Option<HttpVersion>,
    #[serde(default)]
    pub tags: Vec<String>,
}

impl Default for HealthDraft {
    fn default() -> Self {
        Self {
            name: String::new(),
            enabled: true,
            kind: None,
            delay: "5".into(),
            timeout: "3".into(),
            rise: "3".into(),
            fall: "3".into(),
            method: "GET".into(),
            path: "/".into(),
            codes: "200".into(),
            domain: String::new(),
            http_version: None,
            tags: Vec::new(),
        }
    }
}

impl HealthDraft {
    /// Whether checks of a kind send an HTTP request.
    pub fn sends_request(kind: &HealthMonitorType) -> bool {
        matches!(kind, HealthMonitorType::Http | HealthMonitorType::Https)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersistenceDraft {
    /// `None` for no session persistence.
    pub kind: Option<SessionPersistenceType>,
    /// The cookie of the application, with `APP_COOKIE` only.
    pub cookie_name: String,
    /// Seconds; carried, for UDP and SCTP.
    pub timeout: Option<u32>,
    /// A netmask; carried, for UDP and SCTP.
    pub granularity: Option<String>,
}

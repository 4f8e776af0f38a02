//! Octavia v2: what load balancers, listeners, pools, members and health monitors look like.
//!
//! Source: Octavia API reference v2, as recorded from API v2.30. Objects read from a service keep
//! to what the portal uses; whatever else the service sends is left alone. Requests leave out what
//! is `None`: never a null for what was not touched.

use crate::{
    HealthMonitorId, L7PolicyId, L7RuleId, ListenerId, LoadBalancerId, MemberId, NetworkId,
    OperatingStatus, PoolId, ProjectId, ProvisioningStatus, SubnetId, UserId,
    field::{RedirectUrl, RuleValue},
    tls::{AlpnProtocol, TlsCiphers},
    wire_enum::wire_enum,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

mod update;
pub use update::{
    NewHealthMonitor, NewListener, NewPool, Patch, UpdateHealthMonitor, UpdateListener,
    UpdateLoadBalancer, UpdateMember, UpdatePool,
};

wire_enum! {
    /// What a listener speaks to clients.
    ListenerProtocol {
        /// HTTP/1.1 in the clear.
        Http = "HTTP",
        /// HTTPS ended at the load balancer; the page says `HTTPS with SSL`.
        TerminatedHttps = "TERMINATED_HTTPS",
        /// Bytes.
        Tcp = "TCP",
        /// TLS passed through.
        Https = "HTTPS",
        /// Datagrams.
        Udp = "UDP",
        /// SCTP.
        Sctp = "SCTP",
        /// Metrics of the load balancer itself.
        Prometheus = "PROMETHEUS",
    }
}

wire_enum! {
    /// What a pool speaks to its members.
    PoolProtocol {
        /// HTTP/1.1.
        Http = "HTTP",
        /// TLS passed through.
        Https = "HTTPS",
        /// Bytes, with a PROXY header of version 1.
        Proxy = "PROXY",
        /// Bytes, with a PROXY header of version 2.
        ProxyV2 = "PROXYV2",
        /// Bytes.
        Tcp = "TCP",
        /// Datagrams.
        Udp = "UDP",
        /// SCTP.
        Sctp = "SCTP",
    }
}

wire_enum! {
    /// How a pool chooses the member for a connection; the page says `Method`.
    LbAlgorithm {
        /// In turn, by weight.
        RoundRobin = "ROUND_ROBIN",
        /// The member with the fewest connections.
        LeastConnections = "LEAST_CONNECTIONS",
        /// By the client's address.
        SourceIp = "SOURCE_IP",
        /// By the client's address and port.
        SourceIpPort = "SOURCE_IP_PORT",
    }
}

wire_enum! {
    /// How a client is kept on one member.
    SessionPersistenceType {
        /// By its address.
        SourceIp = "SOURCE_IP",
        /// By a cookie that the load balancer sets.
        HttpCookie = "HTTP_COOKIE",
        /// By a cookie that the application sets.
        AppCookie = "APP_COOKIE",
    }
}

wire_enum! {
    /// How the health of members is found out.
    HealthMonitorType {
        /// An HTTP request.
        Http = "HTTP",
        /// An HTTPS request.
        Https = "HTTPS",
        /// An ICMP echo.
        Ping = "PING",
        /// A TCP connection.
        Tcp = "TCP",
        /// A TLS handshake.
        TlsHello = "TLS-HELLO",
        /// A UDP datagram.
        UdpConnect = "UDP-CONNECT",
        /// An SCTP connection.
        Sctp = "SCTP",
    }
}

wire_enum! {
    /// Whether a listener asks its clients for a certificate.
    ClientAuthentication {
        /// It does not.
        None = "NONE",
        /// It does, and serves those without one too.
        Optional = "OPTIONAL",
        /// Nobody is served without one.
        Mandatory = "MANDATORY",
    }
}

wire_enum! {
    /// What an L7 policy does with a request that its rules hold for.
    L7PolicyAction {
        /// Sends the client to a URL.
        RedirectToUrl = "REDIRECT_TO_URL",
        /// Sends the client to the same path and query at another place.
        RedirectPrefix = "REDIRECT_PREFIX",
        /// Has another pool serve it.
        RedirectToPool = "REDIRECT_TO_POOL",
        /// Answers 403.
        Reject = "REJECT",
    }
}

wire_enum! {
    /// What an L7 rule looks at.
    L7RuleType {
        /// The name in the Host header.
        HostName = "HOST_NAME",
        /// The path.
        Path = "PATH",
        /// What stands after the last dot of the path.
        FileType = "FILE_TYPE",
        /// A header.
        Header = "HEADER",
        /// A cookie.
        Cookie = "COOKIE",
        /// Whether the client has shown a certificate.
        SslConnHasCert = "SSL_CONN_HAS_CERT",
        /// Whether the client's certificate is good.
        SslVerifyResult = "SSL_VERIFY_RESULT",
        /// A part of the client's name in its certificate.
        SslDnField = "SSL_DN_FIELD",
    }
}

wire_enum! {
    /// How an L7 rule compares.
    L7RuleCompareType {
        /// The whole.
        EqualTo = "EQUAL_TO",
        /// The beginning.
        StartsWith = "STARTS_WITH",
        /// The end.
        EndsWith = "ENDS_WITH",
        /// Anywhere.
        Contains = "CONTAINS",
        /// By a regular expression.
        Regex = "REGEX",
    }
}

/// `{"id": …}`, how Octavia refers from one object to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ref<I> {
    /// The id referred to.
    pub id: I,
}

/// A load balancer: a VIP and what hangs on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadBalancer {
    /// Its id.
    pub id: LoadBalancerId,
    /// Its name, perhaps empty; not unique.
    #[serde(default)]
    pub name: String,
    /// Free text.
    #[serde(default)]
    pub description: String,
    /// Whether the last change has been carried out.
    pub provisioning_status: ProvisioningStatus,
    /// Why the last change failed, in the engine's words; the embedded cloud's addition, absent on a
    /// real one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioning_reason: Option<String>,
    /// Whether traffic flows.
    pub operating_status: OperatingStatus,
    /// Switched on.
    pub admin_state_up: bool,
    /// The project it belongs to.
    pub project_id: ProjectId,
    /// Who created it; the embedded cloud's addition, absent on a real one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// UTC, `2026-11-23T03:40:39`, without a zone.
    pub created_at: String,
    /// UTC; null until the first change.
    #[serde(default)]
    pub updated_at: Option<String>,
    /// The address clients connect to.
    #[serde(default)]
    pub vip_address: Option<String>,
    /// The subnet of the VIP.
    #[serde(default)]
    pub vip_subnet_id: Option<SubnetId>,
    /// The network of the VIP.
    #[serde(default)]
    pub vip_network_id: Option<NetworkId>,
    /// Its listeners.
    #[serde(default)]
    pub listeners: Vec<Ref<ListenerId>>,
    /// Its pools.
    #[serde(default)]
    pub pools: Vec<Ref<PoolId>>,
    /// Words of the users'.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A listener: a protocol and port of the VIP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    /// Its id.
    pub id: ListenerId,
    /// Its name, perhaps empty.
    #[serde(default)]
    pub name: String,
    /// Free text.
    #[serde(default)]
    pub description: String,
    /// Whether the last change has been carried out.
    pub provisioning_status: ProvisioningStatus,
    /// Whether traffic flows.
    pub operating_status: OperatingStatus,
    /// Switched on.
    pub admin_state_up: bool,
    /// What it speaks to clients.
    pub protocol: ListenerProtocol,
    /// 1 to 65535.
    pub protocol_port: u16,
    /// Connections at a time; -1 is no limit.
    #[serde(default = "unlimited")]
    pub connection_limit: i64,
    /// URL of the certificate's secret.
    #[serde(default)]
    pub default_tls_container_ref: Option<String>,
    /// URLs of further certificates, chosen by server name.
    #[serde(default)]
    pub sni_container_refs: Vec<String>,
    /// The pool that serves it.
    #[serde(default)]
    pub default_pool_id: Option<PoolId>,
    /// Headers added to requests, name to `"true"`.
    #[serde(default)]
    pub insert_headers: BTreeMap<String, String>,
    /// The one load balancer it belongs to.
    #[serde(default)]
    pub loadbalancers: Vec<Ref<LoadBalancerId>>,
    /// Milliseconds.
    #[serde(default)]
    pub timeout_client_data: Option<u64>,
    /// Milliseconds.
    #[serde(default)]
    pub timeout_member_connect: Option<u64>,
    /// Milliseconds.
    #[serde(default)]
    pub timeout_member_data: Option<u64>,
    /// Milliseconds; 0 waits for nothing.
    #[serde(default)]
    pub timeout_tcp_inspect: Option<u64>,
    /// Who may connect; null is everybody.
    #[serde(default)]
    pub allowed_cidrs: Option<Vec<String>>,
    /// TLS versions spoken, `TLSv1.2` and the like.
    #[serde(default)]
    pub tls_versions: Option<Vec<String>>,
    /// OpenSSL's names of ciphers with colons between; see [`crate::tls::TlsCiphers`].
    #[serde(default)]
    pub tls_ciphers: Option<String>,
    /// What a TLS handshake may settle on.
    #[serde(default)]
    pub alpn_protocols: Option<Vec<AlpnProtocol>>,
    /// Seconds for which a browser is to come by HTTPS alone (RFC 6797); null says nothing of it.
    #[serde(default)]
    pub hsts_max_age: Option<u32>,
    /// That holds for the names below too.
    #[serde(default)]
    pub hsts_include_subdomains: bool,
    /// Browsers may know of it beforehand.
    #[serde(default)]
    pub hsts_preload: bool,
    /// Whether clients are asked for a certificate.
    #[serde(default)]
    pub client_authentication: Option<ClientAuthentication>,
    /// URL of the secret of those who may have issued it.
    #[serde(default)]
    pub client_ca_tls_container_ref: Option<String>,
    /// URL of the secret of those that were taken back.
    #[serde(default)]
    pub client_crl_container_ref: Option<String>,
    /// Its L7 policies.
    #[serde(default)]
    pub l7policies: Vec<Ref<L7PolicyId>>,
    /// UTC; null until the first change.
    #[serde(default)]
    pub updated_at: Option<String>,
    /// Words of the users'.
    #[serde(default)]
    pub tags: Vec<String>,
}

fn unlimited() -> i64 {
    -1
}

/// What a listener does with requests that all of some rules hold for. One without rules is for none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct L7Policy {
    /// Its id.
    pub id: L7PolicyId,
    /// Its name, perhaps empty.
    #[serde(default)]
    pub name: String,
    /// Free text.
    #[serde(default)]
    pub description: String,
    /// Whether the last change has been carried out.
    pub provisioning_status: ProvisioningStatus,
    /// Whether it works.
    pub operating_status: OperatingStatus,
    /// Switched on.
    pub admin_state_up: bool,
    /// What it does.
    pub action: L7PolicyAction,
    /// The listener it belongs to.
    pub listener_id: ListenerId,
    /// With `REDIRECT_TO_POOL`.
    #[serde(default)]
    pub redirect_pool_id: Option<PoolId>,
    /// With `REDIRECT_TO_URL`.
    #[serde(default)]
    pub redirect_url: Option<String>,
    /// With `REDIRECT_PREFIX`.
    #[serde(default)]
    pub redirect_prefix: Option<String>,
    /// 301, 302, 303, 307 or 308.
    #[serde(default)]
    pub redirect_http_code: Option<u16>,
    /// From 1; the first whose rules hold decides.
    #[serde(default)]
    pub position: u32,
    /// Its rules.
    #[serde(default)]
    pub rules: Vec<Ref<L7RuleId>>,
    /// Words of the users'.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A condition of an L7 policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct L7Rule {
    /// Its id.
    pub id: L7RuleId,
    /// What it looks at.
    #[serde(rename = "type")]
    pub kind: L7RuleType,
    /// How it compares.
    pub compare_type: L7RuleCompareType,
    /// The name of the header or cookie.
    #[serde(default)]
    pub key: Option<String>,
    /// What it compares with.
    pub value: String,
    /// Holds when the comparison does not.
    #[serde(default)]
    pub invert: bool,
}

/// How a client is kept on one member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionPersistence {
    /// The kind.
    #[serde(rename = "type")]
    pub kind: SessionPersistenceType,
    /// The application's cookie; with `APP_COOKIE` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cookie_name: Option<String>,
}

/// A pool: members and how one is chosen. The page says server group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pool {
    /// Its id.
    pub id: PoolId,
    /// Its name, perhaps empty.
    #[serde(default)]
    pub name: String,
    /// Free text.
    #[serde(default)]
    pub description: String,
    /// Whether the last change has been carried out.
    pub provisioning_status: ProvisioningStatus,
    /// Whether traffic flows.
    pub operating_status: OperatingStatus,
    /// Switched on.
    pub admin_state_up: bool,
    /// What it speaks to members.
    pub protocol: PoolProtocol,
    /// That goes within TLS.
    #[serde(default)]
    pub tls_enabled: bool,
    /// How a member is chosen.
    pub lb_algorithm: LbAlgorithm,
    /// How a client is kept on one member.
    #[serde(default)]
    pub session_persistence: Option<SessionPersistence>,
    /// The one load balancer it belongs to.
    #[serde(default)]
    pub loadbalancers: Vec<Ref<LoadBalancerId>>,
    /// The listeners whose default it is.
    #[serde(default)]
    pub listeners: Vec<Ref<ListenerId>>,
    /// Its members.
    #[serde(default)]
    pub members: Vec<Ref<MemberId>>,
    /// Its health monitor.
    #[serde(default)]
    pub healthmonitor_id: Option<HealthMonitorId>,
    /// Words of the users'.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A member: a server, known by address and port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Its id.
    pub id: MemberId,
    /// Its name, perhaps empty.
    #[serde(default)]
    pub name: String,
    /// Whether the last change has been carried out.
    pub provisioning_status: ProvisioningStatus,
    /// Whether it serves.
    pub operating_status: OperatingStatus,
    /// Switched on.
    pub admin_state_up: bool,
    /// IPv4 or IPv6.
    pub address: String,
    /// 1 to 65535.
    pub protocol_port: u16,
    /// 0 to 256; 0 drains.
    pub weight: u16,
    /// Serves only when no other does.
    #[serde(default)]
    pub backup: bool,
    /// The subnet it is reached through.
    #[serde(default)]
    pub subnet_id: Option<SubnetId>,
    /// Where its health is asked, when not at its own address.
    #[serde(default)]
    pub monitor_address: Option<String>,
    /// The port where its health is asked, when not its own.
    #[serde(default)]
    pub monitor_port: Option<u16>,
    /// Words of the users'.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// How the health of a pool's members is found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthMonitor {
    /// Its id.
    pub id: HealthMonitorId,
    /// Its name, perhaps empty.
    #[serde(default)]
    pub name: String,
    /// The kind of check.
    #[serde(rename = "type")]
    pub kind: HealthMonitorType,
    /// Seconds from check to check.
    pub delay: u32,
    /// Seconds until a check counts as failed.
    pub timeout: u32,
    /// Checks in a row that must succeed before a member is up, 1 to 10.
    pub max_retries: u8,
    /// Checks in a row that must fail before a member is down, 1 to 10.
    #[serde(default = "three")]
    pub max_retries_down: u8,
    /// With HTTP and HTTPS.
    #[serde(default)]
    pub http_method: Option<String>,
    /// With HTTP and HTTPS.
    #[serde(default)]
    pub url_path: Option<String>,
    /// With HTTP and HTTPS: `200`, `200,202` or `200-204`.
    #[serde(default)]
    pub expected_codes: Option<String>,
    /// Host header of the check.
    #[serde(default)]
    pub domain_name: Option<String>,
    /// Switched on.
    pub admin_state_up: bool,
    /// The one pool it belongs to.
    #[serde(default)]
    pub pools: Vec<Ref<PoolId>>,
    /// Whether the last change has been carried out.
    pub provisioning_status: ProvisioningStatus,
    /// Whether it checks.
    pub operating_status: OperatingStatus,
    /// Words of the users'.
    #[serde(default)]
    pub tags: Vec<String>,
}

fn three() -> u8 {
    3
}

/// Counters since creation, and connections now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Connections open now.
    pub active_connections: u64,
    /// Bytes from clients.
    pub bytes_in: u64,
    /// Bytes to clients.
    pub bytes_out: u64,
    /// Requests that could not be answered.
    pub request_errors: u64,
    /// Connections ever.
    pub total_connections: u64,
}

/// Body of `POST /v2/lbaas/loadbalancers`: a load balancer with all that hangs on it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CreateLoadBalancer {
    /// Its name.
    pub name: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The subnet to take the VIP from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vip_subnet_id: Option<SubnetId>,
    /// Or the network to take the VIP from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vip_network_id: Option<NetworkId>,
    /// A VIP asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vip_address: Option<String>,
    /// Words of the users'.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
    /// Listeners, with the pools they use by name.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub listeners: Vec<CreateListener>,
    /// Pools, named so that listeners can refer to them.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub pools: Vec<CreatePool>,
}

/// A pool by its name in the same request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolByName {
    /// The name.
    pub name: String,
}

/// A listener in a create request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateListener {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    /// What it speaks.
    pub protocol: ListenerProtocol,
    /// 1 to 65535.
    pub protocol_port: u16,
    /// Connections at a time; -1 is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_limit: Option<i64>,
    /// URL of the certificate's secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_tls_container_ref: Option<String>,
    /// URLs of further certificates, chosen by server name.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub sni_container_refs: Vec<String>,
    /// TLS versions spoken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_versions: Option<Vec<String>>,
    /// Ciphers; see [`crate::tls::CipherPreset`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_ciphers: Option<TlsCiphers>,
    /// What a TLS handshake may settle on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpn_protocols: Option<Vec<AlpnProtocol>>,
    /// Seconds for which a browser is to come by HTTPS alone (RFC 6797).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hsts_max_age: Option<u32>,
    /// That holds for the names below too.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hsts_include_subdomains: Option<bool>,
    /// Browsers may know of it beforehand.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hsts_preload: Option<bool>,
    /// Whether clients are asked for a certificate.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_authentication: Option<ClientAuthentication>,
    /// URL of the secret of those who may have issued it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_ca_tls_container_ref: Option<String>,
    /// URL of the secret of those that were taken back.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_crl_container_ref: Option<String>,
    /// What is done with some requests.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub l7policies: Vec<CreateL7Policy>,
    /// Headers added to requests.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub insert_headers: BTreeMap<String, String>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_client_data: Option<u64>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_member_connect: Option<u64>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_member_data: Option<u64>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub timeout_tcp_inspect: Option<u64>,
    /// Who may connect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_cidrs: Option<Vec<String>>,
    /// Words of the users'.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
    /// The pool that serves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_pool: Option<PoolByName>,
}

/// An L7 policy in a create request: within a listener, or by itself with its `listener_id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateL7Policy {
    /// The listener, when it is created by itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub listener_id: Option<ListenerId>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    /// What it does.
    pub action: L7PolicyAction,
    /// With `REDIRECT_TO_URL`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redirect_url: Option<RedirectUrl>,
    /// With `REDIRECT_PREFIX`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redirect_prefix: Option<RedirectUrl>,
    /// 301, 302, 303, 307 or 308; 302 without one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub redirect_http_code: Option<u16>,
    /// All must hold; without any, the policy is for no request.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub rules: Vec<CreateL7Rule>,
    /// Words of the users'.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
}

/// What the policy that sends everything to HTTPS is called, and known by.
const REDIRECT_TO_HTTPS: &str = "redirect-to-https";

impl L7Policy {
    /// Where it sends every request, if it is one of [`CreateL7Policy::redirect_to_https`]: told by
    /// its name, so that nobody has to ask for its rules.
    pub fn redirects_to_https(&self) -> Option<&str> {
        let is_one = self.name == REDIRECT_TO_HTTPS
            && self.action == L7PolicyAction::RedirectPrefix
            && self.admin_state_up;
        self.redirect_prefix.as_deref().filter(|prefix| is_one && prefix.starts_with("https://"))
    }
}

impl CreateL7Policy {
    /// Sends every request to the same path and query at `prefix`, which is `https://` and a host.
    pub fn redirect_to_https(prefix: RedirectUrl) -> Self {
        Self {
            listener_id: None,
            name: Some(REDIRECT_TO_HTTPS.to_owned()),
            description: None,
            action: L7PolicyAction::RedirectPrefix,
            redirect_url: None,
            redirect_prefix: Some(prefix),
            redirect_http_code: None,
            rules: vec![CreateL7Rule::every_request()],
            tags: Vec::new(),
        }
    }
}

/// An L7 rule in a create request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateL7Rule {
    /// What it looks at.
    #[serde(rename = "type")]
    pub kind: L7RuleType,
    /// How it compares.
    pub compare_type: L7RuleCompareType,
    /// The name of the header or cookie.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub key: Option<String>,
    /// What it compares with.
    pub value: RuleValue,
    /// Holds when the comparison does not.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub invert: Option<bool>,
}

impl CreateL7Rule {
    /// Holds always. The value is a path that every path begins with.
    pub fn every_request() -> Self {
        Self {
            kind: L7RuleType::Path,
            compare_type: L7RuleCompareType::StartsWith,
            key: None,
            value: RuleValue::root(),
            invert: None,
        }
    }
}

/// A pool in a create request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreatePool {
    /// Its name.
    pub name: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    /// What it speaks to members.
    pub protocol: PoolProtocol,
    /// How a member is chosen.
    pub lb_algorithm: LbAlgorithm,
    /// How a client is kept on one member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_persistence: Option<SessionPersistence>,
    /// Words of the users'.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
    /// The servers.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub members: Vec<CreateMember>,
    /// The health check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub healthmonitor: Option<CreateHealthMonitor>,
}

/// A member in a create request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateMember {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// IPv4 or IPv6.
    pub address: String,
    /// 1 to 65535.
    pub protocol_port: u16,
    /// 0 to 256.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u16>,
    /// Serves only when no other does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<bool>,
    /// Switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_state_up: Option<bool>,
    /// The subnet it is reached through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<SubnetId>,
    /// Where its health is asked, when not at its own address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitor_address: Option<String>,
    /// The port where its health is asked, when not its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub monitor_port: Option<u16>,
    /// Words of the users'.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
}

/// A health monitor in a create request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreateHealthMonitor {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub name: Option<String>,
    /// The kind of check.
    #[serde(rename = "type")]
    pub kind: HealthMonitorType,
    /// Seconds from check to check.
    pub delay: u32,
    /// Seconds until a check counts as failed.
    pub timeout: u32,
    /// Checks in a row before a member is up.
    pub max_retries: u8,
    /// Checks in a row before a member is down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries_down: Option<u8>,
    /// With HTTP and HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_method: Option<String>,
    /// With HTTP and HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_path: Option<String>,
    /// With HTTP and HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_codes: Option<String>,
    /// Host header of the check; Octavia wants `http_version` 1.1 with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain_name: Option<String>,
    /// 1.0 or 1.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_version: Option<f64>,
    /// Words of the users'.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
}

//! What the engine is asked to run: parsed values only. Nothing in here can hold a name, a
//! description or any other text of a person's, but for the checked strings of
//! [`openstack_types::field`].

use ipnet::IpNet;
use openstack_types::{
    ListenerId, LoadBalancerId, MemberId, PoolId,
    field::{CookieName, DomainName, ExpectedCodes, HttpMethod, UrlPath},
};
use std::{net::IpAddr, time::Duration};

/// One load balancer as it should be. Things switched off (admin state) are left out by the caller,
/// except members, whose health is still told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancerSpec {
    /// Its id; also the name of its files.
    pub id: LoadBalancerId,
    /// Where its listeners bind.
    pub vip: IpAddr,
    /// Its listeners; with none, no process runs.
    pub listeners: Vec<ListenerSpec>,
    /// Its pools; those that no listener uses are not rendered.
    pub pools: Vec<PoolSpec>,
}

/// What a listener speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ListenerMode {
    /// HTTP in the clear.
    Http,
    /// Bytes.
    Tcp,
}

/// A listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerSpec {
    /// Its id.
    pub id: ListenerId,
    /// What it speaks.
    pub mode: ListenerMode,
    /// 1 to 65535.
    pub port: u16,
    /// Connections at a time; `None` is no limit of its own.
    pub connection_limit: Option<u32>,
    /// The pool that serves it; without one, HTTP answers 503 and TCP closes.
    pub default_pool: Option<PoolId>,
    /// Who may connect; empty is everybody.
    pub allowed_cidrs: Vec<IpNet>,
    /// Longest silence of a client.
    pub timeout_client: Duration,
    /// Longest wait for a member to take a connection.
    pub timeout_connect: Duration,
    /// Longest silence of a member.
    pub timeout_server: Duration,
    /// Headers added to requests.
    pub insert_headers: InsertHeaders,
}

/// Headers that tell the member about the client. HTTP only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InsertHeaders {
    /// The client's address.
    pub x_forwarded_for: bool,
    /// The listener's port.
    pub x_forwarded_port: bool,
    /// `http` or `https`.
    pub x_forwarded_proto: bool,
}

/// How a member is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Balance {
    /// In turn, by weight.
    RoundRobin,
    /// The member with the fewest connections.
    LeastConnections,
    /// By the client's address.
    SourceIp,
}

/// How a client is kept on one member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// By its address.
    SourceIp,
    /// By a cookie that the engine sets.
    HttpCookie,
    /// By a cookie that the application sets.
    AppCookie(CookieName),
}

/// What a pool speaks to its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PoolMode {
    /// HTTP.
    Http,
    /// Bytes.
    Tcp,
    /// Bytes, with a PROXY header of version 1.
    ProxyV1,
    /// Bytes, with a PROXY header of version 2.
    ProxyV2,
}

/// A pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolSpec {
    /// Its id.
    pub id: PoolId,
    /// What it speaks to its members.
    pub mode: PoolMode,
    /// How a member is chosen.
    pub balance: Balance,
    /// How a client is kept on one member.
    pub persistence: Option<Persistence>,
    /// Its members.
    pub members: Vec<MemberSpec>,
    /// How their health is found out.
    pub monitor: Option<MonitorSpec>,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSpec {
    /// Its id.
    pub id: MemberId,
    /// Where it is.
    pub address: IpAddr,
    /// 1 to 65535.
    pub port: u16,
    /// 0 to 256; 0 drains.
    pub weight: u16,
    /// Serves only when no other does.
    pub backup: bool,
    /// Switched on.
    pub enabled: bool,
    /// Where its health is asked, when not at its own address.
    pub monitor_address: Option<IpAddr>,
    /// The port where its health is asked, when not its own.
    pub monitor_port: Option<u16>,
}

/// A health check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorSpec {
    /// The kind.
    pub kind: MonitorKind,
    /// From check to check.
    pub delay: Duration,
    /// Until a check counts as failed.
    pub timeout: Duration,
    /// Checks in a row before a member is up.
    pub rise: u8,
    /// Checks in a row before a member is down.
    pub fall: u8,
}

/// The kind of a health check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MonitorKind {
    /// A TCP connection.
    Tcp,
    /// An HTTP request.
    Http(HttpCheck),
    /// An HTTPS request; the certificate is not verified.
    Https(HttpCheck),
    /// A TLS handshake; the certificate is not verified.
    TlsHello,
    /// An ICMP echo, sent by the engine itself.
    Ping,
}

/// The request of a health check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpCheck {
    /// `GET` and the like.
    pub method: HttpMethod,
    /// What is asked for.
    pub path: UrlPath,
    /// Status codes that are healthy.
    pub expected: ExpectedCodes,
    /// Host header; without one, HTTP/1.0.
    pub host: Option<DomainName>,
}

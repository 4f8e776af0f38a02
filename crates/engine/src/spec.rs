//! The specification of a load balancer. All values are parsed: no type here can contain a name, a description
//! or other text of a user, except the checked strings of [`openstack_types::field`].

mod tls;

pub use tls::*;

use ipnet::IpNet;
use openstack_types::{
    L7PolicyId, L7RuleId, ListenerId, LoadBalancerId, MemberId, PoolId, ProjectId,
    field::{
        CookieName, DomainName, ExpectedCodes, HeaderName, HttpMethod, RedirectUrl, RuleValue,
        UrlPath,
    },
    octavia::{ClientCertificateHeader, DnField},
};
use std::{
    collections::{BTreeSet, HashSet},
    net::IpAddr,
    time::Duration,
};

/// A load balancer as it should run. The caller omits objects whose admin state is down, except members, whose
/// health is still reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadBalancerSpec {
    /// Also the name of its files.
    pub id: LoadBalancerId,
    /// Whose it is: what all share, such as the room for old processes, is shared between projects.
    pub project: ProjectId,
    pub vip: IpAddr,
    /// Where every listener listens too.
    pub additional_vips: Vec<IpAddr>,
    /// Without a listener, no process runs.
    pub listeners: Vec<ListenerSpec>,
    /// Pools that no listener uses are not rendered.
    pub pools: Vec<PoolSpec>,
}

impl LoadBalancerSpec {
    /// The addresses on which every listener listens.
    pub fn vips(&self) -> impl Iterator<Item = IpAddr> {
        std::iter::once(self.vip).chain(self.additional_vips.iter().copied())
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenerMode {
    Http,
    /// HTTP over TLS that is terminated here.
    TerminatedHttps(TlsSpec),
    Tcp,
    /// Serves the metrics of this load balancer's process at `/metrics`. It has no pool.
    Prometheus(Option<TlsSpec>),
}

impl ListenerMode {
    pub fn is_http(&self) -> bool {
        match self {
            Self::Http | Self::TerminatedHttps(_) | Self::Prometheus(_) => true,
            Self::Tcp => false,
        }
    }

    pub fn tls(&self) -> Option<&TlsSpec> {
        match self {
            Self::TerminatedHttps(tls) => Some(tls),
            Self::Prometheus(tls) => tls.as_ref(),
            Self::Http | Self::Tcp => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListenerSpec {
    pub id: ListenerId,
    pub mode: ListenerMode,
    /// 1 to 65535.
    pub port: u16,
    /// Concurrent connections. `None` uses the limit of the process.
    pub connection_limit: Option<u32>,
    /// Without a pool, HTTP answers 503 and TCP closes the connection.
    pub default_pool: Option<PoolId>,
    /// HTTP only. Policies that reject are evaluated first, then those that redirect, then those that select a
    /// pool, each kind in this order. The first policy whose rules match decides.
    pub policies: Vec<PolicySpec>,
    /// Empty allows every client.
    pub allowed_cidrs: Vec<IpNet>,
    pub timeout_client: Duration,
    pub timeout_connect: Duration,
    pub timeout_server: Duration,
    /// How long the content of a connection is waited for before rules that inspect it decide. Zero waits for
    /// none.
    pub timeout_tcp_inspect: Duration,
    pub insert_headers: InsertHeaders,
}

impl ListenerSpec {
    /// Whether it sends all or some requests to the pool.
    pub fn uses(&self, pool: PoolId) -> bool {
        let redirects = |policy: &PolicySpec| policy.action == PolicyAction::RedirectToPool(pool);
        self.default_pool == Some(pool) || self.policies.iter().any(redirects)
    }
}

/// An L7 policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySpec {
    pub id: L7PolicyId,
    pub action: PolicyAction,
    /// All must match. A policy without rules matches no request, as in Octavia: a new policy must not take all
    /// traffic before it has rules.
    pub rules: Vec<RuleSpec>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyAction {
    /// The response is 403.
    Reject,
    RedirectToPool(PoolId),
    RedirectToUrl(RedirectUrl, RedirectCode),
    /// Redirects to the URL followed by the path and query of the request.
    RedirectPrefix(RedirectUrl, RedirectCode),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedirectCode {
    MovedPermanently,
    Found,
    SeeOther,
    TemporaryRedirect,
    PermanentRedirect,
}

/// An L7 rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSpec {
    pub id: L7RuleId,
    pub part: RulePart,
    pub compare: Comparison,
    /// A text, or for [`Comparison::Regex`] an expression that `check_regex` accepts.
    pub value: RuleValue,
    /// The rule matches if the comparison does not.
    pub invert: bool,
}

/// The part of a request that a rule compares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulePart {
    /// The Host header without the port, case-insensitive.
    HostName,
    /// Without the query.
    Path,
    /// The text after the last dot of the path.
    FileType,
    Header(HeaderName),
    Cookie(CookieName),
    /// Whether the client has a certificate. The value and the comparison have no effect.
    ClientHasCertificate,
    /// Whether the verification of the client's certificate had this result of OpenSSL; 0 is success. The value
    /// and the comparison have no effect.
    ClientVerifyResult(u32),
    /// A field of the subject of the client's certificate.
    ClientDn(DnField),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    EqualTo,
    StartsWith,
    EndsWith,
    Contains,
    Regex,
}

/// The headers about the client that are added to requests. HTTP only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InsertHeaders {
    pub x_forwarded_for: bool,
    pub x_forwarded_port: bool,
    /// `http` or `https`.
    pub x_forwarded_proto: bool,
    /// Only where TLS is terminated.
    pub client_certificate: BTreeSet<ClientCertificateHeader>,
}

/// The load balancing algorithm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Balance {
    RoundRobin,
    LeastConnections,
    SourceIp,
}

/// Session persistence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Persistence {
    SourceIp,
    /// By a cookie that the engine sets.
    HttpCookie,
    /// By a cookie that the application sets.
    AppCookie(CookieName),
}

/// The protocol between the load balancer and the members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PoolMode {
    Http,
    Tcp,
    /// TCP with a PROXY protocol header of version 1.
    ProxyV1,
    /// TCP with a PROXY protocol header of version 2.
    ProxyV2,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolSpec {
    pub id: PoolId,
    pub mode: PoolMode,
    pub balance: Balance,
    pub persistence: Option<Persistence>,
    /// Connections to members use TLS.
    pub tls: Option<PoolTlsSpec>,
    pub members: Vec<MemberSpec>,
    pub monitor: Option<MonitorSpec>,
}

impl PoolSpec {
    /// The members without those that repeat an id.
    pub(crate) fn unique_members(&self) -> impl Iterator<Item = &MemberSpec> {
        let mut seen = HashSet::new();
        self.members.iter().filter(move |member| seen.insert(member.id))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberSpec {
    pub id: MemberId,
    pub address: IpAddr,
    /// 1 to 65535.
    pub port: u16,
    /// 0 to 256. 0 drains the member.
    pub weight: u16,
    /// Serves only when no member without this flag is available.
    pub backup: bool,
    /// The admin state is up.
    pub enabled: bool,
    /// The address for health checks, if it differs from `address`.
    pub monitor_address: Option<IpAddr>,
    /// The port for health checks, if it differs from `port`.
    pub monitor_port: Option<u16>,
}

/// A health monitor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitorSpec {
    pub kind: MonitorKind,
    /// The time from one check to the next.
    pub delay: Duration,
    /// The time after which a check fails.
    pub timeout: Duration,
    /// Successive passed checks before a member is up.
    pub rise: u8,
    /// Successive failed checks before a member is down.
    pub fall: u8,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MonitorKind {
    Tcp,
    Http(HttpCheck),
    /// The certificate is verified as that of traffic: see [`PoolTlsSpec`].
    Https(HttpCheck),
    /// The certificate is verified as that of traffic: see [`PoolTlsSpec`].
    TlsHello,
    /// ICMP echo. The engine sends it itself.
    Ping,
}

/// The request of a health check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpCheck {
    pub method: HttpMethod,
    pub path: UrlPath,
    /// The status codes of a passed check.
    pub expected: ExpectedCodes,
    pub host: CheckHost,
}

/// The HTTP version of a check, and its Host header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckHost {
    /// HTTP/1.0, which needs no Host header.
    Absent,
    /// HTTP/1.1 with the address and port that are checked.
    Member,
    /// HTTP/1.1.
    Name(DomainName),
}

//! What the engine is asked to run: parsed values only. Nothing in here can hold a name, a
//! description or any other text of a person's, but for the checked strings of
//! [`openstack_types::field`].

use ipnet::IpNet;
use openstack_types::{
    L7PolicyId, L7RuleId, ListenerId, LoadBalancerId, MemberId, PoolId,
    field::{
        CookieName, DomainName, ExpectedCodes, HeaderName, HttpMethod, RedirectUrl, RuleValue,
        UrlPath,
    },
    tls::TlsCiphers,
};
use std::{fmt, net::IpAddr, sync::Arc, time::Duration};
use zeroize::Zeroizing;

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenerMode {
    /// HTTP in the clear.
    Http,
    /// HTTP over TLS that ends here.
    TerminatedHttps(TlsSpec),
    /// Bytes.
    Tcp,
}

impl ListenerMode {
    /// Whether requests are seen, not only bytes.
    pub fn is_http(&self) -> bool {
        match self {
            Self::Http | Self::TerminatedHttps(_) => true,
            Self::Tcp => false,
        }
    }

    /// With TLS, how.
    pub fn tls(&self) -> Option<&TlsSpec> {
        match self {
            Self::TerminatedHttps(tls) => Some(tls),
            Self::Http | Self::Tcp => None,
        }
    }
}

/// How a listener speaks TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsSpec {
    /// For clients that name no server, or one that no certificate is for.
    pub default_certificate: CertificatePem,
    /// Further ones, chosen by the names in them.
    pub sni_certificates: Vec<CertificatePem>,
    /// Versions spoken.
    pub versions: TlsVersions,
    /// Ciphers offered; those of a version that is not spoken do not matter.
    pub ciphers: TlsCiphers,
    /// What a handshake may settle on, first wish first; none offers no choice, which is HTTP/1.1.
    pub alpn: Vec<Alpn>,
    /// Tells browsers to come by HTTPS alone.
    pub hsts: Option<Hsts>,
}

/// A certificate, its chain and its private key as PEM; clones share it, and the last one wipes it.
/// Deliberately shown by nothing.
#[derive(Clone)]
pub struct CertificatePem(Arc<Zeroizing<Vec<u8>>>);

impl CertificatePem {
    /// Takes the text over: leaf, then issuers in order, and the key anywhere.
    pub fn new(pem: Zeroizing<Vec<u8>>) -> Self {
        Self(Arc::new(pem))
    }

    /// For HAProxy alone.
    pub(crate) fn reveal(&self) -> &[u8] {
        &self.0
    }
}

impl PartialEq for CertificatePem {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for CertificatePem {}

impl fmt::Debug for CertificatePem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CertificatePem(..)")
    }
}

/// Versions of TLS that a listener speaks; older ones than 1.2 it cannot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TlsVersions {
    /// 1.2 alone.
    V1_2,
    /// Both.
    V1_2AndV1_3,
    /// 1.3 alone.
    V1_3,
}

/// A protocol that a TLS handshake can settle on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Alpn {
    /// HTTP/2.
    H2,
    /// HTTP/1.1.
    Http11,
    /// HTTP/1.0.
    Http10,
}

/// HTTP Strict Transport Security (RFC 6797).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hsts {
    /// Seconds that a browser remembers it.
    pub max_age: u32,
    /// For all names below, too.
    pub include_subdomains: bool,
    /// May be built into browsers.
    pub preload: bool,
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
    /// What is done with some requests instead; HTTP only. Those that reject are asked first, then
    /// those that redirect, then those that choose a pool, each in this order; the first whose rules
    /// hold decides.
    pub policies: Vec<PolicySpec>,
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

impl ListenerSpec {
    /// Whether it has a pool serve requests, all or some.
    pub fn uses(&self, pool: PoolId) -> bool {
        let redirects = |policy: &PolicySpec| policy.action == PolicyAction::RedirectToPool(pool);
        self.default_pool == Some(pool) || self.policies.iter().any(redirects)
    }
}

/// What is done with requests that some rules hold for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicySpec {
    /// Its id.
    pub id: L7PolicyId,
    /// What is done.
    pub action: PolicyAction,
    /// All must hold. Without any the policy is for no request, as in Octavia: one whose rules are
    /// still to come must not take all traffic.
    pub rules: Vec<RuleSpec>,
}

/// What a policy does with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyAction {
    /// Answers 403.
    Reject,
    /// Has this pool serve it.
    RedirectToPool(PoolId),
    /// Sends the client there.
    RedirectToUrl(RedirectUrl, RedirectCode),
    /// Sends the client to the same path and query, there.
    RedirectPrefix(RedirectUrl, RedirectCode),
}

/// The status of a redirect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RedirectCode {
    /// 301
    MovedPermanently,
    /// 302
    Found,
    /// 303
    SeeOther,
    /// 307
    TemporaryRedirect,
    /// 308
    PermanentRedirect,
}

/// A condition on a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleSpec {
    /// Its id.
    pub id: L7RuleId,
    /// What is looked at.
    pub of: RulePart,
    /// How it is compared.
    pub compare: Comparison,
    /// With what.
    pub value: RuleValue,
    /// Holds when the comparison does not.
    pub invert: bool,
}

/// The part of a request that a rule looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RulePart {
    /// The name in the Host header, without its port; case does not matter.
    HostName,
    /// The path, without the query.
    Path,
    /// What stands after the last dot of the path.
    FileType,
    /// A header.
    Header(HeaderName),
    /// A cookie.
    Cookie(CookieName),
}

/// How a rule compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// The whole.
    EqualTo,
    /// The beginning.
    StartsWith,
    /// The end.
    EndsWith,
    /// Anywhere.
    Contains,
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

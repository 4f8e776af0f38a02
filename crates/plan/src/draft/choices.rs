//! The choices that a form offers.

use openstack_types::{
    octavia::{
        HealthMonitorType, L7RuleCompareType, L7RuleType, LbAlgorithm, ListenerProtocol,
        PoolProtocol, SessionPersistenceType,
    },
    rules::LbType,
};

/// In the order in which they are shown.
pub const LB_ALGORITHMS: [LbAlgorithm; 3] =
    [LbAlgorithm::RoundRobin, LbAlgorithm::LeastConnections, LbAlgorithm::SourceIp];

/// In the order in which they are shown.
pub const HEALTH_CHECK_KINDS: [HealthMonitorType; 5] = [
    HealthMonitorType::Http,
    HealthMonitorType::Https,
    HealthMonitorType::Tcp,
    HealthMonitorType::TlsHello,
    HealthMonitorType::Ping,
];

/// The protocols of a type, the default first. A listener of another tool may have another one.
pub fn listener_protocols(lb_type: LbType) -> &'static [ListenerProtocol] {
    use ListenerProtocol as P;
    match lb_type {
        LbType::Application => &[P::Http, P::TerminatedHttps, P::Prometheus],
        LbType::Network => &[P::Tcp, P::Https, P::Prometheus],
    }
}

/// The protocols to servers that listeners of a type can have, the default first.
pub fn pool_protocols(lb_type: LbType) -> &'static [PoolProtocol] {
    use PoolProtocol as P;
    match lb_type {
        LbType::Application => &[P::Http, P::Proxy, P::ProxyV2],
        LbType::Network => &[P::Tcp, P::Https, P::Proxy, P::ProxyV2],
    }
}

/// The comparisons of rules of a kind, the default first.
pub fn compare_types(kind: &L7RuleType) -> &'static [L7RuleCompareType] {
    use L7RuleCompareType as C;
    match kind {
        L7RuleType::FileType => &[C::EqualTo, C::Regex],
        L7RuleType::SslConnHasCert | L7RuleType::SslVerifyResult => &[C::EqualTo],
        L7RuleType::Path => &[C::StartsWith, C::EqualTo, C::EndsWith, C::Contains, C::Regex],
        _ => &[C::EqualTo, C::StartsWith, C::EndsWith, C::Contains, C::Regex],
    }
}

/// The kinds of session persistence of a group's protocol: cookies need HTTP.
pub fn persistence_kinds_of(protocol: &PoolProtocol) -> &'static [SessionPersistenceType] {
    match protocol {
        PoolProtocol::Tcp | PoolProtocol::Https | PoolProtocol::Udp | PoolProtocol::Sctp => {
            persistence_kinds(LbType::Network)
        }
        _ => persistence_kinds(LbType::Application),
    }
}

/// The status codes of a redirect.
pub const REDIRECT_CODES: [u16; 5] = [301, 302, 303, 307, 308];

/// The kinds of session persistence of a type: cookies need HTTP.
pub fn persistence_kinds(lb_type: LbType) -> &'static [SessionPersistenceType] {
    use SessionPersistenceType as P;
    match lb_type {
        LbType::Application => &[P::SourceIp, P::HttpCookie, P::AppCookie],
        LbType::Network => &[P::SourceIp],
    }
}

/// The health check that the form proposes for a type.
pub fn default_health_check(lb_type: LbType) -> HealthMonitorType {
    match lb_type {
        LbType::Application => HealthMonitorType::Http,
        LbType::Network => HealthMonitorType::Tcp,
    }
}

pub fn default_port(protocol: &ListenerProtocol) -> Option<u16> {
    match protocol {
        ListenerProtocol::Http => Some(80),
        ListenerProtocol::TerminatedHttps | ListenerProtocol::Https => Some(443),
        _ => None,
    }
}

/// Whether a listener parses HTTP requests.
pub fn is_http(protocol: &ListenerProtocol) -> bool {
    matches!(protocol, ListenerProtocol::Http | ListenerProtocol::TerminatedHttps)
}

//! The choices that a form offers.

use openstack_types::{
    octavia::{HealthMonitorType, LbAlgorithm, ListenerProtocol, SessionPersistenceType},
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

/// The protocols of a type, the default first.
pub fn listener_protocols(lb_type: LbType) -> &'static [ListenerProtocol] {
    match lb_type {
        LbType::Application => &[ListenerProtocol::Http, ListenerProtocol::TerminatedHttps],
        LbType::Network => &[ListenerProtocol::Tcp],
    }
}

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
        ListenerProtocol::TerminatedHttps => Some(443),
        _ => None,
    }
}

/// Whether a listener parses HTTP requests.
pub fn is_http(protocol: &ListenerProtocol) -> bool {
    matches!(protocol, ListenerProtocol::Http | ListenerProtocol::TerminatedHttps)
}

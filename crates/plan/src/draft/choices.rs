//! What there is to choose from in a form.

use openstack_types::{
    octavia::{HealthMonitorType, LbAlgorithm, ListenerProtocol, SessionPersistenceType},
    rules::LbType,
};

/// Methods to choose from, in the order they are shown.
pub const METHODS: [LbAlgorithm; 3] =
    [LbAlgorithm::RoundRobin, LbAlgorithm::LeastConnections, LbAlgorithm::SourceIp];

/// Kinds of health check to choose from, in the order they are shown.
pub const HEALTH_CHECKS: [HealthMonitorType; 5] = [
    HealthMonitorType::Http,
    HealthMonitorType::Https,
    HealthMonitorType::Tcp,
    HealthMonitorType::TlsHello,
    HealthMonitorType::Ping,
];

/// Protocols that listeners of a type may speak, the usual one first.
pub fn protocols(kind: LbType) -> &'static [ListenerProtocol] {
    match kind {
        LbType::Application => &[ListenerProtocol::Http, ListenerProtocol::TerminatedHttps],
        LbType::Network => &[ListenerProtocol::Tcp],
    }
}

/// Kinds of session persistence that a type can have: cookies need HTTP.
pub fn persistences(kind: LbType) -> &'static [SessionPersistenceType] {
    use SessionPersistenceType as P;
    match kind {
        LbType::Application => &[P::SourceIp, P::HttpCookie, P::AppCookie],
        LbType::Network => &[P::SourceIp],
    }
}

/// The port people expect of a protocol; none where there is no usual one.
pub fn usual_port(protocol: &ListenerProtocol) -> Option<u16> {
    match protocol {
        ListenerProtocol::Http => Some(80),
        ListenerProtocol::TerminatedHttps => Some(443),
        _ => None,
    }
}

/// Whether a listener sees requests, not only bytes.
pub fn is_http(protocol: &ListenerProtocol) -> bool {
    matches!(protocol, ListenerProtocol::Http | ListenerProtocol::TerminatedHttps)
}

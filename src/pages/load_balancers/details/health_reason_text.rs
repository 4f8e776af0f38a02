//! The reason of a health status as translated text.

use crate::i18n::{I18nContext, Locale, t_string};
use openstack_types::{HealthReason, health_reason::rounded};

/// Translates a reason of the API; an unknown reason, such as one of a cloud, is returned unchanged.
pub(in crate::pages) fn health_reason_text(i18n: I18nContext<Locale>, wire: &str) -> String {
    let text = match HealthReason::parse(wire) {
        HealthReason::Http(_) | HealthReason::Other(_) => return wire.to_owned(),
        HealthReason::AnswersAgain { passed, needed } => {
            let text = t_string!(i18n, details.check_recovering, passed = passed, needed = needed);
            return text.to_string();
        }
        HealthReason::TimeoutAfter(waited) => {
            let waited = duration_label(i18n, waited);
            return t_string!(i18n, details.check_timeout_after, time = waited).to_string();
        }
        HealthReason::NoPing(waited) => {
            let waited = duration_label(i18n, waited);
            return t_string!(i18n, details.no_ping, time = waited).to_string();
        }
        HealthReason::Connected => t_string!(i18n, details.check_connected),
        HealthReason::HandshakeDone => t_string!(i18n, details.handshake_done),
        HealthReason::Answered => t_string!(i18n, details.check_answered),
        HealthReason::ConnectionRefused => t_string!(i18n, details.connection_refused),
        HealthReason::NoRoute => t_string!(i18n, details.no_route),
        HealthReason::NetworkUnreachable => t_string!(i18n, details.network_unreachable),
        HealthReason::ConnectionReset => t_string!(i18n, details.connection_reset),
        HealthReason::HostUnreachable => t_string!(i18n, details.host_unreachable),
        HealthReason::ConnectionFailed => t_string!(i18n, details.connection_failed),
        HealthReason::Timeout => t_string!(i18n, details.check_timeout),
        HealthReason::HandshakeFailed => t_string!(i18n, details.handshake_failed),
        HealthReason::NotHttp => t_string!(i18n, details.not_http),
        HealthReason::UnexpectedStatus => t_string!(i18n, details.unexpected_status),
        HealthReason::NoSocket => t_string!(i18n, details.no_socket),
        HealthReason::PingForbidden => t_string!(i18n, details.ping_forbidden),
        HealthReason::PingNotSent => t_string!(i18n, details.ping_not_sent),
        HealthReason::CheckFailed => t_string!(i18n, details.check_failed),
    };
    text.to_owned()
}

/// A duration in milliseconds or, if that is shorter, in seconds.
fn duration_label(i18n: I18nContext<Locale>, millis: u64) -> String {
    let (number, is_seconds) = rounded(millis);
    if is_seconds {
        t_string!(i18n, details.seconds, number = number).to_string()
    } else {
        t_string!(i18n, details.milliseconds, number = number).to_string()
    }
}

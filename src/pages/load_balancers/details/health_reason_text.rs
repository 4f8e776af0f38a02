//! What came of a health check, in the language of the page.

use crate::i18n::{I18nContext, Locale, t_string};
use openstack_types::{HealthReason as R, health_reason::rounded};

/// A reason of the wire in words; what is not known, as a cloud's own, stands as it came.
pub(super) fn health_reason_text(i18n: I18nContext<Locale>, wire: &str) -> String {
    let fixed = match R::parse(wire) {
        R::Http(_) | R::Other(_) => return wire.to_owned(),
        R::AnswersAgain { passed, needed } => {
            let words = t_string!(i18n, details.answers_again, passed = passed, needed = needed);
            return words.to_string();
        }
        R::TimeoutAfter(waited) => {
            let waited = duration_label(i18n, waited);
            return t_string!(i18n, details.check_timeout_after, time = waited).to_string();
        }
        R::NoPing(waited) => {
            let waited = duration_label(i18n, waited);
            return t_string!(i18n, details.no_ping, time = waited).to_string();
        }
        R::Connected => t_string!(i18n, details.check_connected),
        R::HandshakeDone => t_string!(i18n, details.handshake_done),
        R::Answered => t_string!(i18n, details.check_answered),
        R::ConnectionRefused => t_string!(i18n, details.connection_refused),
        R::NoRoute => t_string!(i18n, details.no_route),
        R::NetworkUnreachable => t_string!(i18n, details.network_unreachable),
        R::ConnectionReset => t_string!(i18n, details.connection_reset),
        R::HostUnreachable => t_string!(i18n, details.host_unreachable),
        R::ConnectionFailed => t_string!(i18n, details.connection_failed),
        R::Timeout => t_string!(i18n, details.check_timeout),
        R::HandshakeFailed => t_string!(i18n, details.handshake_failed),
        R::NotHttp => t_string!(i18n, details.not_http),
        R::UnexpectedStatus => t_string!(i18n, details.unexpected_status),
        R::NoSocket => t_string!(i18n, details.no_socket),
        R::PingForbidden => t_string!(i18n, details.ping_forbidden),
        R::PingNotSent => t_string!(i18n, details.ping_not_sent),
        R::CheckFailed => t_string!(i18n, details.check_failed),
    };
    fixed.to_owned()
}

/// So many milliseconds, in seconds where that is shorter.
fn duration_label(i18n: I18nContext<Locale>, millis: u64) -> String {
    let (number, seconds) = rounded(millis);
    match seconds {
        true => t_string!(i18n, details.seconds, number = number).to_string(),
        false => t_string!(i18n, details.milliseconds, number = number).to_string(),
    }
}

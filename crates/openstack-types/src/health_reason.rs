//! Results of health checks as texts that can be parsed: the page translates them.

use std::fmt;

/// The result of a health check. `Display` gives the text on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthReason {
    /// A check by TCP succeeded.
    Connected,
    /// A check by TLS handshake succeeded.
    HandshakeDone,
    /// A check by ping succeeded.
    Answered,
    /// The status code of the response, expected or not.
    Http(u16),
    /// The member is still down, but its latest checks passed.
    AnswersAgain {
        /// Successful checks in a row.
        passed: u32,
        /// The number required.
        needed: u32,
    },
    ConnectionRefused,
    NoRoute,
    NetworkUnreachable,
    ConnectionReset,
    HostUnreachable,
    /// For another reason.
    ConnectionFailed,
    Timeout,
    /// Milliseconds.
    TimeoutAfter(u64),
    HandshakeFailed,
    /// The response is not HTTP.
    NotHttp,
    /// An unexpected status code that is not known.
    UnexpectedStatus,
    /// The checking machine could not open a socket.
    NoSocket,
    /// No reply to a ping; milliseconds.
    NoPing(u64),
    /// The checking machine does not allow the ping.
    PingForbidden,
    /// The checking machine could not send the ping.
    PingNotSent,
    /// For an unknown reason.
    CheckFailed,
    /// A text that this version does not know.
    Other(String),
}

use HealthReason as R;

/// Reasons with a constant text.
const FIXED: [(HealthReason, &str); 17] = [
    (R::Connected, "connected"),
    (R::HandshakeDone, "TLS handshake done"),
    (R::Answered, "answered"),
    (R::ConnectionRefused, "connection refused"),
    (R::NoRoute, "no route to host"),
    (R::NetworkUnreachable, "network is unreachable"),
    (R::ConnectionReset, "connection reset by peer"),
    (R::HostUnreachable, "host is unreachable"),
    (R::ConnectionFailed, "connection failed"),
    (R::Timeout, "timeout"),
    (R::HandshakeFailed, "TLS handshake failed"),
    (R::NotHttp, "the answer is not HTTP"),
    (R::UnexpectedStatus, "unexpected HTTP status"),
    (R::NoSocket, "the check could not open a socket"),
    (R::PingForbidden, "this machine forbids pings to it"),
    (R::PingNotSent, "the ping could not be sent"),
    (R::CheckFailed, "check failed"),
];

const AFTER: &str = "timeout after ";
const NO_PING: &str = "no answer to a ping in ";

impl HealthReason {
    /// Never fails: unknown texts become `Other`.
    pub fn parse(text: &str) -> Self {
        // A text that would be formatted differently comes from another cloud.
        let known = Self::parse_known(text).filter(|known| known.to_string() == text);
        known.unwrap_or_else(|| Self::Other(text.to_owned()))
    }

    fn parse_known(text: &str) -> Option<Self> {
        if let Some((known, _)) = FIXED.into_iter().find(|(_, words)| *words == text) {
            return Some(known);
        }
        if let Some(code) = text.strip_prefix("HTTP ") {
            return code.parse().ok().map(Self::Http);
        }
        if let Some(waited) = text.strip_prefix(AFTER) {
            return millis(waited).map(Self::TimeoutAfter);
        }
        if let Some(waited) = text.strip_prefix(NO_PING) {
            return millis(waited).map(Self::NoPing);
        }
        let counts = text.strip_prefix("answers again: ")?.strip_suffix(" checks passed")?;
        let (passed, needed) = counts.split_once(" of ")?;
        Some(Self::AnswersAgain { passed: passed.parse().ok()?, needed: needed.parse().ok()? })
    }
}

impl fmt::Display for HealthReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(code) => write!(f, "HTTP {code}"),
            Self::AnswersAgain { passed, needed } => {
                write!(f, "answers again: {passed} of {needed} checks passed")
            }
            Self::TimeoutAfter(waited) => write!(f, "{AFTER}{}", seconds(*waited)),
            Self::NoPing(waited) => write!(f, "{NO_PING}{}", seconds(*waited)),
            Self::Other(text) => f.write_str(text),
            fixed => {
                let words = FIXED.into_iter().find(|(known, _)| known == fixed);
                f.write_str(words.map_or("", |(_, words)| words))
            }
        }
    }
}

/// `2 s`, `1.5 s`, `300 ms`: rounded, because timers are a few milliseconds late.
fn seconds(millis: u64) -> String {
    let (amount, whole) = rounded(millis);
    format!("{amount} {}", if whole { "s" } else { "ms" })
}

/// A rounded duration, and whether it is in seconds instead of milliseconds.
pub fn rounded(millis: u64) -> (String, bool) {
    let rounded = millis.saturating_add(50) / 100;
    match (rounded / 10, rounded % 10) {
        (0, _) => (millis.to_string(), false),
        (whole, 0) => (whole.to_string(), true),
        (whole, tenth) => (format!("{whole}.{tenth}"), true),
    }
}

fn millis(text: &str) -> Option<u64> {
    if let Some(millis) = text.strip_suffix(" ms") {
        return millis.parse().ok();
    }
    let seconds = text.strip_suffix(" s")?;
    let (whole, tenth) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let (whole, tenth): (u64, u64) = (whole.parse().ok()?, tenth.parse().ok()?);
    whole.checked_mul(1000)?.checked_add(tenth.checked_mul(100)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reason() -> impl Strategy<Value = HealthReason> {
        prop_oneof![
            (0..FIXED.len()).prop_map(|at| FIXED[at].0.clone()),
            any::<u16>().prop_map(R::Http),
            any::<(u32, u32)>().prop_map(|(passed, needed)| R::AnswersAgain { passed, needed }),
            (0..10_000_000_u64).prop_map(R::TimeoutAfter),
            (0..10_000_000_u64).prop_map(R::NoPing),
        ]
    }

    proptest! {
        #[test]
        fn a_formatted_reason_is_parsed_as_itself(reason in reason()) {
            let text = reason.to_string();
            let read = HealthReason::parse(&text);
            prop_assert!(!matches!(read, R::Other(_)), "{text}");
            prop_assert_eq!(std::mem::discriminant(&read), std::mem::discriminant(&reason));
            prop_assert_eq!(read.to_string(), text);
        }

        #[test]
        fn every_text_is_preserved(
            text in "((timeout after |no answer to a ping in |HTTP |answers again: )?[0-9]{0,20}[. a-z0-9]{0,12}|.*)"
        ) {
            prop_assert_eq!(HealthReason::parse(&text).to_string(), text);
        }
    }

    #[test]
    fn a_constant_text_is_parsed_as_its_reason() {
        for (reason, words) in FIXED {
            assert_eq!(reason.to_string(), words);
            assert_eq!(HealthReason::parse(words), reason);
        }
    }

    #[test]
    fn durations_are_rounded() {
        assert_eq!(seconds(2003), "2 s");
        assert_eq!(seconds(1500), "1.5 s");
        assert_eq!(seconds(30), "30 ms");
        assert_eq!(seconds(999), "1 s");
        assert_eq!(HealthReason::parse("timeout after 1.5 s"), R::TimeoutAfter(1500));
        assert!(matches!(HealthReason::parse("timeout after 2000 ms"), R::Other(_)));
    }
}

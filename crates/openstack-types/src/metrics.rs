//! Traffic over time: the response of `GET /portal/loadbalancers/{id}/metrics`.
//!
//! Time is divided into steps of equal length: step `n` starts `n × step` seconds after 1970. A page
//! requests the steps `after` the newest one that it has.

use crate::MemberId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metrics {
    /// The length of a step in seconds.
    pub step: u32,
    /// The number of steps that the server keeps.
    pub kept_steps: u32,
    /// The newest complete step.
    pub newest: u64,
    /// The first step that the server measured; earlier ones are unknown.
    pub first_step: u64,
    /// The time of the server, in milliseconds since 1970.
    pub now: u64,
    /// All metrics of the requested object: the load balancer or one of its parts.
    pub focus: Focus,
    /// Listeners and members with traffic or open connections. The others had none.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// The last checks of members whose results have changed.
    #[serde(default)]
    pub checks: Vec<MemberCheck>,
}

/// All metrics of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Focus {
    /// A load balancer, a listener or a member.
    pub id: Uuid,
    /// Whether it counts requests; otherwise it counts connections.
    pub http: bool,
    /// Open connections.
    pub active: u64,
    /// Since creation, as far as stored; never decreases.
    pub totals: Totals,
    pub series: Series,
}

/// Counters since creation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// From clients.
    pub bytes_in: u64,
    /// To clients.
    pub bytes_out: u64,
    pub connections: u64,
    /// Requests without response.
    pub errors: u64,
}

/// Values of each step from `from` to the newest. All lists have the same length; an empty one stands
/// for zeros.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// The step of the first value.
    pub from: u64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<u64>,
    /// From clients.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bytes_in: Vec<u64>,
    /// To clients.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bytes_out: Vec<u64>,
    /// The most open connections at a time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub active: Vec<u64>,
    /// Requests without response; for a member, refused connections and aborted responses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<u64>,
    /// 2xx responses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ok: Vec<u64>,
    /// 3xx responses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirects: Vec<u64>,
    /// 4xx responses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_errors: Vec<u64>,
    /// 5xx responses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub server_errors: Vec<u64>,
}

/// The main metrics of a listener or a member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub id: Uuid,
    /// Whether it counts requests; otherwise it counts connections.
    pub http: bool,
    /// Open connections.
    pub active: u64,
    /// The step of the first value.
    pub from: u64,
    /// Requests or connections; an empty list stands for zeros.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hits: Vec<u64>,
    /// 5xx responses and errors; an empty list stands for zeros.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<u64>,
}

/// A health check of a member. Checks with the same result follow at the interval until another one is
/// reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberCheck {
    pub id: MemberId,
    pub passed: bool,
    /// A [`HealthReason`](crate::HealthReason): `HTTP 200`, `connection refused`.
    pub result: String,
    /// Milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<u64>,
    /// Milliseconds since 1970.
    pub at: u64,
    /// Milliseconds between checks.
    pub interval: u64,
}

impl MemberCheck {
    /// The time of the latest check with this result, given the time of the server; both in
    /// milliseconds since 1970.
    pub fn last_at(&self, now: u64) -> u64 {
        match (now.checked_sub(self.at), self.interval) {
            (Some(elapsed), interval) if interval > 0 => self.at + elapsed / interval * interval,
            _ => self.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_repeat_at_their_interval() {
        let check = MemberCheck {
            id: Uuid::nil().into(),
            passed: true,
            result: "HTTP 200".to_owned(),
            duration: Some(3),
            at: 10_000,
            interval: 5_000,
        };
        assert_eq!(check.last_at(10_000), 10_000);
        assert_eq!(check.last_at(14_999), 10_000);
        assert_eq!(check.last_at(25_100), 25_000);
        // The check is later than the server time.
        assert_eq!(check.last_at(9_000), 10_000);
        assert_eq!(MemberCheck { interval: 0, ..check }.last_at(25_100), 10_000);
    }
}

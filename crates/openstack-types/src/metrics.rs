//! Traffic over time: the answer of `GET /portal/loadbalancers/{id}/metrics`.
//!
//! Time is cut into steps of one length, numbered since 1970: step `n` begins `n × step` seconds
//! after. A page asks for what came `after` the newest step it has.

use crate::MemberId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What was counted of a load balancer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metrics {
    /// Seconds of a step.
    pub step: u32,
    /// Steps that the server keeps.
    pub kept: u32,
    /// The newest step that is over.
    pub newest: u64,
    /// The first step in which the server counted; what was before, nobody knows.
    pub began: u64,
    /// The server's clock, in milliseconds since 1970.
    pub now: u64,
    /// All there is to know of the object asked for: the load balancer itself, or one of its parts.
    pub focus: Focus,
    /// Listeners and members of which something was counted, or is open. Those that are not here
    /// stood still.
    #[serde(default)]
    pub parts: Vec<Part>,
    /// Last checks, of members whose checks came out otherwise since.
    #[serde(default)]
    pub checks: Vec<MemberCheck>,
}

/// Everything that was counted of one object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Focus {
    /// A load balancer, a listener or a member.
    pub id: Uuid,
    /// Counts requests; else connections are what counts.
    pub http: bool,
    /// Connections open now.
    pub active: u64,
    /// Counted since it was created, as far as it is written down: never goes backwards.
    pub totals: Totals,
    /// By step.
    pub series: Series,
}

/// Counted since creation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Bytes from clients.
    pub bytes_in: u64,
    /// Bytes to clients.
    pub bytes_out: u64,
    /// Connections ever.
    pub connections: u64,
    /// Requests that could not be answered.
    pub errors: u64,
}

/// What was counted in each step from `from` to the newest. All are of one length, but that none
/// stands for zeros alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// The step of the first value.
    pub from: u64,
    /// HTTP requests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<u64>,
    /// New connections.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<u64>,
    /// Bytes from clients.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bytes_in: Vec<u64>,
    /// Bytes to clients.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bytes_out: Vec<u64>,
    /// Most connections open at one moment.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub active: Vec<u64>,
    /// Requests that could not be answered; of a member, connections it refused and answers it broke
    /// off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<u64>,
    /// Answers 2xx.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ok: Vec<u64>,
    /// Answers 3xx.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redirects: Vec<u64>,
    /// Answers 4xx.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_errors: Vec<u64>,
    /// Answers 5xx.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub server_errors: Vec<u64>,
}

/// The short form for a listener or a member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which.
    pub id: Uuid,
    /// Counts requests; else connections are what counts.
    pub http: bool,
    /// Connections open now.
    pub active: u64,
    /// The step of the first value.
    pub from: u64,
    /// Requests or connections; none stands for zeros alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hits: Vec<u64>,
    /// Those that failed: answers 5xx, and errors; none stands for zeros alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<u64>,
}

/// A check of a member's health. One like it was made every `every` since, as long as nothing else is
/// told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberCheck {
    /// Of whom.
    pub id: MemberId,
    /// It answered as it should.
    pub passed: bool,
    /// What came of it, in the engine's words: `HTTP 200`, `connection refused`.
    pub result: String,
    /// Milliseconds from its beginning to its result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took: Option<u64>,
    /// When it was, in milliseconds since 1970.
    pub at: u64,
    /// Milliseconds from check to check.
    pub every: u64,
}

impl MemberCheck {
    /// When the last one like it was made, at a moment of the server's clock. Milliseconds since 1970.
    pub fn last(&self, now: u64) -> u64 {
        match (now.checked_sub(self.at), self.every) {
            (Some(since), every) if every > 0 => self.at + since / every * every,
            _ => self.at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_come_again_and_again() {
        let check = MemberCheck {
            id: Uuid::nil().into(),
            passed: true,
            result: "HTTP 200".to_owned(),
            took: Some(3),
            at: 10_000,
            every: 5_000,
        };
        assert_eq!(check.last(10_000), 10_000);
        assert_eq!(check.last(14_999), 10_000);
        assert_eq!(check.last(25_100), 25_000);
        // Clocks differ.
        assert_eq!(check.last(9_000), 10_000);
        assert_eq!(MemberCheck { every: 0, ..check }.last(25_100), 10_000);
    }
}

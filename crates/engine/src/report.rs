//! What the engine tells about what it runs.

use openstack_types::{ListenerId, LoadBalancerId, MemberId, PoolId};
use std::time::{Duration, SystemTime};

/// Something changed, or was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// A member's health changed.
    MemberHealth {
        /// The load balancer it serves.
        loadbalancer: LoadBalancerId,
        /// The pool it is in.
        pool: PoolId,
        /// Itself.
        member: MemberId,
        /// How it is.
        health: Health,
    },
    /// The process of a load balancer went away; the engine is starting it again.
    ProcessDown {
        /// The load balancer.
        loadbalancer: LoadBalancerId,
        /// Why, as far as it is known.
        reason: String,
    },
    /// The process of a load balancer is there again.
    ProcessUp {
        /// The load balancer.
        loadbalancer: LoadBalancerId,
    },
    /// Counted since the last such report: differences, so that totals never go backwards over a
    /// new process.
    Traffic {
        /// The load balancer.
        loadbalancer: LoadBalancerId,
        /// A listener's share.
        listeners: Vec<(ListenerId, Counted)>,
        /// A member's share.
        members: Vec<(MemberId, Counted)>,
    },
    /// Checks that came out otherwise than the ones before; those of a new process too.
    Checks {
        /// The load balancer.
        loadbalancer: LoadBalancerId,
        /// By member.
        checks: Vec<(MemberId, Check)>,
    },
}

/// A check of a member's health. While nothing is told, one like it follows every [`Check::every`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// The member answered as it should.
    pub passed: bool,
    /// What came of it, in words: `HTTP 200`, `connected`, `connection refused`.
    pub result: String,
    /// From its beginning to its result.
    pub took: Option<Duration>,
    /// When it was seen; at most about a second after it was made.
    pub seen: SystemTime,
    /// From check to check.
    pub every: Duration,
}

/// How a member is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    /// Passes its checks.
    Up,
    /// Fails its checks.
    Down {
        /// Why, in words: `connection refused`, `timeout after 2 s`, `HTTP 503`.
        reason: String,
    },
    /// Nobody checks it.
    NoMonitor,
    /// Takes no new connections.
    Draining,
    /// Switched off.
    Disabled,
}

/// Traffic in about a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Connections open now: not a difference.
    pub active_connections: u64,
    /// New connections (listeners: accepted; members: sessions).
    pub connections: u64,
    /// HTTP requests.
    pub requests: u64,
    /// Bytes from clients.
    pub bytes_in: u64,
    /// Bytes to clients.
    pub bytes_out: u64,
    /// Requests that could not be answered.
    pub errors: u64,
    /// Answers by class: 1xx, 2xx, 3xx, 4xx, 5xx, other.
    pub responses: [u64; 6],
}

//! The reports of the engine.

use openstack_types::{ListenerId, LoadBalancerId, MemberId, PoolId};
use std::time::{Duration, SystemTime};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    MemberHealth {
        loadbalancer: LoadBalancerId,
        pool: PoolId,
        member: MemberId,
        health: Health,
    },
    /// The process of a load balancer exited unexpectedly. The engine restarts it.
    ProcessDown {
        loadbalancer: LoadBalancerId,
        reason: String,
    },
    /// The process of a load balancer runs again.
    ProcessUp {
        loadbalancer: LoadBalancerId,
    },
    /// The load balancer has to be applied again: HAProxy no longer accepts a configuration that it ran before, or
    /// the engine failed and runs nothing.
    ApplyNeeded {
        loadbalancer: LoadBalancerId,
    },
    /// The traffic since the last such report. Differences, so that totals never decrease when a new process
    /// starts.
    Traffic {
        loadbalancer: LoadBalancerId,
        listeners: Vec<(ListenerId, TrafficCounters)>,
        members: Vec<(MemberId, TrafficCounters)>,
    },
    /// The checks whose result differs from the one before, and the first checks of a new process.
    Checks {
        loadbalancer: LoadBalancerId,
        checks: Vec<(MemberId, CheckResult)>,
    },
}

/// The result of a health check. Until the next report, every check has the same result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    pub passed: bool,
    /// In words: `HTTP 200`, `connected`, `connection refused`.
    pub result: String,
    pub duration: Option<Duration>,
    /// At most about a second after the check.
    pub observed_at: SystemTime,
    /// The time from one check to the next.
    pub interval: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Health {
    Up,
    /// `reason` is in words: `connection refused`, `timeout after 2 s`, `HTTP 503`.
    Down {
        reason: String,
    },
    NoMonitor,
    /// The member gets no new sessions, because its weight is 0.
    Draining,
    /// The admin state is down.
    Disabled,
}

/// The traffic of about a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TrafficCounters {
    /// The connections that are open now. Not a difference.
    pub active_connections: u64,
    /// New connections (listeners: accepted; members: sessions).
    pub connections: u64,
    pub requests: u64,
    /// Bytes from clients.
    pub bytes_in: u64,
    /// Bytes to clients.
    pub bytes_out: u64,
    /// Failed requests, connections and responses.
    pub errors: u64,
    /// Responses by class: 1xx, 2xx, 3xx, 4xx, 5xx, other.
    pub responses: [u64; 6],
}

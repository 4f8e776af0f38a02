//! `[limits]`: what one client, one user, and all together may take.

use engine::OldProcessLimits;
use serde::Deserialize;
use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Limit of a request body.
    pub request_body_bytes: usize,
    /// Limit of a secret's payload as it is sent: of the base64 text, if it is encoded.
    pub secret_bytes: u64,
    /// Lifetime of a token.
    pub token_hours: u32,
    /// Limit of open connections, without event streams. Each needs a file descriptor and about 25 KB.
    pub connections: usize,
    /// Limit of open connections of one address, without event streams. Trusted proxies are exempt.
    pub connections_per_address: usize,
    /// Limit of requests that are in progress for one user.
    pub requests_per_user: usize,
    /// How long the head of a request may take from its first byte.
    pub head_seconds: u32,
    /// How long a request body may take.
    pub body_seconds: u32,
    /// How long a connection may wait for the next request.
    pub idle_seconds: u32,
    /// How long a client may read nothing of a response.
    pub write_seconds: u32,
    /// Limit of open `/portal/events` streams.
    pub event_streams: usize,
    /// Limit of open `/portal/events` streams of one user.
    pub event_streams_per_user: usize,
    /// Limit of passwords that are verified at the same time. Each takes 19 MiB and a core.
    pub password_checks: usize,
    /// Limit of sign-ins that wait for their turn.
    pub waiting_sign_ins: usize,
    /// Limit of sign-ins from one address that wait for their turn.
    pub waiting_sign_ins_per_address: usize,
    /// Limit of handshakes with listeners at the same time.
    pub handshakes: usize,
    /// Limit of handshakes with listeners at the same time for one user.
    pub handshakes_per_user: usize,
    /// Limit of objects of one kind, such as members, that one request creates.
    pub objects_per_request: usize,
    /// Limit of objects of one kind that a project has, whatever its quota.
    pub objects_per_project: usize,
    /// Default quota of load balancers. Each that serves is a process.
    pub load_balancers_per_project: usize,
    /// Limit of secrets of a project.
    pub secrets_per_project: usize,
    /// Limit of containers of a project.
    pub containers_per_project: usize,
    /// Limit of the consumers of a secret, of the entries of its metadata, and of the users in its ACL.
    pub entries_per_secret: usize,
    /// Limit of the ports that users make in a project.
    pub ports_per_project: usize,
    /// Limit of valid tokens of one user. Above it the oldest one ends.
    pub tokens_per_user: usize,
    /// Free space of the data directory that creates leave to sign-ins and deletions.
    pub disk_reserve_bytes: u64,
    /// Limit of health checks a second of all members of a project.
    pub health_checks_per_second: u32,
    /// Limit of the HAProxy processes that finish the connections of earlier configurations. Above it the
    /// oldest one is ended, with its connections.
    pub old_processes: usize,
    /// The same for each load balancer.
    pub old_processes_per_load_balancer: usize,
}

/// A limit is zero, or above what the server can work with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    #[error("limits.{0} must be at least 1")]
    Zero(&'static str),
    #[error("limits.{name} must be at most {max}")]
    TooHigh { name: &'static str, max: u64 },
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_body_bytes: 1024 * 1024,
            secret_bytes: 20_000,
            token_hours: 12,
            connections: 4096,
            connections_per_address: 1024,
            requests_per_user: 64,
            head_seconds: 15,
            body_seconds: 60,
            idle_seconds: 75,
            write_seconds: 30,
            event_streams: 2000,
            event_streams_per_user: 20,
            password_checks: 2,
            waiting_sign_ins: 1024,
            waiting_sign_ins_per_address: 256,
            handshakes: 16,
            handshakes_per_user: 2,
            objects_per_request: 10_000,
            objects_per_project: 50_000,
            load_balancers_per_project: 200,
            secrets_per_project: 1000,
            containers_per_project: 1000,
            entries_per_secret: 100,
            ports_per_project: 500,
            tokens_per_user: 1000,
            disk_reserve_bytes: 64 << 20,
            health_checks_per_second: 1000,
            old_processes: OldProcessLimits::default().total,
            old_processes_per_load_balancer: OldProcessLimits::default().per_load_balancer,
        }
    }
}

impl Limits {
    pub(super) fn validate(&self) -> Result<(), LimitError> {
        const HOUR: u64 = 60 * 60;
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        for (name, value, max) in [
            ("request_body_bytes", count(self.request_body_bytes), 1 << 30),
            ("secret_bytes", self.secret_bytes, 1 << 30),
            ("token_hours", self.token_hours.into(), 10 * 366 * 24),
            ("connections", count(self.connections), 1_000_000),
            ("connections_per_address", count(self.connections_per_address), 1_000_000),
            ("requests_per_user", count(self.requests_per_user), 1_000_000),
            ("head_seconds", self.head_seconds.into(), HOUR),
            ("body_seconds", self.body_seconds.into(), HOUR),
            ("idle_seconds", self.idle_seconds.into(), HOUR),
            ("write_seconds", self.write_seconds.into(), HOUR),
            ("event_streams", count(self.event_streams), 1_000_000),
            ("event_streams_per_user", count(self.event_streams_per_user), 1_000_000),
            ("password_checks", count(self.password_checks), 256),
            ("waiting_sign_ins", count(self.waiting_sign_ins), 1_000_000),
            ("waiting_sign_ins_per_address", count(self.waiting_sign_ins_per_address), 1_000_000),
            ("handshakes", count(self.handshakes), 1000),
            ("handshakes_per_user", count(self.handshakes_per_user), 1000),
            ("objects_per_request", count(self.objects_per_request), 1_000_000),
            ("objects_per_project", count(self.objects_per_project), 1_000_000),
            ("load_balancers_per_project", count(self.load_balancers_per_project), 1_000_000),
            ("secrets_per_project", count(self.secrets_per_project), 1_000_000),
            ("containers_per_project", count(self.containers_per_project), 1_000_000),
            ("entries_per_secret", count(self.entries_per_secret), 10_000),
            ("ports_per_project", count(self.ports_per_project), 1_000_000),
            ("tokens_per_user", count(self.tokens_per_user), 1_000_000),
            ("disk_reserve_bytes", self.disk_reserve_bytes, 1 << 60),
            ("health_checks_per_second", self.health_checks_per_second.into(), 1_000_000),
            ("old_processes", count(self.old_processes), 100_000),
            (
                "old_processes_per_load_balancer",
                count(self.old_processes_per_load_balancer),
                100_000,
            ),
        ] {
            if value == 0 {
                return Err(LimitError::Zero(name));
            }
            if value > max {
                return Err(LimitError::TooHigh { name, max });
            }
        }
        Ok(())
    }

    pub fn head_timeout(&self) -> Duration {
        Duration::from_secs(self.head_seconds.into())
    }

    pub fn body_timeout(&self) -> Duration {
        Duration::from_secs(self.body_seconds.into())
    }

    pub fn idle_timeout(&self) -> Duration {
        Duration::from_secs(self.idle_seconds.into())
    }

    pub fn write_timeout(&self) -> Duration {
        Duration::from_secs(self.write_seconds.into())
    }

    /// The quota of load balancers without one of the project: -1 if the limit of all objects is lower.
    pub fn load_balancer_quota(&self) -> i64 {
        if self.load_balancers_per_project < self.objects_per_project {
            i64::try_from(self.load_balancers_per_project).unwrap_or(-1)
        } else {
            -1
        }
    }

    pub fn old_process_limits(&self) -> OldProcessLimits {
        OldProcessLimits {
            per_load_balancer: self.old_processes_per_load_balancer,
            total: self.old_processes,
        }
    }
}

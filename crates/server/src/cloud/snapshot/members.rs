//! When the members of a pool have to be read again. Octavia lists them by pool only, so a request for each pool is
//! what has to be saved.
//!
//! Every change of a member sets its pool to `PENDING_UPDATE` and moves `updated_at`; the health manager writes the
//! pool's status after that of a member. Only within DEGRADED and ERROR can a member change without a trace.

use super::super::object::Object;
use super::table::Table;
use openstack_types::{OperatingStatus, ProvisioningStatus};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;
use uuid::Uuid;

/// Times of the cloud have seconds: a second change within one leaves no trace.
const CLOCK_TICK: Duration = Duration::from_secs(2);

/// Why members are to be read; the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Due {
    /// The pool has changed since.
    Changed,
    /// The pool has failed members, of which another may fail unseen.
    Unhealthy,
    /// The pool had changed within a second of the last read.
    Again,
    Unread,
}

/// What shows that a pool's members have changed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Trace {
    updated_at: Option<Box<str>>,
    provisioning: ProvisioningStatus,
    members: Vec<Uuid>,
}

impl Trace {
    fn of(pool: &Object) -> Self {
        Self {
            updated_at: pool.updated_at.clone(),
            provisioning: pool.provisioning.clone(),
            members: pool.members.clone(),
        }
    }
}

/// The members of a pool, and when they were read.
pub(in super::super) struct PoolMembers {
    pub(in super::super) table: Table,
    trace: Trace,
    cycle: u64,
    recheck_at: Option<Instant>,
}

pub(in super::super) fn is_unhealthy(pool: &Object) -> bool {
    matches!(pool.operating, OperatingStatus::Degraded | OperatingStatus::Error)
}

impl PoolMembers {
    pub(super) fn first(
        pool: &Arc<Object>,
        objects: Vec<Object>,
        cycle: u64,
        now: Instant,
    ) -> Self {
        let mut table = Table::default();
        table.replace_all(objects);
        let recheck_at = pool.provisioning.is_pending().then(|| now + CLOCK_TICK);
        Self { table, trace: Trace::of(pool), cycle, recheck_at }
    }

    pub(super) fn read(&mut self, pool: &Object, cycle: u64, was_due: Option<Due>, now: Instant) {
        self.trace = Trace::of(pool);
        self.cycle = cycle;
        self.recheck_at = (was_due == Some(Due::Changed)).then(|| now + CLOCK_TICK);
    }

    pub(super) fn due(&self, pool: &Object, cycle: u64, now: Instant) -> Option<Due> {
        if !self.is_of(pool) {
            Some(Due::Changed)
        } else if is_unhealthy(pool) && self.cycle < cycle {
            Some(Due::Unhealthy)
        } else if self.recheck_at.is_some_and(|at| at <= now) {
            Some(Due::Again)
        } else {
            None
        }
    }

    pub(super) fn is_of(&self, pool: &Object) -> bool {
        self.trace == Trace::of(pool)
    }

    pub(super) fn recheck_at(&self) -> Option<Instant> {
        self.recheck_at
    }
}

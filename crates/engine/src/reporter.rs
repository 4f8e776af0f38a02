//! Turns observations of one load balancer into reports, and reports only changes.

use crate::{
    checks::{CheckOutcome, CheckTracker},
    context::Context,
    health::{self, HealthByMember},
    report::Report,
    spec::LoadBalancerSpec,
    stats::{ProcessCounters, ServerStats},
};
use openstack_types::{LoadBalancerId, MemberId};
use std::{collections::HashMap, mem, sync::Arc};

pub(crate) struct Reporter {
    context: Arc<Context>,
    id: LoadBalancerId,
    reported_health: HealthByMember,
    checks: CheckTracker,
    /// The last report had open connections.
    had_connections: bool,
    reported_down: bool,
}

impl Reporter {
    pub(crate) fn new(context: Arc<Context>, id: LoadBalancerId) -> Self {
        Self {
            context,
            id,
            reported_health: HealthByMember::new(),
            checks: CheckTracker::default(),
            had_connections: false,
            reported_down: false,
        }
    }

    /// After a new specification the health of all members is reported again.
    pub(crate) fn forget_health(&mut self) {
        self.reported_health.clear();
    }

    /// HAProxy no longer accepts what it ran before. Applying it again finds out the listener that is the cause.
    pub(crate) fn process_refused(&self) {
        self.context.report(Report::ApplyNeeded { loadbalancer: self.id });
    }

    /// A new process runs.
    pub(crate) fn process_started(&mut self) {
        // The new process checks at other times.
        self.checks.reset();
        if mem::take(&mut self.reported_down) {
            self.context.report(Report::ProcessUp { loadbalancer: self.id });
        }
    }

    pub(crate) fn process_crashed(&mut self, reason: String) {
        self.reported_down = true;
        self.context.report(Report::ProcessDown { loadbalancer: self.id, reason });
    }

    /// Returns whether any member's health changed. `servers` comes from the process, `pings` from the
    /// engine's own PING monitors.
    pub(crate) fn report_health(
        &mut self,
        spec: &LoadBalancerSpec,
        servers: &[ServerStats],
        pings: &HealthByMember,
    ) -> bool {
        let current = health::of_members(spec, servers, pings);
        let mut changed = false;
        for ((pool, member), health) in &current {
            if self.reported_health.get(&(*pool, *member)) != Some(health) {
                changed = true;
                self.context.report(Report::MemberHealth {
                    loadbalancer: self.id,
                    pool: *pool,
                    member: *member,
                    health: health.clone(),
                });
            }
        }
        // A member that has not been checked again since a change keeps its reported health.
        self.reported_health.extend(current);
        changed
    }

    pub(crate) fn report_checks(
        &mut self,
        spec: &LoadBalancerSpec,
        servers: &[ServerStats],
        pings: &HashMap<MemberId, CheckOutcome>,
    ) {
        let checks = self.checks.changed(spec, servers, pings);
        if !checks.is_empty() {
            self.context.report(Report::Checks { loadbalancer: self.id, checks });
        }
    }

    pub(crate) fn report_traffic(&mut self, delta: ProcessCounters) {
        let has_connections =
            delta.listeners.values().any(|counters| counters.active_connections > 0);
        let had_connections = mem::replace(&mut self.had_connections, has_connections);
        // One more report after the last connection, so that the number of connections becomes zero.
        if delta.is_zero() && !had_connections {
            return;
        }
        self.context.report(Report::Traffic {
            loadbalancer: self.id,
            listeners: delta.listeners.into_iter().collect(),
            members: delta.members.into_iter().collect(),
        });
    }
}

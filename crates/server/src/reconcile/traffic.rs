//! Traffic counters: totals, which are stored periodically and never decrease, and the last 15 minutes
//! in steps, which are only in memory.

mod clock;
mod counter;
mod series;
mod shape;

pub(super) use shape::Shape;

use crate::store::{
    Store,
    octavia::traffic::{self as stored, Entry},
};
use clock::{Clock, STEP_SECONDS};
use counter::Counter;
use engine::report::{CheckResult, TrafficCounters};
use openstack_types::{
    ListenerId, LoadBalancerId, MemberId,
    metrics::{self, Focus, MemberCheck, Metrics},
    octavia::Stats,
};
use series::KEPT;
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use uuid::Uuid;

/// The counters of every load balancer and its parts.
pub struct Traffic {
    clock: Clock,
    known: Mutex<HashMap<LoadBalancerId, LoadBalancerTraffic>>,
}

struct LoadBalancerTraffic {
    itself: Counter,
    /// Listeners and members.
    parts: HashMap<Uuid, Counter>,
    checks: HashMap<MemberId, (CheckResult, u64)>,
    /// The current step.
    step: u64,
}

impl LoadBalancerTraffic {
    fn new(step: u64) -> Self {
        Self { itself: Counter::default(), parts: HashMap::new(), checks: HashMap::new(), step }
    }

    /// Completes the steps before `step`.
    fn advance(&mut self, step: u64) {
        let over = step.saturating_sub(self.step);
        if over == 0 {
            return;
        }
        self.itself.close(over);
        self.parts.values_mut().for_each(|part| part.close(over));
        self.step = step;
    }

    fn idle(&mut self) {
        self.itself.set_active(0);
        self.parts.values_mut().for_each(|part| part.set_active(0));
        self.checks.clear();
    }

    fn counter(&self, id: Uuid, of: LoadBalancerId) -> Option<&Counter> {
        if id == of.0 { Some(&self.itself) } else { self.parts.get(&id) }
    }

    fn counters_mut(&mut self, of: LoadBalancerId) -> impl Iterator<Item = (Uuid, &mut Counter)> {
        let parts = self.parts.iter_mut().map(|(id, part)| (*id, part));
        std::iter::once((of.0, &mut self.itself)).chain(parts)
    }
}

impl Traffic {
    /// Continues from the stored totals.
    pub fn new(counted: Vec<Entry>) -> Self {
        let clock = Clock::start();
        let step = clock.step();
        let mut known = HashMap::new();
        for (id, loadbalancer, totals) in counted {
            let entry = known.entry(loadbalancer).or_insert_with(|| LoadBalancerTraffic::new(step));
            let counter = Counter::continued(totals);
            if id == loadbalancer.0 {
                entry.itself = counter;
            } else {
                entry.parts.insert(id, counter);
            }
        }
        Self { clock, known: Mutex::new(known) }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<LoadBalancerId, LoadBalancerTraffic>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Updates a load balancer, which is added if it is new.
    fn with<T>(&self, id: LoadBalancerId, work: impl FnOnce(&mut LoadBalancerTraffic) -> T) -> T {
        let step = self.clock.step();
        let mut known = self.known();
        let entry = known.entry(id).or_insert_with(|| LoadBalancerTraffic::new(step));
        entry.advance(step);
        work(entry)
    }

    /// Adds counters for the parts that a load balancer is about to have.
    pub fn announce(&self, id: LoadBalancerId, shape: &Shape) {
        self.with(id, |entry| {
            entry.itself.kind.http = shape.http;
            for (id, kind) in &shape.parts {
                entry.parts.entry(*id).or_default().kind = *kind;
            }
        });
    }

    /// Removes the counters of all other parts.
    pub fn retain(&self, id: LoadBalancerId, shape: &Shape) {
        self.with(id, |entry| {
            entry.parts.retain(|id, _| shape.parts.contains_key(id));
            entry.checks.retain(|id, _| shape.checked.contains(id));
            if !shape.serves {
                entry.idle();
            }
        });
    }

    /// Adds counted traffic. A deleted listener that still has connections counts for the load balancer.
    pub fn add(
        &self,
        loadbalancer: LoadBalancerId,
        listeners: &[(ListenerId, TrafficCounters)],
        members: &[(MemberId, TrafficCounters)],
    ) {
        self.with(loadbalancer, |entry| {
            let mut active = 0;
            for (_, counted) in listeners {
                active += counted.active_connections;
                entry.itself.add(counted);
            }
            entry.itself.set_active(active);
            let listeners = listeners.iter().map(|(id, counted)| (id.0, counted));
            for (id, counted) in listeners.chain(members.iter().map(|(id, c)| (id.0, c))) {
                if let Some(part) = entry.parts.get_mut(&id) {
                    part.add(counted);
                    part.set_active(counted.active_connections);
                }
            }
        });
    }

    /// Stores the results of health checks.
    pub fn record_checks(
        &self,
        loadbalancer: LoadBalancerId,
        checks: Vec<(MemberId, CheckResult)>,
    ) {
        self.with(loadbalancer, |entry| {
            let step = entry.step;
            entry.checks.extend(checks.into_iter().map(|(id, check)| (id, (check, step))));
        });
    }

    /// Resets open connections and check results.
    pub fn idle(&self, loadbalancer: LoadBalancerId) {
        self.with(loadbalancer, LoadBalancerTraffic::idle);
    }

    /// Removes a deleted load balancer.
    pub fn forget(&self, loadbalancer: LoadBalancerId) {
        self.known().remove(&loadbalancer);
    }

    /// Octavia's statistics of a load balancer, or of one of its listeners.
    pub fn stats(&self, loadbalancer: &str, id: &str) -> Stats {
        let ids = (loadbalancer.parse(), id.parse());
        let (Ok(loadbalancer), Ok(id)) = ids else { return Stats::default() };
        let known = self.known();
        let counter = known.get(&loadbalancer).and_then(|entry| entry.counter(id, loadbalancer));
        counter.map_or_else(Stats::default, |counter| Stats {
            active_connections: counter.active,
            bytes_in: counter.stored.bytes_in,
            bytes_out: counter.stored.bytes_out,
            request_errors: counter.stored.request_errors,
            total_connections: counter.stored.total_connections,
        })
    }

    /// The steps after `after` of a load balancer and its parts, in full for the part `of`. `None`: `of` is
    /// no part of it.
    pub fn metrics(
        &self,
        loadbalancer: LoadBalancerId,
        of: Uuid,
        after: Option<u64>,
    ) -> Option<Metrics> {
        self.with(loadbalancer, |entry| {
            let newest = entry.step - 1;
            // A page that has steps yet to come has them from another clock.
            let after = after.filter(|after| *after <= newest);
            let first = |counter: &Counter| {
                let oldest = entry.step - counter.series.len() as u64;
                (oldest, after.map_or(oldest, |after| oldest.max(after + 1)))
            };
            let focus = entry.counter(of, loadbalancer)?;
            let mut metrics = Metrics {
                step: STEP_SECONDS,
                kept_steps: KEPT as u32,
                newest,
                first_step: first(&entry.itself).0,
                now: millis(SystemTime::now()),
                focus: Focus {
                    id: of,
                    http: focus.kind.http,
                    active: focus.active,
                    totals: metrics::Totals {
                        bytes_in: focus.stored.bytes_in,
                        bytes_out: focus.stored.bytes_out,
                        connections: focus.stored.total_connections,
                        errors: focus.stored.request_errors,
                    },
                    series: focus.full_series(first(focus)),
                },
                parts: Vec::new(),
                checks: Vec::new(),
            };
            for (id, part) in &entry.parts {
                metrics.parts.extend(part.summary(*id, first(part)));
            }
            metrics.checks = entry
                .checks
                .iter()
                .filter(|(_, (_, step))| after.is_none_or(|after| *step >= after))
                .map(|(id, (check, _))| MemberCheck {
                    id: *id,
                    passed: check.passed,
                    result: check.result.clone(),
                    duration: check.duration.map(whole_millis),
                    at: millis(check.observed_at),
                    interval: whole_millis(check.interval),
                })
                .collect();
            Some(metrics)
        })
    }

    /// Stores changed totals.
    pub async fn flush(&self, store: &Store) {
        let mut entries: Vec<Entry> = Vec::new();
        for (loadbalancer, entry) in self.known().iter_mut() {
            for (id, counter) in entry.counters_mut(*loadbalancer) {
                if std::mem::take(&mut counter.dirty) {
                    entries.push((id, *loadbalancer, counter.totals));
                }
            }
        }
        if entries.is_empty() {
            return;
        }
        let written = entries.clone();
        let saved: rusqlite::Result<()> = store.write(move |tx| stored::save(tx, &entries)).await;
        if let Err(error) = &saved {
            tracing::error!(%error, "storing traffic totals failed; trying again");
        }
        let mut known = self.known();
        for (id, loadbalancer, totals) in written {
            let Some(entry) = known.get_mut(&loadbalancer) else { continue };
            let counter = if id == loadbalancer.0 {
                Some(&mut entry.itself)
            } else {
                entry.parts.get_mut(&id)
            };
            match (counter, &saved) {
                (Some(counter), Ok(())) => counter.stored = totals,
                (Some(counter), Err(_)) => counter.dirty = true,
                (None, _) => {}
            }
        }
    }
}

fn millis(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map(whole_millis).unwrap_or_default()
}

fn whole_millis(duration: Duration) -> u64 {
    duration.as_millis() as u64
}

#[cfg(test)]
mod tests;

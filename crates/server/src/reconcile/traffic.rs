//! Traffic counters: totals, which are stored periodically and never decrease, and the last 15 minutes
//! in steps, which are only in memory.

mod clock;
mod series;

use crate::store::{
    Store,
    octavia::traffic::{self as stored, Entry, Totals},
};
use clock::{Clock, STEP_SECONDS};
use engine::{
    report::{CheckResult, TrafficCounters},
    spec::LoadBalancerSpec,
};
use openstack_types::{
    ListenerId, LoadBalancerId, MemberId,
    metrics::{self, Focus, MemberCheck, Metrics, Part},
    octavia::Stats,
};
use series::{KEPT, Point, Series};
use std::{
    collections::{HashMap, HashSet},
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

/// How traffic is counted.
#[derive(Clone, Copy, Default)]
struct Kind {
    /// Counts requests instead of connections.
    http: bool,
    /// The counter of a member.
    member: bool,
}

/// The counter of a load balancer, a listener or a member.
#[derive(Default)]
struct Counter {
    kind: Kind,
    active: u64,
    totals: Totals,
    /// The totals in the database. Only these are reported: a crash cannot lose them.
    stored: Totals,
    dirty: bool,
    /// The current step.
    now: Point,
    series: Series,
}

impl Counter {
    fn add(&mut self, more: &TrafficCounters) {
        let [_, ok, redirects, client_errors, server_errors, _] = more.responses;
        let add = |sum: &mut u64, more: u64| *sum = sum.saturating_add(more);
        add(&mut self.totals.bytes_in, more.bytes_in);
        add(&mut self.totals.bytes_out, more.bytes_out);
        add(&mut self.totals.total_connections, more.connections);
        add(&mut self.totals.request_errors, more.errors);
        self.dirty |= more.bytes_in | more.bytes_out | more.connections | more.errors != 0;
        let now = &mut self.now;
        add(&mut now.requests, more.requests);
        add(&mut now.connections, more.connections);
        add(&mut now.bytes_in, more.bytes_in);
        add(&mut now.bytes_out, more.bytes_out);
        add(&mut now.errors, more.errors);
        add(&mut now.ok, ok);
        add(&mut now.redirects, redirects);
        add(&mut now.client_errors, client_errors);
        add(&mut now.server_errors, server_errors);
    }

    fn set_active(&mut self, active: u64) {
        self.active = active;
        self.now.active = self.now.active.max(active);
    }

    /// Completes the current step and `steps - 1` empty ones.
    fn close(&mut self, steps: u64) {
        self.series.push(&self.now);
        self.series.push_zeros(steps - 1);
        self.now = Point { active: self.active, ..Point::default() };
    }

    fn hits(&self, point: &Point) -> u64 {
        if self.kind.http { point.requests } else { point.connections }
    }

    /// The failed hits. A connection error at a member is a 5xx response to the client, so a listener
    /// counts it among those already.
    fn failed(&self, point: &Point) -> u64 {
        match self.kind {
            Kind { http: true, member: false } => point.server_errors,
            _ => point.errors + point.server_errors,
        }
    }
}

/// The parts of a load balancer that are counted, and how.
pub struct Shape {
    /// The load balancer has listeners.
    serves: bool,
    http: bool,
    parts: HashMap<Uuid, Kind>,
    checked: HashSet<MemberId>,
}

impl Shape {
    pub fn of(spec: &LoadBalancerSpec) -> Self {
        let mut parts = HashMap::new();
        for listener in &spec.listeners {
            parts.insert(listener.id.0, Kind { http: listener.mode.is_http(), member: false });
        }
        let mut checked = HashSet::new();
        for pool in &spec.pools {
            let mut serves = spec.listeners.iter().filter(|listener| listener.uses(pool.id));
            let kind = Kind { http: serves.any(|listener| listener.mode.is_http()), member: true };
            for member in &pool.members {
                parts.insert(member.id.0, kind);
                if member.enabled && pool.monitor.is_some() {
                    checked.insert(member.id);
                }
            }
        }
        let http = spec.listeners.iter().any(|listener| listener.mode.is_http());
        Self { serves: !spec.listeners.is_empty(), http, parts, checked }
    }

    /// The parts of both.
    pub fn with(mut self, other: Self) -> Self {
        self.serves |= other.serves;
        self.http |= other.http;
        self.parts.extend(other.parts);
        self.checked.extend(other.checked);
        self
    }
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
            let counter = Counter { totals, stored: totals, ..Counter::default() };
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
                    series: full_series(focus, first(focus)),
                },
                parts: Vec::new(),
                checks: Vec::new(),
            };
            for (id, part) in &entry.parts {
                metrics.parts.extend(part_summary(*id, part, first(part)));
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

/// Empty if all values are zero.
fn empty_if_zero(values: Vec<u64>) -> Vec<u64> {
    if values.iter().all(|value| *value == 0) { Vec::new() } else { values }
}

/// All series from step `first`, of a counter whose oldest step is `oldest`.
fn full_series(counter: &Counter, (oldest, first): (u64, u64)) -> metrics::Series {
    let skip = (first - oldest) as usize;
    let points: Vec<Point> = counter.series.points().skip(skip).collect();
    let all = |value: fn(&Point) -> u64| empty_if_zero(points.iter().map(value).collect());
    metrics::Series {
        from: first,
        requests: all(|point| point.requests),
        connections: all(|point| point.connections),
        bytes_in: all(|point| point.bytes_in),
        bytes_out: all(|point| point.bytes_out),
        active: all(|point| point.active),
        errors: all(|point| point.errors),
        ok: all(|point| point.ok),
        redirects: all(|point| point.redirects),
        client_errors: all(|point| point.client_errors),
        server_errors: all(|point| point.server_errors),
    }
}

/// The short form; `None` without traffic.
fn part_summary(id: Uuid, counter: &Counter, (oldest, first): (u64, u64)) -> Option<Part> {
    let skip = (first - oldest) as usize;
    let (hits, failed): (Vec<_>, Vec<_>) = counter
        .series
        .points()
        .skip(skip)
        .map(|point| (counter.hits(&point), counter.failed(&point)))
        .unzip();
    let (hits, failed) = (empty_if_zero(hits), empty_if_zero(failed));
    if hits.is_empty() && failed.is_empty() && counter.active == 0 {
        return None;
    }
    Some(Part { id, http: counter.kind.http, active: counter.active, from: first, hits, failed })
}

#[cfg(test)]
mod tests;

//! What the engine counts: totals, written down now and then, that never go backwards; and the last
//! minutes step by step, in memory alone.

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

/// What has been counted of every load balancer and its parts.
pub struct Traffic {
    clock: Clock,
    known: Mutex<HashMap<LoadBalancerId, Whole>>,
}

/// A load balancer.
struct Whole {
    itself: Counter,
    /// Listeners and members.
    parts: HashMap<Uuid, Counter>,
    checks: HashMap<MemberId, (CheckResult, u64)>,
    /// The step that is under way.
    step: u64,
}

/// What is counted, and how.
#[derive(Clone, Copy, Default)]
struct Kind {
    /// Requests; else connections.
    http: bool,
    /// At a member: what it answers.
    member: bool,
}

/// A load balancer, a listener or a member.
#[derive(Default)]
struct Counter {
    kind: Kind,
    active: u64,
    totals: Totals,
    /// What the database has. Nothing else is told of totals: it cannot be lost.
    written: Totals,
    unwritten: bool,
    /// The step that is under way.
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
        self.unwritten |= more.bytes_in | more.bytes_out | more.connections | more.errors != 0;
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

    /// Ends the step that is under way, and more in which nothing happened.
    fn close(&mut self, steps: u64) {
        self.series.push(&self.now);
        self.series.push_zeros(steps - 1);
        self.now = Point { active: self.active, ..Point::default() };
    }

    fn hits(&self, point: &Point) -> u64 {
        if self.kind.http { point.requests } else { point.connections }
    }

    /// Those of the hits that failed. An error at a member is an answer 5xx to the client, so a
    /// listener has it in those already.
    fn failed(&self, point: &Point) -> u64 {
        match self.kind {
            Kind { http: true, member: false } => point.server_errors,
            _ => point.errors + point.server_errors,
        }
    }
}

/// What of a load balancer is counted, and how.
pub struct Shape {
    /// It has listeners.
    serves: bool,
    http: bool,
    parts: HashMap<Uuid, Kind>,
    checked: HashSet<MemberId>,
}

impl Shape {
    /// That of a load balancer as it is asked for.
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
}

impl Whole {
    fn new(step: u64) -> Self {
        Self { itself: Counter::default(), parts: HashMap::new(), checks: HashMap::new(), step }
    }

    /// Ends the steps that are over.
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
    /// Goes on from what was counted before.
    pub fn new(counted: Vec<Entry>) -> Self {
        let clock = Clock::start();
        let step = clock.step();
        let mut known = HashMap::new();
        for (id, loadbalancer, totals) in counted {
            let whole = known.entry(loadbalancer).or_insert_with(|| Whole::new(step));
            let counter = Counter { totals, written: totals, ..Counter::default() };
            if id == loadbalancer.0 {
                whole.itself = counter;
            } else {
                whole.parts.insert(id, counter);
            }
        }
        Self { clock, known: Mutex::new(known) }
    }

    fn known(&self) -> MutexGuard<'_, HashMap<LoadBalancerId, Whole>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Works on a load balancer, there or new, as it is now.
    fn with<T>(&self, id: LoadBalancerId, work: impl FnOnce(&mut Whole) -> T) -> T {
        let step = self.clock.step();
        let mut known = self.known();
        let whole = known.entry(id).or_insert_with(|| Whole::new(step));
        whole.advance(step);
        work(whole)
    }

    /// A load balancer is about to have these parts.
    pub fn announce(&self, id: LoadBalancerId, shape: &Shape) {
        self.with(id, |whole| {
            whole.itself.kind.http = shape.http;
            for (id, kind) in &shape.parts {
                whole.parts.entry(*id).or_default().kind = *kind;
            }
        });
    }

    /// A load balancer has these parts and no others.
    pub fn retain(&self, id: LoadBalancerId, shape: &Shape) {
        self.with(id, |whole| {
            whole.parts.retain(|id, _| shape.parts.contains_key(id));
            whole.checks.retain(|id, _| shape.checked.contains(id));
            if !shape.serves {
                whole.idle();
            }
        });
    }

    /// Adds what has been counted. What a listener that is gone still finishes counts for the load
    /// balancer.
    pub fn add(
        &self,
        loadbalancer: LoadBalancerId,
        listeners: &[(ListenerId, TrafficCounters)],
        members: &[(MemberId, TrafficCounters)],
    ) {
        self.with(loadbalancer, |whole| {
            let mut active = 0;
            for (_, counted) in listeners {
                active += counted.active_connections;
                whole.itself.add(counted);
            }
            whole.itself.set_active(active);
            let listeners = listeners.iter().map(|(id, counted)| (id.0, counted));
            for (id, counted) in listeners.chain(members.iter().map(|(id, c)| (id.0, c))) {
                if let Some(part) = whole.parts.get_mut(&id) {
                    part.add(counted);
                    part.set_active(counted.active_connections);
                }
            }
        });
    }

    /// Takes down how checks came out.
    pub fn record_checks(
        &self,
        loadbalancer: LoadBalancerId,
        checks: Vec<(MemberId, CheckResult)>,
    ) {
        self.with(loadbalancer, |whole| {
            let step = whole.step;
            whole.checks.extend(checks.into_iter().map(|(id, check)| (id, (check, step))));
        });
    }

    /// Nothing is open at a load balancer any more, and nothing is checked.
    pub fn idle(&self, loadbalancer: LoadBalancerId) {
        self.with(loadbalancer, Whole::idle);
    }

    /// Forgets a load balancer that is gone.
    pub fn forget(&self, loadbalancer: LoadBalancerId) {
        self.known().remove(&loadbalancer);
    }

    /// The metrics of a load balancer, or of a listener of it, as Octavia shows them.
    pub fn stats(&self, loadbalancer: &str, id: &str) -> Stats {
        let ids = (loadbalancer.parse(), id.parse());
        let (Ok(loadbalancer), Ok(id)) = ids else { return Stats::default() };
        let known = self.known();
        let counter = known.get(&loadbalancer).and_then(|whole| whole.counter(id, loadbalancer));
        counter.map_or_else(Stats::default, |counter| Stats {
            active_connections: counter.active,
            bytes_in: counter.written.bytes_in,
            bytes_out: counter.written.bytes_out,
            request_errors: counter.written.request_errors,
            total_connections: counter.written.total_connections,
        })
    }

    /// What came after a step, of a load balancer and its parts, with everything about one of them;
    /// `None` when it is not one of them.
    pub fn metrics(
        &self,
        loadbalancer: LoadBalancerId,
        of: Uuid,
        after: Option<u64>,
    ) -> Option<Metrics> {
        self.with(loadbalancer, |whole| {
            let newest = whole.step - 1;
            // A page that has steps yet to come has them from another clock.
            let after = after.filter(|after| *after <= newest);
            let first = |counter: &Counter| {
                let oldest = whole.step - counter.series.len() as u64;
                (oldest, after.map_or(oldest, |after| oldest.max(after + 1)))
            };
            let focus = whole.counter(of, loadbalancer)?;
            let mut metrics = Metrics {
                step: STEP_SECONDS,
                kept_steps: KEPT as u32,
                newest,
                first_step: first(&whole.itself).0,
                now: millis(SystemTime::now()),
                focus: Focus {
                    id: of,
                    http: focus.kind.http,
                    active: focus.active,
                    totals: metrics::Totals {
                        bytes_in: focus.written.bytes_in,
                        bytes_out: focus.written.bytes_out,
                        connections: focus.written.total_connections,
                        errors: focus.written.request_errors,
                    },
                    series: full(focus, first(focus)),
                },
                parts: Vec::new(),
                checks: Vec::new(),
            };
            for (id, part) in &whole.parts {
                metrics.parts.extend(short(*id, part, first(part)));
            }
            metrics.checks = whole
                .checks
                .iter()
                .filter(|(_, (_, told))| after.is_none_or(|after| *told >= after))
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

    /// Writes down what is new.
    pub async fn flush(&self, store: &Store) {
        let mut entries: Vec<Entry> = Vec::new();
        for (loadbalancer, whole) in self.known().iter_mut() {
            for (id, counter) in whole.counters_mut(*loadbalancer) {
                if std::mem::take(&mut counter.unwritten) {
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
            tracing::error!(%error, "writing down traffic totals failed; trying again");
        }
        let mut known = self.known();
        for (id, loadbalancer, totals) in written {
            let Some(whole) = known.get_mut(&loadbalancer) else { continue };
            let counter = match id == loadbalancer.0 {
                true => Some(&mut whole.itself),
                false => whole.parts.get_mut(&id),
            };
            match (counter, &saved) {
                (Some(counter), Ok(())) => counter.written = totals,
                (Some(counter), Err(_)) => counter.unwritten = true,
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

/// None in place of zeros alone.
fn or_nothing(values: Vec<u64>) -> Vec<u64> {
    if values.iter().all(|value| *value == 0) { Vec::new() } else { values }
}

/// All values from a step on, of a counter whose oldest step is `oldest`.
fn full(counter: &Counter, (oldest, first): (u64, u64)) -> metrics::Series {
    let skip = (first - oldest) as usize;
    let points: Vec<Point> = counter.series.points().skip(skip).collect();
    let all = |value: fn(&Point) -> u64| or_nothing(points.iter().map(value).collect());
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

/// The short form, unless there is nothing to tell.
fn short(id: Uuid, counter: &Counter, (oldest, first): (u64, u64)) -> Option<Part> {
    let skip = (first - oldest) as usize;
    let (hits, failed): (Vec<_>, Vec<_>) = counter
        .series
        .points()
        .skip(skip)
        .map(|point| (counter.hits(&point), counter.failed(&point)))
        .unzip();
    let (hits, failed) = (or_nothing(hits), or_nothing(failed));
    if hits.is_empty() && failed.is_empty() && counter.active == 0 {
        return None;
    }
    Some(Part { id, http: counter.kind.http, active: counter.active, from: first, hits, failed })
}

#[cfg(test)]
mod tests;

//! The counter of one load balancer, listener or member.

use super::series::{Point, Series};
use crate::store::octavia::traffic::Totals;
use engine::report::TrafficCounters;
use openstack_types::metrics::{self, Part};
use uuid::Uuid;

/// How traffic is counted.
#[derive(Clone, Copy, Default)]
pub(super) struct Kind {
    /// Counts requests instead of connections.
    pub(super) http: bool,
    /// The counter of a member.
    pub(super) member: bool,
}

/// The counter of a load balancer, a listener or a member.
#[derive(Default)]
pub(super) struct Counter {
    pub(super) kind: Kind,
    pub(super) active: u64,
    pub(super) totals: Totals,
    /// The totals in the database. Only these are reported: a crash cannot lose them.
    pub(super) stored: Totals,
    pub(super) dirty: bool,
    /// The current step.
    now: Point,
    pub(super) series: Series,
}

impl Counter {
    /// Continues from stored totals.
    pub(super) fn continued(totals: Totals) -> Self {
        Self { totals, stored: totals, ..Self::default() }
    }

    pub(super) fn add(&mut self, more: &TrafficCounters) {
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

    pub(super) fn set_active(&mut self, active: u64) {
        self.active = active;
        self.now.active = self.now.active.max(active);
    }

    /// Completes the current step and `steps - 1` empty ones.
    pub(super) fn close(&mut self, steps: u64) {
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

    /// All series from step `first`; the oldest step is `oldest`.
    pub(super) fn full_series(&self, (oldest, first): (u64, u64)) -> metrics::Series {
        let skip = (first - oldest) as usize;
        let points: Vec<Point> = self.series.points().skip(skip).collect();
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
    pub(super) fn summary(&self, id: Uuid, (oldest, first): (u64, u64)) -> Option<Part> {
        let skip = (first - oldest) as usize;
        let (hits, failed): (Vec<_>, Vec<_>) = self
            .series
            .points()
            .skip(skip)
            .map(|point| (self.hits(&point), self.failed(&point)))
            .unzip();
        let (hits, failed) = (empty_if_zero(hits), empty_if_zero(failed));
        if hits.is_empty() && failed.is_empty() && self.active == 0 {
            return None;
        }
        Some(Part { id, http: self.kind.http, active: self.active, from: first, hits, failed })
    }
}

/// Empty if all values are zero.
fn empty_if_zero(values: Vec<u64>) -> Vec<u64> {
    if values.iter().all(|value| *value == 0) { Vec::new() } else { values }
}

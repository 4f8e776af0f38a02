//! Totals of traffic: counted in memory, written down now and then, never going backwards.

use crate::store::{
    Store,
    octavia::traffic::{self as stored, Entry, Totals},
};
use engine::report::Counted;
use openstack_types::{ListenerId, LoadBalancerId, octavia::Stats};
use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};
use uuid::Uuid;

/// What has been counted, by load balancer and listener.
#[derive(Default)]
pub struct Traffic(Mutex<HashMap<Uuid, Counter>>);

struct Counter {
    loadbalancer: LoadBalancerId,
    totals: Totals,
    active: u64,
    unwritten: bool,
}

impl Counter {
    fn new(loadbalancer: LoadBalancerId, totals: Totals) -> Self {
        Self { loadbalancer, totals, active: 0, unwritten: false }
    }

    fn add(&mut self, more: &Counted) {
        let totals = &mut self.totals;
        totals.bytes_in = totals.bytes_in.saturating_add(more.bytes_in);
        totals.bytes_out = totals.bytes_out.saturating_add(more.bytes_out);
        totals.total_connections = totals.total_connections.saturating_add(more.connections);
        totals.request_errors = totals.request_errors.saturating_add(more.errors);
        self.unwritten |= more.bytes_in | more.bytes_out | more.connections | more.errors != 0;
    }
}

impl Traffic {
    /// Goes on from what was counted before.
    pub fn new(counted: Vec<Entry>) -> Self {
        let counters = counted
            .into_iter()
            .map(|(id, loadbalancer, totals)| (id, Counter::new(loadbalancer, totals)));
        Self(Mutex::new(counters.collect()))
    }

    fn counters(&self) -> MutexGuard<'_, HashMap<Uuid, Counter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds what the listeners of a load balancer have counted.
    pub fn add(&self, loadbalancer: LoadBalancerId, listeners: &[(ListenerId, Counted)]) {
        let mut counters = self.counters();
        let mut active = 0;
        for (listener, counted) in listeners {
            active += counted.active_connections;
            let counter = counters
                .entry(listener.0)
                .or_insert_with(|| Counter::new(loadbalancer, Totals::default()));
            counter.active = counted.active_connections;
            counter.add(counted);
        }
        let whole = counters
            .entry(loadbalancer.0)
            .or_insert_with(|| Counter::new(loadbalancer, Totals::default()));
        whole.active = active;
        listeners.iter().for_each(|(_, counted)| whole.add(counted));
    }

    /// Nothing is open at a load balancer any more.
    pub fn idle(&self, loadbalancer: LoadBalancerId) {
        for counter in self.counters().values_mut() {
            if counter.loadbalancer == loadbalancer {
                counter.active = 0;
            }
        }
    }

    /// Forgets a load balancer that is gone.
    pub fn forget(&self, loadbalancer: LoadBalancerId) {
        self.counters().retain(|_, counter| counter.loadbalancer != loadbalancer);
    }

    /// The figures of a load balancer or listener, as Octavia shows them.
    pub fn stats(&self, id: &str) -> Stats {
        let counters = self.counters();
        let counter = id.parse::<Uuid>().ok().and_then(|id| counters.get(&id));
        counter.map_or_else(Stats::default, |counter| Stats {
            active_connections: counter.active,
            bytes_in: counter.totals.bytes_in,
            bytes_out: counter.totals.bytes_out,
            request_errors: counter.totals.request_errors,
            total_connections: counter.totals.total_connections,
        })
    }

    /// Writes down what is new.
    pub async fn flush(&self, store: &Store) {
        let entries: Vec<Entry> = self
            .counters()
            .iter_mut()
            .filter_map(|(id, counter)| {
                std::mem::take(&mut counter.unwritten).then_some((
                    *id,
                    counter.loadbalancer,
                    counter.totals,
                ))
            })
            .collect();
        if entries.is_empty() {
            return;
        }
        let ids: Vec<_> = entries.iter().map(|(id, ..)| *id).collect();
        let saved: rusqlite::Result<()> = store.write(move |tx| stored::save(tx, &entries)).await;
        if let Err(error) = saved {
            tracing::error!(%error, "writing down traffic totals failed; trying again");
            let mut counters = self.counters();
            for id in ids {
                if let Some(counter) = counters.get_mut(&id) {
                    counter.unwritten = true;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(active: u64, connections: u64) -> Counted {
        Counted { active_connections: active, connections, bytes_in: 10, ..Counted::default() }
    }

    #[test]
    fn totals_add_up_and_open_connections_do_not() {
        let traffic = Traffic::default();
        let lb = LoadBalancerId(Uuid::from_u128(1));
        let (a, b) = (ListenerId(Uuid::from_u128(2)), ListenerId(Uuid::from_u128(3)));
        traffic.add(lb, &[(a, counted(2, 5)), (b, counted(1, 1))]);
        traffic.add(lb, &[(a, counted(1, 5)), (b, counted(0, 0))]);
        let whole = traffic.stats(&lb.to_string());
        assert_eq!(
            (whole.active_connections, whole.total_connections, whole.bytes_in),
            (1, 11, 40)
        );
        assert_eq!(traffic.stats(&a.to_string()).total_connections, 10);
        // A listener that is deleted takes nothing from the whole.
        traffic.add(lb, &[(a, counted(0, 0))]);
        assert_eq!(traffic.stats(&lb.to_string()).total_connections, 11);
        traffic.forget(lb);
        assert_eq!(traffic.stats(&lb.to_string()), Stats::default());
    }
}

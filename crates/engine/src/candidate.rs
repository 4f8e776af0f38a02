//! The choice of what to run when some listeners of a specification can't run. Pure.
//!
//! A listener that fails affects no other: it keeps the part of the configuration that it runs now, or is left
//! out if it runs none.

use crate::{
    applied::{FailedListener, ListenerFailure},
    spec::{ListenerSpec, LoadBalancerSpec, PoolSpec},
};
use openstack_types::{ListenerId, PoolId};
use std::collections::{BTreeMap, HashSet};

/// A specification on its way to run, and what is known to fail of it.
#[derive(Debug)]
pub(crate) struct Candidate {
    wanted: LoadBalancerSpec,
    /// Listeners that the caller can't specify.
    unspecified: Vec<ListenerId>,
    failed: BTreeMap<ListenerId, ListenerFailure>,
    /// Failed listeners whose last good configuration fails too.
    dropped: HashSet<ListenerId>,
}

impl Candidate {
    pub(crate) fn new(wanted: LoadBalancerSpec, unspecified: Vec<ListenerId>) -> Self {
        let (failed, dropped) = (BTreeMap::new(), HashSet::new());
        let mut candidate = Self { wanted, unspecified, failed, dropped };
        candidate.fail_duplicate_ports();
        candidate
    }

    pub(crate) fn wanted(&self) -> &LoadBalancerSpec {
        &self.wanted
    }

    /// The listeners that are specified and have not failed so far.
    pub(crate) fn promising(&self) -> impl Iterator<Item = &ListenerSpec> {
        self.wanted.listeners.iter().filter(|listener| !self.has_failed(listener.id))
    }

    /// Whether the load balancer has the listener, specified or not.
    pub(crate) fn belongs(&self, listener: ListenerId) -> bool {
        self.unspecified.contains(&listener)
            || self.wanted.listeners.iter().any(|wanted| wanted.id == listener)
    }

    pub(crate) fn has_failed(&self, listener: ListenerId) -> bool {
        self.failed.contains_key(&listener)
    }

    /// The listener keeps what it runs now. If that has failed as well, it is left out.
    pub(crate) fn fail(&mut self, listener: ListenerId, failure: ListenerFailure) {
        if self.has_failed(listener) || self.unspecified.contains(&listener) {
            self.dropped.insert(listener);
        } else {
            self.failed.insert(listener, failure);
        }
    }

    pub(crate) fn into_failures(self) -> Vec<FailedListener> {
        let failures = self.failed.into_iter();
        failures.map(|(listener, failure)| FailedListener { listener, failure }).collect()
    }

    /// What to run instead of the wanted specification. `running` is what runs now.
    ///
    /// A pool is as wanted if a listener that has not failed uses it. A pool that only failed listeners use
    /// stays as it runs, because it may be the cause.
    pub(crate) fn effective(&self, running: Option<&LoadBalancerSpec>) -> LoadBalancerSpec {
        let running = running.filter(|running| running.vips().eq(self.wanted.vips()));
        let mut listeners: Vec<ListenerSpec> = Vec::new();
        let ports: HashSet<u16> = self.promising().map(|listener| listener.port).collect();
        let last_good = |id: ListenerId| {
            let is_kept = |listener: &&ListenerSpec| {
                listener.id == id
                    && !ports.contains(&listener.port)
                    && !self.dropped.contains(&listener.id)
            };
            running.and_then(|running| running.listeners.iter().find(is_kept)).cloned()
        };
        for listener in &self.wanted.listeners {
            match self.has_failed(listener.id) {
                false => listeners.push(listener.clone()),
                true => listeners.extend(last_good(listener.id)),
            }
        }
        listeners.extend(self.unspecified.iter().filter_map(|id| last_good(*id)));
        let pools = self.pools(&listeners, running);
        LoadBalancerSpec { listeners, pools, ..self.wanted.clone() }
    }

    fn pools(
        &self,
        listeners: &[ListenerSpec],
        running: Option<&LoadBalancerSpec>,
    ) -> Vec<PoolSpec> {
        let fresh = |id: PoolId| self.promising().any(|listener| listener.uses(id));
        let stale = |id: PoolId| !fresh(id) && listeners.iter().any(|listener| listener.uses(id));
        let running = running.map_or(&[][..], |running| &running.pools);
        let mut pools: Vec<PoolSpec> = Vec::new();
        for pool in &self.wanted.pools {
            let last_good = running.iter().find(|running| running.id == pool.id);
            pools.push(last_good.filter(|_| stale(pool.id)).unwrap_or(pool).clone());
        }
        let is_gone = |id: PoolId| !self.wanted.pools.iter().any(|pool| pool.id == id);
        pools.extend(running.iter().filter(|pool| is_gone(pool.id) && stale(pool.id)).cloned());
        pools
    }

    fn fail_duplicate_ports(&mut self) {
        let mut ports = HashSet::new();
        let vip = self.wanted.vip;
        let duplicates: Vec<_> = self
            .wanted
            .listeners
            .iter()
            .filter(|listener| !ports.insert(listener.port))
            .map(|listener| (listener.id, listener.port))
            .collect();
        for (listener, port) in duplicates {
            self.fail(listener, ListenerFailure::DuplicatePort { vip, port });
        }
    }
}

/// A listener and its pools, without the rest of its load balancer.
pub(crate) fn part(spec: &LoadBalancerSpec, listener: ListenerId) -> LoadBalancerSpec {
    let listeners: Vec<ListenerSpec> =
        spec.listeners.iter().filter(|candidate| candidate.id == listener).cloned().collect();
    let uses = |pool: &&PoolSpec| listeners.iter().any(|listener| listener.uses(pool.id));
    let pools = spec.pools.iter().filter(uses).cloned().collect();
    LoadBalancerSpec { listeners, pools, ..spec.clone() }
}

#[cfg(test)]
mod tests;

//! Backends and their names.

use crate::spec::{ListenerSpec, LoadBalancerSpec, PolicyAction, PoolSpec};
use openstack_types::{ListenerId, MemberId, PoolId};
use std::{
    collections::HashSet,
    fmt::{self, Display},
};

/// Timeouts belong to listeners, so a pool has one backend for each listener that uses it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BackendName {
    pub(crate) pool: PoolId,
    pub(crate) listener: ListenerId,
}

impl Display for BackendName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.pool, self.listener)
    }
}

impl BackendName {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (pool, listener) = text.split_once(':')?;
        Some(Self { pool: pool.parse().ok()?, listener: listener.parse().ok()? })
    }
}

/// A server, as admin commands name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ServerName {
    pub(crate) backend: BackendName,
    pub(crate) member: MemberId,
}

impl Display for ServerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.backend, self.member)
    }
}

/// The backends of a load balancer. The first backend of each pool runs the health checks of its members.
pub(crate) fn backends(
    spec: &LoadBalancerSpec,
) -> impl Iterator<Item = (&ListenerSpec, &PoolSpec, BackendName)> {
    spec.listeners.iter().flat_map(move |listener| {
        let mut seen = HashSet::new();
        used_pools(listener).filter(move |id| seen.insert(*id)).filter_map(move |id| {
            let pool = spec.pools.iter().find(|pool| pool.id == id)?;
            Some((listener, pool, BackendName { pool: id, listener: listener.id }))
        })
    })
}

fn used_pools(listener: &ListenerSpec) -> impl Iterator<Item = PoolId> {
    let policies = if listener.mode.is_http() { listener.policies.as_slice() } else { &[] };
    let chosen = policies.iter().filter_map(|policy| match policy.action {
        PolicyAction::RedirectToPool(pool) => Some(pool),
        _ => None,
    });
    listener.default_pool.into_iter().chain(chosen)
}

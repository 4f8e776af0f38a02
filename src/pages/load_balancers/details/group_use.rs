//! Which listeners use which server group. Pure.

use crate::store::Graph;
use openstack_types::{
    ListenerId, PoolId,
    octavia::{L7Policy, L7PolicyAction},
};

/// The server groups of a load balancer by their use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GroupUse {
    /// Those that a listener sends traffic to, in the order of the listeners.
    pub(super) used: Vec<PoolId>,
    /// Those that no listener sends traffic to.
    pub(super) unused: Vec<PoolId>,
    /// Each server group that a rule of a listener sends requests to.
    pub(super) by_rule: Vec<(ListenerId, PoolId)>,
}

impl GroupUse {
    /// While the policies are unknown (`None`), a group that a policy could use counts as used.
    pub(super) fn of(graph: &Graph, policies: Option<&[L7Policy]>) -> Self {
        let mut groups = Self::default();
        for listener in &graph.listeners {
            let own = policies.unwrap_or_default().iter().filter(|one| {
                one.listener_id == listener.id && one.action == L7PolicyAction::RedirectToPool
            });
            for target in own.filter_map(|one| one.redirect_pool_id) {
                if !groups.by_rule.contains(&(listener.id, target)) {
                    groups.by_rule.push((listener.id, target));
                }
            }
        }
        let exists = |id: &PoolId| graph.pools.iter().any(|one| one.pool.id == *id);
        for listener in &graph.listeners {
            let by_rule = groups.by_rule.iter().filter(|(by, _)| *by == listener.id);
            let by_rule: Vec<_> = by_rule.map(|(_, to)| *to).collect();
            for id in listener.default_pool_id.into_iter().chain(by_rule).filter(exists) {
                if !groups.used.contains(&id) {
                    groups.used.push(id);
                }
            }
        }
        let is_unknown =
            policies.is_none() && graph.listeners.iter().any(|one| !one.l7policies.is_empty());
        for id in graph.pools.iter().map(|one| one.pool.id) {
            if groups.used.contains(&id) {
            } else if is_unknown {
                groups.used.push(id);
            } else {
                groups.unused.push(id);
            }
        }
        groups
    }

    /// All, in the order of the page.
    pub(super) fn ordered(&self) -> Vec<PoolId> {
        self.used.iter().chain(&self.unused).copied().collect()
    }

    pub(super) fn is_unused(&self, id: PoolId) -> bool {
        self.unused.contains(&id)
    }
}

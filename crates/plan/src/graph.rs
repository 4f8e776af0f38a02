//! An existing load balancer, and the form values of its parts.

mod to_draft;

pub(crate) use to_draft::{draft_from_graph, is_type_tag, options_draft, policy_draft, rule_draft};

use openstack_types::{
    L7PolicyId, ListenerId, PoolId,
    octavia::{HealthMonitor, L7Policy, L7Rule, Listener, LoadBalancer, Member, Pool},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, net::IpAddr};

/// A load balancer with all of its parts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graph {
    pub loadbalancer: LoadBalancer,
    pub listeners: Vec<Listener>,
    pub pools: Vec<Pool>,
    pub members: BTreeMap<PoolId, Vec<Member>>,
    pub monitors: Vec<HealthMonitor>,
    #[serde(default)]
    pub policies: Vec<L7Policy>,
    /// The rules of each policy.
    #[serde(default)]
    pub rules: BTreeMap<L7PolicyId, Vec<L7Rule>>,
}

impl Graph {
    /// The members of a pool in the order of the form: by address as a number, then by port.
    pub(crate) fn members_in_order(&self, pool: PoolId) -> Vec<&Member> {
        let mut members: Vec<_> = self.members.get(&pool).into_iter().flatten().collect();
        members.sort_by_cached_key(|one| (one.address.parse::<IpAddr>().ok(), one.protocol_port));
        members
    }

    /// The health monitor of a pool.
    pub fn health_monitor(&self, pool: &Pool) -> Option<&HealthMonitor> {
        self.monitors.iter().find(|monitor| {
            Some(monitor.id) == pool.healthmonitor_id
                || monitor.pools.iter().any(|reference| reference.id == pool.id)
        })
    }

    /// The policies of a listener in the order of their positions.
    pub fn policies_in_order(&self, listener: ListenerId) -> Vec<&L7Policy> {
        let policies = self.policies.iter().filter(|policy| policy.listener_id == listener);
        let mut policies: Vec<_> = policies.collect();
        policies.sort_by_key(|policy| policy.position);
        policies
    }

    /// The URL that a listener redirects every request to.
    pub fn redirect_url(&self, listener: ListenerId) -> Option<&str> {
        self.policies_in_order(listener).into_iter().find_map(|policy| {
            let rules = self.rules.get(&policy.id).map(Vec::as_slice).unwrap_or_default();
            policy.redirects_to_https(rules)
        })
    }
}

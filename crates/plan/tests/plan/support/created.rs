//! Load balancers as a service creates them.

use super::wire::created;
use openstack_types::{
    L7PolicyId, ListenerId, PoolId,
    octavia::{
        CreateListener, CreateLoadBalancer, HealthMonitor, L7Policy, L7Rule, Listener, Pool,
    },
};
use plan::Graph;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn id(n: usize) -> String {
    format!("00000000-0000-4000-8000-{n:012}")
}

/// The load balancer that a service creates from a request.
pub(crate) fn created_graph(request: &CreateLoadBalancer) -> Graph {
    let mut graph = Graph {
        loadbalancer: created("loadbalancer", request, json!({ "id": id(0) })),
        listeners: Vec::new(),
        pools: Vec::new(),
        members: BTreeMap::new(),
        monitors: Vec::new(),
        policies: Vec::new(),
        rules: BTreeMap::new(),
    };
    for (index, pool) in request.pools.iter().enumerate() {
        let pool_id: PoolId = id(1000 + index).parse().unwrap();
        let members = pool.members.iter().enumerate().map(|(n, member)| {
            created("member", member, json!({ "id": id(10_000 + 100 * index + n) }))
        });
        graph.members.insert(pool_id, members.collect());
        let monitor = pool.healthmonitor.as_ref().map(|monitor| {
            let extra = json!({ "id": id(2000 + index), "pools": [{ "id": pool_id }] });
            created::<HealthMonitor>("healthmonitor", monitor, extra)
        });
        let monitor_id = monitor.as_ref().map(|monitor| monitor.id);
        let extra = json!({ "id": pool_id, "healthmonitor_id": monitor_id });
        graph.pools.push(created("pool", pool, extra));
        graph.monitors.extend(monitor);
    }
    for (index, listener) in request.listeners.iter().enumerate() {
        add_listener(&mut graph, index, listener);
    }
    graph
}

fn pool_named(pools: &[Pool], name: Option<&str>) -> Option<PoolId> {
    name.map(|name| pools.iter().find(|pool| pool.name == name).map(|pool| pool.id).unwrap())
}

fn add_listener(graph: &mut Graph, index: usize, listener: &CreateListener) {
    let listener_id: ListenerId = id(3000 + index).parse().unwrap();
    let named = listener.default_pool.as_ref().map(|pool| pool.name.as_str());
    let extra = json!({ "id": listener_id, "default_pool_id": pool_named(&graph.pools, named) });
    graph.listeners.push(created::<Listener>("listener", listener, extra));
    for (number, policy) in listener.l7policies.iter().enumerate() {
        let policy_id: L7PolicyId = id(4000 + 100 * index + number).parse().unwrap();
        let rules = policy.rules.iter().enumerate().map(|(n, rule)| {
            created("rule", rule, json!({ "id": id(50_000 + 1000 * index + 10 * number + n) }))
        });
        let rules: Vec<L7Rule> = rules.collect();
        let named = policy.redirect_pool.as_ref().map(|pool| pool.name.as_str());
        let references: Vec<Value> = rules.iter().map(|rule| json!({ "id": rule.id })).collect();
        let extra = json!({
            "id": policy_id, "listener_id": listener_id, "position": number + 1,
            "redirect_pool_id": pool_named(&graph.pools, named), "rules": references,
        });
        graph.policies.push(created::<L7Policy>("l7policy", policy, extra));
        graph.rules.insert(policy_id, rules);
    }
}

//! Graphs for tests: JSON with the fields that matter, completed by defaults.

use crate::store::Graph;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

fn with_defaults(defaults: Value, own: &Value) -> Value {
    let mut object = defaults;
    for (key, value) in own.as_object().unwrap() {
        object[key] = value.clone();
    }
    object
}

fn uuid(number: usize) -> String {
    uuid::Uuid::from_u128(number as u128).to_string()
}

/// The id of the n-th server group of a [`graph`].
pub(super) fn pool_id(n: usize) -> String {
    uuid(2000 + n)
}

/// A load balancer with `listeners` (with `default_pool` as an index), `pools` (with `members`), and other
/// fields. Listener n has the id 1000 + n, pool n 2000 + n, member m of pool n 10000 * (n + 1) + m.
pub(super) fn graph(of: &Value) -> Arc<Graph> {
    let states = json!({"provisioning_status": "ACTIVE", "operating_status": "ONLINE",
        "admin_state_up": true, "loadbalancers": [{"id": uuid(1)}]});
    let list = |key: &str| of[key].as_array().cloned().unwrap_or_default();
    let mut members = Vec::new();
    let mut pools = Vec::new();
    for (n, own) in list("pools").iter().enumerate() {
        let defaults = json!({"id": pool_id(n), "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"});
        pools.push(with_defaults(with_defaults(states.clone(), &defaults), own));
        for (m, own) in own["members"].as_array().into_iter().flatten().enumerate() {
            let defaults = json!({"id": uuid(10_000 * (n + 1) + m), "pool_id": pool_id(n),
                "loadbalancer_id": uuid(1), "address": format!("10.0.{n}.{m}"),
                "protocol_port": 80, "weight": 1});
            members.push(with_defaults(with_defaults(states.clone(), &defaults), own));
        }
    }
    for pool in &mut pools {
        pool["members"] = json!([]);
    }
    let listeners: Vec<_> = list("listeners")
        .iter()
        .enumerate()
        .map(|(n, own)| {
            let defaults = json!({"id": uuid(1000 + n), "protocol": "HTTP",
                "protocol_port": 8000 + n,
                "default_pool_id": own["default_pool"].as_u64().map(|n| pool_id(n as usize))});
            with_defaults(with_defaults(states.clone(), &defaults), own)
        })
        .collect();
    let balancer = json!({"id": uuid(1), "name": "web", "project_id": "p",
        "vip_address": "192.0.2.1", "created_at": "2026-11-23T03:40:39",
        "listeners": [], "pools": []});
    let mut balancer = with_defaults(with_defaults(states, &balancer), of);
    balancer["listeners"] = json!([]);
    balancer["pools"] = pools.iter().map(|pool| json!({"id": pool["id"]})).collect();
    fn read<T: serde::de::DeserializeOwned>(list: Vec<Value>) -> Vec<T> {
        list.into_iter().map(|one| serde_json::from_value(one).unwrap()).collect()
    }
    let graphs = Graph::assemble(
        read(vec![balancer]),
        read(listeners),
        read(pools),
        read(members),
        HashMap::new(),
    );
    graphs[0].clone()
}

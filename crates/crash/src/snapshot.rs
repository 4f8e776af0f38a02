//! What a load balancer is, in the terms of a client: without ids that a lost answer would have contained.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A load balancer with its listeners by port and its servers by address. One pool serves all listeners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    pub description: String,
    /// By port: whether it is enabled.
    pub listeners: BTreeMap<u16, bool>,
    /// By address and port: the weight.
    pub members: BTreeMap<(String, u16), i64>,
    pub monitor_delay: Option<i64>,
}

impl Snapshot {
    /// The body of the request that creates it.
    pub fn create_request(&self, name: &str, subnet: &str) -> Value {
        let members: Vec<_> = self
            .members
            .iter()
            .map(|((address, port), weight)| {
                json!({"address": address, "protocol_port": port, "weight": weight})
            })
            .collect();
        let mut pool = json!({
            "name": "pool", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", "members": members,
        });
        if let Some(delay) = self.monitor_delay {
            pool["healthmonitor"] = json!({
                "type": "TCP", "delay": delay, "timeout": 1, "max_retries": 1, "max_retries_down": 1,
            });
        }
        let listeners: Vec<_> = self
            .listeners
            .iter()
            .map(|(port, enabled)| {
                json!({
                    "protocol": "HTTP", "protocol_port": port, "admin_state_up": enabled,
                    "default_pool": {"name": "pool"},
                })
            })
            .collect();
        json!({"loadbalancer": {
            "name": name, "description": self.description, "vip_subnet_id": subnet,
            "listeners": listeners, "pools": [pool],
        }})
    }

    /// The ports that must answer.
    pub fn serving_ports(&self) -> impl Iterator<Item = u16> {
        let serves = self.members.values().any(|weight| *weight > 0);
        let listeners = self.listeners.iter().filter(move |(_, enabled)| serves && **enabled);
        listeners.map(|(port, _)| *port)
    }
}

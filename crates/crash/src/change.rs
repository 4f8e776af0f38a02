//! Random changes of a load balancer.

use crate::{api::Seen, snapshot::Snapshot};
use reqwest::Method;
use serde_json::{Value, json};
use std::net::SocketAddr;

/// A request, and the load balancer after it.
pub struct Change {
    pub method: Method,
    pub path: String,
    pub body: Option<Value>,
    /// `None`: deleted.
    pub after: Option<Snapshot>,
}

const MAX_LISTENERS: usize = 4;
const MAX_MEMBERS: usize = 6;

/// A new load balancer with one listener and one or two members.
pub fn new_load_balancer(backends: &[SocketAddr]) -> Snapshot {
    let mut members = std::collections::BTreeMap::new();
    for backend in &backends[..fastrand::usize(1..=2)] {
        members.insert(key(*backend), fastrand::i64(1..=10));
    }
    Snapshot {
        description: String::new(),
        listeners: [(new_port(), true)].into(),
        members,
        monitor_delay: fastrand::bool().then_some(1),
    }
}

/// Picks a change that the server must accept.
pub fn random(id: &str, seen: &Seen, backends: &[SocketAddr]) -> Change {
    loop {
        let change = match fastrand::u8(0..20) {
            0 => Some(deletion(id)),
            1..=3 => Some(description(id, seen)),
            4..=5 => addition_of_listener(id, seen),
            6 => removal_of_listener(seen),
            7..=8 => switch_of_listener(seen),
            9..=11 => addition_of_member(seen, backends),
            12..=13 => removal_of_member(seen),
            14..=17 => weight(seen),
            _ => Some(health_monitor(seen)),
        };
        if let Some(change) = change {
            return change;
        }
    }
}

fn deletion(id: &str) -> Change {
    Change {
        method: Method::DELETE,
        path: format!("loadbalancers/{id}?cascade=true"),
        body: None,
        after: None,
    }
}

fn description(id: &str, seen: &Seen) -> Change {
    let mut after = seen.snapshot.clone();
    after.description = format!("{:x}", fastrand::u64(..));
    let body = json!({"loadbalancer": {"description": after.description}});
    put(format!("loadbalancers/{id}"), body, after)
}

fn addition_of_listener(id: &str, seen: &Seen) -> Option<Change> {
    let mut after = seen.snapshot.clone();
    let port = new_port();
    (after.listeners.len() < MAX_LISTENERS && after.listeners.insert(port, true).is_none())
        .then_some(())?;
    let body = json!({"listener": {
        "protocol": "HTTP", "protocol_port": port, "loadbalancer_id": id, "default_pool_id": seen.pool,
    }});
    Some(post("listeners".to_owned(), body, after))
}

fn removal_of_listener(seen: &Seen) -> Option<Change> {
    let (port, id) = fastrand::choice(&seen.listener_ids)?;
    let mut after = seen.snapshot.clone();
    after.listeners.remove(port);
    Some(delete(format!("listeners/{id}"), after))
}

fn switch_of_listener(seen: &Seen) -> Option<Change> {
    let (port, id) = fastrand::choice(&seen.listener_ids)?;
    let mut after = seen.snapshot.clone();
    let enabled = after.listeners.get_mut(port)?;
    *enabled = !*enabled;
    let body = json!({"listener": {"admin_state_up": enabled}});
    Some(put(format!("listeners/{id}"), body, after))
}

fn addition_of_member(seen: &Seen, backends: &[SocketAddr]) -> Option<Change> {
    let mut after = seen.snapshot.clone();
    let (address, port) = key(*fastrand::choice(backends)?);
    let weight = fastrand::i64(1..=10);
    let added = after.members.insert((address.clone(), port), weight).is_none();
    (after.members.len() <= MAX_MEMBERS && added).then_some(())?;
    let member = json!({"address": address, "protocol_port": port, "weight": weight});
    Some(post(format!("pools/{}/members", seen.pool), json!({ "member": member }), after))
}

fn removal_of_member(seen: &Seen) -> Option<Change> {
    let (key, id) = fastrand::choice(&seen.member_ids)?;
    let mut after = seen.snapshot.clone();
    after.members.remove(key);
    Some(delete(format!("pools/{}/members/{id}", seen.pool), after))
}

fn weight(seen: &Seen) -> Option<Change> {
    let (key, id) = fastrand::choice(&seen.member_ids)?;
    let mut after = seen.snapshot.clone();
    let weight = fastrand::i64(0..=10);
    after.members.insert(key.clone(), weight);
    let body = json!({"member": {"weight": weight}});
    Some(put(format!("pools/{}/members/{id}", seen.pool), body, after))
}

fn health_monitor(seen: &Seen) -> Change {
    let mut after = seen.snapshot.clone();
    match &seen.monitor {
        Some(id) => {
            after.monitor_delay = None;
            delete(format!("healthmonitors/{id}"), after)
        }
        None => {
            after.monitor_delay = Some(1);
            let body = json!({"healthmonitor": {
                "pool_id": seen.pool, "type": "TCP", "delay": 1, "timeout": 1, "max_retries": 1,
                "max_retries_down": 1,
            }});
            post("healthmonitors".to_owned(), body, after)
        }
    }
}

fn post(path: String, body: Value, after: Snapshot) -> Change {
    Change { method: Method::POST, path, body: Some(body), after: Some(after) }
}

fn put(path: String, body: Value, after: Snapshot) -> Change {
    Change { method: Method::PUT, path, body: Some(body), after: Some(after) }
}

fn delete(path: String, after: Snapshot) -> Change {
    Change { method: Method::DELETE, path, body: None, after: Some(after) }
}

fn key(address: SocketAddr) -> (String, u16) {
    (address.ip().to_string(), address.port())
}

/// Above the ephemeral ports, so that no connection takes it between two starts.
fn new_port() -> u16 {
    fastrand::u16(61_001..=65_000)
}

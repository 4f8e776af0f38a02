//! A load balancer as the API shows it, as one document.

use crate::common::{Client, octavia::LBAAS};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What two copies need not have in common.
const OWN: [&str; 20] = [
    "id",
    "project_id",
    "tenant_id",
    "user_id",
    "created_at",
    "updated_at",
    "provisioning_status",
    "operating_status",
    "vip_address",
    "vip_port_id",
    "loadbalancers",
    "listeners",
    "pools",
    "members",
    "l7policies",
    "rules",
    "listener_id",
    "default_pool_id",
    "redirect_pool_id",
    "healthmonitor_id",
];

async fn list(client: &Client, path: &str, key: &str) -> Vec<Value> {
    let mut answer = client.get(&format!("{LBAAS}/{path}")).await;
    match answer.body[key].take() {
        Value::Array(objects) => objects,
        _ => panic!("{path}: {}", answer.body),
    }
}

fn id(object: &Value) -> String {
    object["id"].as_str().unwrap().to_owned()
}

/// Every object of a load balancer by its kind and id, without its states and without what follows from
/// other objects.
pub(super) async fn objects(client: &Client, lb: &str) -> BTreeMap<String, Value> {
    const DERIVED: [&str; 8] = [
        "updated_at",
        "provisioning_status",
        "operating_status",
        "listeners",
        "pools",
        "members",
        "l7policies",
        "rules",
    ];
    let mut all = BTreeMap::new();
    let mut add = |kind: &str, mut object: Value| {
        DERIVED.iter().for_each(|field| drop(object.as_object_mut().unwrap().remove(*field)));
        all.insert(format!("{kind} {}", id(&object)), object);
    };
    let shown = client.get(&format!("{LBAAS}/loadbalancers/{lb}")).await.body;
    add("loadbalancer", shown["loadbalancer"].clone());
    for pool in list(client, &format!("pools?loadbalancer_id={lb}"), "pools").await {
        for member in list(client, &format!("pools/{}/members", id(&pool)), "members").await {
            add("member", member);
        }
        let path = format!("healthmonitors?pool_id={}", id(&pool));
        for monitor in list(client, &path, "healthmonitors").await {
            add("healthmonitor", monitor);
        }
        add("pool", pool);
    }
    for listener in list(client, &format!("listeners?loadbalancer_id={lb}"), "listeners").await {
        let path = format!("l7policies?listener_id={}", id(&listener));
        for policy in list(client, &path, "l7policies").await {
            let path = format!("l7policies/{}/rules", id(&policy));
            for rule in list(client, &path, "rules").await {
                add("rule", rule);
            }
            add("l7policy", policy);
        }
        add("listener", listener);
    }
    all
}

/// The fields that differ, each with the kind of its object.
pub(super) fn differences(
    before: &BTreeMap<String, Value>,
    after: &BTreeMap<String, Value>,
) -> Vec<String> {
    let mut found = Vec::new();
    for (key, object) in before {
        let kind = key.split(' ').next().unwrap();
        let Some(other) = after.get(key) else {
            found.push(format!("no {kind}"));
            continue;
        };
        let fields = object.as_object().unwrap().iter();
        let changed = fields.filter(|(name, value)| other.get(name) != Some(value));
        found.extend(changed.map(|(name, _)| format!("{kind} {name}")));
    }
    found.extend(
        after.keys().filter(|key| !before.contains_key(*key)).map(|key| format!("new {key}")),
    );
    found
}

/// The fields of an object that a copy has, too.
fn copied(object: &Value) -> Value {
    let fields = object.as_object().unwrap().iter();
    let fields = fields.filter(|(name, _)| !OWN.contains(&name.as_str()));
    fields.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// The name of the pool that a field refers to.
fn pool_name(object: &Value, field: &str, pools: &[Value]) -> Value {
    let pool = pools.iter().find(|pool| pool["id"] == object[field]);
    pool.map_or(Value::Null, |pool| json!({ "name": pool["name"] }))
}

/// Reads a load balancer with all of its parts, in the shape of a create request, with every field that a
/// copy has, too.
pub(super) async fn read(client: &Client, lb: &str) -> Value {
    let found = client.get(&format!("{LBAAS}/loadbalancers/{lb}")).await.body;
    let mut whole = copied(&found["loadbalancer"]);
    let pools = list(client, &format!("pools?loadbalancer_id={lb}"), "pools").await;
    let listeners = list(client, &format!("listeners?loadbalancer_id={lb}"), "listeners").await;
    let mut created_pools = Vec::new();
    for pool in &pools {
        let mut one = copied(pool);
        let members = list(client, &format!("pools/{}/members", id(pool)), "members").await;
        one["members"] = members.iter().map(copied).collect();
        if let Some(monitor) = pool["healthmonitor_id"].as_str() {
            let monitor = client.get(&format!("{LBAAS}/healthmonitors/{monitor}")).await.body;
            one["healthmonitor"] = copied(&monitor["healthmonitor"]);
        }
        created_pools.push(one);
    }
    let mut created_listeners = Vec::new();
    for listener in &listeners {
        let mut one = copied(listener);
        one["default_pool"] = pool_name(listener, "default_pool_id", &pools);
        let path = format!("l7policies?listener_id={}", id(listener));
        let mut policies = Vec::new();
        let mut by_position = list(client, &path, "l7policies").await;
        by_position.sort_by_key(|policy| policy["position"].as_u64());
        for policy in by_position {
            let mut one = copied(&policy);
            one["redirect_pool"] = pool_name(&policy, "redirect_pool_id", &pools);
            let rules = list(client, &format!("l7policies/{}/rules", id(&policy)), "rules").await;
            one["rules"] = rules.iter().map(copied).collect();
            policies.push(one);
        }
        one["l7policies"] = policies.into();
        created_listeners.push(one);
    }
    whole["pools"] = created_pools.into();
    whole["listeners"] = created_listeners.into();
    // Another address and port in the same subnet.
    for vip in whole["additional_vips"].as_array_mut().unwrap() {
        *vip = json!({ "subnet_id": vip["subnet_id"] });
    }
    sorted(whole)
}

/// The objects in a list of an object; none if there is no list.
fn parts<'a>(object: &'a mut Value, list: &str) -> impl Iterator<Item = &'a mut Value> {
    object.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten()
}

/// Sorts the parts of a load balancer whose order means nothing.
pub(super) fn sorted(mut whole: Value) -> Value {
    sort_tags(&mut whole);
    let sort = |list: &mut Value, key: fn(&Value) -> Value| {
        if let Value::Array(list) = list {
            list.sort_by_cached_key(|one| key(one).to_string());
        }
    };
    for pool in parts(&mut whole, "pools") {
        if let Some(members) = pool.get_mut("members") {
            sort(members, |member| json!([member["address"], member["protocol_port"]]));
        }
    }
    for listener in parts(&mut whole, "listeners") {
        for policy in parts(listener, "l7policies") {
            let Some(rules) = policy.get_mut("rules") else { continue };
            sort(rules, |rule| {
                let tags = rule["tags"].as_array().cloned().unwrap_or_default();
                let is_enabled = rule["admin_state_up"].as_bool().unwrap_or(true);
                let invert = rule["invert"].as_bool().unwrap_or_default();
                let (kind, compare) = (&rule["type"], &rule["compare_type"]);
                json!([kind, compare, rule["key"], rule["value"], invert, is_enabled, tags])
            });
        }
    }
    sort(&mut whole["listeners"], |listener| listener["protocol_port"].clone());
    sort(&mut whole["pools"], |pool| pool["name"].clone());
    whole
}

/// Tags are a set.
fn sort_tags(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(sort_tags),
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::Array(tags) if name == "tags" => tags.sort_by_key(ToString::to_string),
                    value => sort_tags(value),
                }
            }
        }
        _ => {}
    }
}

/// The paths of what is in `expected` and not so in `actual`, with both values.
pub(super) fn missing(expected: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(expected, actual, "", &mut found);
    found
}

fn compare(expected: &Value, actual: &Value, path: &str, found: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(fields), Value::Object(_)) => {
            for (name, value) in fields {
                compare(value, &actual[name], &format!("{path}/{name}"), found);
            }
        }
        (Value::Array(expected), Value::Array(actual)) if expected.len() == actual.len() => {
            for (n, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                compare(expected, actual, &format!("{path}/{n}"), found);
            }
        }
        _ if expected == actual => {}
        _ => found.push(format!("{path}: {expected} became {actual}")),
    }
}

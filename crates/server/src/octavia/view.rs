//! Objects as Octavia shows them.

use crate::model::{
    HEALTH_MONITOR, Kind, L7POLICY, L7RULE, LISTENER, LOAD_BALANCER, MEMBER, Object, POOL, Resource,
};
use crate::store::octavia::{find_by, relations::children};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// The fields that every object of a kind has on the wire.
fn own_fields(of: &Resource, row: &Object) -> Map<String, Value> {
    let mut shown = Map::new();
    for field in of.fields.iter().filter(|field| field.shown) {
        let value = if field.stored { row.get(field.name).clone() } else { field.default.value() };
        let value = match (&field.kind, value) {
            (Kind::Persistence, Value::Object(mut persistence)) => {
                persistence.insert("persistence_timeout".to_owned(), Value::Null);
                persistence.insert("persistence_granularity".to_owned(), Value::Null);
                Value::Object(persistence)
            }
            (_, value) => value,
        };
        shown.insert(field.name.to_owned(), value);
    }
    shown.insert("tenant_id".to_owned(), row.get("project_id").clone());
    shown.insert("project_id".to_owned(), row.get("project_id").clone());
    shown
}

fn refs(ids: Option<&Vec<String>>) -> Value {
    ids.map(|ids| ids.iter().map(|id| json!({ "id": id })).collect()).unwrap_or_else(|| json!([]))
}

fn ids(rows: &[Object]) -> Vec<&str> {
    rows.iter().map(|row| row.text("id")).collect()
}

type Relation = HashMap<String, Vec<String>>;

/// Rows of a kind as lists and single answers show them.
pub fn rows(db: &Connection, of: &Resource, rows: &[Object]) -> rusqlite::Result<Vec<Value>> {
    match of.key {
        key if key == LOAD_BALANCER.key => load_balancers(db, rows),
        key if key == LISTENER.key => listeners(db, rows),
        key if key == L7POLICY.key => policies(db, rows),
        key if key == POOL.key => pools(db, rows),
        key if key == HEALTH_MONITOR.key => Ok(rows.iter().map(health_monitor).collect()),
        _ => Ok(rows.iter().map(|row| Value::Object(own_fields(of, row))).collect()),
    }
}

/// One row as single answers show it.
pub fn row(db: &Connection, of: &Resource, row: &Object) -> rusqlite::Result<Value> {
    Ok(rows(db, of, std::slice::from_ref(row))?.pop().unwrap_or_default())
}

fn load_balancers(db: &Connection, rows: &[Object]) -> rusqlite::Result<Vec<Value>> {
    let ids = ids(rows);
    let listeners = children(db, LISTENER.key, "loadbalancer_id", &ids)?;
    let pools = children(db, POOL.key, "loadbalancer_id", &ids)?;
    let shown = rows.iter().map(|row| {
        let mut shown = load_balancer_fields(row);
        shown.insert("listeners".to_owned(), refs(listeners.get(row.text("id"))));
        shown.insert("pools".to_owned(), refs(pools.get(row.text("id"))));
        Value::Object(shown)
    });
    Ok(shown.collect())
}

fn load_balancer_fields(row: &Object) -> Map<String, Value> {
    let mut shown = own_fields(&LOAD_BALANCER, row);
    if let Some(reason) = row.optional("provisioning_reason") {
        shown.insert("provisioning_reason".to_owned(), json!(reason));
    }
    shown
}

fn listeners(db: &Connection, rows: &[Object]) -> rusqlite::Result<Vec<Value>> {
    let policies = children(db, L7POLICY.key, "listener_id", &ids(rows))?;
    let shown = rows.iter().map(|row| {
        let mut shown = own_fields(&LISTENER, row);
        shown.insert("loadbalancers".to_owned(), json!([{ "id": row.get("loadbalancer_id") }]));
        shown.insert("l7policies".to_owned(), refs(policies.get(row.text("id"))));
        Value::Object(shown)
    });
    Ok(shown.collect())
}

fn policies(db: &Connection, rows: &[Object]) -> rusqlite::Result<Vec<Value>> {
    let rules = children(db, L7RULE.key, "l7policy_id", &ids(rows))?;
    let shown = rows.iter().map(|row| {
        let mut shown = own_fields(&L7POLICY, row);
        shown.insert("rules".to_owned(), refs(rules.get(row.text("id"))));
        Value::Object(shown)
    });
    Ok(shown.collect())
}

fn pools(db: &Connection, rows: &[Object]) -> rusqlite::Result<Vec<Value>> {
    let ids = ids(rows);
    let listeners = children(db, LISTENER.key, "default_pool_id", &ids)?;
    let members = children(db, MEMBER.key, "pool_id", &ids)?;
    let monitors: Relation = children(db, HEALTH_MONITOR.key, "pool_id", &ids)?;
    let shown = rows.iter().map(|row| {
        let id = row.text("id");
        let mut shown = own_fields(&POOL, row);
        shown.insert("loadbalancers".to_owned(), json!([{ "id": row.get("loadbalancer_id") }]));
        shown.insert("listeners".to_owned(), refs(listeners.get(id)));
        shown.insert("members".to_owned(), refs(members.get(id)));
        if let Some(monitor) = monitors.get(id).and_then(|ids| ids.first()) {
            shown.insert("healthmonitor_id".to_owned(), json!(monitor));
        }
        Value::Object(shown)
    });
    Ok(shown.collect())
}

fn health_monitor(row: &Object) -> Value {
    let mut shown = own_fields(&HEALTH_MONITOR, row);
    shown.insert("pools".to_owned(), json!([{ "id": row.get("pool_id") }]));
    Value::Object(shown)
}

/// A load balancer with all that hangs on it, as the answer to its create shows it.
pub fn whole(db: &Connection, loadbalancer: &Object) -> rusqlite::Result<Value> {
    let id = loadbalancer.text("id");
    let parts = |of| find_by(db, of, "loadbalancer_id", id);
    let (listeners, members) = (parts(&LISTENER)?, parts(&MEMBER)?);
    let monitors = parts(&HEALTH_MONITOR)?;
    let of_pool = |rows: &[Object], of: &Resource, pool: &str| -> Vec<Value> {
        rows.iter()
            .filter(|row| row.text("pool_id") == pool)
            .map(|row| Value::Object(own_fields(of, row)))
            .collect()
    };
    let mut pools = Vec::new();
    for row in parts(&POOL)? {
        let pool = row.text("id");
        let users: Vec<_> = listeners
            .iter()
            .filter(|listener| listener.text("default_pool_id") == pool)
            .map(|listener| json!({ "id": listener.get("id") }))
            .collect();
        let mut shown = own_fields(&POOL, &row);
        shown.insert("listeners".to_owned(), json!(users));
        shown.insert("members".to_owned(), json!(of_pool(&members, &MEMBER, pool)));
        if let Some(monitor) = of_pool(&monitors, &HEALTH_MONITOR, pool).pop() {
            shown.insert("healthmonitor".to_owned(), monitor);
        }
        pools.push(Value::Object(shown));
    }
    let (mut policies, rules) = (parts(&L7POLICY)?, parts(&L7RULE)?);
    policies.sort_by_key(|row| row.integer("position"));
    let policy = |row: &Object| {
        let of = |rule: &&Object| rule.text("l7policy_id") == row.text("id");
        let rules: Vec<_> =
            rules.iter().filter(of).map(|rule| Value::Object(own_fields(&L7RULE, rule))).collect();
        let mut shown = own_fields(&L7POLICY, row);
        shown.insert("rules".to_owned(), json!(rules));
        Value::Object(shown)
    };
    let listeners: Vec<_> = listeners
        .iter()
        .map(|row| {
            let of = |policy: &&Object| policy.text("listener_id") == row.text("id");
            let mut shown = own_fields(&LISTENER, row);
            let policies: Vec<_> = policies.iter().filter(of).map(policy).collect();
            shown.insert("l7policies".to_owned(), json!(policies));
            Value::Object(shown)
        })
        .collect();
    let mut shown = load_balancer_fields(loadbalancer);
    shown.insert("listeners".to_owned(), json!(listeners));
    shown.insert("pools".to_owned(), json!(pools));
    Ok(Value::Object(shown))
}

/// The tree of statuses below a load balancer.
pub fn status_tree(db: &Connection, loadbalancer: &Object) -> rusqlite::Result<Value> {
    let id = loadbalancer.text("id");
    let parts = |of| find_by(db, of, "loadbalancer_id", id);
    let (listeners, pools) = (parts(&LISTENER)?, parts(&POOL)?);
    let (members, monitors) = (parts(&MEMBER)?, parts(&HEALTH_MONITOR)?);
    let some = |row: &Object, more: &[&str]| {
        let names = ["id", "name", "operating_status", "provisioning_status"];
        let picked: Map<String, Value> = names
            .iter()
            .chain(more)
            .map(|name| ((*name).to_owned(), row.get(name).clone()))
            .collect();
        picked
    };
    let pool = |row: &Object| {
        let of = |part: &&Object| part.text("pool_id") == row.text("id");
        let mut shown = some(row, &[]);
        if let Some(monitor) = monitors.iter().find(of) {
            shown.insert("health_monitor".to_owned(), json!(some(monitor, &["type"])));
        }
        let members: Vec<_> = members
            .iter()
            .filter(of)
            .map(|member| some(member, &["address", "protocol_port"]))
            .collect();
        shown.insert("members".to_owned(), json!(members));
        shown
    };
    let listeners: Vec<_> = listeners
        .iter()
        .map(|row| {
            let mut shown = some(row, &[]);
            let default = pools
                .iter()
                .filter(|pool| Some(pool.text("id")) == row.optional("default_pool_id"))
                .map(pool)
                .collect::<Vec<_>>();
            shown.insert("pools".to_owned(), json!(default));
            shown
        })
        .collect();
    let mut shown = some(loadbalancer, &[]);
    shown.insert("listeners".to_owned(), json!(listeners));
    Ok(json!({"statuses": {"loadbalancer": shown}}))
}

//! A load balancer with all of its parts, as the answer to its create shows it.

use super::fields;
use crate::{
    model::{
        HEALTH_MONITOR, ID, L7POLICY, L7RULE, LISTENER, LOAD_BALANCER, LOADBALANCER_ID, MEMBER,
        POOL, Resource, Row, health_monitor, l7policy, l7rule, listener, load_balancer, member,
        pool,
    },
    store::octavia::find_by,
};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

pub(crate) fn graph(db: &Connection, load_balancer: &Row) -> rusqlite::Result<Value> {
    let id = load_balancer.get(ID);
    let parts = |resource| find_by(db, resource, LOADBALANCER_ID, id);
    let listeners = parts(&LISTENER)?;
    let mut policies = parts(&L7POLICY)?;
    policies.sort_by_key(|row| row.get(l7policy::POSITION));
    let rules = parts(&L7RULE)?;
    let (members, monitors) = (parts(&MEMBER)?, parts(&HEALTH_MONITOR)?);

    let shown_pools: Vec<_> =
        parts(&POOL)?.iter().map(|pool| show_pool(pool, &listeners, &members, &monitors)).collect();
    let shown_listeners: Vec<_> =
        listeners.iter().map(|listener| show_listener(listener, &policies, &rules)).collect();
    let mut shown = fields(&LOAD_BALANCER, load_balancer);
    shown.insert(load_balancer::LISTENERS.name().to_owned(), json!(shown_listeners));
    shown.insert(load_balancer::POOLS.name().to_owned(), json!(shown_pools));
    Ok(Value::Object(shown))
}

fn show_pool(
    pool: &Row,
    listeners: &[Row],
    members: &[Row],
    monitors: &[Row],
) -> Map<String, Value> {
    let id = pool.get(ID);
    let users: Vec<_> = listeners
        .iter()
        .filter(|listener| listener.get(listener::DEFAULT_POOL_ID) == Some(id))
        .map(|listener| json!({ "id": listener.get(ID) }))
        .collect();
    let members = members.iter().filter(|member| member.get(member::POOL_ID) == id);
    let mut shown = fields(&POOL, pool);
    shown.insert("listeners".to_owned(), json!(users));
    shown.insert(pool::MEMBERS.name().to_owned(), show_all(&MEMBER, members));
    let monitor = monitors.iter().find(|row| row.get(health_monitor::POOL_ID) == id);
    if let Some(monitor) = monitor {
        let monitor = Value::Object(fields(&HEALTH_MONITOR, monitor));
        shown.insert(pool::HEALTHMONITOR.name().to_owned(), monitor);
    }
    shown
}

fn show_listener(listener: &Row, policies: &[Row], rules: &[Row]) -> Map<String, Value> {
    let policies: Vec<_> = policies
        .iter()
        .filter(|policy| policy.get(l7policy::LISTENER_ID) == listener.get(ID))
        .map(|policy| {
            let rules = rules.iter().filter(|rule| rule.get(l7rule::L7POLICY_ID) == policy.get(ID));
            let mut shown = fields(&L7POLICY, policy);
            shown.insert(l7policy::RULES.name().to_owned(), show_all(&L7RULE, rules));
            shown
        })
        .collect();
    let mut shown = fields(&LISTENER, listener);
    shown.insert(listener::L7POLICIES.name().to_owned(), json!(policies));
    shown
}

fn show_all<'r>(resource: &Resource, rows: impl Iterator<Item = &'r Row>) -> Value {
    rows.map(|row| Value::Object(fields(resource, row))).collect()
}

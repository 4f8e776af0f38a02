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
use std::collections::HashMap;

pub(crate) fn graph(db: &Connection, load_balancer: &Row) -> rusqlite::Result<Value> {
    let id = load_balancer.get(ID);
    let parts = |resource| find_by(db, resource, LOADBALANCER_ID, id);
    let listeners = parts(&LISTENER)?;
    let mut policies = parts(&L7POLICY)?;
    policies.sort_by_key(|row| row.get(l7policy::POSITION));
    let (pools, rules) = (parts(&POOL)?, parts(&L7RULE)?);
    let (members, monitors) = (parts(&MEMBER)?, parts(&HEALTH_MONITOR)?);
    let users = by(&listeners, |listener| listener.get(listener::DEFAULT_POOL_ID));
    let members = by(&members, |member| Some(member.get(member::POOL_ID)));
    let monitors = by(&monitors, |monitor| Some(monitor.get(health_monitor::POOL_ID)));
    let policies = by(&policies, |policy| Some(policy.get(l7policy::LISTENER_ID)));
    let rules = by(&rules, |rule| Some(rule.get(l7rule::L7POLICY_ID)));

    let shown_pools = pools.iter().map(|pool| show_pool(pool, &users, &members, &monitors));
    let shown_pools: Vec<_> = shown_pools.collect();
    let shown_listeners: Vec<_> =
        listeners.iter().map(|listener| show_listener(listener, &policies, &rules)).collect();
    let mut shown = fields(&LOAD_BALANCER, load_balancer);
    shown.insert(load_balancer::LISTENERS.name().to_owned(), json!(shown_listeners));
    shown.insert(load_balancer::POOLS.name().to_owned(), json!(shown_pools));
    Ok(Value::Object(shown))
}

/// Rows by the id of what they belong to.
type Groups<'r> = HashMap<&'r str, Vec<&'r Row>>;

fn by<'r>(rows: &'r [Row], owner: impl Fn(&'r Row) -> Option<&'r str>) -> Groups<'r> {
    let mut groups = Groups::new();
    for row in rows {
        if let Some(id) = owner(row) {
            groups.entry(id).or_default().push(row);
        }
    }
    groups
}

fn of<'g, 'r>(groups: &'g Groups<'r>, row: &Row) -> &'g [&'r Row] {
    groups.get(row.get(ID)).map(Vec::as_slice).unwrap_or_default()
}

fn show_pool(
    pool: &Row,
    users: &Groups<'_>,
    members: &Groups<'_>,
    monitors: &Groups<'_>,
) -> Map<String, Value> {
    let users: Vec<_> = of(users, pool).iter().map(|row| json!({ "id": row.get(ID) })).collect();
    let mut shown = fields(&POOL, pool);
    shown.insert("listeners".to_owned(), json!(users));
    shown.insert(pool::MEMBERS.name().to_owned(), show_all(&MEMBER, of(members, pool)));
    let monitor = of(monitors, pool).first();
    let monitor = monitor.map(|monitor| fields(&HEALTH_MONITOR, monitor));
    shown.insert(pool::HEALTHMONITOR.name().to_owned(), json!(monitor));
    shown
}

fn show_listener(listener: &Row, policies: &Groups<'_>, rules: &Groups<'_>) -> Map<String, Value> {
    let policies: Vec<_> = of(policies, listener)
        .iter()
        .map(|policy| {
            let mut shown = fields(&L7POLICY, policy);
            let rules = show_all(&L7RULE, of(rules, policy));
            shown.insert(l7policy::RULES.name().to_owned(), rules);
            shown
        })
        .collect();
    let mut shown = fields(&LISTENER, listener);
    shown.insert(listener::L7POLICIES.name().to_owned(), json!(policies));
    shown
}

fn show_all(resource: &Resource, rows: &[&Row]) -> Value {
    rows.iter().map(|row| Value::Object(fields(resource, row))).collect()
}

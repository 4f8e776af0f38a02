//! The statuses of a load balancer and its parts.

use crate::{
    model::{
        HEALTH_MONITOR, ID, L7POLICY, LISTENER, LOADBALANCER_ID, MEMBER, NAME, OPERATING_STATUS,
        POOL, PROVISIONING_STATUS, Row, health_monitor, l7policy, listener, member,
    },
    store::octavia::find_by,
};
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

pub(crate) fn status_tree(db: &Connection, load_balancer: &Row) -> rusqlite::Result<Value> {
    let id = load_balancer.get(ID);
    let parts = |resource| find_by(db, resource, LOADBALANCER_ID, id);
    let (members, monitors) = (parts(&MEMBER)?, parts(&HEALTH_MONITOR)?);
    let members = grouped(&members, |member| Some(member.get(member::POOL_ID)));
    let monitors = grouped(&monitors, |monitor| Some(monitor.get(health_monitor::POOL_ID)));
    let pools = parts(&POOL)?;
    let pools: HashMap<&str, Map<String, Value>> = pools
        .iter()
        .map(|pool| {
            let id = pool.get(ID);
            let monitor = of(&monitors, id).first().copied();
            (id, show_pool(pool, of(&members, id), monitor))
        })
        .collect();
    let mut policies = parts(&L7POLICY)?;
    policies.sort_by_key(|policy| policy.get(l7policy::POSITION));
    let policies = grouped(&policies, |policy| Some(policy.get(l7policy::LISTENER_ID)));
    let listeners: Vec<_> = parts(&LISTENER)?
        .iter()
        .map(|listener| show_listener(listener, of(&policies, listener.get(ID)), &pools))
        .collect();
    let mut shown = statuses(load_balancer, &[]);
    shown.insert("listeners".to_owned(), json!(listeners));
    Ok(json!({"statuses": {"loadbalancer": shown}}))
}

/// Rows by the value that they share.
fn grouped<'r>(
    rows: &'r [Row],
    by: impl Fn(&'r Row) -> Option<&'r str>,
) -> HashMap<&'r str, Vec<&'r Row>> {
    let mut groups: HashMap<&str, Vec<&Row>> = HashMap::new();
    for row in rows {
        if let Some(key) = by(row) {
            groups.entry(key).or_default().push(row);
        }
    }
    groups
}

fn of<'g, 'r>(groups: &'g HashMap<&str, Vec<&'r Row>>, key: &str) -> &'g [&'r Row] {
    groups.get(key).map(Vec::as_slice).unwrap_or_default()
}

/// A listener with the pools that it uses: its default pool, then those that its policies redirect to.
fn show_listener(
    listener: &Row,
    policies: &[&Row],
    pools: &HashMap<&str, Map<String, Value>>,
) -> Map<String, Value> {
    let redirected = policies.iter().filter_map(|policy| policy.get(l7policy::REDIRECT_POOL_ID));
    let mut used: Vec<&str> = Vec::new();
    for id in listener.get(listener::DEFAULT_POOL_ID).into_iter().chain(redirected) {
        if !used.contains(&id) {
            used.push(id);
        }
    }
    let used: Vec<_> = used.into_iter().filter_map(|id| pools.get(id)).collect();
    let mut shown = statuses(listener, &[]);
    shown.insert("pools".to_owned(), json!(used));
    shown
}

fn show_pool(pool: &Row, members: &[&Row], monitor: Option<&Row>) -> Map<String, Value> {
    let mut shown = statuses(pool, &[]);
    let monitor = monitor.map(|monitor| statuses(monitor, &[health_monitor::TYPE.name()]));
    shown.insert("health_monitor".to_owned(), json!(monitor));
    let members: Vec<_> = members
        .iter()
        .map(|row| statuses(row, &[member::ADDRESS.name(), member::PROTOCOL_PORT.name()]))
        .collect();
    shown.insert("members".to_owned(), json!(members));
    shown
}

/// Id, name and statuses of a row, and further fields.
fn statuses(row: &Row, further: &[&str]) -> Map<String, Value> {
    [ID.name(), NAME.name(), OPERATING_STATUS.name(), PROVISIONING_STATUS.name()]
        .iter()
        .chain(further)
        .map(|name| ((*name).to_owned(), row.json(name).clone()))
        .collect()
}

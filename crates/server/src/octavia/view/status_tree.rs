//! The statuses of a load balancer and its parts.

use crate::{
    model::{
        HEALTH_MONITOR, ID, LISTENER, LOADBALANCER_ID, MEMBER, NAME, OPERATING_STATUS, POOL,
        PROVISIONING_STATUS, Row, health_monitor, listener, member,
    },
    store::octavia::find_by,
};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

pub(crate) fn status_tree(db: &Connection, load_balancer: &Row) -> rusqlite::Result<Value> {
    let id = load_balancer.get(ID);
    let parts = |resource| find_by(db, resource, LOADBALANCER_ID, id);
    let (pools, members) = (parts(&POOL)?, parts(&MEMBER)?);
    let monitors = parts(&HEALTH_MONITOR)?;
    let listeners: Vec<_> = parts(&LISTENER)?
        .iter()
        .map(|listener| {
            let default_pool: Vec<_> = pools
                .iter()
                .filter(|pool| listener.get(listener::DEFAULT_POOL_ID) == Some(pool.get(ID)))
                .map(|pool| show_pool(pool, &members, &monitors))
                .collect();
            let mut shown = statuses(listener, &[]);
            shown.insert("pools".to_owned(), json!(default_pool));
            shown
        })
        .collect();
    let mut shown = statuses(load_balancer, &[]);
    shown.insert("listeners".to_owned(), json!(listeners));
    Ok(json!({"statuses": {"loadbalancer": shown}}))
}

fn show_pool(pool: &Row, members: &[Row], monitors: &[Row]) -> Map<String, Value> {
    let id = pool.get(ID);
    let mut shown = statuses(pool, &[]);
    let monitor = monitors.iter().find(|row| row.get(health_monitor::POOL_ID) == id);
    if let Some(monitor) = monitor {
        let monitor = statuses(monitor, &[health_monitor::TYPE.name()]);
        shown.insert("health_monitor".to_owned(), json!(monitor));
    }
    let members: Vec<_> = members
        .iter()
        .filter(|member| member.get(member::POOL_ID) == id)
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

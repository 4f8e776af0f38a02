//! All members that a caller may see, in one statement.

use super::Bound;
use crate::rights::Visibility;
use openstack_types::{OperatingStatus, portal::MemberSummary};
use rusqlite::{Connection, Row, params_from_iter};
use std::str::FromStr;

/// The members within `visibility`, of one load balancer or of all.
pub fn list(
    db: &Connection,
    visibility: &Visibility,
    load_balancer: Option<&str>,
) -> rusqlite::Result<Vec<MemberSummary>> {
    let mut bound = Bound::default();
    let mut conditions = vec!["1".to_owned()];
    match visibility {
        Visibility::Everything => {}
        Visibility::Project(project) => {
            conditions.push(format!("l.project_id = {}", bound.mark(project.0.clone())));
        }
        Visibility::Own(project, user) => {
            conditions.push(format!("l.project_id = {}", bound.mark(project.0.clone())));
            conditions.push(format!("l.user_id = {}", bound.mark(user.0.clone())));
        }
        Visibility::Nothing => return Ok(Vec::new()),
    }
    if let Some(id) = load_balancer {
        conditions.push(format!("l.id = {}", bound.mark(id.to_owned())));
    }
    let sql = format!(
        "SELECT m.id, m.pool_id, m.loadbalancer_id, m.name, m.address, m.protocol_port, m.weight,
                m.backup, m.admin_state_up, m.operating_status, m.reason, m.since, m.subnet_id,
                m.monitor_address, m.monitor_port, m.tags
         FROM loadbalancer AS l JOIN member AS m ON m.loadbalancer_id = l.id
         WHERE {} ORDER BY m.created_at, m.id",
        conditions.join(" AND ")
    );
    db.prepare_cached(&sql)?.query_map(params_from_iter(bound.values()), summary)?.collect()
}

fn summary(row: &Row<'_>) -> rusqlite::Result<MemberSummary> {
    Ok(MemberSummary {
        id: id(row, 0)?,
        pool_id: id(row, 1)?,
        loadbalancer_id: id(row, 2)?,
        name: row.get(3)?,
        address: row.get(4)?,
        protocol_port: row.get(5)?,
        weight: row.get(6)?,
        backup: row.get(7)?,
        admin_state_up: row.get(8)?,
        operating_status: OperatingStatus::from_wire(&row.get::<_, String>(9)?),
        reason: row.get(10)?,
        since: row.get(11)?,
        subnet_id: row.get::<_, Option<String>>(12)?.and_then(|id| id.parse().ok()),
        monitor_address: row.get(13)?,
        monitor_port: row.get(14)?,
        tags: tags(&row.get::<_, String>(15)?),
    })
}

/// Stored as a JSON list.
fn tags(stored: &str) -> Vec<String> {
    serde_json::from_str(stored).unwrap_or_default()
}

fn id<T: FromStr<Err = uuid::Error>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    row.get::<_, String>(column)?.parse().map_err(|why| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            rusqlite::types::Type::Text,
            Box::new(why),
        )
    })
}

//! Provisioning status: one change at a time of a load balancer and its parts.
//!
//! A change sets the load balancer to PENDING_*. The engine applies it, and [`record_outcome`] writes
//! what became of it.

use super::{
    engine_spec::DownListener,
    events::{emit, emit_with_reason},
    find, find_by, operating_status, traffic,
};
use crate::{
    model::{
        HEALTH_MONITOR, ID, L7POLICY, L7RULE, LISTENER, LOAD_BALANCER, LOADBALANCER_ID, MEMBER,
        POOL, PROVISIONING_STATUS, Resource, Row, UPDATED_AT, listener,
        load_balancer as load_balancer_fields,
    },
    store::Tx,
    time,
};
use openstack_types::{LoadBalancerId, ProjectId, ProvisioningStatus, portal::EventAction};
use rusqlite::{Connection, OptionalExtension};

/// The parts of a load balancer. A part comes before those that it refers to, so that rows can be
/// deleted in this order.
pub const PARTS: [&Resource; 6] = [&L7RULE, &L7POLICY, &LISTENER, &HEALTH_MONITOR, &MEMBER, &POOL];

/// Sets a load balancer to a pending status and counts its revision up. The caller has checked that
/// the load balancer is mutable.
pub fn set_pending(
    tx: &Tx<'_>,
    load_balancer: &mut Row,
    pending: ProvisioningStatus,
) -> rusqlite::Result<()> {
    set_status(tx, &LOAD_BALANCER, load_balancer, pending)?;
    tx.prepare_cached("UPDATE loadbalancer SET revision = revision + 1 WHERE id = ?1")?
        .execute([load_balancer.get(ID)])?;
    Ok(())
}

/// Sets the provisioning status and `updated_at` of a row, in `row` and in the database.
pub fn set_status(
    tx: &Tx<'_>,
    resource: &Resource,
    row: &mut Row,
    status: ProvisioningStatus,
) -> rusqlite::Result<()> {
    let now = time::octavia_now();
    let sql = format!(
        "UPDATE {} SET provisioning_status = ?2, updated_at = ?3 WHERE id = ?1",
        resource.name
    );
    tx.prepare_cached(&sql)?.execute((row.get(ID), status.as_str(), &now))?;
    row.set(PROVISIONING_STATUS, status);
    row.set(UPDATED_AT, Some(now.as_str()));
    Ok(())
}

/// The ids of all load balancers, oldest first.
pub fn load_balancer_ids(db: &Connection) -> rusqlite::Result<Vec<LoadBalancerId>> {
    let mut statement = db.prepare("SELECT id FROM loadbalancer ORDER BY created_at, id")?;
    let mut rows = statement.query([])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.extend(row.get::<_, String>(0)?.parse::<LoadBalancerId>().ok());
    }
    Ok(ids)
}

/// The project of a load balancer; `None` if it does not exist.
pub fn project_of(db: &Connection, id: LoadBalancerId) -> rusqlite::Result<Option<ProjectId>> {
    db.prepare_cached("SELECT project_id FROM loadbalancer WHERE id = ?1")?
        .query_row([id.to_string()], |row| row.get(0).map(ProjectId))
        .optional()
}

/// Whether a user has created a load balancer of this project.
pub fn is_creator(db: &Connection, user: &str, project: &ProjectId) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM loadbalancer WHERE user_id = ?1 AND project_id = ?2)",
    )?
    .query_row([user, project.as_str()], |row| row.get(0))
}

/// Whether nobody has changed the load balancer since its `revision` was read.
fn is_current(db: &Connection, id: &str, revision: i64) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT EXISTS (SELECT 1 FROM loadbalancer WHERE id = ?1 AND revision = ?2)")?
        .query_row((id, revision), |row| row.get(0))
}

/// Whether the outcome of a change was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    Done,
    /// The load balancer has a newer revision, which the engine has to apply first.
    Outdated,
}

/// Records what became of a revision of a load balancer: everything pending is done.
///
/// Listeners in `down` are set to ERROR. The load balancer is ACTIVE nevertheless, so that they can
/// be repaired.
pub fn record_outcome(
    tx: &Tx<'_>,
    id: LoadBalancerId,
    revision: i64,
    down: &[DownListener],
) -> rusqlite::Result<Recorded> {
    let id = id.to_string();
    if !is_current(tx, &id, revision)? {
        return Ok(Recorded::Outdated);
    }
    let Some(mut load_balancer) = find(tx, &LOAD_BALANCER, &id)? else {
        return Ok(Recorded::Done);
    };
    let mut changed = false;
    let reason = record_down_listeners(tx, &load_balancer, down, &mut changed)?;
    for resource in PARTS {
        for mut part in find_by(tx, resource, LOADBALANCER_ID, &id)? {
            if down.iter().any(|down| part.get(ID) == down.listener.to_string()) {
                continue;
            }
            match part.get(PROVISIONING_STATUS) {
                ProvisioningStatus::Active => continue,
                ProvisioningStatus::PendingDelete => {
                    super::delete(tx, resource, part.get(ID))?;
                    traffic::delete(tx, part.get(ID))?;
                    emit(tx, resource, EventAction::Deleted, &part, &load_balancer);
                }
                _ => {
                    set_status(tx, resource, &mut part, ProvisioningStatus::Active)?;
                    emit(tx, resource, EventAction::Status, &part, &load_balancer);
                }
            }
            changed = true;
        }
    }
    if load_balancer.get(PROVISIONING_STATUS) != ProvisioningStatus::Active {
        set_status(tx, &LOAD_BALANCER, &mut load_balancer, ProvisioningStatus::Active)?;
        changed = true;
    }
    changed |= load_balancer.get(load_balancer_fields::PROVISIONING_REASON) != reason.as_deref();
    tx.prepare_cached(
        "UPDATE loadbalancer SET served = 1, provisioning_reason = ?2 WHERE id = ?1",
    )?
    .execute((&id, &reason))?;
    operating_status::update(tx, &id)?;
    // Another try that ended as the one before is no news.
    if changed && let Some(row) = find(tx, &LOAD_BALANCER, &id)? {
        emit_with_reason(tx, &LOAD_BALANCER, EventAction::Status, &row, &row, reason);
    }
    Ok(Recorded::Done)
}

/// Sets the listeners that are down to ERROR, and returns why as the reason of the load balancer.
fn record_down_listeners(
    tx: &Tx<'_>,
    load_balancer: &Row,
    down: &[DownListener],
    changed: &mut bool,
) -> rusqlite::Result<Option<String>> {
    tx.prepare_cached("UPDATE listener SET down = 0 WHERE loadbalancer_id = ?1 AND down = 1")?
        .execute([load_balancer.get(ID)])?;
    let mut reasons = Vec::new();
    for DownListener { listener, reason, serves_previous, .. } in down {
        let Some(mut row) = find(tx, &LISTENER, &listener.to_string())? else { continue };
        tx.prepare_cached("UPDATE listener SET down = ?2 WHERE id = ?1")?
            .execute((row.get(ID), !serves_previous))?;
        if row.get(PROVISIONING_STATUS) != ProvisioningStatus::Error {
            set_status(tx, &LISTENER, &mut row, ProvisioningStatus::Error)?;
            emit(tx, &LISTENER, EventAction::Status, &row, load_balancer);
            *changed = true;
        }
        let port = row.get(listener::PROTOCOL_PORT);
        reasons.push(if *serves_previous {
            format!("port {port} is served with its previous settings: {reason}")
        } else {
            format!("port {port} is not served: {reason}")
        });
    }
    Ok((!reasons.is_empty()).then(|| reasons.join("; ")))
}

/// Records that the program itself failed, so that nobody knows what runs. Nothing is pending any
/// more, and the load balancer can be changed.
pub fn record_internal_error(
    tx: &Tx<'_>,
    id: LoadBalancerId,
    reason: &str,
) -> rusqlite::Result<()> {
    let id = id.to_string();
    let Some(mut load_balancer) = find(tx, &LOAD_BALANCER, &id)? else { return Ok(()) };
    if load_balancer.get(PROVISIONING_STATUS) == ProvisioningStatus::PendingDelete {
        // It can be deleted again from ERROR, and only that.
        set_status(tx, &LOAD_BALANCER, &mut load_balancer, ProvisioningStatus::Error)?;
    } else {
        set_status(tx, &LOAD_BALANCER, &mut load_balancer, ProvisioningStatus::Active)?;
    }
    for resource in PARTS {
        for mut part in find_by(tx, resource, LOADBALANCER_ID, &id)? {
            let status = part.get(PROVISIONING_STATUS);
            // What is to be deleted stays so: the next try deletes it.
            if status.is_pending() && status != ProvisioningStatus::PendingDelete {
                set_status(tx, resource, &mut part, ProvisioningStatus::Error)?;
                emit(tx, resource, EventAction::Status, &part, &load_balancer);
            }
        }
    }
    tx.prepare_cached("UPDATE loadbalancer SET provisioning_reason = ?2 WHERE id = ?1")?
        .execute((&id, reason))?;
    operating_status::update(tx, &id)?;
    if let Some(row) = find(tx, &LOAD_BALANCER, &id)? {
        let reason = Some(reason.to_owned());
        emit_with_reason(tx, &LOAD_BALANCER, EventAction::Status, &row, &row, reason);
    }
    Ok(())
}

/// Deletes a load balancer and its parts, after its process has ended.
pub fn delete_load_balancer(tx: &Tx<'_>, id: LoadBalancerId) -> rusqlite::Result<()> {
    let id = id.to_string();
    let Some(load_balancer) = find(tx, &LOAD_BALANCER, &id)? else { return Ok(()) };
    for resource in PARTS {
        for part in find_by(tx, resource, LOADBALANCER_ID, &id)? {
            emit(tx, resource, EventAction::Deleted, &part, &load_balancer);
        }
    }
    super::delete(tx, &LOAD_BALANCER, &id)?;
    emit(tx, &LOAD_BALANCER, EventAction::Deleted, &load_balancer, &load_balancer);
    Ok(())
}

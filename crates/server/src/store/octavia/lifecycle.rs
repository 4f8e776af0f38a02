//! The state machine: one change at a time of a load balancer and all that hangs on it.
//!
//! A change locks the load balancer (PENDING_*); the engine carries it out; [`settle`] or [`fail`]
//! writes down how that went.

use super::{find, find_by, health, specs::Down, traffic};
use crate::{
    change::Change,
    model::{
        HEALTH_MONITOR, L7POLICY, L7RULE, LISTENER, LOAD_BALANCER, MEMBER, Object, POOL, Resource,
    },
    store::Tx,
    time,
};
use openstack_types::{
    ListenerId, LoadBalancerId, OperatingStatus, ProjectId, ProvisioningStatus, UserId,
    portal::{Event, EventAction, EventKind},
    rules::{self, Refusal},
};
use rusqlite::Connection;

/// What hangs on a load balancer, those that refer to others first.
pub const PARTS: [&Resource; 6] = [&L7RULE, &L7POLICY, &LISTENER, &HEALTH_MONITOR, &MEMBER, &POOL];

/// Tells of a change of `row`, which is or hangs on the load balancer `owner`.
pub fn tell(tx: &Tx<'_>, of: &Resource, action: EventAction, row: &Object, owner: &Object) {
    tell_why(tx, of, action, row, owner, None);
}

/// [`tell`], with the reason of a state.
pub fn tell_why(
    tx: &Tx<'_>,
    of: &Resource,
    action: EventAction,
    row: &Object,
    owner: &Object,
    reason: Option<String>,
) {
    emit(tx, event(of, action, row, owner).map(|event| Event { reason, ..event }), owner);
}

/// Tells how a member is: why, when it is down; since when, when that is new.
pub fn tell_health(
    tx: &Tx<'_>,
    member: &Object,
    owner: &Object,
    reason: Option<String>,
    since: Option<String>,
) {
    let event = event(&MEMBER, EventAction::Status, member, owner);
    emit(tx, event.map(|event| Event { reason, since, ..event }), owner);
}

fn event(of: &Resource, action: EventAction, row: &Object, owner: &Object) -> Option<Event> {
    Some(Event {
        kind: EventKind::from_word(of.key),
        action,
        id: row.text("id").parse().ok()?,
        loadbalancer_id: owner.text("id").parse().ok(),
        project_id: owner.text("project_id").into(),
        provisioning_status: row.optional("provisioning_status").map(ProvisioningStatus::from_word),
        operating_status: row.optional("operating_status").map(OperatingStatus::from_word),
        updated_at: row.optional("updated_at").map(str::to_owned),
        reason: None,
        since: None,
    })
}

fn emit(tx: &Tx<'_>, event: Option<Event>, owner: &Object) {
    if let Some(event) = event {
        tx.emit(Change { event, owner: Some(UserId(owner.text("user_id").to_owned())) });
    }
}

/// The load balancer's state.
pub fn state_of(row: &Object) -> ProvisioningStatus {
    ProvisioningStatus::from_word(row.text("provisioning_status"))
}

/// Marks a load balancer as being changed, when it may be.
pub fn lock(
    tx: &Tx<'_>,
    loadbalancer: &mut Object,
    next: ProvisioningStatus,
) -> rusqlite::Result<Result<(), Refusal>> {
    let state = state_of(loadbalancer);
    let may = match next {
        ProvisioningStatus::PendingDelete => rules::may_delete(&state),
        _ => rules::may_change(&state),
    };
    if may.is_err() {
        return Ok(may);
    }
    set_pending(tx, loadbalancer, next)?;
    Ok(Ok(()))
}

/// Marks a load balancer as being changed. Whether it may be is the caller's to know.
pub fn set_pending(
    tx: &Tx<'_>,
    loadbalancer: &mut Object,
    next: ProvisioningStatus,
) -> rusqlite::Result<()> {
    mark(tx, &LOAD_BALANCER, loadbalancer, &next)?;
    tx.prepare_cached("UPDATE loadbalancer SET revision = revision + 1 WHERE id = ?1")?
        .execute([loadbalancer.text("id")])?;
    Ok(())
}

/// Sets the provisioning status of a row, there and in the database, and when it changed.
pub fn mark(
    tx: &Tx<'_>,
    of: &Resource,
    row: &mut Object,
    status: &ProvisioningStatus,
) -> rusqlite::Result<()> {
    row.set("provisioning_status", status.as_str());
    row.set("updated_at", time::octavia_now());
    let sql =
        format!("UPDATE {} SET provisioning_status = ?2, updated_at = ?3 WHERE id = ?1", of.key);
    tx.prepare_cached(&sql)?.execute((
        row.text("id"),
        row.text("provisioning_status"),
        row.text("updated_at"),
    ))?;
    Ok(())
}

/// Load balancers that the engine has to be told of when the server starts: all.
pub fn all_ids(db: &Connection) -> rusqlite::Result<Vec<LoadBalancerId>> {
    let mut statement = db.prepare("SELECT id FROM loadbalancer ORDER BY created_at, id")?;
    let mut rows = statement.query([])?;
    let mut ids = Vec::new();
    while let Some(row) = rows.next()? {
        ids.extend(row.get::<_, String>(0)?.parse::<LoadBalancerId>().ok());
    }
    Ok(ids)
}

/// Whether a user created a load balancer that is in this project.
pub fn is_creator(db: &Connection, user: &str, project: &ProjectId) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM loadbalancer WHERE user_id = ?1 AND project_id = ?2)",
    )?
    .query_row([user, project.as_str()], |row| row.get(0))
}

/// Whether the load balancer is still as it was when its `revision` was read.
fn is_current(db: &Connection, id: &str, revision: i64) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT EXISTS (SELECT 1 FROM loadbalancer WHERE id = ?1 AND revision = ?2)")?
        .query_row((id, revision), |row| row.get(0))
}

/// How writing down an outcome went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Written.
    Done,
    /// Something newer was asked for meanwhile: the engine has to be told again.
    Outdated,
}

/// The engine serves `revision` of a load balancer: everything pending is done. Listeners that it
/// serves without are in ERROR; the load balancer is not, so that they can be mended.
pub fn settle(
    tx: &Tx<'_>,
    id: LoadBalancerId,
    revision: i64,
    down: &[Down],
) -> rusqlite::Result<Settled> {
    let id = id.to_string();
    if !is_current(tx, &id, revision)? {
        return Ok(Settled::Outdated);
    }
    let Some(mut loadbalancer) = find(tx, &LOAD_BALANCER, &id)? else { return Ok(Settled::Done) };
    let reason = take_down(tx, &loadbalancer, down)?;
    for of in PARTS {
        for mut part in unsettled(tx, of, &id)? {
            let is_down = down.iter().any(|down| part.text("id") == down.listener.to_string());
            if is_down {
                continue;
            }
            if state_of(&part) == ProvisioningStatus::PendingDelete {
                super::delete(tx, of, part.text("id"))?;
                traffic::forget(tx, part.text("id"))?;
                tell(tx, of, EventAction::Deleted, &part, &loadbalancer);
            } else {
                mark(tx, of, &mut part, &ProvisioningStatus::Active)?;
                tell(tx, of, EventAction::Status, &part, &loadbalancer);
            }
        }
    }
    if state_of(&loadbalancer) != ProvisioningStatus::Active {
        mark(tx, &LOAD_BALANCER, &mut loadbalancer, &ProvisioningStatus::Active)?;
    }
    tx.prepare_cached(
        "UPDATE loadbalancer SET served = 1, provisioning_reason = ?2 WHERE id = ?1",
    )?
    .execute((&id, &reason))?;
    health::roll_up(tx, &id)?;
    if let Some(loadbalancer) = find(tx, &LOAD_BALANCER, &id)? {
        tell_why(tx, &LOAD_BALANCER, EventAction::Status, &loadbalancer, &loadbalancer, reason);
    }
    Ok(Settled::Done)
}

/// Writes down which listeners are not served; the reason to tell of it.
fn take_down(
    tx: &Tx<'_>,
    loadbalancer: &Object,
    down: &[Down],
) -> rusqlite::Result<Option<String>> {
    tx.prepare_cached("UPDATE listener SET down = 0 WHERE loadbalancer_id = ?1 AND down = 1")?
        .execute([loadbalancer.text("id")])?;
    let mut reasons = Vec::new();
    for Down { listener, reason } in down {
        let Some(mut row) = find(tx, &LISTENER, &listener.to_string())? else { continue };
        tx.prepare_cached("UPDATE listener SET down = 1 WHERE id = ?1")?
            .execute([row.text("id")])?;
        if state_of(&row) != ProvisioningStatus::Error {
            mark(tx, &LISTENER, &mut row, &ProvisioningStatus::Error)?;
            tell(tx, &LISTENER, EventAction::Status, &row, loadbalancer);
        }
        reasons.push(format!("port {} is not served: {reason}", row.integer("protocol_port")));
    }
    Ok((!reasons.is_empty()).then(|| reasons.join("; ")))
}

/// The engine could not serve `revision` of a load balancer: it is in ERROR, and so is what was
/// pending and the listener that is the cause.
pub fn fail(
    tx: &Tx<'_>,
    id: LoadBalancerId,
    revision: i64,
    listener: Option<ListenerId>,
    reason: &str,
) -> rusqlite::Result<Settled> {
    let id = id.to_string();
    if !is_current(tx, &id, revision)? {
        return Ok(Settled::Outdated);
    }
    let Some(mut loadbalancer) = find(tx, &LOAD_BALANCER, &id)? else { return Ok(Settled::Done) };
    let cause = listener.map(|id| id.to_string());
    for of in PARTS {
        for mut part in find_by(tx, of, "loadbalancer_id", &id)? {
            let is_cause = Some(part.text("id")) == cause.as_deref();
            if is_cause || state_of(&part).is_pending() {
                mark(tx, of, &mut part, &ProvisioningStatus::Error)?;
                tell(tx, of, EventAction::Status, &part, &loadbalancer);
            }
        }
    }
    mark(tx, &LOAD_BALANCER, &mut loadbalancer, &ProvisioningStatus::Error)?;
    tx.prepare_cached("UPDATE loadbalancer SET provisioning_reason = ?2 WHERE id = ?1")?
        .execute((&id, reason))?;
    health::roll_up(tx, &id)?;
    if let Some(loadbalancer) = find(tx, &LOAD_BALANCER, &id)? {
        let reason = Some(reason.to_owned());
        tell_why(tx, &LOAD_BALANCER, EventAction::Status, &loadbalancer, &loadbalancer, reason);
    }
    Ok(Settled::Done)
}

/// A load balancer's process is gone for good: forgets it and all that hangs on it.
pub fn forget(tx: &Tx<'_>, id: LoadBalancerId) -> rusqlite::Result<()> {
    let id = id.to_string();
    let Some(loadbalancer) = find(tx, &LOAD_BALANCER, &id)? else { return Ok(()) };
    for of in PARTS {
        for part in find_by(tx, of, "loadbalancer_id", &id)? {
            tell(tx, of, EventAction::Deleted, &part, &loadbalancer);
        }
    }
    super::delete(tx, &LOAD_BALANCER, &id)?;
    tell(tx, &LOAD_BALANCER, EventAction::Deleted, &loadbalancer, &loadbalancer);
    Ok(())
}

fn unsettled(tx: &Tx<'_>, of: &Resource, id: &str) -> rusqlite::Result<Vec<Object>> {
    let parts = find_by(tx, of, "loadbalancer_id", id)?;
    Ok(parts.into_iter().filter(|part| state_of(part) != ProvisioningStatus::Active).collect())
}

//! Operating statuses: what the engine tells of members, and what follows for all above them.

use super::{find, find_by, lifecycle};
use crate::{
    model::{
        HEALTH_MONITOR, L7POLICY, L7RULE, LISTENER, LOAD_BALANCER, MEMBER, Object, POOL, Resource,
    },
    store::Tx,
    time,
};
use engine::report::Health;
use openstack_types::{
    LoadBalancerId, MemberId, OperatingStatus, ProvisioningStatus, portal::EventAction, rules,
};
use std::collections::{HashMap, HashSet};

/// Writes down how a member is, without what follows for others ([`roll_up`]).
pub fn record(tx: &Tx<'_>, member: MemberId, health: &Health) -> rusqlite::Result<()> {
    let (status, reason) = match health {
        Health::Up => (OperatingStatus::Online, None),
        Health::Down { reason } => (OperatingStatus::Error, Some(reason.as_str())),
        Health::NoMonitor => (OperatingStatus::NoMonitor, None),
        Health::Draining => (OperatingStatus::Draining, None),
        Health::Disabled => (OperatingStatus::Offline, None),
    };
    let id = member.to_string();
    let Some(row) = find(tx, &MEMBER, &id)? else { return Ok(()) };
    let told: Option<String> = tx
        .prepare_cached("SELECT reason FROM member WHERE id = ?1")?
        .query_row([&id], |row| row.get(0))?;
    let changed = row.text("operating_status") != status.as_str();
    let now = time::octavia_now();
    tx.prepare_cached(
        "UPDATE member SET operating_status = ?2, reason = ?3,
                           since = CASE WHEN ?4 THEN ?5 ELSE since END
         WHERE id = ?1",
    )?
    .execute((&id, status.as_str(), reason, changed, &now))?;
    if (changed || told.as_deref() != reason)
        && let Some(owner) = find(tx, &LOAD_BALANCER, row.text("loadbalancer_id"))?
    {
        let mut row = row;
        row.set("operating_status", status.as_str());
        let since = changed.then_some(now);
        lifecycle::tell_health(tx, &row, &owner, reason.map(str::to_owned), since);
    }
    Ok(())
}

/// No process runs yet: what was told of those of the server before is over.
pub fn processes_begin(tx: &Tx<'_>) -> rusqlite::Result<()> {
    tx.execute("UPDATE loadbalancer SET process_down = NULL WHERE process_down IS NOT NULL", [])?;
    Ok(())
}

/// Writes down whether a load balancer's process runs; `None`: it does.
pub fn record_process(tx: &Tx<'_>, id: LoadBalancerId, down: Option<&str>) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE loadbalancer SET process_down = ?2 WHERE id = ?1")?
        .execute((id.to_string(), down))?;
    Ok(())
}

/// Brings every operating status of a load balancer in line with its parts, and tells what changed.
pub fn roll_up(tx: &Tx<'_>, id: &str) -> rusqlite::Result<()> {
    let Some(loadbalancer) = find(tx, &LOAD_BALANCER, id)? else { return Ok(()) };
    let (served, process_down): (bool, Option<String>) = tx
        .prepare_cached("SELECT served, process_down FROM loadbalancer WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let parts = |of| find_by(tx, of, "loadbalancer_id", id);
    let (listeners, pools) = (parts(&LISTENER)?, parts(&POOL)?);
    let (monitors, members) = (parts(&HEALTH_MONITOR)?, parts(&MEMBER)?);
    let (policies, conditions) = (parts(&L7POLICY)?, parts(&L7RULE)?);
    let on = loadbalancer.is("admin_state_up");
    let down: HashSet<String> = tx
        .prepare_cached("SELECT id FROM listener WHERE loadbalancer_id = ?1 AND down = 1")?
        .query_map([id], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;

    let mut monitored = HashSet::new();
    for monitor in &monitors {
        let active = works(monitor) && monitor.is("admin_state_up");
        if active {
            monitored.insert(monitor.text("pool_id"));
        }
        let status = if active && on { OperatingStatus::Online } else { OperatingStatus::Offline };
        write(tx, &HEALTH_MONITOR, monitor, &loadbalancer, status)?;
    }

    for (of, parts) in [(&L7POLICY, &policies), (&L7RULE, &conditions)] {
        for part in parts {
            let state = lifecycle::state_of(part);
            let active = works(part) && state != ProvisioningStatus::PendingCreate;
            let up = active && part.is("admin_state_up") && on;
            let status = if up { OperatingStatus::Online } else { OperatingStatus::Offline };
            write(tx, of, part, &loadbalancer, status)?;
        }
    }
    let used: HashSet<_> = listeners
        .iter()
        .filter(|listener| listener.is("admin_state_up") && works(listener))
        .flat_map(|listener| pools_of(listener, &policies))
        .collect();
    let mut of_pool: HashMap<&str, Vec<OperatingStatus>> = HashMap::new();
    let on_pools: HashSet<_> =
        pools.iter().filter(|pool| pool.is("admin_state_up")).map(|pool| pool.text("id")).collect();
    for member in &members {
        let pool = member.text("pool_id");
        let status = member_status(
            member,
            on && on_pools.contains(pool),
            monitored.contains(pool),
            used.contains(pool),
        );
        if works(member) {
            of_pool.entry(pool).or_default().push(status.clone());
        }
        write(tx, &MEMBER, member, &loadbalancer, status)?;
    }

    let mut pool_statuses = HashMap::new();
    for pool in &pools {
        let id = pool.text("id");
        let members = of_pool.remove(id).unwrap_or_default();
        let enabled = on && served && used.contains(id) && pool.is("admin_state_up");
        let status = rules::pool_status(&members, enabled);
        pool_statuses.insert(id, status.clone());
        write(tx, &POOL, pool, &loadbalancer, status)?;
    }

    let mut statuses = Vec::new();
    for listener in &listeners {
        let serves = on && served && listener.is("admin_state_up") && has_served(listener);
        let is_down = down.contains(listener.text("id"));
        let status = if !serves && !is_down {
            OperatingStatus::Offline
        } else if is_down || process_down.is_some() {
            OperatingStatus::Error
        } else {
            let pools = pools_of(listener, &policies);
            let pools: Vec<_> = pools.filter_map(|id| pool_statuses.get(id).cloned()).collect();
            rules::worst(&pools, OperatingStatus::Online)
        };
        if works(listener) {
            statuses.push(status.clone());
        }
        write(tx, &LISTENER, listener, &loadbalancer, status)?;
    }

    let status = if !on || !served || statuses.is_empty() {
        OperatingStatus::Offline
    } else if process_down.is_some() {
        OperatingStatus::Error
    } else {
        rules::worst(&statuses, OperatingStatus::Offline)
    };
    let reason = if status == OperatingStatus::Error { process_down } else { None };
    write_why(tx, &LOAD_BALANCER, &loadbalancer, &loadbalancer, status, reason)
}

/// The pools that serve a listener: its default, and those that its policies choose.
fn pools_of<'r>(listener: &'r Object, policies: &'r [Object]) -> impl Iterator<Item = &'r str> {
    let chosen = policies.iter().filter(|policy| {
        policy.text("listener_id") == listener.text("id")
            && policy.is("admin_state_up")
            && works(policy)
    });
    let chosen = chosen.filter_map(|policy| policy.optional("redirect_pool_id"));
    listener.optional("default_pool_id").into_iter().chain(chosen)
}

/// Neither new and not carried out, nor going.
fn works(part: &Object) -> bool {
    lifecycle::state_of(part) != ProvisioningStatus::PendingDelete
}

/// A listener that was never carried out serves nobody.
fn has_served(listener: &Object) -> bool {
    match lifecycle::state_of(listener) {
        ProvisioningStatus::PendingCreate => false,
        ProvisioningStatus::Error => {
            listener.text("operating_status") != OperatingStatus::Offline.as_str()
        }
        _ => true,
    }
}

/// What a member's own settings make of what the engine told last.
fn member_status(member: &Object, on: bool, monitored: bool, used: bool) -> OperatingStatus {
    let told = OperatingStatus::from_word(member.text("operating_status"));
    if !on || !member.is("admin_state_up") {
        OperatingStatus::Offline
    } else if !monitored {
        if member.integer("weight") == 0 && used {
            OperatingStatus::Draining
        } else {
            OperatingStatus::NoMonitor
        }
    } else if !used {
        OperatingStatus::Offline
    } else if member.integer("weight") == 0 {
        OperatingStatus::Draining
    } else {
        match told {
            // Told before it was checked: unknown until the first check.
            OperatingStatus::NoMonitor | OperatingStatus::Draining => OperatingStatus::Offline,
            told => told,
        }
    }
}

fn write(
    tx: &Tx<'_>,
    of: &Resource,
    row: &Object,
    owner: &Object,
    status: OperatingStatus,
) -> rusqlite::Result<()> {
    write_why(tx, of, row, owner, status, None)
}

fn write_why(
    tx: &Tx<'_>,
    of: &Resource,
    row: &Object,
    owner: &Object,
    status: OperatingStatus,
    reason: Option<String>,
) -> rusqlite::Result<()> {
    if row.text("operating_status") == status.as_str() {
        return Ok(());
    }
    let mut row = row.clone();
    row.set("operating_status", status.as_str());
    if of.key == MEMBER.key {
        let now = time::octavia_now();
        tx.prepare_cached(
            "UPDATE member SET operating_status = ?2, reason = NULL, since = ?3 WHERE id = ?1",
        )?
        .execute((row.text("id"), status.as_str(), &now))?;
        lifecycle::tell_health(tx, &row, owner, reason, Some(now));
        return Ok(());
    }
    let sql = format!("UPDATE {} SET operating_status = ?2 WHERE id = ?1", of.key);
    tx.prepare_cached(&sql)?.execute((row.text("id"), status.as_str()))?;
    lifecycle::tell_why(tx, of, EventAction::Status, &row, owner, reason);
    Ok(())
}

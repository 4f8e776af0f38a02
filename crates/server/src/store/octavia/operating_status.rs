//! Operating statuses: what the engine reports of members, and what follows for everything above.

use super::{
    engine_spec::RefusedMember,
    events::{emit_member_health, emit_with_reason},
    find, find_by,
};
use crate::{
    model::{
        ADMIN_STATE_UP, HEALTH_MONITOR, ID, L7POLICY, L7RULE, LISTENER, LOAD_BALANCER,
        LOADBALANCER_ID, MEMBER, OPERATING_STATUS, POOL, PROVISIONING_STATUS, Resource, Row,
        health_monitor, l7policy, listener, member,
    },
    store::Tx,
    time,
};
use engine::report::Health;
use openstack_types::{
    LoadBalancerId, MemberId, OperatingStatus, ProvisioningStatus, portal::EventAction, rules,
};
use std::collections::{HashMap, HashSet};

/// Records the health of a member. [`update`] then brings the statuses above it in line.
pub fn record_member_health(
    tx: &Tx<'_>,
    member: MemberId,
    health: &Health,
) -> rusqlite::Result<()> {
    let (status, reason) = match health {
        Health::Up => (OperatingStatus::Online, None),
        Health::Down { reason } => (OperatingStatus::Error, Some(reason.as_str())),
        Health::NoMonitor => (OperatingStatus::NoMonitor, None),
        Health::Draining => (OperatingStatus::Draining, None),
        Health::Disabled => (OperatingStatus::Offline, None),
    };
    let id = member.to_string();
    let Some(mut row) = find(tx, &MEMBER, &id)? else { return Ok(()) };
    let previous_reason: Option<String> = tx
        .prepare_cached("SELECT reason FROM member WHERE id = ?1")?
        .query_row([&id], |row| row.get(0))?;
    let changed = row.get(OPERATING_STATUS) != status;
    let now = time::octavia_now();
    tx.prepare_cached(
        "UPDATE member SET operating_status = ?2, reason = ?3,
                           since = CASE WHEN ?4 THEN ?5 ELSE since END
         WHERE id = ?1",
    )?
    .execute((&id, status.as_str(), reason, changed, &now))?;
    if (changed || previous_reason.as_deref() != reason)
        && let Some(load_balancer) = find(tx, &LOAD_BALANCER, row.get(LOADBALANCER_ID))?
    {
        row.set(OPERATING_STATUS, status);
        let since = changed.then_some(now);
        emit_member_health(tx, &row, &load_balancer, reason.map(str::to_owned), since);
    }
    Ok(())
}

/// Forgets which processes were down before the server started.
pub fn clear_process_failures(tx: &Tx<'_>) -> rusqlite::Result<()> {
    tx.execute("UPDATE loadbalancer SET process_down = NULL WHERE process_down IS NOT NULL", [])?;
    Ok(())
}

/// Records why the process of a load balancer is down; `None` if it runs.
pub fn record_process_state(
    tx: &Tx<'_>,
    id: LoadBalancerId,
    down: Option<&str>,
) -> rusqlite::Result<()> {
    tx.prepare_cached("UPDATE loadbalancer SET process_down = ?2 WHERE id = ?1")?
        .execute((id.to_string(), down))?;
    Ok(())
}

/// Records which members a load balancer is served without, and why.
pub fn record_refused_members(
    tx: &Tx<'_>,
    id: LoadBalancerId,
    refused: &[RefusedMember],
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "UPDATE member SET refused = NULL WHERE loadbalancer_id = ?1 AND refused IS NOT NULL",
    )?
    .execute([id.to_string()])?;
    for RefusedMember { member, reason } in refused {
        tx.prepare_cached("UPDATE member SET refused = ?2 WHERE id = ?1")?
            .execute((member.to_string(), reason))?;
    }
    Ok(())
}

/// Brings the operating statuses of a load balancer and its parts in line with each other, from the
/// members up, and emits what changed.
pub fn update(tx: &Tx<'_>, id: &str) -> rusqlite::Result<()> {
    let Some(tree) = Tree::read(tx, id)? else { return Ok(()) };
    let monitored = tree.update_health_monitors(tx)?;
    tree.update_l7(tx)?;
    let used = tree.used_pools();
    let members = tree.update_members(tx, &monitored, &used)?;
    let pools = tree.update_pools(tx, members, &used)?;
    let listeners = tree.update_listeners(tx, &pools)?;
    tree.update_load_balancer(tx, &listeners)
}

/// A load balancer with its parts.
struct Tree {
    load_balancer: Row,
    /// Whether its administrative state is up.
    enabled: bool,
    /// Whether the engine has served it once.
    served: bool,
    /// Why its process is down.
    process_down: Option<String>,
    /// Ids of the listeners that it serves without.
    down_listeners: HashSet<String>,
    /// Ids of the members that it serves without, with the reasons.
    refused_members: HashMap<String, String>,
    listeners: Vec<Row>,
    pools: Vec<Row>,
    members: Vec<Row>,
    health_monitors: Vec<Row>,
    l7policies: Vec<Row>,
    l7rules: Vec<Row>,
}

impl Tree {
    fn read(tx: &Tx<'_>, id: &str) -> rusqlite::Result<Option<Self>> {
        let Some(load_balancer) = find(tx, &LOAD_BALANCER, id)? else { return Ok(None) };
        let (served, process_down) = tx
            .prepare_cached("SELECT served, process_down FROM loadbalancer WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let down_listeners = tx
            .prepare_cached("SELECT id FROM listener WHERE loadbalancer_id = ?1 AND down = 1")?
            .query_map([id], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let refused_members = tx
            .prepare_cached(
                "SELECT id, refused FROM member WHERE loadbalancer_id = ?1 AND refused IS NOT NULL",
            )?
            .query_map([id], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let parts = |resource| find_by(tx, resource, LOADBALANCER_ID, id);
        Ok(Some(Self {
            enabled: load_balancer.get(ADMIN_STATE_UP),
            load_balancer,
            served,
            process_down,
            down_listeners,
            refused_members,
            listeners: parts(&LISTENER)?,
            pools: parts(&POOL)?,
            members: parts(&MEMBER)?,
            health_monitors: parts(&HEALTH_MONITOR)?,
            l7policies: parts(&L7POLICY)?,
            l7rules: parts(&L7RULE)?,
        }))
    }

    /// Returns the ids of the pools that are monitored.
    fn update_health_monitors(&self, tx: &Tx<'_>) -> rusqlite::Result<HashSet<&str>> {
        let mut monitored = HashSet::new();
        for monitor in &self.health_monitors {
            let active = !is_being_deleted(monitor) && monitor.get(ADMIN_STATE_UP);
            if active {
                monitored.insert(monitor.get(health_monitor::POOL_ID));
            }
            self.write(tx, &HEALTH_MONITOR, monitor, online_if(active && self.enabled))?;
        }
        Ok(monitored)
    }

    fn update_l7(&self, tx: &Tx<'_>) -> rusqlite::Result<()> {
        for (resource, parts) in [(&L7POLICY, &self.l7policies), (&L7RULE, &self.l7rules)] {
            for part in parts {
                let is_new = part.get(PROVISIONING_STATUS) == ProvisioningStatus::PendingCreate;
                let active = !is_being_deleted(part) && !is_new;
                let online = active && part.get(ADMIN_STATE_UP) && self.enabled;
                self.write(tx, resource, part, online_if(online))?;
            }
        }
        Ok(())
    }

    /// The ids of the pools that enabled listeners send requests to.
    fn used_pools(&self) -> HashSet<&str> {
        self.listeners
            .iter()
            .filter(|listener| listener.get(ADMIN_STATE_UP) && !is_being_deleted(listener))
            .flat_map(|listener| self.pools_of(listener))
            .collect()
    }

    /// The pools of a listener: its default pool, and those that its L7 policies redirect to.
    fn pools_of<'t>(&'t self, listener: &'t Row) -> impl Iterator<Item = &'t str> {
        let redirected = self.l7policies.iter().filter(|policy| {
            policy.get(l7policy::LISTENER_ID) == listener.get(ID)
                && policy.get(ADMIN_STATE_UP)
                && !is_being_deleted(policy)
        });
        let redirected = redirected.filter_map(|policy| policy.get(l7policy::REDIRECT_POOL_ID));
        listener.get(listener::DEFAULT_POOL_ID).into_iter().chain(redirected)
    }

    /// Returns the statuses of the members of each pool.
    fn update_members(
        &self,
        tx: &Tx<'_>,
        monitored: &HashSet<&str>,
        used: &HashSet<&str>,
    ) -> rusqlite::Result<HashMap<&str, Vec<OperatingStatus>>> {
        let mut by_pool: HashMap<&str, Vec<OperatingStatus>> = HashMap::new();
        let enabled_pools: HashSet<_> = self
            .pools
            .iter()
            .filter(|pool| pool.get(ADMIN_STATE_UP))
            .map(|pool| pool.get(ID))
            .collect();
        for member in &self.members {
            let pool = member.get(member::POOL_ID);
            let refused = self.refused_members.get(member.get(ID));
            let status = member_status(
                member,
                self.enabled && enabled_pools.contains(pool),
                monitored.contains(pool),
                used.contains(pool),
                refused.is_some(),
            );
            if !is_being_deleted(member) {
                by_pool.entry(pool).or_default().push(status.clone());
            }
            self.write_with_reason(tx, &MEMBER, member, status, refused.cloned())?;
        }
        Ok(by_pool)
    }

    /// Returns the status of each pool.
    fn update_pools(
        &self,
        tx: &Tx<'_>,
        mut members: HashMap<&str, Vec<OperatingStatus>>,
        used: &HashSet<&str>,
    ) -> rusqlite::Result<HashMap<&str, OperatingStatus>> {
        let mut statuses = HashMap::new();
        for pool in &self.pools {
            let id = pool.get(ID);
            let members = members.remove(id).unwrap_or_default();
            let enabled =
                self.enabled && self.served && used.contains(id) && pool.get(ADMIN_STATE_UP);
            let status = rules::pool_status(&members, enabled);
            statuses.insert(id, status.clone());
            self.write(tx, &POOL, pool, status)?;
        }
        Ok(statuses)
    }

    /// Returns the statuses of the listeners.
    fn update_listeners(
        &self,
        tx: &Tx<'_>,
        pools: &HashMap<&str, OperatingStatus>,
    ) -> rusqlite::Result<Vec<OperatingStatus>> {
        let mut statuses = Vec::new();
        for listener in &self.listeners {
            let serves =
                self.enabled && self.served && listener.get(ADMIN_STATE_UP) && has_served(listener);
            let is_down = self.down_listeners.contains(listener.get(ID));
            let status = if !serves && !is_down {
                OperatingStatus::Offline
            } else if is_down || self.process_down.is_some() {
                OperatingStatus::Error
            } else {
                let statuses: Vec<_> =
                    self.pools_of(listener).filter_map(|id| pools.get(id).cloned()).collect();
                rules::aggregate_status(&statuses, OperatingStatus::Online)
            };
            if !is_being_deleted(listener) {
                statuses.push(status.clone());
            }
            self.write(tx, &LISTENER, listener, status)?;
        }
        Ok(statuses)
    }

    fn update_load_balancer(
        &self,
        tx: &Tx<'_>,
        listeners: &[OperatingStatus],
    ) -> rusqlite::Result<()> {
        let status = if !self.enabled || !self.served {
            OperatingStatus::Offline
        } else if listeners.is_empty() {
            // As in Octavia: nothing of it is down.
            OperatingStatus::Online
        } else if self.process_down.is_some() {
            OperatingStatus::Error
        } else {
            rules::aggregate_status(listeners, OperatingStatus::Offline)
        };
        let reason =
            if status == OperatingStatus::Error { self.process_down.clone() } else { None };
        self.write_with_reason(tx, &LOAD_BALANCER, &self.load_balancer, status, reason)
    }

    fn write(
        &self,
        tx: &Tx<'_>,
        resource: &Resource,
        row: &Row,
        status: OperatingStatus,
    ) -> rusqlite::Result<()> {
        self.write_with_reason(tx, resource, row, status, None)
    }

    /// Writes and emits a status if it is new.
    fn write_with_reason(
        &self,
        tx: &Tx<'_>,
        resource: &Resource,
        row: &Row,
        status: OperatingStatus,
        reason: Option<String>,
    ) -> rusqlite::Result<()> {
        let same_status = row.get(OPERATING_STATUS) == status;
        if same_status && (*resource != MEMBER || reason.is_none()) {
            return Ok(());
        }
        let mut row = row.clone();
        row.set(OPERATING_STATUS, status.clone());
        if *resource == MEMBER {
            // A member that was down before it was refused has another reason now.
            let now = time::octavia_now();
            let changed = tx
                .prepare_cached(
                    "UPDATE member SET operating_status = ?2, reason = ?4, since = ?3
                     WHERE id = ?1 AND (operating_status IS NOT ?2 OR reason IS NOT ?4)",
                )?
                .execute((row.get(ID), status.as_str(), &now, &reason))?;
            if changed > 0 {
                emit_member_health(tx, &row, &self.load_balancer, reason, Some(now));
            }
            return Ok(());
        }
        let sql = format!("UPDATE {} SET operating_status = ?2 WHERE id = ?1", resource.name);
        tx.prepare_cached(&sql)?.execute((row.get(ID), status.as_str()))?;
        let action = EventAction::Status;
        emit_with_reason(tx, resource, action, &row, &self.load_balancer, reason);
        Ok(())
    }
}

fn online_if(online: bool) -> OperatingStatus {
    if online { OperatingStatus::Online } else { OperatingStatus::Offline }
}

fn is_being_deleted(part: &Row) -> bool {
    part.get(PROVISIONING_STATUS) == ProvisioningStatus::PendingDelete
}

/// Whether the engine has ever served a listener.
fn has_served(listener: &Row) -> bool {
    match listener.get(PROVISIONING_STATUS) {
        ProvisioningStatus::PendingCreate => false,
        ProvisioningStatus::Error => listener.get(OPERATING_STATUS) != OperatingStatus::Offline,
        _ => true,
    }
}

/// The status that follows from a member's settings and from its last reported health.
fn member_status(
    member: &Row,
    enabled: bool,
    monitored: bool,
    used: bool,
    refused: bool,
) -> OperatingStatus {
    let is_draining = member.get(member::WEIGHT) == 0;
    if !enabled || !member.get(ADMIN_STATE_UP) {
        OperatingStatus::Offline
    } else if refused && used {
        OperatingStatus::Error
    } else if !monitored {
        if is_draining && used { OperatingStatus::Draining } else { OperatingStatus::NoMonitor }
    } else if !used {
        OperatingStatus::Offline
    } else if is_draining {
        OperatingStatus::Draining
    } else {
        match member.get(OPERATING_STATUS) {
            // Reported without checks: unknown until the first check.
            OperatingStatus::NoMonitor | OperatingStatus::Draining => OperatingStatus::Offline,
            reported => reported,
        }
    }
}

//! The load balancers of a project as they were last read. Pure.

mod changes;
mod members;
mod table;

pub(super) use changes::Changes;
pub(super) use members::{Due, PoolMembers};
pub(super) use table::{Difference, Table};

use super::object::Object;
use openstack_types::{LoadBalancerId, ProjectId, portal::Event};
use std::{collections::HashMap, sync::Arc};
use tokio::time::Instant;
use uuid::Uuid;

/// How far the first read has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Progress {
    #[default]
    Nothing,
    /// The newest load balancers.
    FirstPage,
    Balancers,
    /// Listeners and pools too.
    Lists,
}

#[derive(Default)]
pub(super) struct Snapshot {
    pub(super) progress: Progress,
    pub(super) balancers: Table,
    pub(super) listeners: Table,
    pub(super) pools: Table,
    pub(super) members: HashMap<Uuid, PoolMembers>,
}

/// Parts of one load balancer, read again.
pub(super) struct Parts {
    pub(super) listeners: Vec<Object>,
    /// `None`: not read.
    pub(super) pools: Option<Vec<Object>>,
}

/// Lists that were read completely; `None`: not read.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) balancers: Option<Vec<Object>>,
    pub(super) listeners: Option<Vec<Object>>,
    pub(super) pools: Option<Vec<Object>>,
    pub(super) parts: Vec<(LoadBalancerId, Parts)>,
}

impl Snapshot {
    /// Takes lists that were read; returns the events that lead to them.
    pub(super) fn apply(&mut self, lists: Lists, project: &ProjectId) -> Vec<Event> {
        let mut changes = Changes::default();
        if let Some(objects) = lists.balancers {
            changes.balancers(&self.balancers.replace_all(without_deleted(objects)));
        }
        if let Some(objects) = lists.listeners {
            changes.listeners(&self.listeners.replace_all(objects));
        }
        if let Some(objects) = lists.pools {
            changes.pools(&self.pools.replace_all(objects));
        }
        for (balancer, parts) in lists.parts {
            self.apply_parts(balancer, parts, &mut changes);
        }
        self.members.retain(|pool, _| self.pools.get(*pool).is_some());
        changes.events(&self.balancers, project)
    }

    /// Takes one load balancer, with its parts if they were read; `None`: it no longer exists.
    pub(super) fn apply_one(
        &mut self,
        id: LoadBalancerId,
        read: Option<(Object, Option<Parts>)>,
        project: &ProjectId,
    ) -> Vec<Event> {
        let mut changes = Changes::default();
        let mut difference = Difference::default();
        let deleted = |object: &Object| object.provisioning.as_str() == "DELETED";
        match read.filter(|(balancer, _)| !deleted(balancer)) {
            Some((balancer, parts)) => {
                self.balancers.put(balancer, &mut difference);
                if let Some(parts) = parts {
                    self.apply_parts(id, parts, &mut changes);
                }
            }
            None => {
                difference.deleted.extend(self.balancers.remove(id.0));
                self.listeners.replace_of(id, Vec::new());
                self.pools.replace_of(id, Vec::new());
            }
        }
        self.members.retain(|pool, _| self.pools.get(*pool).is_some());
        changes.balancers(&difference);
        changes.events(&self.balancers, project)
    }

    fn apply_parts(&mut self, of: LoadBalancerId, parts: Parts, changes: &mut Changes) {
        changes.listeners(&self.listeners.replace_of(of, parts.listeners));
        if let Some(pools) = parts.pools {
            changes.pools(&self.pools.replace_of(of, pools));
        }
    }

    /// Takes some pools; others are as they were.
    pub(super) fn apply_some_pools(
        &mut self,
        pools: Vec<Object>,
        project: &ProjectId,
    ) -> Vec<Event> {
        let mut changes = Changes::default();
        let mut difference = Difference::default();
        for pool in pools {
            self.pools.put(pool, &mut difference);
        }
        changes.pools(&difference);
        changes.events(&self.balancers, project)
    }

    /// Takes statuses of load balancers that are being changed.
    pub(super) fn apply_statuses(&mut self, rows: &[Object], project: &ProjectId) -> Vec<Event> {
        let mut changes = Changes::default();
        let mut difference = Difference::default();
        for row in rows {
            if let Some(known) = self.balancers.get(row.id).cloned() {
                self.balancers.put(known.with_status_of(row), &mut difference);
            }
        }
        changes.balancers(&difference);
        changes.events(&self.balancers, project)
    }

    /// Takes the members of a pool.
    pub(super) fn apply_members(
        &mut self,
        pool: &Arc<Object>,
        objects: Vec<Object>,
        cycle: u64,
        now: Instant,
        project: &ProjectId,
    ) -> Vec<Event> {
        let Some(balancer) = self.pools.owner(pool.id) else { return Vec::new() };
        let mut changes = Changes::default();
        match self.members.get_mut(&pool.id) {
            Some(known) => {
                let was_due = known.due(pool, cycle, now);
                let difference = known.table.replace_all(objects);
                known.read(pool, cycle, was_due, now);
                changes.members(balancer, &difference);
            }
            None => {
                self.members.insert(pool.id, PoolMembers::first(pool, objects, cycle, now));
            }
        }
        changes.events(&self.balancers, project)
    }

    /// The load balancer of an object that has an id: itself, or of what it contains.
    pub(super) fn owner(&self, id: Uuid) -> Option<LoadBalancerId> {
        if self.balancers.get(id).is_some() {
            return Some(LoadBalancerId(id));
        }
        self.listeners.owner(id).or_else(|| self.pools.owner(id))
    }

    pub(super) fn pending(&self) -> impl Iterator<Item = &Arc<Object>> {
        self.balancers.iter().filter(|one| one.provisioning.is_pending())
    }

    /// The pools whose members are to be read, the most urgent first; `wanted` are those that a page waits for.
    pub(super) fn due_pools(
        &self,
        wanted: &dyn Fn(Uuid) -> bool,
        cycle: u64,
        now: Instant,
    ) -> Vec<Arc<Object>> {
        let mut due: Vec<(Due, bool, &Arc<Object>)> = Vec::new();
        for pool in self.pools.iter() {
            let reason = match self.members.get(&pool.id) {
                Some(known) => known.due(pool, cycle, now),
                None => Some(Due::Unread),
            };
            due.extend(reason.map(|reason| (reason, !wanted(pool.id), pool)));
        }
        due.sort_by_key(|(reason, unwanted, _)| (*unwanted, *reason));
        due.into_iter().map(|(_, _, pool)| pool.clone()).collect()
    }

    /// Whether the members of a pool are known as of its last change.
    pub(super) fn knows_members_of(&self, pool: &Object) -> bool {
        self.members.get(&pool.id).is_some_and(|known| known.is_of(pool))
    }

    /// When members are to be read again though nothing else happens.
    pub(super) fn next_member_check(&self) -> Option<Instant> {
        self.members.values().filter_map(|known| known.recheck_at()).min()
    }
}

/// Octavia lists deleted ones for a while.
fn without_deleted(mut objects: Vec<Object>) -> Vec<Object> {
    objects.retain(|object| object.provisioning.as_str() != "DELETED");
    objects
}

//! Putting an edit on top of a later state of its load balancer.

use super::{
    base::Edit,
    conflict::{Conflict, ConflictResolution},
    from_graph::draft_from_graph,
    merge::merge_drafts,
    rows::Rows,
};
use crate::{Draft, Graph, RowKey};
use openstack_types::octavia::{Listener, Pool};

/// An edit on top of a later state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebased {
    /// An edit whose base is the later state.
    pub edit: Edit,
    /// The edited draft. Rows keep their keys.
    pub draft: Draft,
    /// What somebody else changed. Empty if only statuses differ, or if both sides made the same
    /// change.
    pub conflicts: Vec<Conflict>,
}

impl Edit {
    /// Puts the edited draft on top of a later state of the load balancer: edited fields keep our
    /// values, all others take the later ones.
    pub fn rebase(&self, ours: &Draft, later: Graph, resolution: ConflictResolution) -> Rebased {
        let known = self.match_rows(ours, &later);
        let (theirs, rows) = draft_from_graph(&later, &known, ours.next_key);
        let (draft, conflicts) = merge_drafts(&self.base_draft, &theirs, ours, resolution);
        Rebased { edit: Self { base: later, base_draft: theirs, rows }, draft, conflicts }
    }

    /// Finds the row of each object of a later state. Objects that were created since then get the
    /// row that asked for them.
    fn match_rows(&self, ours: &Draft, later: &Graph) -> Rows {
        let mut rows = self.rows.clone();
        for pool in &later.pools {
            if rows.group(pool.id).is_none()
                && let Some(key) = new_group_of(&rows, ours, later, pool)
            {
                rows.groups.insert(key, pool.id);
            }
            let Some(group) = rows.group(pool.id).and_then(|key| ours.group(key)) else { continue };
            for member in later.members.get(&pool.id).map(Vec::as_slice).unwrap_or_default() {
                if rows.server(member.id).is_some() {
                    continue;
                }
                let port = member.protocol_port.to_string();
                let new = group.servers.iter().find(|server| {
                    !rows.servers.contains_key(&server.key)
                        && server.endpoint() == (member.address.as_str(), port.as_str())
                });
                if let Some(server) = new {
                    rows.servers.insert(server.key, member.id);
                }
            }
        }
        for listener in &later.listeners {
            if rows.listener(listener.id).is_some() {
                continue;
            }
            let port = listener.protocol_port.to_string();
            let new = ours.listeners.iter().find(|row| {
                !rows.listeners.contains_key(&row.key)
                    && row.protocol == listener.protocol
                    && row.port == port
            });
            if let Some(row) = new {
                rows.listeners.insert(row.key, listener.id);
            }
        }
        rows
    }
}

/// The new group that a pool was created for, found by its name.
fn new_group_of(rows: &Rows, ours: &Draft, later: &Graph, pool: &Pool) -> Option<RowKey> {
    // A pool that serves somebody else's listener has the same name by chance.
    let is_ours = |group: RowKey, listener: &Listener| {
        ours.listeners.iter().any(|row| {
            row.group == Some(group)
                && row.protocol == listener.protocol
                && row.port == listener.protocol_port.to_string()
        })
    };
    let group = ours.groups.iter().find(|group| {
        let mut users = later.listeners.iter().filter(|l| l.default_pool_id == Some(pool.id));
        !rows.groups.contains_key(&group.key)
            && !group.name.is_empty()
            && group.name == pool.name
            && users.all(|listener| is_ours(group.key, listener))
    });
    group.map(|group| group.key)
}

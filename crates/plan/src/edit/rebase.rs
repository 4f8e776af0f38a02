//! Putting an edit on top of a later state of its load balancer.

use super::{
    base::Edit,
    conflict::{Conflict, ConflictResolution},
    merge::merge_drafts,
    rows::Rows,
};
use crate::{
    Draft, Graph, ListenerDraft, RowKey, RuleDraft,
    graph::{draft_from_graph, policy_draft, rule_draft},
};
use openstack_types::octavia::{L7Rule, Listener, Pool};

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
        for listener in &later.listeners {
            let row = rows.listener(listener.id).and_then(|key| ours.listener(key));
            if let Some(row) = row {
                match_policies(&mut rows, row, later, listener);
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

/// The rows of new policies and rules that were created since then, by what they do.
fn match_policies(rows: &mut Rows, row: &ListenerDraft, later: &Graph, listener: &Listener) {
    for policy in later.policies_in_order(listener.id) {
        let rules = later.rules.get(&policy.id).map(Vec::as_slice).unwrap_or_default();
        if rows.policy(policy.id).is_none() {
            let mut there = policy_draft(RowKey(0), policy, rows);
            there.rules = rules.iter().map(|rule| rule_draft(RowKey(0), rule)).collect();
            let new = row.policies.iter().find(|new| {
                let same_rules =
                    rules.iter().all(|rule| new.rules.iter().any(|new| does_same(new, rule)));
                let same_action = (&new.action, &new.name) == (&there.action, &there.name);
                // A listener has one redirect, wherever it leads.
                let both_redirect = new.redirect().is_some() && there.redirect().is_some();
                !rows.policies.contains_key(&new.key)
                    && (same_action && same_rules || both_redirect)
            });
            let Some(new) = new else { continue };
            rows.policies.insert(new.key, policy.id);
        }
        let Some(ours) = rows.policy(policy.id).and_then(|key| row.policy(key)) else { continue };
        for rule in rules {
            if rows.rule(rule.id).is_some() {
                continue;
            }
            let mut new = ours.rules.iter().filter(|new| !rows.rules.contains_key(&new.key));
            if let Some(new) = new.find(|new| does_same(new, rule)) {
                rows.rules.insert(new.key, rule.id);
            }
        }
    }
}

fn does_same(new: &RuleDraft, rule: &L7Rule) -> bool {
    let there = rule_draft(new.key, rule);
    RuleDraft { tags: there.tags.clone(), enabled: there.enabled, ..new.clone() } == there
}

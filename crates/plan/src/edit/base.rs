//! The state of a load balancer when an edit of it began.

use super::rows::Rows;
use crate::{Draft, FieldPath, Graph, OptionsScope, RowKey, TimeoutField, graph::draft_from_graph};
use openstack_types::octavia::{HealthMonitor, L7Policy, L7Rule, Listener, Member, Pool};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A load balancer when an edit of it began, and which of its objects each row of the form stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    pub(super) base: Graph,
    pub(super) base_draft: Draft,
    pub(super) rows: Rows,
}

impl Edit {
    pub fn new(base: Graph) -> Self {
        let (base_draft, rows) = draft_from_graph(&base, &Rows::default(), 0);
        Self { base, base_draft, rows }
    }

    /// The load balancer when the edit began.
    pub fn base(&self) -> &Graph {
        &self.base
    }

    /// The form when the edit began: the whole load balancer, including what the form cannot offer.
    pub fn base_draft(&self) -> &Draft {
        &self.base_draft
    }

    /// Whether anything in the form differs from when the edit began.
    pub fn has_changes(&self, draft: &Draft) -> bool {
        let mut draft = draft.clone();
        // Neither keys of removed rows nor the weight that a drain remembers are a change.
        draft.next_key = self.base_draft.next_key;
        for server in draft.groups.iter_mut().flat_map(|group| &mut group.servers) {
            server.weight_before_drain = None;
        }
        draft != self.base_draft
    }

    /// The listener that a row stands for; `None` for a new one.
    pub fn listener(&self, key: RowKey) -> Option<&Listener> {
        let id = self.rows.listeners.get(&key)?;
        self.base.listeners.iter().find(|listener| listener.id == *id)
    }

    /// The pool that a group stands for; `None` for a new one.
    pub fn pool(&self, group: RowKey) -> Option<&Pool> {
        let id = self.rows.groups.get(&group)?;
        self.base.pools.iter().find(|pool| pool.id == *id)
    }

    /// The members that rows stand for, for work on many rows: [`Edit::member`] searches all members.
    pub(super) fn members(&self) -> BTreeMap<RowKey, &Member> {
        let members = self.base.members.values().flatten();
        let members: BTreeMap<_, _> = members.map(|member| (member.id, member)).collect();
        let rows = self.rows.servers.iter();
        rows.filter_map(|(key, id)| Some((*key, *members.get(id)?))).collect()
    }

    /// The member that a row stands for; `None` for a new one.
    pub fn member(&self, key: RowKey) -> Option<&Member> {
        let id = self.rows.servers.get(&key)?;
        self.base.members.values().flatten().find(|member| member.id == *id)
    }

    /// The policy that a row stands for; `None` for a new one.
    pub fn policy(&self, key: RowKey) -> Option<&L7Policy> {
        let id = self.rows.policies.get(&key)?;
        self.base.policies.iter().find(|policy| policy.id == *id)
    }

    /// The rule that a row stands for; `None` for a new one.
    pub fn rule(&self, policy: RowKey, key: RowKey) -> Option<&L7Rule> {
        let id = self.rows.rules.get(&key)?;
        let rules = self.base.rules.get(&self.policy(policy)?.id)?;
        rules.iter().find(|rule| rule.id == *id)
    }

    /// The health monitor of the pool that a group stands for.
    pub fn health_monitor(&self, group: RowKey) -> Option<&HealthMonitor> {
        self.base.health_monitor(self.pool(group)?)
    }

    /// Whether the text of a field differs from when the edit began.
    pub(super) fn differs(&self, draft: &Draft, path: &FieldPath) -> bool {
        draft.text(path).map(str::trim) != self.base_draft.text(path).map(str::trim)
    }

    /// Whether the text of a listener's timeout differs from when the edit began.
    pub(super) fn timeout_differs(&self, draft: &Draft, key: RowKey, field: TimeoutField) -> bool {
        self.differs(draft, &FieldPath::Timeout { scope: OptionsScope::Listener(key), field })
    }
}

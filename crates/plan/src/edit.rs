//! An edit of a load balancer that is there: from what stands in the form to the calls that make it
//! so, in an order that traffic does not notice.
//!
//! ```text
//!  Graph ── Edit::of ──► Edit ── draft() ──► Draft, as the form shows it and changes it
//!                          │                   │
//!                          ├──── check ◄───────┤   findings at their fields
//!                          ├──── settle ◄──────┘   Settled ── plan() ──► Plan { steps }
//!  Graph, read anew ───► rebase                    Rebased { edit, draft, conflicts }
//! ```
//!
//! - [`Edit`] knows how it was when the form opened, and which object each row stands for. It never
//!   changes; the form changes a [`Draft`], the same that the create form has, so that its parts and
//!   paths serve both.
//! - A row whose key the edit does not know is new; an object whose row is gone is to be removed. A
//!   server whose address or port was changed is replaced, because Octavia cannot change them.
//! - Only what was touched is checked and sent: a field whose text is as it was stays out of every
//!   request, whatever it holds.
//! - [`ResolvedDraft`] is what is wanted with every choice made (names of what is new, a pool for each new
//!   listener of a Network load balancer). Planned again on a later state with [`Edit::rebase`], it
//!   takes what is done already for done: that is all that a retry needs.
//! - Each pool is a group of its own in the form, also where a Network load balancer has several with
//!   the same servers. [`Edit::going_along`] tells the groups that a removed listener takes with it.
//! - What others changed meanwhile comes out of the same [`Edit::rebase`]: [`Conflict`]s, and the edit
//!   on top of them. Octavia has no precondition for a change, so whoever carries a plan out looks
//!   again just before each step.
//! - [`PlanRun`] carries a [`Plan`] out, asking its caller to send and to wait.

mod begin;
mod course;
mod diff;
mod merge;
mod put_back;
mod rebase;
mod settle;
mod steps;
mod typed;

pub use course::{Next, PlanRun, RunProgress, StepOutcome};
pub use rebase::{Conflict, ConflictField, ConflictKind, ConflictResolution, Rebased, Subject};
pub use settle::ResolvedDraft;
pub use steps::{
    Call, ListenerRef, Made, Method, Plan, PoolRef, RedirectRef, Request, ServerChange, Step,
    StepWhat,
};

use crate::{Draft, Finding, Graph, RowKey};
use openstack_types::{
    ListenerId, MemberId, PoolId,
    octavia::{HealthMonitor, Listener, Member, Pool},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a load balancer was when an edit of it began, and which of its objects each row of the form
/// stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    base: Graph,
    begin: Draft,
    rows: Rows,
}

/// Which object a row stands for; rows of what is new are not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Rows {
    listeners: BTreeMap<RowKey, ListenerId>,
    groups: BTreeMap<RowKey, PoolId>,
    servers: BTreeMap<RowKey, MemberId>,
}

impl Rows {
    fn listener(&self, id: ListenerId) -> Option<RowKey> {
        self.listeners.iter().find(|(_, known)| **known == id).map(|(key, _)| *key)
    }

    fn group(&self, id: PoolId) -> Option<RowKey> {
        self.groups.iter().find(|(_, known)| **known == id).map(|(key, _)| *key)
    }

    fn server(&self, id: MemberId) -> Option<RowKey> {
        self.servers.iter().find(|(_, known)| **known == id).map(|(key, _)| *key)
    }
}

impl Edit {
    /// Begins an edit.
    pub fn of(base: Graph) -> Self {
        let (begin, rows) = begin::draft_of(&base, &Rows::default(), 0);
        Self { base, begin, rows }
    }

    /// What the form shows first: everything there is, also what cannot be chosen in it.
    pub fn draft(&self) -> Draft {
        self.begin.clone()
    }

    /// The form as it was when the edit began.
    pub fn begin(&self) -> &Draft {
        &self.begin
    }

    /// The load balancer as it was.
    pub fn base(&self) -> &Graph {
        &self.base
    }

    /// Whether anything in the form differs from how it was.
    pub fn is_touched(&self, draft: &Draft) -> bool {
        let mut draft = draft.clone();
        // Keys that were given and taken back, and what a drain remembers, are no change.
        draft.next_key = self.begin.next_key;
        for server in draft.groups.iter_mut().flat_map(|group| &mut group.servers) {
            server.undrained = None;
        }
        draft != self.begin
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

    /// The member that a row stands for; `None` for a new one.
    pub fn member(&self, key: RowKey) -> Option<&Member> {
        let id = self.rows.servers.get(&key)?;
        self.base.members.values().flatten().find(|member| member.id == *id)
    }

    /// The health monitor of the pool that a group stands for.
    pub fn monitor(&self, group: RowKey) -> Option<&HealthMonitor> {
        let pool = self.pool(group)?;
        monitor_of(&self.base, pool)
    }

    /// What stands in the way of carrying the edit out, in the order of the form: faults of what was
    /// touched or is new.
    pub fn check(&self, draft: &Draft) -> Vec<Finding> {
        self.settle(draft).err().unwrap_or_default()
    }

    /// The calls that make it so.
    ///
    /// # Errors
    /// Everything that is wrong, in the order of the form.
    pub fn plan(&self, draft: &Draft) -> Result<Plan, Vec<Finding>> {
        self.settle(draft).map(|settled| settled.plan())
    }
}

fn monitor_of<'a>(graph: &'a Graph, pool: &Pool) -> Option<&'a HealthMonitor> {
    graph.monitors.iter().find(|monitor| {
        Some(monitor.id) == pool.healthmonitor_id || monitor.pools.iter().any(|p| p.id == pool.id)
    })
}

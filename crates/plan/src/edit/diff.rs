//! The difference between an edited draft and the load balancer, in an order that does not interrupt
//! traffic: additions before removals, so that no pool is empty and no listener without pool meanwhile.

mod groups;
mod health;
mod listeners;
mod policies;

pub(super) use policies::{policy_label, rule_label};

use super::{
    base::Edit,
    call::{Call, PoolRef},
    parsed::ParsedDraft,
    steps::{Plan, Step, StepSummary},
};
use crate::{Draft, FieldPath, RowKey, graph::is_type_tag};
use openstack_types::octavia::{Patch, UpdateLoadBalancer};

/// Steps by purpose, executed in the order of the fields.
#[derive(Default)]
struct Steps {
    pools: Vec<Step>,
    members: Vec<Step>,
    monitors: Vec<Step>,
    listeners: Vec<Step>,
    updates: Vec<Step>,
    /// After the listeners and groups that they lead to are created, and before those are removed.
    policies: Vec<Step>,
    /// Draining and disabling servers: after enabling others.
    reductions: Vec<Step>,
    removed_policies: Vec<Step>,
    removed_members: Vec<Step>,
    removed_listeners: Vec<Step>,
    removed_pools: Vec<Step>,
}

impl Steps {
    fn in_order(self) -> Vec<Step> {
        [
            self.pools,
            self.members,
            self.monitors,
            self.listeners,
            self.updates,
            self.policies,
            self.reductions,
            self.removed_policies,
            self.removed_members,
            self.removed_listeners,
            self.removed_pools,
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

pub(super) fn plan(edit: &Edit, draft: &Draft, parsed: &ParsedDraft) -> Plan {
    let mut diff = Diff { edit, draft, parsed, steps: Steps::default() };
    diff.load_balancer();
    for group in &draft.groups {
        let Some(parsed) = parsed.groups.get(&group.key) else { continue };
        match edit.pool(group.key) {
            Some(pool) => diff.change_group(group, pool, parsed),
            None => diff.add_group(group, parsed),
        }
    }
    diff.listeners();
    for pool in &edit.base.pools {
        if edit.rows.group(pool.id).and_then(|key| draft.group(key)).is_none() {
            let summary = StepSummary::RemoveGroup { group: pool.name.clone() };
            diff.steps.removed_pools.push(Step { call: Call::DeletePool { id: pool.id }, summary });
        }
    }
    Plan { steps: diff.steps.in_order() }
}

struct Diff<'a> {
    edit: &'a Edit,
    draft: &'a Draft,
    parsed: &'a ParsedDraft,
    steps: Steps,
}

impl Diff<'_> {
    fn load_balancer(&mut self) {
        let existing = &self.edit.base.loadbalancer;
        let edited = |path, value: &String, existing: &String| {
            (self.edit.differs(self.draft, &path) && value != existing).then(|| value.clone())
        };
        let body = UpdateLoadBalancer {
            name: edited(FieldPath::Name, &self.parsed.name, &existing.name),
            description: edited(
                FieldPath::Description,
                &self.parsed.description,
                &existing.description,
            ),
            admin_state_up: changed(
                &self.draft.enabled,
                &self.edit.base_draft.enabled,
                &existing.admin_state_up,
            ),
            tags: changed(&self.draft.tags, &self.edit.base_draft.tags, &existing.tags).map(
                |tags| {
                    let of_type = existing.tags.iter().filter(|tag| is_type_tag(tag)).cloned();
                    tags.into_iter().chain(of_type).collect()
                },
            ),
        };
        if body != UpdateLoadBalancer::default() {
            let call = Call::UpdateLoadBalancer { body };
            self.steps.updates.push(Step { call, summary: StepSummary::ChangeLoadBalancer });
        }
    }

    fn pool_ref(&self, group: RowKey) -> Option<PoolRef> {
        self.draft.group(group)?;
        Some(self.edit.pool(group).map_or(PoolRef::New(group), |pool| PoolRef::Existing(pool.id)))
    }
}

/// A value that the edit changed and that is not there yet.
fn changed<T: Clone + PartialEq>(now: &T, base: &T, existing: &T) -> Option<T> {
    (now != base && now != existing).then(|| now.clone())
}

/// A text that the edit changed, apart from white space around it, and that is not there yet.
fn changed_text(now: &str, base: &str, existing: &str) -> Option<String> {
    let now = now.trim();
    (now != base.trim() && now != existing).then(|| now.to_owned())
}

/// The change of an optional field: cleared if there is no value any more.
fn patch<T: Clone + PartialEq>(is_edited: bool, now: &Option<T>, existing: &Option<T>) -> Patch<T> {
    if is_edited && now != existing { Patch::set_or_clear(now.clone()) } else { Patch::Keep }
}

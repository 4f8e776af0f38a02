//! Making every choice that an edit leaves open, so that planning it again gives the same result.

mod normalize;
mod policies;
mod reuse;

use super::{base::Edit, diff, parsed::ParsedDraft, steps::Plan};
use crate::{
    Draft, Finding, GroupDraft, RowKey,
    request::{Names, is_filled, listener_name, pool_name_stem},
};
use std::collections::BTreeSet;

/// A draft with every choice made. It has no findings, so it always has a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedDraft {
    edit: Edit,
    draft: Draft,
}

impl ResolvedDraft {
    pub fn edit(&self) -> &Edit {
        &self.edit
    }

    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    pub fn plan(&self) -> Plan {
        diff::plan(&self.edit, &self.draft, &self.parsed())
    }

    fn parsed(&self) -> ParsedDraft {
        self.edit.parse(&self.draft).0
    }
}

impl Edit {
    /// The errors in new and edited fields, in the order of the form.
    pub fn check(&self, draft: &Draft) -> Vec<Finding> {
        self.resolve(draft).err().unwrap_or_default()
    }

    /// The calls that carry out an edited draft.
    ///
    /// # Errors
    /// As [`Edit::resolve`].
    pub fn plan(&self, draft: &Draft) -> Result<Plan, Vec<Finding>> {
        self.resolve(draft).map(|resolved| resolved.plan())
    }

    /// Checks a draft and makes every choice in it.
    ///
    /// # Errors
    /// All errors in new and edited fields, in the order of the form.
    pub fn resolve(&self, draft: &Draft) -> Result<ResolvedDraft, Vec<Finding>> {
        let mut draft = draft.clone();
        let mut edit = self.clone();
        for row in &mut draft.listeners {
            if let Some(listener) = self.listener(row.key) {
                row.protocol = listener.protocol.clone();
                row.port = listener.protocol_port.to_string();
            }
        }
        for row in &mut draft.groups {
            if let Some(pool) = self.pool(row.key) {
                row.protocol = pool.protocol.clone();
            }
        }
        let (parsed, findings) = self.parse(&draft);
        if !findings.is_empty() {
            return Err(findings);
        }
        normalize::draft(self, &mut draft, &parsed);
        edit.replace_moved_servers(&mut draft);
        edit.reuse_removed_servers(&mut draft);
        edit.reuse_removed_listeners(&mut draft);
        edit.reuse_removed_rules(&mut draft);
        edit.replace_changed_policies(&mut draft);
        let used = used_groups(&draft);
        draft.groups.retain(|group| {
            edit.pool(group.key).is_some() || used.contains(&group.key) || is_filled(group)
        });
        name_new_objects(&edit, &mut draft);
        Ok(ResolvedDraft { edit, draft })
    }
}

/// The groups that listeners and policies use.
fn used_groups(draft: &Draft) -> BTreeSet<RowKey> {
    let listeners = draft.listeners.iter();
    let defaults = listeners.clone().filter_map(|row| row.group);
    let policies = listeners.flat_map(|row| &row.policies);
    defaults.chain(policies.filter_map(|policy| policy.action.group())).collect()
}

/// Names new listeners and groups that have no name.
fn name_new_objects(edit: &Edit, draft: &mut Draft) {
    for listener in &mut draft.listeners {
        if listener.name.is_empty() && edit.listener(listener.key).is_none() {
            let port = listener.port.parse().unwrap_or_default();
            listener.name = listener_name(&listener.protocol, port);
        }
    }
    let stem = pool_name_stem(&draft.name);
    let drafted = draft.groups.iter().map(|group| group.name.clone());
    let existing = edit.base.pools.iter().map(|pool| pool.name.clone());
    let mut names = Names::new(drafted.chain(existing).collect());
    let new = |group: &GroupDraft| edit.pool(group.key).is_none();
    for group in draft.groups.iter_mut().filter(|group| group.name.is_empty() && new(group)) {
        group.name = names.unique(&stem);
    }
}

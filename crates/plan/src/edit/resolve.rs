//! Making every choice that an edit leaves open, so that planning it again gives the same result.

mod normalize;
mod reuse;

use super::{base::Edit, diff, parsed::ParsedDraft, steps::Plan};
use crate::{
    Draft, Finding, ListenerDraft, RowKey,
    request::{Names, is_filled, listener_name, pool_name_stem},
};
use openstack_types::rules::LbType;
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
        self.edit.parse(&self.draft, &BTreeSet::new()).0
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
        let (parsed, findings) = self.parse(&draft, &BTreeSet::new());
        if !findings.is_empty() {
            return Err(findings);
        }
        let removed = self.groups_removed_with_listeners(&draft);
        draft.groups.retain(|group| !removed.contains(&group.key));
        normalize::draft(self, &mut draft, &parsed);
        edit.replace_moved_servers(&mut draft);
        edit.reuse_removed_servers(&mut draft);
        edit.reuse_removed_listeners(&mut draft);
        let used: BTreeSet<_> = draft.listeners.iter().filter_map(|row| row.group).collect();
        draft.groups.retain(|group| {
            edit.pool(group.key).is_some() || used.contains(&group.key) || is_filled(group)
        });
        name_new_objects(&edit, &mut draft);
        Ok(ResolvedDraft { edit, draft })
    }

    /// Groups that are removed with their listener. In a Network load balancer each listener has a pool
    /// of its own, which is useless without it. A group whose listener was switched to another group
    /// stays.
    pub fn groups_removed_with_listeners(&self, draft: &Draft) -> Vec<RowKey> {
        if draft.lb_type != LbType::Network {
            return Vec::new();
        }
        let uses = |group: RowKey| move |listener: &&ListenerDraft| listener.group == Some(group);
        let groups = draft.groups.iter().map(|group| group.key);
        groups
            .filter(|group| {
                let mut users = self.base_draft.listeners.iter().filter(uses(*group)).peekable();
                users.peek().is_some()
                    && users.all(|listener| draft.listener(listener.key).is_none())
                    && !draft.listeners.iter().any(|listener| uses(*group)(&listener))
            })
            .collect()
    }
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
    let Draft { groups, listeners, lb_type, .. } = draft;
    let new = |group: &crate::GroupDraft| edit.pool(group.key).is_none();
    for group in groups.iter_mut().filter(|group| group.name.is_empty() && new(group)) {
        let user = listeners.iter().find(|listener| listener.group == Some(group.key));
        let port = user.filter(|_| *lb_type == LbType::Network).map(|user| user.port.as_str());
        group.name = names.unique(&stem, port);
    }
}

//! Which policies and rules are changed, and which are replaced.

use crate::{Draft, PolicyDraft, RowKey, RuleDraft, edit::base::Edit};

impl Edit {
    /// A new rule takes the place of one that was removed from its policy: one call changes it.
    pub(super) fn reuse_removed_rules(&mut self, draft: &mut Draft) {
        for listener in &draft.listeners {
            for policy in &listener.policies {
                let Some(base) = self.base_draft.policy_mut(listener.key, policy.key) else {
                    continue;
                };
                let removed = base.rules.iter_mut().filter(|old| policy.rule(old.key).is_none());
                let mut removed: Vec<&mut RuleDraft> = removed.collect();
                for rule in &policy.rules {
                    if self.rows.rules.contains_key(&rule.key) || removed.is_empty() {
                        continue;
                    }
                    let old = removed.remove(0);
                    if let Some(id) = self.rows.rules.remove(&old.key) {
                        self.rows.rules.insert(rule.key, id);
                    }
                    old.key = rule.key;
                }
            }
        }
    }

    /// An active policy whose change takes several calls that matter to traffic becomes a new one, which
    /// is active before the old one is deleted.
    pub(super) fn replace_changed_policies(&mut self, draft: &mut Draft) {
        let replaced: Vec<(RowKey, RowKey)> = draft
            .listeners
            .iter()
            .flat_map(|listener| listener.policies.iter().map(move |one| (listener.key, one)))
            .filter(|(listener, policy)| {
                let base = self.base_draft.policy(*listener, policy.key);
                let is_there = self.policy(policy.key).is_some();
                base.is_some_and(|base| is_there && needs_replacement(base, policy))
            })
            .map(|(listener, policy)| (listener, policy.key))
            .collect();
        for (listener, key) in replaced {
            let old = draft.new_key();
            if let Some(id) = self.rows.policies.remove(&key) {
                self.rows.policies.insert(old, id);
            }
            let Some(base) = self.base_draft.policy_mut(listener, key) else { continue };
            base.key = old;
            for rule in &mut base.rules {
                let old = draft.new_key();
                if let Some(id) = self.rows.rules.remove(&rule.key) {
                    self.rows.rules.insert(old, id);
                }
                rule.key = old;
            }
        }
    }
}

fn needs_replacement(base: &PolicyDraft, policy: &PolicyDraft) -> bool {
    let is_active = base.enabled && policy.enabled;
    // Without rules it matches nothing, wherever it leads.
    let action = !base.rules.is_empty() && base.action != policy.action;
    let changed = policy.rules.iter().filter(|rule| match base.rule(rule.key) {
        Some(before) => (before.enabled || rule.enabled) && !compares_alike(before, rule),
        None => rule.enabled,
    });
    let removed = base.rules.iter().filter(|old| old.enabled && policy.rule(old.key).is_none());
    is_active && usize::from(action) + changed.count() + removed.count() > 1
}

/// Equal apart from what does not matter to traffic.
fn compares_alike(a: &RuleDraft, b: &RuleDraft) -> bool {
    let comparable = |rule: &RuleDraft| RuleDraft { tags: Vec::new(), ..rule.clone() };
    comparable(a) == comparable(b)
}

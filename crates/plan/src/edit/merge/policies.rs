//! Policies and their rules.

use super::{Merge, ThreeWay};
use crate::{
    Draft, ListenerDraft, PolicyAction, PolicyDraft, PolicyField, RowKey, RuleDraft,
    edit::{
        conflict::{ConflictField, ConflictKind, ConflictResolution, Subject},
        diff::{policy_label, rule_label},
        order,
    },
};

/// The name of a policy, or its conditions and what it leads to: several without a name may lead to the same.
fn order_label(draft: &Draft, policy: &PolicyDraft) -> String {
    let label = policy_label(draft, policy);
    if !policy.name.trim().is_empty() {
        return label;
    }
    let rules: Vec<String> = policy.rules.iter().map(rule_label).collect();
    format!("{} → {label}", rules.join(" + "))
}

impl Merge<'_> {
    /// The policies of a listener.
    pub(super) fn policies(
        &mut self,
        listener: &Subject,
        versions: &ThreeWay<'_, ListenerDraft>,
    ) -> Vec<PolicyDraft> {
        let &ThreeWay { base, ours, theirs } = versions;
        let mut merged = Vec::new();
        for policy in &ours.policies {
            let before = base.and_then(|base| base.policy(policy.key));
            match (before, theirs.policy(policy.key)) {
                (Some(before), Some(theirs)) => {
                    let versions = ThreeWay { base: Some(before), ours: policy, theirs };
                    merged.push(self.policy(listener, &versions));
                }
                // Both added a redirect.
                (None, Some(theirs)) if policy.action != theirs.action => {
                    let versions =
                        ThreeWay { base: None, ours: &policy.action, theirs: &theirs.action };
                    let action = self.field(listener, ConflictField::Redirect, &versions, |one| {
                        one.target().cloned().unwrap_or_default()
                    });
                    merged.push(PolicyDraft { action, ..policy.clone() });
                }
                // It is being created.
                (None, _) => merged.push(policy.clone()),
                (Some(before), None) => {
                    let edited = before != policy;
                    if edited && self.resolution == ConflictResolution::Ours {
                        merged.push(policy.clone());
                    }
                    self.report_removed(listener, before, edited.then_some(policy));
                }
            }
        }
        for policy in theirs.policies.iter().filter(|policy| ours.policy(policy.key).is_none()) {
            let before = base.and_then(|base| base.policy(policy.key));
            let changed = before.map(|before| before != policy);
            let subject = self.policy_subject(listener, policy);
            if self.keeps_theirs(&subject, changed) {
                merged.push(policy.clone());
            }
        }
        let order = self.policy_order(listener, versions);
        merged.sort_by_key(|policy| order.iter().position(|key| *key == policy.key));
        merged
    }

    /// The keys of both versions in the merged order. An order differs by policies that are in all versions.
    fn policy_order(
        &mut self,
        listener: &Subject,
        versions: &ThreeWay<'_, ListenerDraft>,
    ) -> Vec<RowKey> {
        let keys = |listener: &ListenerDraft| -> Vec<RowKey> {
            listener.policies.iter().map(|policy| policy.key).collect()
        };
        let (ours, theirs) = (keys(versions.ours), keys(versions.theirs));
        let Some(base) = versions.base else { return order::joined(&ours, &theirs) };
        let base = keys(base);
        let their_order = order::common(&theirs, [&base, &ours]);
        let our_order = order::common(&ours, [&base, &theirs]);
        let base_order = order::common(&base, [&ours, &theirs]);
        // Our own moves are no change of theirs while they are carried out.
        let is_between = order::orders_between(&base_order, &our_order).contains(&their_order);
        let versions = ThreeWay {
            base: Some(&base_order),
            ours: &our_order,
            theirs: if is_between { &base_order } else { &their_order },
        };
        let draft = self.theirs;
        let label = |order: &Vec<RowKey>| {
            let policies = draft.listeners.iter().flat_map(|listener| &listener.policies);
            let policies: Vec<_> = policies.collect();
            let find = |key: &RowKey| policies.iter().find(|policy| policy.key == *key);
            let names = order.iter().filter_map(find).map(|policy| order_label(draft, policy));
            names.collect::<Vec<_>>().join(", ")
        };
        let merged = self.field(listener, ConflictField::PolicyOrder, &versions, label);
        if merged == their_order && !is_between {
            order::joined(&theirs, &ours)
        } else {
            order::joined(&ours, &theirs)
        }
    }

    /// The redirect to HTTPS is a field of its listener.
    fn report_removed(
        &mut self,
        listener: &Subject,
        before: &PolicyDraft,
        ours: Option<&PolicyDraft>,
    ) {
        if let Some(url) = before.redirect() {
            let kind = ConflictKind::Changed {
                field: ConflictField::Redirect,
                base: url.clone(),
                theirs: String::new(),
                ours: ours.and_then(PolicyDraft::redirect).cloned(),
            };
            self.report(listener, kind);
            return;
        }
        let subject = self.policy_subject(listener, before);
        self.report(&subject, ConflictKind::Removed { edited: ours.is_some() });
    }

    fn policy_subject(&self, listener: &Subject, policy: &PolicyDraft) -> Subject {
        let draft = match &policy.action {
            PolicyAction::Group(Some(group)) if self.ours.group(*group).is_none() => self.theirs,
            _ => self.ours,
        };
        let port = match listener {
            Subject::Listener { port, .. } => port.clone(),
            _ => String::new(),
        };
        Subject::Policy { name: policy_label(draft, policy), port }
    }

    fn policy(&mut self, listener: &Subject, versions: &ThreeWay<'_, PolicyDraft>) -> PolicyDraft {
        use ConflictField as F;
        let &ThreeWay { base, ours, theirs } = versions;
        let subject = &self.policy_subject(listener, ours);
        let name = self.text(subject, F::Name, &versions.map(|policy| &policy.name));
        let description = versions.map(|policy| &policy.description);
        let description = self.text(subject, F::Description, &description);
        let enabled = self.flag(subject, F::Enabled, &versions.map(|policy| &policy.enabled));
        let tags = self.tags(subject, &versions.map(|policy| &policy.tags));
        let both_redirect =
            base.is_some_and(|base| base.redirect().is_some()) && theirs.redirect().is_some();
        let (subject_of_action, field) = if both_redirect {
            (listener, F::Redirect)
        } else {
            (subject, F::Policy(PolicyField::Action))
        };
        let (our_draft, their_draft) = (self.ours, self.theirs);
        let action = versions.map(|policy| &policy.action);
        let action = self.field(subject_of_action, field, &action, |action| match action {
            PolicyAction::Group(group) => {
                let group = group.and_then(|key| our_draft.group(key).or(their_draft.group(key)));
                group.map(|group| group.name.clone()).unwrap_or_default()
            }
            other => {
                let target = other.target().cloned();
                let target = target.unwrap_or_else(|| other.kind().to_string());
                other.code().map_or(target.clone(), |code| format!("{target} ({code})"))
            }
        });
        let rules = self.rules(subject, versions);
        PolicyDraft { name, description, enabled, tags, action, rules, ..theirs.clone() }
    }

    /// A rule is one value: half of a condition means something else.
    fn rules(&mut self, subject: &Subject, versions: &ThreeWay<'_, PolicyDraft>) -> Vec<RuleDraft> {
        let &ThreeWay { base, ours, theirs } = versions;
        let mut merged = Vec::new();
        for rule in &ours.rules {
            let before = base.and_then(|base| base.rule(rule.key));
            match (before, theirs.rule(rule.key)) {
                (Some(_), Some(theirs)) => {
                    let versions = ThreeWay { base: before, ours: rule, theirs };
                    merged.push(self.field(subject, ConflictField::Rule, &versions, rule_label));
                }
                (None, _) => merged.push(rule.clone()),
                (Some(before), None) => {
                    let ours = (before != rule).then_some(rule);
                    self.report_rule(subject, Some(before), None, ours.map(rule_label));
                    if self.resolution == ConflictResolution::Ours {
                        merged.extend(ours.cloned());
                    }
                }
            }
        }
        for rule in theirs.rules.iter().filter(|rule| ours.rule(rule.key).is_none()) {
            let before = base.and_then(|base| base.rule(rule.key));
            match before {
                None => {
                    self.report_rule(subject, None, Some(rule), None);
                    merged.push(rule.clone());
                }
                Some(before) if before != rule => {
                    self.report_rule(subject, Some(before), Some(rule), Some(String::new()));
                    if self.resolution == ConflictResolution::Theirs {
                        merged.push(rule.clone());
                    }
                }
                Some(_) => {}
            }
        }
        merged
    }

    fn report_rule(
        &mut self,
        subject: &Subject,
        base: Option<&RuleDraft>,
        theirs: Option<&RuleDraft>,
        ours: Option<String>,
    ) {
        let label = |rule: Option<&RuleDraft>| rule.map(rule_label).unwrap_or_default();
        let (base, theirs) = (label(base), label(theirs));
        let kind = ConflictKind::Changed { field: ConflictField::Rule, base, theirs, ours };
        self.report(subject, kind);
    }
}

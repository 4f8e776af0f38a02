//! The rule that the dialog edits.

use crate::pages::load_balancers::{
    edit::session::EditSession,
    form::{listener_tls::suggested_redirect, state::Form},
    labels::url_host,
};
use leptos::prelude::*;
use openstack_types::octavia::{L7RuleCompareType, L7RuleType};
use plan::{Draft, FieldPath, PolicyAction, PolicyDraft, PolicyField, RowKey};

/// A rule in the dialog: a copy of the draft, in which it is edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EditedRule {
    pub(super) draft: Draft,
    pub(super) listener: RowKey,
    pub(super) policy: RowKey,
    pub(super) is_new: bool,
    pub(super) every_request: bool,
}

impl EditedRule {
    /// A new rule with an empty condition.
    pub(super) fn new(session: EditSession, listener: RowKey, action: PolicyAction) -> Self {
        let mut draft = session.form.draft.get_untracked();
        let policy = draft.add_policy(listener, action).unwrap_or(listener);
        let rule = draft.add_rule(listener, policy);
        if let Some(policy) = draft.policy_mut(listener, policy)
            && let Some(rule) = rule.and_then(|rule| policy.rule_mut(rule))
        {
            rule.kind = L7RuleType::HostName;
            rule.compare = L7RuleCompareType::EqualTo;
        }
        Self { draft, listener, policy, is_new: true, every_request: false }
    }

    /// A new rule that redirects every request to the listener with the port.
    pub(super) fn redirect_to_https(session: EditSession, listener: RowKey, port: &str) -> Self {
        let draft = session.form.draft;
        // A name of its certificate, without which browsers warn.
        let named = untrack(|| draft.with(|draft| suggested_redirect(session.store, draft)));
        let prefix = match named.as_str() {
            "" => vip_url(session, port),
            named => named.to_owned(),
        };
        let action = PolicyAction::Prefix { prefix, code: Some(301) };
        Self { every_request: true, ..Self::new(session, listener, action) }
    }

    /// A rule of the draft; `None` if there is no such rule.
    pub(super) fn existing(session: EditSession, listener: RowKey, policy: RowKey) -> Option<Self> {
        let draft = session.form.draft.get_untracked();
        let every_request = draft.policy(listener, policy)?.matches_every_request();
        Some(Self { draft, listener, policy, is_new: false, every_request })
    }
}

/// The URL of a listener by the address of its load balancer.
fn vip_url(session: EditSession, port: &str) -> String {
    let graph = untrack(|| session.store.load_balancers.graph(session.id));
    let vip = graph.and_then(|graph| graph.balancer.vip_address.as_deref().map(url_host));
    let vip = vip.unwrap_or_default();
    let port = if port.trim() == "443" { String::new() } else { format!(":{}", port.trim()) };
    format!("https://{vip}{port}")
}

/// The rule that the dialog edits; a handle.
#[derive(Clone, Copy)]
pub(super) struct Editor {
    pub(super) form: Form,
    pub(super) listener: Signal<RowKey>,
    pub(super) policy: Signal<RowKey>,
    pub(super) every_request: RwSignal<bool>,
}

impl Editor {
    pub(super) fn path(self, field: PolicyField) -> FieldPath {
        let (listener, policy) = (self.listener.get_untracked(), self.policy.get_untracked());
        FieldPath::Policy { listener, policy, field }
    }

    /// A part of the rule; tracked.
    pub(super) fn get<T>(self, part: impl FnOnce(&PolicyDraft) -> T) -> Option<T> {
        let (listener, policy) = (self.listener.get(), self.policy.get());
        self.form.draft.with(|draft| draft.policy(listener, policy).map(part))
    }

    pub(super) fn update(self, change: impl FnOnce(&mut PolicyDraft)) {
        let (listener, policy) = (self.listener.get_untracked(), self.policy.get_untracked());
        self.form.draft.update(|draft| {
            if let Some(policy) = draft.policy_mut(listener, policy) {
                change(policy);
            }
        });
    }

    /// Whether it lacks a condition; tracked.
    pub(super) fn lacks_condition(self) -> bool {
        !self.every_request.get() && self.get(|policy| policy.rules.is_empty()).unwrap_or(false)
    }
}

/// Puts the edited rule into the draft, which may have changed since. `key` is its key in the draft, `None` for
/// a new rule.
pub(super) fn apply(
    draft: &mut Draft,
    listener: RowKey,
    key: Option<RowKey>,
    edited: PolicyDraft,
    every_request: bool,
) {
    let key = match key {
        Some(key) => Some(key),
        None => draft.add_policy(listener, edited.action.clone()),
    };
    let Some(key) = key else { return };
    let Some(before) = draft.policy(listener, key).cloned() else { return };
    if let Some(policy) = draft.policy_mut(listener, key) {
        policy.name = edited.name;
        policy.action = edited.action;
        policy.enabled = edited.enabled;
        policy.rules.clear();
    }
    let mut rules = edited.rules;
    if every_request && !before.matches_every_request() {
        rules.truncate(1);
        if let Some(rule) = rules.first_mut() {
            rule.kind = L7RuleType::Path;
            rule.compare = L7RuleCompareType::StartsWith;
            rule.key_name.clear();
            rule.value = "/".to_owned();
            rule.invert = false;
            rule.enabled = true;
        }
    } else if every_request {
        rules.clone_from(&before.rules);
    }
    for mut rule in rules {
        if before.rule(rule.key).is_none() {
            let Some(new) = draft.add_rule(listener, key) else { return };
            draft.remove_rule(listener, key, new);
            rule.key = new;
        }
        if let Some(policy) = draft.policy_mut(listener, key) {
            policy.rules.push(rule);
        }
    }
}

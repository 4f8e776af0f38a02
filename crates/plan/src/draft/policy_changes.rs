//! Policies of listeners: finding and changing them.

use super::{Draft, ListenerDraft, PolicyAction, PolicyDraft, RowKey, RuleDraft};

impl ListenerDraft {
    pub fn policy(&self, key: RowKey) -> Option<&PolicyDraft> {
        self.policies.iter().find(|policy| policy.key == key)
    }

    pub fn policy_mut(&mut self, key: RowKey) -> Option<&mut PolicyDraft> {
        self.policies.iter_mut().find(|policy| policy.key == key)
    }

    /// The policy that redirects every request to HTTPS, recognised by its effect.
    pub fn redirect_policy(&self) -> Option<&PolicyDraft> {
        self.policies.iter().find(|policy| policy.redirect().is_some())
    }

    /// The URL that every request is redirected to, as typed: `https://www.example.com`.
    pub fn redirect(&self) -> Option<&str> {
        self.redirect_policy().and_then(PolicyDraft::redirect).map(String::as_str)
    }

    pub(crate) fn redirect_mut(&mut self) -> Option<&mut String> {
        let policy = self.policies.iter_mut().find(|policy| policy.redirect().is_some())?;
        policy.action.target_mut()
    }
}

/// The name of a policy that the form's `Redirect to HTTPS` adds. Nothing depends on it.
const REDIRECT_NAME: &str = "redirect-to-https";

impl Draft {
    /// Adds a policy without rules, last; `None` if there is no such listener.
    pub fn add_policy(&mut self, listener: RowKey, action: PolicyAction) -> Option<RowKey> {
        let key = self.new_key();
        self.listener_mut(listener)?.policies.push(PolicyDraft {
            key,
            name: String::new(),
            description: String::new(),
            action,
            enabled: true,
            tags: Vec::new(),
            rules: Vec::new(),
        });
        Some(key)
    }

    /// Adds a copy of a policy below it; `None` if there is no such policy.
    pub fn duplicate_policy(&mut self, listener: RowKey, policy: RowKey) -> Option<RowKey> {
        let mut copy = self.listener(listener)?.policy(policy)?.clone();
        copy.key = self.new_key();
        for rule in &mut copy.rules {
            rule.key = self.new_key();
        }
        let key = copy.key;
        let policies = &mut self.listener_mut(listener)?.policies;
        let index = policies.iter().position(|one| one.key == policy)?;
        policies.insert(index + 1, copy);
        Some(key)
    }

    pub fn remove_policy(&mut self, listener: RowKey, policy: RowKey) {
        if let Some(listener) = self.listener_mut(listener) {
            listener.policies.retain(|one| one.key != policy);
        }
    }

    /// Moves a policy to a position, from 0; beyond the last for the end.
    pub fn move_policy(&mut self, listener: RowKey, policy: RowKey, position: usize) {
        let Some(listener) = self.listener_mut(listener) else { return };
        if let Some(index) = listener.policies.iter().position(|one| one.key == policy) {
            let policy = listener.policies.remove(index);
            listener.policies.insert(position.min(listener.policies.len()), policy);
        }
    }

    /// Adds a rule that compares the path; `None` if there is no such policy.
    pub fn add_rule(&mut self, listener: RowKey, policy: RowKey) -> Option<RowKey> {
        let key = self.new_key();
        self.listener_mut(listener)?.policy_mut(policy)?.rules.push(RuleDraft::new(key));
        Some(key)
    }

    pub fn remove_rule(&mut self, listener: RowKey, policy: RowKey, rule: RowKey) {
        if let Some(policy) = self.listener_mut(listener).and_then(|one| one.policy_mut(policy)) {
            policy.rules.retain(|one| one.key != rule);
        }
    }

    /// Redirects every request of a listener to a URL; `None` removes the redirect.
    pub fn set_redirect(&mut self, listener: RowKey, url: Option<String>) {
        let Some(row) = self.listener_mut(listener) else { return };
        let Some(prefix) = url else {
            if let Some(policy) = row.redirect_policy().map(|policy| policy.key) {
                row.policies.retain(|one| one.key != policy);
            }
            return;
        };
        if let Some(text) = row.redirect_mut() {
            *text = prefix;
            return;
        }
        let action = PolicyAction::Prefix { prefix, code: None };
        let Some(policy) = self.add_policy(listener, action) else { return };
        let rule = self.add_rule(listener, policy);
        let policy = self.listener_mut(listener).and_then(|row| row.policy_mut(policy));
        if let Some((policy, rule)) = policy.zip(rule) {
            policy.name = REDIRECT_NAME.to_owned();
            if let Some(rule) = policy.rule_mut(rule) {
                rule.value = "/".to_owned();
            }
        }
    }
}

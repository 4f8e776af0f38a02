//! Policies and their rules.
//!
//! A policy must never match requests by half of a change. A new one matches nothing until its last call:
//! it is created without rules, and disabled if it gets several. A change of an active one that takes
//! several calls creates a new policy instead ([`Edit::replace_changed_policies`]), and deletes the old
//! one when the new one is active.

use super::{Diff, changed, changed_text, patch};
use crate::{
    Draft, ListenerDraft, PolicyAction, PolicyDraft, RowKey, RuleDraft,
    draft::is_http,
    edit::{
        base::Edit,
        call::{Call, ListenerRef, PolicyRef, PoolRef},
        order,
        steps::{Step, StepSummary},
    },
    graph::rule_draft,
};
use openstack_types::{
    field::RedirectUrl,
    octavia::{
        CreateL7Policy, CreateL7Rule, CreateListener, L7Policy, L7Rule, Listener, ListenerProtocol,
        UpdateL7Policy, UpdateL7Rule,
    },
};
use std::collections::BTreeSet;

/// The policies of one listener.
struct Policies<'a> {
    edit: &'a Edit,
    draft: &'a Draft,
    row: &'a ListenerDraft,
    base: Option<&'a ListenerDraft>,
    port: u16,
    steps: Vec<Step>,
}

/// What a step does to a policy.
#[derive(Clone, Copy)]
enum Change {
    Add,
    Activate,
    Update,
    Move,
    Remove,
}

impl Diff<'_> {
    pub(super) fn policies(
        &mut self,
        row: &ListenerDraft,
        existing: Option<&Listener>,
        parsed: &CreateListener,
    ) {
        let listener = existing
            .map_or(ListenerRef::New(row.key), |existing| ListenerRef::Existing(existing.id));
        let there = existing.map(|one| self.edit.base.policies_in_order(one.id));
        let there = there.unwrap_or_default();
        let wanted: &[PolicyDraft] = if is_http(&row.protocol) { &row.policies } else { &[] };
        let mut policies = Policies {
            edit: self.edit,
            draft: self.draft,
            row,
            base: self.edit.base_draft.listener(row.key),
            port: existing.map_or(parsed.protocol_port, |existing| existing.protocol_port),
            steps: Vec::new(),
        };
        let keys: Vec<RowKey> = wanted.iter().map(|policy| policy.key).collect();
        let current: Vec<Option<RowKey>> =
            there.iter().map(|policy| self.edit.rows.policy(policy.id)).collect();
        let places = order::places(&current, &keys);
        for ((policy, created), place) in wanted.iter().zip(&parsed.l7policies).zip(places) {
            let pool = policy.action.group().and_then(|group| self.pool_ref(group));
            match self.edit.policy(policy.key) {
                None => policies.create(policy, created, place, |body| Call::CreatePolicy {
                    row: policy.key,
                    listener,
                    pool,
                    body: Box::new(body),
                }),
                Some(existing) => {
                    let base = policies.base.and_then(|base| base.policy(policy.key));
                    let Some(base) = base else { continue };
                    let update = policy_update(policy, base, existing, created);
                    let update = UpdateL7Policy { position: place, ..update };
                    let pool = pool.filter(|_| policy.action.group() != base.action.group());
                    policies.change((policy, base, existing), created, (update, pool));
                }
            }
        }
        self.steps.policies.append(&mut policies.steps);
        for policy in there {
            let key = self.edit.rows.policy(policy.id);
            if key.is_some_and(|key| keys.contains(&key)) {
                continue;
            }
            let base = key.and_then(|key| policies.base?.policy(key));
            let summary = base.map_or_else(
                || StepSummary::RemovePolicy { policy: policy.name.clone(), port: policies.port },
                |base| policies.summary(base, Change::Remove),
            );
            let call = Call::DeletePolicy { id: policy.id };
            self.steps.removed_policies.push(Step { call, summary });
        }
    }
}

impl Policies<'_> {
    fn push(&mut self, call: Call, summary: StepSummary) {
        self.steps.push(Step { call, summary });
    }

    fn create(
        &mut self,
        policy: &PolicyDraft,
        created: &CreateL7Policy,
        place: Option<u32>,
        call: impl FnOnce(CreateL7Policy) -> Call,
    ) {
        let enable_later = policy.enabled && created.rules.len() > 1;
        let mut body = CreateL7Policy { rules: Vec::new(), position: place, ..created.clone() };
        if enable_later {
            body.admin_state_up = Some(false);
        }
        let summary = self.summary(policy, Change::Add);
        self.push(call(body), summary);
        let reference = PolicyRef::New(policy.key);
        for (rule, body) in policy.rules.iter().zip(&created.rules) {
            let activates = created.rules.len() == 1 && policy.enabled;
            let summary = if activates {
                self.summary(policy, Change::Activate)
            } else {
                self.rule_summary(policy, rule, Change::Add)
            };
            self.push(Call::CreateRule { policy: reference, body: body.clone() }, summary);
        }
        if enable_later {
            let body = UpdateL7Policy { admin_state_up: Some(true), ..Default::default() };
            let call = Call::UpdatePolicy { policy: reference, pool: None, body };
            let summary = self.summary(policy, Change::Activate);
            self.push(call, summary);
        }
    }

    /// Changes a policy that is there, so that it is enabled last and disabled first.
    fn change(
        &mut self,
        (policy, base, existing): (&PolicyDraft, &PolicyDraft, &L7Policy),
        created: &CreateL7Policy,
        (body, pool): (UpdateL7Policy, Option<PoolRef>),
    ) {
        let enables = body.admin_state_up == Some(true);
        let is_move = UpdateL7Policy { position: body.position, ..Default::default() } == body;
        let is_empty = pool.is_none() && body == UpdateL7Policy::default();
        let change = match (is_move && pool.is_none(), enables) {
            (true, _) => Change::Move,
            (_, true) => Change::Activate,
            _ => Change::Update,
        };
        let call = Call::UpdatePolicy { policy: PolicyRef::Existing(existing.id), pool, body };
        let update = (!is_empty).then(|| (call, self.summary(policy, change)));
        let rules = self.rule_steps((policy, base, existing), created);
        let (first, last) = if enables { (None, update) } else { (update, None) };
        self.steps.extend(first.map(|(call, summary)| Step { call, summary }));
        self.steps.extend(rules);
        self.steps.extend(last.map(|(call, summary)| Step { call, summary }));
    }

    /// The steps that change the rules of a policy, additions first.
    fn rule_steps(
        &self,
        (policy, base, existing): (&PolicyDraft, &PolicyDraft, &L7Policy),
        created: &CreateL7Policy,
    ) -> Vec<Step> {
        let mut steps = Vec::new();
        let mut changes = Vec::new();
        let mut kept = BTreeSet::new();
        for (rule, body) in policy.rules.iter().zip(&created.rules) {
            let there = self.edit.rule(policy.key, rule.key);
            let Some((there, base)) = there.zip(base.rule(rule.key)) else {
                let policy_ref = PolicyRef::Existing(existing.id);
                let call = Call::CreateRule { policy: policy_ref, body: body.clone() };
                let is_last = base.rules.is_empty() && policy.rules.len() == 1;
                let summary = if is_last && policy.enabled {
                    self.summary(policy, Change::Activate)
                } else {
                    self.rule_summary(policy, rule, Change::Add)
                };
                steps.push(Step { call, summary });
                continue;
            };
            kept.insert(there.id);
            let body = rule_update(rule, base, there, body);
            if body != UpdateL7Rule::default() {
                let call = Call::UpdateRule { policy: existing.id, id: there.id, body };
                let summary = self.rule_summary(policy, rule, Change::Update);
                changes.push(Step { call, summary });
            }
        }
        steps.append(&mut changes);
        for rule in self.edit.base.rules.get(&existing.id).into_iter().flatten() {
            if !kept.contains(&rule.id) {
                let call = Call::DeleteRule { policy: existing.id, id: rule.id };
                let old = rule_draft(policy.key, rule);
                steps.push(Step { call, summary: self.rule_summary(policy, &old, Change::Remove) });
            }
        }
        steps
    }

    fn summary(&self, policy: &PolicyDraft, change: Change) -> StepSummary {
        let port = self.port;
        if self.row.protocol == ListenerProtocol::Http && policy.redirect().is_some() {
            return match change {
                Change::Add => StepSummary::AddRedirect { port },
                Change::Activate => StepSummary::ActivateRedirect { port },
                Change::Update | Change::Move => StepSummary::ChangeRedirect { port },
                Change::Remove => StepSummary::RemoveRedirect { port },
            };
        }
        let policy = self.policy_label(policy);
        match change {
            Change::Add => StepSummary::AddPolicy { policy, port },
            Change::Activate => StepSummary::ActivatePolicy { policy, port },
            Change::Update => StepSummary::ChangePolicy { policy, port },
            Change::Move => StepSummary::MovePolicy { policy, port },
            Change::Remove => StepSummary::RemovePolicy { policy, port },
        }
    }

    fn rule_summary(&self, policy: &PolicyDraft, rule: &RuleDraft, change: Change) -> StepSummary {
        let (rule, port) = (rule_label(rule), self.port);
        let policy = self.policy_label(policy);
        match change {
            Change::Add | Change::Activate => StepSummary::AddRule { rule, policy, port },
            Change::Update | Change::Move => StepSummary::ChangeRule { rule, policy, port },
            Change::Remove => StepSummary::RemoveRule { rule, policy, port },
        }
    }

    /// The name of a policy, or what it leads to.
    fn policy_label(&self, policy: &PolicyDraft) -> String {
        policy_label(self.draft, policy)
    }
}

/// The name of a policy, or what it leads to.
pub(in crate::edit) fn policy_label(draft: &Draft, policy: &PolicyDraft) -> String {
    if !policy.name.trim().is_empty() {
        return policy.name.trim().to_owned();
    }
    match &policy.action {
        PolicyAction::Group(group) => {
            let group = group.and_then(|group| draft.group(group));
            group.map(|group| group.name.clone()).unwrap_or_default()
        }
        other => other.target().cloned().unwrap_or_else(|| other.kind().to_string()),
    }
}

/// `PATH STARTS_WITH /api`, `not HEADER X-Test EQUAL_TO 1`.
pub(in crate::edit) fn rule_label(rule: &RuleDraft) -> String {
    let not = if rule.invert { "not " } else { "" };
    let key = rule.key_name.trim();
    let space = if key.is_empty() { "" } else { " " };
    format!("{not}{}{space}{key} {} {}", rule.kind, rule.compare, rule.value)
}

fn policy_update(
    policy: &PolicyDraft,
    base: &PolicyDraft,
    existing: &L7Policy,
    created: &CreateL7Policy,
) -> UpdateL7Policy {
    const DEFAULT_CODE: u16 = 302;
    let differs = policy.action != base.action;
    let target = policy.action.target().map(|text| text.trim())
        != base.action.target().map(|text| text.trim());
    let url = |new: &Option<RedirectUrl>, existing: &Option<String>| {
        let is_new = new.as_ref().map(RedirectUrl::as_str) != existing.as_deref();
        new.clone().filter(|_| target && is_new)
    };
    let code = existing.redirect_http_code.filter(|code| *code != DEFAULT_CODE);
    let redirects = policy.action.target().is_some();
    UpdateL7Policy {
        name: changed_text(&policy.name, &base.name, &existing.name),
        description: changed_text(&policy.description, &base.description, &existing.description),
        admin_state_up: changed(&policy.enabled, &base.enabled, &existing.admin_state_up),
        action: (differs && created.action != existing.action).then(|| created.action.clone()),
        redirect_pool_id: None,
        redirect_url: url(&created.redirect_url, &existing.redirect_url),
        redirect_prefix: url(&created.redirect_prefix, &existing.redirect_prefix),
        redirect_http_code: patch(
            redirects && policy.action.code() != base.action.code(),
            &created.redirect_http_code,
            &code,
        ),
        position: None,
        tags: changed(&policy.tags, &base.tags, &existing.tags),
    }
}

fn rule_update(
    rule: &RuleDraft,
    base: &RuleDraft,
    existing: &L7Rule,
    created: &CreateL7Rule,
) -> UpdateL7Rule {
    let value = rule.value != base.value && created.value.as_str() != existing.value;
    UpdateL7Rule {
        kind: changed(&rule.kind, &base.kind, &existing.kind),
        compare_type: changed(&rule.compare, &base.compare, &existing.compare_type),
        key: patch(
            rule.key_name.trim() != base.key_name.trim() || rule.kind != base.kind,
            &created.key,
            &existing.key,
        ),
        value: value.then(|| created.value.clone()),
        invert: changed(&rule.invert, &base.invert, &existing.invert),
        admin_state_up: changed(&rule.enabled, &base.enabled, &existing.admin_state_up),
        tags: changed(&rule.tags, &base.tags, &existing.tags),
    }
}

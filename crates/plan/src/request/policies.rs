//! L7 policies, parsed.

use super::{
    findings::Findings,
    text::{checked, non_empty, short_text, tags},
};
use crate::{
    RowKey,
    draft::{
        Draft, ListenerDraft, PolicyAction, PolicyDraft, REDIRECT_CODES, RuleDraft, compare_types,
        is_http,
    },
    path::{FieldPath, PolicyField, RuleField},
};
use openstack_types::{
    field::{CookieName, DnField, FieldError, HeaderName, RedirectUrl, RuleValue},
    octavia::{CreateL7Policy, CreateL7Rule, L7RuleType, check_rule_value},
    rules,
};

/// The policies of a listener, without the pools that they lead to. Empty for a listener without HTTP.
pub(crate) fn policies(
    draft: &Draft,
    row: &ListenerDraft,
    findings: &mut Findings,
) -> Vec<CreateL7Policy> {
    if !is_http(&row.protocol) {
        return Vec::new();
    }
    row.policies.iter().map(|policy| self::policy(draft, row, policy, findings)).collect()
}

fn policy(
    draft: &Draft,
    row: &ListenerDraft,
    policy: &PolicyDraft,
    findings: &mut Findings,
) -> CreateL7Policy {
    let listener = row.key;
    let is_redirect = row.redirect_policy().is_some_and(|redirect| redirect.key == policy.key);
    let path = |field| FieldPath::Policy { listener, policy: policy.key, field };
    short_text(path(PolicyField::Name), &policy.name, findings);
    short_text(path(PolicyField::Description), &policy.description, findings);
    let (mut redirect_url, mut redirect_prefix) = (None, None);
    match &policy.action {
        PolicyAction::Group(group) => {
            let group = group.and_then(|group| draft.group(group));
            match group {
                None => findings.add(path(PolicyField::Group), FieldError::NotChosen),
                Some(group) if !rules::pool_protocol_fits(&row.protocol, &group.protocol) => {
                    findings.add(path(PolicyField::Group), FieldError::DoesNotFit);
                }
                Some(_) => {}
            }
        }
        PolicyAction::Url { url, .. } => {
            redirect_url = findings.record(path(PolicyField::Target), full_url(url));
        }
        PolicyAction::Prefix { prefix, .. } => {
            // The field that the form shows for it.
            let path = if is_redirect {
                let field = crate::path::ListenerField::Redirect;
                FieldPath::Listener { listener, field }
            } else {
                path(PolicyField::Target)
            };
            redirect_prefix = findings.record(path, prefix_url(prefix));
        }
        PolicyAction::Reject => {}
        PolicyAction::Other(_) => {
            findings.add(path(PolicyField::Action), FieldError::NotChosen);
        }
    }
    if policy.action.code().is_some_and(|code| !REDIRECT_CODES.contains(&code)) {
        findings.add(path(PolicyField::Code), FieldError::NotChosen);
    }
    let tags = tags(path(PolicyField::Tags), &policy.tags, findings);
    let rules = policy.rules.iter().map(|one| rule(listener, policy.key, one, findings));
    CreateL7Policy {
        listener_id: None,
        name: non_empty(policy.name.trim()),
        description: non_empty(policy.description.trim()),
        admin_state_up: (!policy.enabled).then_some(false),
        action: policy.action.kind(),
        redirect_pool: None,
        redirect_pool_id: None,
        redirect_url,
        redirect_prefix,
        redirect_http_code: policy.action.code(),
        position: None,
        rules: rules.collect(),
        tags,
    }
}

fn rule(
    listener: RowKey,
    policy: RowKey,
    rule: &RuleDraft,
    findings: &mut Findings,
) -> CreateL7Rule {
    let path = |field| FieldPath::Rule { listener, policy, rule: rule.key, field };
    if !compare_types(&rule.kind).contains(&rule.compare) {
        findings.add(path(RuleField::Compare), FieldError::NotChosen);
    }
    let key = RuleDraft::has_key_name(&rule.kind).then(|| {
        let name = match rule.kind {
            L7RuleType::Cookie => checked::<CookieName>(&rule.key_name),
            L7RuleType::SslDnField => checked::<DnField>(&rule.key_name),
            _ => checked::<HeaderName>(&rule.key_name),
        };
        findings.record(path(RuleField::KeyName), name)
    });
    let value = match rule.value.trim() {
        "" => Err(FieldError::Required),
        // Spaces in a value are a part of it.
        _ => check_rule_value(&rule.kind, &rule.compare, &rule.value),
    };
    let value = findings.record(path(RuleField::Value), value);
    CreateL7Rule {
        kind: rule.kind.clone(),
        compare_type: rule.compare.clone(),
        key: key.flatten(),
        value: value.unwrap_or_else(RuleValue::root),
        invert: rule.invert.then_some(true),
        admin_state_up: (!rule.enabled).then_some(false),
        tags: tags(path(RuleField::Tags), &rule.tags, findings),
    }
}

fn full_url(text: &str) -> Result<RedirectUrl, FieldError> {
    match text.trim() {
        "" => Err(FieldError::Required),
        text => text.parse(),
    }
}

/// Parses a prefix. `https://` may be left out.
fn prefix_url(text: &str) -> Result<RedirectUrl, FieldError> {
    let text = text.trim();
    if text.contains("://") || text.is_empty() {
        let url = full_url(text)?;
        // Octavia appends the path, which begins with a slash.
        return url.as_str().trim_end_matches('/').parse();
    }
    format!("https://{}", text.trim_end_matches('/')).parse()
}

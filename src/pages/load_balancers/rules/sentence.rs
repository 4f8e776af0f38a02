//! Rules as sentences: `If host is shop.example.com and path starts with /api → server group api`.

use super::order::DEFAULT_CODE;
use crate::i18n::{I18nContext, Locale, t_string};
use leptos::prelude::*;
use openstack_types::octavia::{L7RuleCompareType, L7RuleType};
use plan::{Draft, PolicyAction, PolicyDraft, RowKey, RuleDraft};

type I18n = I18nContext<Locale>;

/// A part of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pages::load_balancers) enum Words {
    Text(String),
    /// What a user typed.
    Code(String),
}

fn text(words: impl Into<String>) -> Words {
    Words::Text(words.into())
}

/// The sentence in one line.
pub(in crate::pages::load_balancers) fn plain(words: &[Words]) -> String {
    let parts = words.iter().map(|(Words::Text(text) | Words::Code(text))| text.as_str());
    parts.collect::<Vec<_>>().join(" ")
}

/// The sentence, with typed texts in another font.
pub(super) fn sentence_view(words: Vec<Words>) -> AnyView {
    let parts = words.into_iter().enumerate().map(|(index, words)| {
        let space = if index == 0 { "" } else { " " };
        match words {
            Words::Text(text) => view! { {space}{text} }.into_any(),
            Words::Code(code) => view! { {space}<code class="rule-value">{code}</code> }.into_any(),
        }
    });
    parts.collect_view().into_any()
}

/// `If host is a and path starts with /b`
pub(in crate::pages::load_balancers) fn conditions(i18n: I18n, policy: &PolicyDraft) -> Vec<Words> {
    if policy.matches_every_request() {
        return vec![text(t_string!(i18n, rules.every_request))];
    }
    let mut enabled: Vec<&RuleDraft> = policy.rules.iter().filter(|rule| rule.enabled).collect();
    // The service does not keep an order.
    enabled.sort_by_key(|rule| rank(&rule.kind));
    if enabled.is_empty() {
        return vec![text(t_string!(i18n, rules.no_condition))];
    }
    let mut words = vec![text(t_string!(i18n, rules.when))];
    for (index, rule) in enabled.into_iter().enumerate() {
        if index > 0 {
            words.push(text(t_string!(i18n, rules.and)));
        }
        words.extend(condition(i18n, rule));
    }
    words
}

/// The rank of a condition in a sentence.
pub(super) fn rank(kind: &L7RuleType) -> u8 {
    match kind {
        L7RuleType::HostName => 0,
        L7RuleType::Path => 1,
        L7RuleType::FileType => 2,
        L7RuleType::Header => 3,
        L7RuleType::Cookie => 4,
        _ => 5,
    }
}

/// `host is a`
pub(super) fn condition(i18n: I18n, rule: &RuleDraft) -> Vec<Words> {
    if rule.kind == L7RuleType::SslConnHasCert {
        return vec![text(if rule.invert {
            t_string!(i18n, rules.has_no_certificate)
        } else {
            t_string!(i18n, rules.has_certificate)
        })];
    }
    vec![
        text(subject(i18n, rule)),
        text(comparison(i18n, &rule.compare, rule.invert)),
        Words::Code(rule.value.clone()),
    ]
}

fn subject(i18n: I18n, rule: &RuleDraft) -> String {
    let name = rule.key_name.as_str();
    match &rule.kind {
        L7RuleType::HostName => t_string!(i18n, rules.host).to_owned(),
        L7RuleType::Path => t_string!(i18n, rules.path).to_owned(),
        L7RuleType::FileType => t_string!(i18n, rules.file_type).to_owned(),
        L7RuleType::Header => t_string!(i18n, rules.header, name = name).to_string(),
        L7RuleType::Cookie => t_string!(i18n, rules.cookie, name = name).to_string(),
        L7RuleType::SslVerifyResult => t_string!(i18n, rules.verify_result).to_owned(),
        L7RuleType::SslDnField => t_string!(i18n, rules.dn_field, name = name).to_string(),
        L7RuleType::SslConnHasCert => t_string!(i18n, rules.has_certificate).to_owned(),
        L7RuleType::Unknown(word) => word.clone(),
    }
}

pub(super) fn comparison(i18n: I18n, compare: &L7RuleCompareType, invert: bool) -> String {
    match (compare, invert) {
        (L7RuleCompareType::EqualTo, false) => t_string!(i18n, rules.is),
        (L7RuleCompareType::EqualTo, true) => t_string!(i18n, rules.is_not),
        (L7RuleCompareType::StartsWith, false) => t_string!(i18n, rules.starts_with),
        (L7RuleCompareType::StartsWith, true) => t_string!(i18n, rules.starts_not_with),
        (L7RuleCompareType::EndsWith, false) => t_string!(i18n, rules.ends_with),
        (L7RuleCompareType::EndsWith, true) => t_string!(i18n, rules.ends_not_with),
        (L7RuleCompareType::Contains, false) => t_string!(i18n, rules.contains),
        (L7RuleCompareType::Contains, true) => t_string!(i18n, rules.contains_not),
        (L7RuleCompareType::Regex, false) => t_string!(i18n, rules.matches),
        (L7RuleCompareType::Regex, true) => t_string!(i18n, rules.matches_not),
        (L7RuleCompareType::Unknown(word), _) => return word.clone(),
    }
    .to_owned()
}

/// `server group api`
pub(in crate::pages::load_balancers) fn action(
    i18n: I18n,
    draft: &Draft,
    action: &PolicyAction,
) -> String {
    match action {
        PolicyAction::Group(Some(group)) => group_label(i18n, draft, *group),
        PolicyAction::Group(None) => t_string!(i18n, rules.group_not_chosen).to_owned(),
        PolicyAction::Url { url, code } => {
            let code = code.unwrap_or(DEFAULT_CODE);
            t_string!(i18n, rules.redirect_url, url = url.as_str(), code = code).to_string()
        }
        PolicyAction::Prefix { prefix, code } => {
            let code = code.unwrap_or(DEFAULT_CODE);
            t_string!(i18n, rules.redirect_prefix, url = prefix.as_str(), code = code).to_string()
        }
        PolicyAction::Reject => t_string!(i18n, rules.reject).to_owned(),
        PolicyAction::Other(action) => {
            t_string!(i18n, rules.action_unknown, action = action.as_str()).to_string()
        }
    }
}

/// What happens to requests that no rule matches.
pub(super) fn default_action(i18n: I18n, draft: &Draft, group: Option<RowKey>) -> String {
    match group {
        Some(group) => group_label(i18n, draft, group),
        None => t_string!(i18n, rules.no_group).to_owned(),
    }
}

fn group_label(i18n: I18n, draft: &Draft, group: RowKey) -> String {
    let name = draft.group(group).map(|group| group.name.trim()).unwrap_or_default();
    match name {
        "" => t_string!(i18n, rules.group_unnamed).to_owned(),
        name => t_string!(i18n, rules.group, name = name).to_string(),
    }
}

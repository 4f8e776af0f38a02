//! The engine's policies as those of `l7`.

use engine::spec::*;
use l7::{Action, Condition, Policy};
use openstack_types::octavia::{L7RuleCompareType, L7RuleType};

pub fn policies(specs: &[PolicySpec]) -> Vec<Policy> {
    specs
        .iter()
        .map(|spec| Policy {
            enabled: true,
            action: action(&spec.action),
            conditions: spec.rules.iter().map(condition).collect(),
        })
        .collect()
}

fn action(action: &PolicyAction) -> Action {
    match action {
        PolicyAction::Reject => Action::Reject,
        PolicyAction::RedirectToPool(_) => Action::RedirectToPool { pool_enabled: true },
        PolicyAction::RedirectToUrl(url, code) => {
            Action::RedirectToUrl { url: url.to_string(), code: status(*code) }
        }
        PolicyAction::RedirectPrefix(prefix, code) => {
            Action::RedirectPrefix { prefix: prefix.to_string(), code: status(*code) }
        }
    }
}

fn status(code: RedirectCode) -> u16 {
    match code {
        RedirectCode::MovedPermanently => 301,
        RedirectCode::Found => 302,
        RedirectCode::SeeOther => 303,
        RedirectCode::TemporaryRedirect => 307,
        RedirectCode::PermanentRedirect => 308,
    }
}

fn condition(rule: &RuleSpec) -> Condition {
    let (kind, key) = match &rule.part {
        RulePart::HostName => (L7RuleType::HostName, None),
        RulePart::Path => (L7RuleType::Path, None),
        RulePart::FileType => (L7RuleType::FileType, None),
        RulePart::Header(name) => (L7RuleType::Header, Some(name.to_string())),
        RulePart::Cookie(name) => (L7RuleType::Cookie, Some(name.to_string())),
        RulePart::ClientHasCertificate => (L7RuleType::SslConnHasCert, None),
        RulePart::ClientVerifyResult(_) => (L7RuleType::SslVerifyResult, None),
        RulePart::ClientDn(field) => (L7RuleType::SslDnField, Some(field.to_string())),
    };
    let compare = match rule.compare {
        Comparison::EqualTo => L7RuleCompareType::EqualTo,
        Comparison::StartsWith => L7RuleCompareType::StartsWith,
        Comparison::EndsWith => L7RuleCompareType::EndsWith,
        Comparison::Contains => L7RuleCompareType::Contains,
        Comparison::Regex => L7RuleCompareType::Regex,
    };
    let value = rule.value.to_string();
    Condition { enabled: true, kind, compare, key, value, invert: rule.invert }
}

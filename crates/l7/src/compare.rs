//! The comparison of one condition with a request.

use crate::{
    policy::Condition,
    regex::regex_matches,
    request::{Request, is_space},
    verdict::Verdict,
};
use openstack_types::octavia::{L7RuleCompareType, L7RuleType};
use std::borrow::Cow;

/// The verdict of a condition, inversion included.
pub(crate) fn verdict(condition: &Condition, request: &Request) -> Verdict {
    let matches = match condition.kind {
        L7RuleType::HostName => {
            any(request.hosts(), |host| compare(condition, &host.to_ascii_lowercase()))
        }
        L7RuleType::Path => compare(condition, &request.path),
        L7RuleType::FileType => file_type(condition, request.file_type()),
        L7RuleType::Header => match &condition.key {
            Some(name) if request.has_unknown_header(name) => None,
            Some(name) => any(request.header(name), |value| compare(condition, value)),
            None => None,
        },
        L7RuleType::Cookie => match &condition.key {
            Some(name) if condition.compare == L7RuleCompareType::Regex => {
                let values = request.cookie_values(name);
                any(values.into_iter(), |value| compare(condition, value))
            }
            Some(name) => any(request.cookies(name), |rest| cookie(condition, rest)),
            None => None,
        },
        L7RuleType::SslConnHasCert => Some(request.client_certificate.is_some()),
        L7RuleType::SslVerifyResult => {
            let result = request.verify_result();
            Some(result.is_some() && result == condition.value.trim().parse().ok())
        }
        L7RuleType::SslDnField => match &condition.key {
            Some(name) => any(request.subject_field(name), |value| compare(condition, value)),
            None => None,
        },
        L7RuleType::Unknown(_) => None,
    };
    match matches {
        Some(matches) if matches != condition.invert => Verdict::Match,
        Some(_) => Verdict::NoMatch,
        None => Verdict::Unknown,
    }
}

/// Whether one of the values matches. A header can be sent several times.
fn any<'a>(
    values: impl Iterator<Item = &'a str>,
    matches: impl Fn(&str) -> Option<bool>,
) -> Option<bool> {
    let mut result = Some(false);
    for value in values {
        match matches(value) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => result = None,
        }
    }
    result
}

/// Compares a part of the request, of a host in lower case.
fn compare(condition: &Condition, part: &str) -> Option<bool> {
    match condition.compare {
        L7RuleCompareType::Regex => {
            let ignore_case = condition.kind == L7RuleType::HostName;
            regex_matches(&condition.value, part, ignore_case)
        }
        _ => text(&condition.compare, part, &operand(condition)),
    }
}

/// The text that a condition compares with, unless that is a regular expression.
pub(crate) fn operand(condition: &Condition) -> Cow<'_, str> {
    let value = condition.value.as_str();
    // Double quotes around a value are not part of it, as in Octavia.
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let unquoted = inner.unwrap_or(value);
    match condition.kind {
        L7RuleType::HostName => Cow::Owned(unquoted.to_ascii_lowercase()),
        L7RuleType::FileType => {
            // As in Octavia, the dot can be written.
            let rest = unquoted.strip_prefix('.').filter(|rest| !rest.is_empty());
            Cow::Borrowed(rest.unwrap_or(unquoted))
        }
        L7RuleType::Cookie => Cow::Borrowed(value),
        _ => Cow::Borrowed(unquoted),
    }
}

/// `None` for comparisons other than those of plain texts.
pub(crate) fn text(compare: &L7RuleCompareType, text: &str, value: &str) -> Option<bool> {
    match compare {
        L7RuleCompareType::EqualTo => Some(text == value),
        L7RuleCompareType::StartsWith => Some(text.starts_with(value)),
        L7RuleCompareType::EndsWith => Some(text.ends_with(value)),
        L7RuleCompareType::Contains => Some(text.contains(value)),
        L7RuleCompareType::Regex | L7RuleCompareType::Unknown(_) => None,
    }
}

/// `word` is the path if the path has no dot, and then no expression matches.
fn file_type(condition: &Condition, word: &str) -> Option<bool> {
    if condition.compare == L7RuleCompareType::Regex && word.contains('/') {
        return Some(false);
    }
    compare(condition, word)
}

/// `rest` starts with the cookie's value, and other cookies may follow. The value of a rule can contain a
/// semicolon and then spans cookies.
fn cookie(condition: &Condition, rest: &str) -> Option<bool> {
    let value = condition.value.as_str();
    let ends = |rest: &str| {
        let rest = rest.trim_start_matches(is_space);
        rest.is_empty() || rest.starts_with(';')
    };
    // Where the value occurs within this cookie.
    let occurrences = || {
        let own = rest.find(';').unwrap_or(rest.len());
        let starts = (0..=own).filter(|at| rest.is_char_boundary(*at));
        starts.filter_map(|at| rest[at..].strip_prefix(value))
    };
    match condition.compare {
        L7RuleCompareType::EqualTo => Some(rest.strip_prefix(value).is_some_and(ends)),
        L7RuleCompareType::StartsWith => Some(rest.starts_with(value)),
        L7RuleCompareType::EndsWith => Some(occurrences().any(ends)),
        L7RuleCompareType::Contains => Some(occurrences().next().is_some()),
        L7RuleCompareType::Regex | L7RuleCompareType::Unknown(_) => None,
    }
}

//! The comparison of one condition with a request.

use crate::{
    evaluate::Verdict,
    policy::Condition,
    regex::RegexMatcher,
    request::{Request, is_space},
};
use openstack_types::octavia::{L7RuleCompareType, L7RuleType};

/// The verdict of a condition, inversion included.
pub(crate) fn verdict(
    condition: &Condition,
    request: &Request,
    regex: &dyn RegexMatcher,
) -> Verdict {
    let matches = match condition.kind {
        L7RuleType::HostName => {
            let value = condition.value.to_ascii_lowercase();
            any(request.hosts(), |host| match condition.compare {
                L7RuleCompareType::Regex => regex.is_match(&condition.value, host, true),
                _ => text(&condition.compare, &host.to_ascii_lowercase(), &value),
            })
        }
        L7RuleType::Path => compare(condition, &request.path, regex),
        L7RuleType::FileType => compare(condition, request.file_type(), regex),
        L7RuleType::Header => match &condition.key {
            Some(name) => any(request.header(name), |value| compare(condition, value, regex)),
            None => None,
        },
        L7RuleType::Cookie => match &condition.key {
            Some(name) => any(request.cookies(name), |value| cookie(condition, value, regex)),
            None => None,
        },
        L7RuleType::SslConnHasCert
        | L7RuleType::SslVerifyResult
        | L7RuleType::SslDnField
        | L7RuleType::Unknown(_) => None,
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

fn compare(condition: &Condition, part: &str, regex: &dyn RegexMatcher) -> Option<bool> {
    match condition.compare {
        L7RuleCompareType::Regex => regex.is_match(&condition.value, part, false),
        _ => text(&condition.compare, part, &condition.value),
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

/// `rest` starts with the cookie's value, and other cookies may follow. The value of a rule can contain a
/// semicolon and then spans cookies.
fn cookie(condition: &Condition, rest: &str, _regex: &dyn RegexMatcher) -> Option<bool> {
    let value = condition.value.as_str();
    let ends = |rest: &str| {
        let rest = rest.trim_start_matches(is_space);
        rest.is_empty() || rest.starts_with(';')
    };
    // Where the value occurs within this cookie.
    let occurrences = || {
        let own = rest.find(';').unwrap_or(rest.len());
        (0..=own)
            .filter(|at| rest.is_char_boundary(*at))
            .filter_map(|at| rest[at..].strip_prefix(value))
    };
    match condition.compare {
        L7RuleCompareType::EqualTo => Some(rest.strip_prefix(value).is_some_and(ends)),
        L7RuleCompareType::StartsWith => Some(rest.starts_with(value)),
        L7RuleCompareType::EndsWith => Some(occurrences().any(ends)),
        L7RuleCompareType::Contains => Some(occurrences().next().is_some()),
        L7RuleCompareType::Regex | L7RuleCompareType::Unknown(_) => None,
    }
}

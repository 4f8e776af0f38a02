//! What follows from a condition about another one.

use crate::{
    compare::{operand, text},
    policy::Condition,
    request::file_type,
};
use openstack_types::octavia::{L7RuleCompareType, L7RuleType};

/// Whether each request fulfils the condition.
pub(crate) fn is_always_true(condition: &Condition) -> bool {
    let matches_all = match (&condition.kind, &condition.compare) {
        // Every path starts with a slash.
        (L7RuleType::Path, L7RuleCompareType::StartsWith | L7RuleCompareType::Contains) => {
            condition.value == "/"
        }
        (L7RuleType::Path, L7RuleCompareType::Regex) => {
            ["^", "^/", "/", ".", ".*", "^.*", "^/.*", ".*$", "^.*$", "^/.*$"]
                .contains(&condition.value.as_str())
        }
        _ => false,
    };
    matches_all && !condition.invert
}

/// Whether each request that fulfils one condition fulfils the other.
pub(crate) fn implies(from: &Condition, to: &Condition) -> bool {
    match (from.invert, to.invert) {
        (false, false) => comparison_implies(from, to),
        (true, true) => comparison_implies(to, from),
        (false, true) => comparison_excludes(from, to),
        (true, false) => false,
    }
}

/// Whether no request fulfils both conditions.
pub(crate) fn excludes(one: &Condition, other: &Condition) -> bool {
    match (one.invert, other.invert) {
        (false, false) => comparison_excludes(one, other),
        // `a` and `not b` exclude each other if `b` follows from `a`.
        (false, true) => comparison_implies(one, other),
        (true, false) => comparison_implies(other, one),
        (true, true) => false,
    }
}

/// Whether the comparison of `to` matches whenever that of `from` does, both not inverted. A header or a cookie
/// can have several values, of which one has to match: what holds for each value holds for them, too.
fn comparison_implies(from: &Condition, to: &Condition) -> bool {
    use L7RuleCompareType::{Contains, EndsWith, EqualTo, Regex, StartsWith};
    if let (L7RuleType::Path, L7RuleType::FileType) = (&from.kind, &to.kind) {
        return path_implies_file_type(from, to);
    }
    if !same_part(from, to) {
        return false;
    }
    let (given, value) = (operand(from), operand(to));
    // A value with a semicolon spans cookies.
    if from.kind == L7RuleType::Cookie && (given.contains(';') || value.contains(';')) {
        return from.compare == to.compare && given == value;
    }
    match (&from.compare, &to.compare) {
        (Regex, Regex) => from.value == to.value,
        (EqualTo, EqualTo | StartsWith | EndsWith | Contains) => {
            text(&to.compare, &given, &value) == Some(true)
        }
        (StartsWith, StartsWith) => given.starts_with(&*value),
        (EndsWith, EndsWith) => given.ends_with(&*value),
        (StartsWith | EndsWith | Contains, Contains) => given.contains(&*value),
        _ => false,
    }
}

/// Whether two comparisons, both not inverted, never match together. Only of parts that have one value.
fn comparison_excludes(one: &Condition, other: &Condition) -> bool {
    use L7RuleCompareType::{Contains, EndsWith, EqualTo, StartsWith};
    let is_single =
        matches!(one.kind, L7RuleType::HostName | L7RuleType::Path | L7RuleType::FileType);
    if !is_single || !same_part(one, other) {
        return false;
    }
    let (a, b) = (operand(one), operand(other));
    match (&one.compare, &other.compare) {
        (EqualTo, EqualTo | StartsWith | EndsWith | Contains) => {
            text(&other.compare, &a, &b) == Some(false)
        }
        (StartsWith | EndsWith | Contains, EqualTo) => text(&one.compare, &b, &a) == Some(false),
        (StartsWith, StartsWith) => !a.starts_with(&*b) && !b.starts_with(&*a),
        (EndsWith, EndsWith) => !a.ends_with(&*b) && !b.ends_with(&*a),
        _ => false,
    }
}

/// Whether the path, or its known end, has the file type.
fn path_implies_file_type(path: &Condition, kind: &Condition) -> bool {
    let end = operand(path);
    let known = match path.compare {
        L7RuleCompareType::EqualTo => true,
        // The file type begins behind the last dot, which has to be in the known end.
        L7RuleCompareType::EndsWith => end.trim_end_matches('.').contains('.'),
        _ => false,
    };
    known && text(&kind.compare, file_type(&end), &operand(kind)) == Some(true)
}

/// Whether both conditions compare the same part of a request.
fn same_part(one: &Condition, other: &Condition) -> bool {
    one.kind == other.kind
        && match one.kind {
            L7RuleType::HostName | L7RuleType::Path | L7RuleType::FileType => true,
            L7RuleType::Header => match (&one.key, &other.key) {
                (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
                _ => false,
            },
            L7RuleType::Cookie | L7RuleType::SslDnField => {
                one.key.is_some() && one.key == other.key
            }
            L7RuleType::SslConnHasCert | L7RuleType::SslVerifyResult => true,
            L7RuleType::Unknown(_) => false,
        }
}

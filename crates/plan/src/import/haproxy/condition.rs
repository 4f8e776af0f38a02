//! Conditions of HAProxy as rules of L7 policies.
//!
//! The rules of a policy all have to match, so alternatives become policies of their own.

use super::Line;
use openstack_types::octavia::{L7RuleCompareType as Compare, L7RuleType as Kind};
use std::collections::BTreeMap;

/// One comparison.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Test {
    pub(super) kind: Kind,
    pub(super) compare: Compare,
    pub(super) key: String,
    pub(super) value: String,
    pub(super) invert: bool,
}

/// The comparisons of each access control list, of which one has to match; `None` for a list that no rule
/// can express.
#[derive(Default)]
pub(super) struct Acls(BTreeMap<String, Option<Vec<Test>>>);

/// The most policies of one condition.
const ALTERNATIVES_MAX: usize = 50;

impl Acls {
    /// Reads `acl NAME CRITERION VALUE…`; `false` if no rule can express it.
    pub(super) fn read(&mut self, line: &Line) -> bool {
        let tests = tests(line.rest(2));
        let is_known = tests.is_some();
        let entry = self.0.entry(line.word(1).to_owned()).or_insert_with(|| Some(Vec::new()));
        match (entry.as_mut(), tests) {
            (Some(all), Some(tests)) => all.extend(tests),
            _ => *entry = None,
        }
        is_known
    }

    /// The alternatives of a condition such as `api !old || { path_beg /v2 }`, each a list of comparisons
    /// that all have to match. `None` if rules cannot express it.
    pub(super) fn alternatives(&self, words: &[String]) -> Option<Vec<Vec<Test>>> {
        let mut alternatives = Vec::new();
        for terms in words.split(|word| word == "||" || word == "or") {
            let mut all: Vec<Vec<Test>> = vec![Vec::new()];
            let mut rest = terms.iter();
            while let Some(word) = rest.next() {
                let (negated, name) = match word.strip_prefix('!') {
                    Some(name) => (true, name),
                    None => (false, word.as_str()),
                };
                let tests = if name == "{" {
                    let inner: Vec<String> =
                        rest.by_ref().take_while(|word| *word != "}").cloned().collect();
                    self::tests(&inner)?
                } else if name.is_empty() {
                    return None;
                } else {
                    self.0.get(name)?.clone()?
                };
                if negated {
                    let inverted = tests.into_iter().map(|test| Test { invert: true, ..test });
                    let inverted: Vec<Test> = inverted.collect();
                    all.iter_mut().for_each(|one| one.extend(inverted.iter().cloned()));
                    continue;
                }
                let combined = all.iter().flat_map(|one| {
                    tests.iter().map(move |test| {
                        let mut one = one.clone();
                        one.push(test.clone());
                        one
                    })
                });
                all = combined.take(ALTERNATIVES_MAX + 1).collect();
            }
            alternatives.append(&mut all);
            if alternatives.len() > ALTERNATIVES_MAX {
                return None;
            }
        }
        let is_complete = alternatives.iter().all(|tests| !tests.is_empty());
        is_complete.then_some(alternatives)
    }
}

/// The comparisons of `CRITERION VALUE…`, of which one has to match.
fn tests(words: &[String]) -> Option<Vec<Test>> {
    let (criterion, mut values) = words.split_first()?;
    let (fetch, argument) = match criterion.split_once('(') {
        Some((fetch, argument)) => (fetch, argument.strip_suffix(')')?),
        None => (criterion.as_str(), ""),
    };
    let (name, suffix) = match fetch.rsplit_once('_') {
        Some((name, suffix))
            if ["beg", "end", "sub", "reg", "dom", "dir", "str"].contains(&suffix) =>
        {
            (name, suffix)
        }
        _ => (fetch, "str"),
    };
    let mut suffix = suffix.to_owned();
    while let Some((flag, rest)) = values.split_first().filter(|(word, _)| word.starts_with('-')) {
        match flag.as_str() {
            "-i" | "--" => values = rest,
            "-m" => {
                let (method, rest) = rest.split_first()?;
                suffix = method.clone();
                values = rest;
            }
            _ => return None,
        }
    }
    let compare = match suffix.as_str() {
        "str" => Compare::EqualTo,
        "beg" => Compare::StartsWith,
        "end" => Compare::EndsWith,
        "sub" | "dir" | "dom" => Compare::Contains,
        "reg" => Compare::Regex,
        _ => return None,
    };
    let header = |argument: &str| {
        let name = argument.split(',').next().unwrap_or_default();
        if name.eq_ignore_ascii_case("host") {
            (Kind::HostName, String::new())
        } else {
            (Kind::Header, name.to_owned())
        }
    };
    let (kind, key) = match name {
        "path" | "url" => (Kind::Path, String::new()),
        "hdr" | "req.hdr" | "req.fhdr" => header(argument),
        "cook" | "req.cook" => (Kind::Cookie, argument.to_owned()),
        _ => return None,
    };
    let has_key = matches!(kind, Kind::Path | Kind::HostName) || !key.is_empty();
    let values = values.iter().map(|value| Test {
        kind: kind.clone(),
        compare: compare.clone(),
        key: key.clone(),
        value: value.clone(),
        invert: false,
    });
    let tests: Vec<Test> = values.take(ALTERNATIVES_MAX + 1).collect();
    (has_key && !tests.is_empty()).then_some(tests)
}

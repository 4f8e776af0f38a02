//! Every message that the server or the engine can send to a person has a translation in
//! `src/i18n/messages/patterns.rs`: read from their sources, so that a new message without one is found.

use crate::files::files_below;
use std::{fs, path::Path};

/// Functions of the services' errors whose first text is the message, or a part of one that has a
/// translation of its own.
const CONSTRUCTORS: [&str; 9] = [
    "bad(",
    "conflict(",
    "unprocessable(",
    "validation(",
    "not_allowed(",
    "WrongType(",
    "TooMany(",
    "invalid_rule(",
    "quota(&",
];

/// Files whose errors become messages: the reasons why a listener or a server does not run, and why an
/// address, a certificate or a change is refused.
const ERRORS: [&str; 6] = [
    "crates/engine/src/applied.rs",
    "crates/certificate/src/error.rs",
    "crates/server/src/addresses.rs",
    "crates/server/src/address_policy.rs",
    "crates/server/src/store/unavailable.rs",
    "crates/server/src/store/octavia/engine_spec/convert.rs",
];

/// Files that compose reasons with `format!`.
const REASONS: [&str; 2] =
    ["crates/server/src/store/octavia/provisioning.rs", "crates/engine/src/generation.rs"];

/// Messages for clients other than the page, which never sends such a request, and formats of files
/// that the page itself detects.
const NOT_FOR_THE_PAGE: [&str; 11] = [
    "Idempotency-Key",
    "Provider driver",
    "convert it with:",
    "convert a copy with:",
    "which is no private key",
    "it is a certificate request",
    "Value {}",
    "{} {}",
    "{} is {}",
    "{}: {}",
    "an internal error",
];

/// Whether a literal of the files in [`REASONS`] is a reason, and not a path or a command.
fn is_reason(literal: &str) -> bool {
    ["port ", "HAProxy "].iter().any(|start| literal.starts_with(start))
}

/// The message in a source that begins after `start`, with `{}` for every placeholder.
fn literal(source: &str, start: usize) -> Option<String> {
    let rest = source[start..].trim_start();
    let rest = rest.strip_prefix("format!(").map_or(rest, str::trim_start);
    let rest = rest.strip_prefix('"')?;
    let mut text = String::new();
    let mut chars = rest.chars();
    loop {
        match chars.next()? {
            '"' => return Some(text),
            '\\' => match chars.next()? {
                // A line that continues.
                '\n' => {
                    let tail = chars.as_str().trim_start();
                    chars = tail.chars();
                }
                escaped => text.push(escaped),
            },
            '{' => {
                let end = chars.as_str().find('}')?;
                chars = chars.as_str()[end + 1..].chars();
                text.push_str("{}");
            }
            other => text.push(other),
        }
    }
}

/// The literals after each of some words.
fn literals(source: &str, words: &[&str]) -> Vec<String> {
    let after = |word: &&str| {
        let places = source.match_indices(*word).map(|(at, word)| at + word.len());
        places.filter_map(|at| literal(source, at)).collect::<Vec<_>>()
    };
    words.iter().flat_map(after).collect()
}

/// Whether a message is one that a pattern describes; both have `{}` for what differs.
fn matches(pattern: &str, message: &str) -> bool {
    let mut rest = message;
    let mut literals = pattern.split("{}");
    let Some(first) = literals.next() else { return false };
    let Some(after) = rest.strip_prefix(first) else { return false };
    rest = after;
    for literal in literals {
        if literal.is_empty() {
            return true;
        }
        let Some(at) = rest.find(literal) else { return false };
        rest = &rest[at + literal.len()..];
    }
    rest.is_empty()
}

fn is_exempt(message: &str, words: &str) -> bool {
    if words.contains("{}") { message == words } else { message.contains(words) }
}

fn read(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).unwrap()
}

#[test]
fn every_message_of_the_server_has_a_translation() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let table = read(&root, "src/i18n/messages/patterns.rs");
    let patterns = literals(&table, &["    ("]);
    assert!(patterns.len() > 40, "{patterns:?}");
    let mut messages = Vec::new();
    for folder in ["crates/server/src/octavia", "crates/server/src/barbican"] {
        for file in files_below(&root.join(folder)).unwrap() {
            if file.extension().is_some_and(|ending| ending == "rs") {
                let source = fs::read_to_string(file).unwrap();
                let source = source.split("#[cfg(test)]").next().unwrap_or_default();
                messages.extend(literals(source, &CONSTRUCTORS));
                // Why the value of a field is refused, wherever it is written.
                let whys = source.match_indices("\"Value ");
                messages.extend(whys.filter_map(|(at, _)| literal(source, at)));
            }
        }
    }
    // What people see of the engine: why a listener does not run.
    let errors = read(&root, "crates/engine/src/error.rs");
    let begin = errors.find("pub enum ListenError").unwrap();
    let end = errors.find("impl ProcessError").unwrap();
    messages.extend(literals(&errors[begin..end], &["#[error("]));
    for file in ERRORS {
        messages.extend(literals(&read(&root, file), &["#[error("]));
    }
    for file in REASONS {
        let source = read(&root, file);
        let composed = literals(&source, &["format!("]);
        messages.extend(composed.into_iter().filter(|literal| is_reason(literal)));
    }
    assert!(messages.len() > 40, "{messages:?}");
    let untranslated: Vec<_> = messages
        .iter()
        .filter(|message| message.as_str() != "{}" && !message.is_empty())
        .filter(|message| !NOT_FOR_THE_PAGE.iter().any(|words| is_exempt(message, words)))
        .filter(|message| !patterns.iter().any(|pattern| matches(pattern, message)))
        .collect();
    assert!(
        untranslated.is_empty(),
        "without a pattern in src/i18n/messages/patterns.rs: {untranslated:#?}"
    );
}

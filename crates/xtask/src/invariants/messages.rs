//! Every message that the server or the engine can send to a person has a translation in
//! `src/i18n/messages.rs`: read from their sources, so that a new message without one is found.

use crate::files::files_below;
use std::{fs, path::Path};

/// Functions of the services' errors whose first text is the message.
const CONSTRUCTORS: [&str; 3] = ["bad(", "conflict(", "unprocessable("];

/// Messages for clients other than the page, which never sends such a request.
const NOT_FOR_THE_PAGE: [&str; 2] = ["Idempotency-Key", "Provider driver"];

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

fn read(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).unwrap()
}

#[test]
fn every_message_of_the_server_has_a_translation() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let table = read(&root, "src/i18n/messages.rs");
    let patterns = literals(&table, &["    ("]);
    assert!(patterns.len() > 40, "{patterns:?}");
    let mut messages = Vec::new();
    for folder in ["crates/server/src/octavia", "crates/server/src/barbican"] {
        for file in files_below(&root.join(folder)).unwrap() {
            if file.extension().is_some_and(|ending| ending == "rs") {
                messages.extend(literals(&fs::read_to_string(file).unwrap(), &CONSTRUCTORS));
            }
        }
    }
    // What people see of the engine: why a listener does not run.
    let errors = read(&root, "crates/engine/src/error.rs");
    let begin = errors.find("pub enum ListenError").unwrap();
    let end = errors.find("the engine has ended").unwrap();
    messages.extend(literals(&errors[begin..end], &["#[error("]));
    messages.extend(literals(&read(&root, "crates/engine/src/applied.rs"), &["#[error("]));
    assert!(messages.len() > 40, "{messages:?}");
    let untranslated: Vec<_> = messages
        .iter()
        .filter(|message| message.as_str() != "{}" && !message.is_empty())
        .filter(|message| NOT_FOR_THE_PAGE.iter().all(|word| !message.contains(word)))
        .filter(|message| !patterns.iter().any(|pattern| matches(pattern, message)))
        .collect();
    assert!(
        untranslated.is_empty(),
        "without a pattern in src/i18n/messages.rs: {untranslated:#?}"
    );
}

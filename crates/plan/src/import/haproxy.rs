//! An HAProxy configuration: frontends become listeners, backends become server groups.

mod backend;
mod condition;
mod frontend;

use super::outcome::{Format, ImportError, Imported, Reason, Unmapped, excerpt};
use crate::{Draft, ListenerOptions, RowKey, draft::HealthDraft};
use openstack_types::{octavia::LbAlgorithm, rules::LbType};
use std::collections::BTreeMap;

const SECTIONS: [&str; 5] = ["global", "defaults", "frontend", "backend", "listen"];

pub(super) fn is_configuration(text: &str) -> bool {
    let mut words = text.lines().filter_map(|line| line.split_whitespace().next());
    words.any(|word| ["frontend", "backend", "listen"].contains(&word))
}

/// A line of a section: its number from 1, and its words.
#[derive(Clone)]
struct Line {
    number: usize,
    text: String,
    words: Vec<String>,
}

impl Line {
    /// The word at an index; empty if there is none.
    fn word(&self, index: usize) -> &str {
        self.words.get(index).map_or("", String::as_str)
    }

    /// The words from an index.
    fn rest(&self, index: usize) -> &[String] {
        self.words.get(index..).unwrap_or_default()
    }
}

struct Section {
    kind: String,
    name: String,
    lines: Vec<Line>,
}

/// Settings that `defaults` gives to the sections after it.
#[derive(Clone, Default)]
struct Defaults {
    /// `mode tcp`; HTTP otherwise.
    is_tcp: bool,
    options: ListenerOptions,
    connection_limit: String,
    forwarded_for: bool,
    method: Option<LbAlgorithm>,
    health: Option<HealthDraft>,
}

/// The most sections that are read.
const SECTIONS_MAX: usize = 1000;

struct Reader {
    draft: Draft,
    unmapped: Vec<Unmapped>,
    /// The groups by the names of their backends.
    groups: BTreeMap<String, RowKey>,
}

pub(super) fn read(text: &str) -> Result<Imported, ImportError> {
    let mut reader = Reader {
        draft: Draft::empty(LbType::Application),
        unmapped: Vec::new(),
        groups: BTreeMap::new(),
    };
    let sections = reader.sections(text);
    if sections.len() > SECTIONS_MAX {
        return Err(ImportError::TooManyParts { max: SECTIONS_MAX });
    }
    let defaults: Vec<Defaults> = reader.defaults(&sections);
    for (section, defaults) in sections.iter().zip(&defaults) {
        if ["backend", "listen"].contains(&section.kind.as_str()) {
            reader.backend(section, defaults);
        }
    }
    for (section, defaults) in sections.iter().zip(&defaults) {
        match section.kind.as_str() {
            "frontend" | "listen" => reader.frontend(section, defaults),
            "global" => reader.unknown_lines(&section.lines),
            _ => {}
        }
    }
    if reader.draft.listeners.is_empty() && reader.draft.groups.is_empty() {
        return Err(ImportError::Nothing);
    }
    reader.unmapped.sort_by_key(|one| one.line);
    Ok(Imported { format: Format::HaProxy, draft: reader.draft, unmapped: reader.unmapped })
}

impl Reader {
    fn report(&mut self, line: &Line, reason: Reason) {
        self.unmapped.push(Unmapped { line: line.number, text: excerpt(&line.text), reason });
    }

    fn unknown_lines(&mut self, lines: &[Line]) {
        for line in lines {
            self.report(line, Reason::Unknown);
        }
    }

    fn sections(&mut self, text: &str) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        for (index, text) in text.lines().enumerate() {
            let line = Line { number: index + 1, text: text.to_owned(), words: words(text) };
            let Some(first) = line.words.first() else { continue };
            if SECTIONS.contains(&first.as_str()) {
                let (kind, name) = (first.clone(), line.word(1).to_owned());
                sections.push(Section { kind, name, lines: Vec::new() });
                continue;
            }
            // `userlist`, `resolvers` and the like.
            let is_section = !text.starts_with(char::is_whitespace) && line.words.len() == 2;
            if is_section
                && ["userlist", "resolvers", "peers", "cache", "mailers", "ring"]
                    .contains(&first.as_str())
            {
                self.report(&line, Reason::Unknown);
                sections.push(Section {
                    kind: "global".into(),
                    name: String::new(),
                    lines: Vec::new(),
                });
                continue;
            }
            match sections.last_mut() {
                Some(section) => section.lines.push(line),
                None => self.report(&line, Reason::Unknown),
            }
        }
        sections
    }

    /// The defaults of each section.
    fn defaults(&mut self, sections: &[Section]) -> Vec<Defaults> {
        let mut current = Defaults::default();
        let mut all = Vec::with_capacity(sections.len());
        for section in sections {
            if section.kind == "defaults" {
                current = Defaults::default();
                for line in &section.lines {
                    let read = current.read_frontend(line) || current.read_backend(line);
                    if !read {
                        self.report(line, Reason::Unknown);
                    }
                }
            }
            all.push(current.clone());
        }
        all
    }
}

/// The words of a line, as HAProxy splits them: quotes, backslashes and comments.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, '#') => break,
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// A duration of HAProxy as seconds: `30s`, `5000` (milliseconds), `1m`.
fn duration(text: &str) -> Option<String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit {
        "us" => return Some("0.001".into()),
        "" | "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor).map(crate::seconds)
}

/// A duration in whole seconds, at least one.
fn whole_seconds(text: &str) -> Option<u64> {
    let seconds: f64 = duration(text)?.parse().ok()?;
    Some((seconds.ceil() as u64).max(1))
}

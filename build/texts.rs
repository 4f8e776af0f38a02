//! Reads `locales/`: the keys, and the texts of each language in one file.
//!
//! Used by `build.rs`, which generates Rust from the keys, and by xtask, which writes the files to
//! `dist/`.

#[path = "content_hash.rs"]
pub mod content_hash;

use content_hash::content_hash;
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// The language that the others are compared with.
const FIRST: &str = "en";

/// The texts of every language.
pub struct Texts {
    /// Sections, their keys, and the names of the places in the text of each, all in alphabetical order.
    pub sections: BTreeMap<String, BTreeMap<String, Vec<String>>>,
    /// By language, in alphabetical order; `en` and `zh-TW`.
    pub languages: BTreeMap<String, Language>,
}

/// The texts of a language.
pub struct Language {
    /// One line a text, in the order of the sections and keys. A place for a value is `{0}`, by its
    /// number among the names of the key; a word that depends on a number is `{0?server|servers}`.
    pub lines: String,
    /// The name of a file with these lines, which tells its content: `texts-en-0123456789abcdef.txt`.
    pub file: String,
}

impl Texts {
    /// Reads `locales/`.
    ///
    /// # Errors
    ///
    /// One line for each key that a language lacks or has too many, each text whose places differ
    /// from the English ones, and each text that cannot be a line.
    pub fn read(locales: &Path) -> Result<Self, String> {
        let mut problems = Vec::new();
        let mut all = BTreeMap::new();
        for language in names(locales)? {
            let dir = locales.join(&language);
            let mut texts = BTreeMap::new();
            for file in names(&dir)? {
                let path = dir.join(&file);
                let with_path = |error: String| format!("{}: {error}", path.display());
                let text = fs::read_to_string(&path).map_err(|e| with_path(e.to_string()))?;
                let keys: Map<String, Value> =
                    serde_json::from_str(&text).map_err(|e| with_path(e.to_string()))?;
                let section = file.trim_end_matches(".json");
                for (key, text) in keys {
                    match text {
                        Value::String(text) if !text.contains('\n') => {
                            texts.insert((section.to_owned(), key), text);
                        }
                        _ => problems.push(with_path(format!("{key} is no text of one line"))),
                    }
                }
            }
            all.insert(language, texts);
        }
        let first = all.get(FIRST).ok_or_else(|| format!("no texts in {FIRST}"))?;
        let mut sections: BTreeMap<String, BTreeMap<String, Vec<String>>> = BTreeMap::new();
        for ((section, key), text) in first {
            let places = places(text).into_iter().map(str::to_owned).collect();
            sections.entry(section.clone()).or_default().insert(key.clone(), places);
        }
        let mut languages = BTreeMap::new();
        for (language, texts) in &all {
            for (section, key) in texts.keys().filter(|key| !first.contains_key(*key)) {
                problems.push(format!("locales/{language}: {section}.{key} is not in {FIRST}"));
            }
            let mut lines = String::new();
            for (section, key, names) in keys(&sections) {
                let Some(text) = texts.get(&(section.clone(), key.clone())) else {
                    problems.push(format!("locales/{language}: {section}.{key} is missing"));
                    continue;
                };
                if places(text) != names.iter().map(String::as_str).collect() {
                    problems.push(format!(
                        "locales/{language}: {section}.{key} has other places than in {FIRST}"
                    ));
                }
                match line(text, names) {
                    Some(line) => lines.push_str(&line),
                    None => {
                        problems.push(format!("locales/{language}: {section}.{key} has a stray {{"))
                    }
                }
                lines.push('\n');
            }
            let file = format!("texts-{language}-{}.txt", content_hash([&lines]));
            languages.insert(language.clone(), Language { lines, file });
        }
        if problems.is_empty() {
            Ok(Self { sections, languages })
        } else {
            Err(problems.join("\n"))
        }
    }
}

/// Room, key and names of placeholders, in the order of the lines.
pub fn keys(
    sections: &BTreeMap<String, BTreeMap<String, Vec<String>>>,
) -> impl Iterator<Item = (&String, &String, &Vec<String>)> {
    sections
        .iter()
        .flat_map(|(section, keys)| keys.iter().map(move |(key, names)| (section, key, names)))
}

/// The entries of a directory, in alphabetical order.
fn names(dir: &Path) -> Result<BTreeSet<String>, String> {
    let with_path = |error: std::io::Error| format!("{}: {error}", dir.display());
    fs::read_dir(dir)
        .map_err(with_path)?
        .map(|entry| Ok(entry.map_err(with_path)?.file_name().to_string_lossy().into_owned()))
        .collect()
}

/// The names between `{{` and `}}`.
fn places(text: &str) -> BTreeSet<&str> {
    let ends = text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}"));
    ends.map(|(place, _)| place.split(':').next().unwrap_or_default().trim()).collect()
}

/// A text with numbered placeholders; `None` for a stray brace. `{{ count: server | servers }}` is
/// `server` where the value is 1, and `servers` otherwise.
fn line(text: &str, names: &[String]) -> Option<String> {
    let mut parts = text.split("{{");
    let mut line = parts.next()?.to_owned();
    for part in parts {
        let (place, rest) = part.split_once("}}")?;
        let (name, forms) = place.split_once(':').unwrap_or((place, ""));
        let number = names.iter().position(|known| known == name.trim())?;
        if rest.contains('{') {
            return None;
        }
        line.push_str(&match forms.split_once('|') {
            Some((one, other)) => format!("{{{number}?{}|{}}}{rest}", one.trim(), other.trim()),
            None => format!("{{{number}}}{rest}"),
        });
    }
    let first = text.split("{{").next()?;
    (!first.contains('{')).then_some(line)
}

//! Both languages say the same things, and nothing that nobody says.
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::Path,
};

const LANGUAGES: [&str; 2] = ["en", "zh-TW"];

/// `room.key` to what stands there.
fn texts(language: &str) -> BTreeMap<String, Value> {
    let room = |entry: io::Result<fs::DirEntry>| {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let texts: BTreeMap<String, Value> = serde_json::from_str(&text).unwrap();
        texts.into_iter().map(move |(key, text)| (format!("{name}.{key}"), text))
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language);
    fs::read_dir(root).unwrap().flat_map(room).collect()
}

/// The names between `{{` and `}}`, without the forms of a word: `{{ count: server | servers }}`.
fn places(text: &Value) -> BTreeSet<String> {
    let text = text.to_string();
    text.split("{{")
        .skip(1)
        .filter_map(|rest| rest.split_once("}}"))
        .map(|(place, _)| place.split(':').next().unwrap_or_default().trim().to_owned())
        .collect()
}

fn sources(dir: &Path, all: &mut String) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, all);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn both_languages_have_the_same_keys_and_places() {
    let [english, chinese] = LANGUAGES.map(texts);
    let keys = |texts: &BTreeMap<String, Value>| texts.keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(keys(&english), keys(&chinese));
    for (key, text) in &english {
        assert_eq!(places(text), places(&chinese[key]), "{key}");
    }
}

#[test]
fn every_key_is_used() {
    let mut source = String::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut source);
    // A long key stands on lines of its own: the blanks do not count.
    let source: String = source.split_whitespace().collect();
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let used = |key: &str| {
        source.match_indices(key).any(|(at, _)| !source[at + key.len()..].starts_with(is_word))
    };
    // `section.key` in a macro, or the constant of the key.
    let used = |key: &String| used(key) || used(&key.replace('.', "::"));
    let unused: Vec<_> = texts(LANGUAGES[0]).into_keys().filter(|key| !used(key)).collect();
    assert!(unused.is_empty(), "nobody says {unused:?}");
}

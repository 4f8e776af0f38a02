//! Every language says everything: the keys of all languages are the same.

use crate::page::files;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Keys by file name, of one language.
fn keys(directory: &Path) -> BTreeMap<String, BTreeSet<String>> {
    files(directory)
        .unwrap()
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            let value: Value =
                serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
            let mut found = BTreeSet::new();
            collect(&value, "", &mut found);
            (file.file_name().unwrap().to_string_lossy().into_owned(), found)
        })
        .collect()
}

/// Paths of all texts in a file. Plural forms differ from language to language, so `_one` and
/// `_other` count as the word they are forms of.
fn collect(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let key = key.trim_end_matches("_one").trim_end_matches("_other");
                collect(value, &format!("{path}/{key}"), found);
            }
        }
        _ => {
            found.insert(path.to_owned());
        }
    }
}

#[test]
fn every_language_has_every_key() {
    let locales = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../locales");
    let english = keys(&locales.join("en"));
    assert!(!english.is_empty(), "no English texts");
    assert_eq!(keys(&locales.join("zh-TW")), english);
}

#[test]
fn plural_forms_are_one_key() {
    let mut found = BTreeSet::new();
    let value = serde_json::json!({"a": {"n_one": "1", "n_other": "many"}, "b": "x"});
    collect(&value, "", &mut found);
    assert_eq!(found.into_iter().collect::<Vec<_>>(), ["/a/n", "/b"]);
}

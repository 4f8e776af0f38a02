//! What `dist/` needs once trunk is done: the texts, and names that tell what a file holds.

#[allow(dead_code, reason = "the keys are for build.rs")]
#[path = "../../../build/texts.rs"]
mod texts;

use crate::workspace::Workspace;
use anyhow::{Context, Result, anyhow, ensure};
use std::{
    collections::{BTreeMap, hash_map::DefaultHasher},
    fs,
    hash::{Hash, Hasher},
};
use texts::Texts;

/// Asks for the texts while the program is still on its way.
const AHEAD: &str = include_str!("ahead.js");
/// Where [`AHEAD`] wants the files, by language.
const FILES: &str = "FILES";
/// As the server looks for it in the entry page.
const NONCE: &str = "{{__TRUNK NONCE__}}";

/// Puts the texts beside the page, and gives its two files the names of their content.
///
/// trunk names them by what cargo has built. What the chunks are called depends on this program too,
/// and under one name a browser must never find two things.
pub fn finish(workspace: &Workspace) -> Result<()> {
    let dist = workspace.dist();
    let path = dist.join("index.html");
    let html = fs::read_to_string(&path).context("trunk has built no index.html")?;

    let texts =
        Texts::read(&workspace.root.join("locales")).map_err(|problems| anyhow!(problems))?;
    let mut files = BTreeMap::new();
    for (language, of) in &texts.languages {
        fs::write(dist.join(&of.file), &of.lines).context("cannot put the texts into dist/")?;
        files.insert(language, format!("/{}", of.file));
    }
    let html = with_texts(&html, &serde_json::to_string(&files)?)?;

    let old = stem(&html)?;
    let (script, program) = (format!("{old}.js"), format!("{old}_bg.wasm"));
    let mut hasher = DefaultHasher::new();
    for file in [&script, &program] {
        fs::read(dist.join(file)).with_context(|| file.clone())?.hash(&mut hasher);
    }
    let new = format!("page-{:016x}", hasher.finish());
    fs::rename(dist.join(&script), dist.join(format!("{new}.js")))?;
    fs::rename(dist.join(&program), dist.join(format!("{new}_bg.wasm")))?;
    fs::write(&path, html.replace(&old, &new)).context("cannot write index.html")
}

/// The entry page, which asks for the texts ahead.
fn with_texts(html: &str, files: &str) -> Result<String> {
    let (before, after) = html.split_once("</head>").context("index.html has no head")?;
    let script = AHEAD.replace(FILES, files);
    Ok(format!("{before}<script nonce=\"{NONCE}\">{script}</script>\n</head>{after}"))
}

/// What the names of the page's script and program begin with: `page-0123456789abcdef`.
fn stem(html: &str) -> Result<String> {
    let (_, rest) = html.split_once("'/page-").context("index.html loads no page")?;
    let (hash, _) = rest.split_once(".js'").context("index.html loads no script")?;
    ensure!(hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "a strange name: page-{hash}");
    Ok(format!("page-{hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_found_in_what_loads_it() {
        let html =
            "<script>\nimport init from '/page-ec8ab0.js';\nawait init('/page-ec8ab0_bg.wasm')";
        assert_eq!(stem(html).unwrap(), "page-ec8ab0");
        assert!(stem("<script></script>").is_err());
    }

    /// What is wrong with two languages of one room.
    fn problems(english: &str, chinese: &str) -> String {
        let dir = std::env::temp_dir().join(format!("lb-portal-texts-{}", std::process::id()));
        for (language, text) in [("en", english), ("zh-TW", chinese)] {
            fs::create_dir_all(dir.join(language)).unwrap();
            fs::write(dir.join(language).join("room.json"), text).unwrap();
        }
        let read = Texts::read(&dir);
        fs::remove_dir_all(&dir).unwrap();
        read.err().unwrap_or_default()
    }

    #[test]
    fn languages_that_differ_do_not_build() {
        let text = r#"{"a": "{{ n }} of {{ all }}"}"#;
        assert_eq!(problems(text, r#"{"a": "{{ all }} 之 {{ n }}"}"#), "");
        assert!(problems(text, "{}").contains("room.a is missing"));
        assert!(problems("{}", text).contains("room.a is not in en"));
        assert!(problems(text, r#"{"a": "{{ n }}"}"#).contains("room.a has other places"));
        assert!(problems(r#"{"a": "{"}"#, r#"{"a": "{"}"#).contains("a stray {"));
        assert!(problems(r#"{"a": 1}"#, text).contains("no text of one line"));
    }

    #[test]
    fn the_texts_are_asked_for_in_the_head() {
        let html = with_texts("<head></head><body>", "{\"en\":\"/texts-en-1.txt\"}").unwrap();
        assert!(html.contains("{\"en\":\"/texts-en-1.txt\"}"), "{html}");
        assert!(html.contains("nonce=\"{{__TRUNK NONCE__}}\""), "{html}");
        assert!(html.find("</script>") < html.find("</head>"));
    }
}

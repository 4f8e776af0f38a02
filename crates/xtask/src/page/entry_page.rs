//! Finishes `dist/`: adds the translations, has the entry page preload them, and names the page's script
//! and module by their content.

use crate::{
    texts::{Texts, content_hash::content_hash},
    workspace::Workspace,
};
use anyhow::{Context, Result, anyhow, ensure};
use std::{collections::BTreeMap, fs};

/// Starts the download of the translations before the module has arrived.
const PRELOAD: &str = include_str!("preload_texts.js");
/// The word in [`PRELOAD`] in place of the file names by language.
const FILES: &str = "FILES";
/// The placeholder that the server replaces by a nonce.
const NONCE: &str = "{{__TRUNK NONCE__}}";

/// Adds the translations, and renames the page's script and module.
///
/// trunk names both by what cargo built. Their content also depends on this program and on the names
/// of the chunks, and one name must never stand for two contents in a browser's cache.
pub fn finish(workspace: &Workspace) -> Result<()> {
    let dist = workspace.dist();
    let path = dist.join("index.html");
    let html = fs::read_to_string(&path).context("trunk wrote no index.html")?;

    let texts =
        Texts::read(&workspace.root.join("locales")).map_err(|problems| anyhow!(problems))?;
    let mut files = BTreeMap::new();
    for (name, language) in &texts.languages {
        fs::write(dist.join(&language.file), &language.lines)
            .context("cannot write the translations into dist/")?;
        files.insert(name, format!("/{}", language.file));
    }
    let html = with_preload(&html, &serde_json::to_string(&files)?)?;

    let old = stem(&html)?;
    let (script, module) = (format!("{old}.js"), format!("{old}_bg.wasm"));
    let read = |file: &String| fs::read(dist.join(file)).with_context(|| file.clone());
    let new = format!("page-{}", content_hash([read(&script)?, read(&module)?]));
    fs::rename(dist.join(&script), dist.join(format!("{new}.js")))?;
    fs::rename(dist.join(&module), dist.join(format!("{new}_bg.wasm")))?;
    fs::write(&path, html.replace(&old, &new)).context("cannot write index.html")
}

/// The entry page with the script that preloads the translations.
fn with_preload(html: &str, files: &str) -> Result<String> {
    let (before, after) = html.split_once("</head>").context("index.html has no head")?;
    let script = PRELOAD.replace(FILES, files);
    Ok(format!("{before}<script nonce=\"{NONCE}\">{script}</script>\n</head>{after}"))
}

/// What the names of the page's script and module begin with: `page-0123456789abcdef`.
fn stem(html: &str) -> Result<String> {
    let (_, rest) = html.split_once("'/page-").context("index.html loads no page")?;
    let (hash, _) = rest.split_once(".js'").context("index.html loads no script")?;
    ensure!(hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "unexpected name: page-{hash}");
    Ok(format!("page-{hash}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_script_is_found_in_the_entry_page() {
        let html =
            "<script>\nimport init from '/page-ec8ab0.js';\nawait init('/page-ec8ab0_bg.wasm')";
        assert_eq!(stem(html).unwrap(), "page-ec8ab0");
        assert!(stem("<script></script>").is_err());
    }

    /// The problems that reading two languages of one file finds.
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
    fn the_translations_are_preloaded_in_the_head() {
        let html = with_preload("<head></head><body>", "{\"en\":\"/texts-en-1.txt\"}").unwrap();
        assert!(html.contains("{\"en\":\"/texts-en-1.txt\"}"), "{html}");
        assert!(html.contains("nonce=\"{{__TRUNK NONCE__}}\""), "{html}");
        assert!(html.find("</script>") < html.find("</head>"));
    }
}

//! Writes `dist/index.html`, with everything that the one in the repository names.

use super::{dist::Dist, stylesheet, worker};
use crate::{texts::Texts, workspace::Workspace};
use anyhow::{Context, Result, anyhow, bail, ensure};
use std::{collections::BTreeMap, fs};

/// The program of the page, as cargo calls it.
pub const PROGRAM: &str = "page";
/// Starts the download of the translations before the module has arrived.
const PRELOAD: &str = include_str!("preload_texts.js");
/// The word in [`PRELOAD`] in place of the file names by language.
const FILES: &str = "FILES";
/// The placeholder that the server replaces by a nonce.
const NONCE: &str = "{{__TRUNK NONCE__}}";

/// Writes the entry page, the style sheet, the translations, and what is copied. `page` and `worker`
/// are what the names of the programs' files begin with.
pub fn write(workspace: &Workspace, dist: &Dist, page: &str, worker: &str) -> Result<()> {
    let root = &workspace.root;
    let html = fs::read_to_string(root.join("index.html")).context("no index.html")?;
    let assets = Assets::parse(&html)?;
    for directory in &assets.copied {
        dist.copy(&root.join(directory))?;
    }
    let style = stylesheet::join(root, &assets.style_sheets)?;
    let style = dist.add("style", "css", style.as_bytes())?;
    ensure!(assets.programs == [PROGRAM, worker::NAME], "index.html has other programs");

    let texts = Texts::read(&root.join("locales")).map_err(|problems| anyhow!(problems))?;
    let mut files = BTreeMap::new();
    for (name, language) in &texts.languages {
        dist.write(&language.file, &language.lines)?;
        files.insert(name, format!("/{}", language.file));
    }
    let preload = PRELOAD.replace(FILES, &serde_json::to_string(&files)?);
    let head = format!(
        "<link rel=\"stylesheet\" href=\"/{style}\">\n\
         <link nonce=\"{NONCE}\" rel=\"modulepreload\" crossorigin href=\"/{page}.js\">\n\
         <link nonce=\"{NONCE}\" rel=\"preload\" as=\"fetch\" type=\"application/wasm\" crossorigin \
         href=\"/{page}_bg.wasm\">\n\
         <script nonce=\"{NONCE}\">{preload}</script>\n\
         <script nonce=\"{NONCE}\" type=\"module\">\nimport init from '/{page}.js';\n\
         await init({{ module_or_path: '/{page}_bg.wasm' }});\n</script>\n"
    );
    let html = with_worker(&assets.html, worker)?;
    let (before, after) = html.split_once("</head>").context("index.html has no head")?;
    dist.write("index.html", format!("{before}{head}</head>{after}"))
}

/// What an entry page names for trunk and for [`write()`].
#[derive(Debug, Default, PartialEq, Eq)]
struct Assets<'html> {
    /// The page without these names, comments, and indentation.
    html: String,
    /// The style sheets in the order of the cascade.
    style_sheets: Vec<&'html str>,
    copied: Vec<&'html str>,
    programs: Vec<&'html str>,
}

impl<'html> Assets<'html> {
    fn parse(html: &'html str) -> Result<Self> {
        let mut assets = Self::default();
        let mut rest = html;
        let mut text = String::new();
        while let Some(start) = rest.find(['<']) {
            text.push_str(&rest[..start]);
            rest = &rest[start..];
            let is_comment = rest.starts_with("<!--");
            let end = if is_comment { "-->" } else { ">" };
            let end = rest.find(end).context("a tag without end")? + end.len();
            let (tag, after) = rest.split_at(end);
            rest = after;
            if tag.starts_with("<link data-trunk ") {
                assets.add(tag)?;
            } else if !is_comment {
                text.push_str(tag);
            }
        }
        text.push_str(rest);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        assets.html = lines.flat_map(|line| [line, "\n"]).collect();
        Ok(assets)
    }

    fn add(&mut self, tag: &'html str) -> Result<()> {
        let required = |name| attribute(tag, name).with_context(|| format!("no {name}: {tag}"));
        match required("rel")? {
            "css" => self.style_sheets.push(required("href")?),
            "copy-dir" => self.copied.push(required("href")?),
            "rust" => self.programs.push(required("data-bin")?),
            other => bail!("index.html links what is not known: {other}"),
        }
        Ok(())
    }
}

fn attribute<'tag>(tag: &'tag str, name: &str) -> Option<&'tag str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

/// The page with the address of the worker's program.
fn with_worker(html: &str, name: &str) -> Result<String> {
    let placeholder = format!("content=\"/{}\"", worker::NAME);
    ensure!(html.contains(&placeholder), "index.html does not name the certificate worker");
    Ok(html.replace(&placeholder, &format!("content=\"/{name}\"")))
}

/// Files and directories that an entry page names.
#[cfg(test)]
pub(super) fn named_files(html: &str) -> Result<Vec<String>> {
    let assets = Assets::parse(html)?;
    Ok(assets.style_sheets.into_iter().chain(assets.copied).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_the_page_is_found_in_the_entry_page() {
        let html = "<head>\n  <!-- a <b> -->\n  <link rel=\"icon\" href=\"/i.svg\" />\n\
                    <link data-trunk rel=\"copy-dir\" href=\"public\" data-target-path=\".\" />\n\
                    <link data-trunk rel=\"css\" href=\"style/a.css\" />\n\
                    <link data-trunk rel=\"css\" href=\"style/b.css\" />\n\
                    <link data-trunk rel=\"rust\" data-bin=\"page\" />\n</head>\n<body> x </body>";
        let found = Assets::parse(html).unwrap();
        assert_eq!(
            found,
            Assets {
                html: "<head>\n<link rel=\"icon\" href=\"/i.svg\" />\n</head>\n<body> x </body>\n"
                    .to_owned(),
                style_sheets: vec!["style/a.css", "style/b.css"],
                copied: vec!["public"],
                programs: vec!["page"],
            }
        );
        assert!(Assets::parse("<link data-trunk rel=\"sass\" href=\"a\" />").is_err());
    }

    #[test]
    fn the_worker_gets_its_name() {
        let html = r#"<meta name="certificate-worker" content="/certificate_worker" />"#;
        let named = r#"<meta name="certificate-worker" content="/certificate_worker-1" />"#;
        assert_eq!(with_worker(html, "certificate_worker-1").unwrap(), named);
        assert!(with_worker("<meta>", "certificate_worker-1").is_err());
    }

    /// The problems that reading two languages of one file finds.
    fn problems(english: &str, chinese: &str) -> String {
        let dir = std::env::temp_dir().join(format!("lb-portal-texts-{}", std::process::id()));
        for (language, text) in [("en", english), ("zh-TW", chinese)] {
            fs::create_dir_all(dir.join(language)).unwrap();
            fs::write(dir.join(language).join("section.json"), text).unwrap();
        }
        let read = Texts::read(&dir);
        fs::remove_dir_all(&dir).unwrap();
        read.err().unwrap_or_default()
    }

    #[test]
    fn languages_that_differ_do_not_build() {
        let text = r#"{"a": "{{ n }} of {{ all }}"}"#;
        assert_eq!(problems(text, r#"{"a": "{{ all }} 之 {{ n }}"}"#), "");
        assert!(problems(text, "{}").contains("section.a is missing"));
        assert!(problems("{}", text).contains("section.a is not in en"));
        assert!(problems(text, r#"{"a": "{{ n }}"}"#).contains("section.a has other places"));
        assert!(problems(r#"{"a": "{"}"#, r#"{"a": "{"}"#).contains("a stray {"));
        assert!(problems(r#"{"a": 1}"#, text).contains("no text of one line"));
    }
}

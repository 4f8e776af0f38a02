//! One style sheet for the page: joins the files that `index.html` lists.
//!
//! `style/` has a file for each part, and trunk delivers each by itself. Joined, they are one request
//! instead of fifty, and compress better.

use crate::{texts::content_hash::content_hash, workspace::Workspace};
use anyhow::{Context, Result, ensure};
use std::fs;

const TAG: &str = "<link ";

/// Joins the style sheets in `dist/` in the order of their links, and links the result instead.
pub fn bundle(workspace: &Workspace) -> Result<()> {
    let dist = workspace.dist();
    let path = dist.join("index.html");
    let html = fs::read_to_string(&path).context("trunk wrote no index.html")?;
    let Links { before, names, after } = Links::parse(&html)?;
    ensure!(!names.is_empty(), "index.html links no style sheet");
    let mut css = String::new();
    for name in names {
        let file = dist.join(name);
        css += &fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        fs::remove_file(file)?;
    }
    let name = format!("style-{}.css", content_hash([&css]));
    fs::write(dist.join(&name), css)?;
    let link = format!("<link rel=\"stylesheet\" href=\"/{name}\">");
    fs::write(&path, format!("{before}{link}{after}")).context("cannot write index.html")
}

/// The entry page, taken apart at its links to style sheets.
struct Links<'html> {
    before: &'html str,
    /// The names of the files, in the order of their links.
    names: Vec<&'html str>,
    after: String,
}

impl<'html> Links<'html> {
    fn parse(html: &'html str) -> Result<Self> {
        let mut links = Self { before: html, names: Vec::new(), after: String::new() };
        let mut rest = html;
        while let Some(start) = rest.find(TAG) {
            let end = rest[start..].find('>').context("a link without end")? + start + 1;
            let tag = &rest[start + TAG.len()..end - 1];
            if attribute(tag, "rel") == Some("stylesheet") {
                let href = attribute(tag, "href").context("a style sheet without address")?;
                if links.names.is_empty() {
                    links.before = &html[..html.len() - rest.len() + start];
                } else {
                    links.after += &rest[..start];
                }
                links.names.push(href.trim_start_matches('/'));
            } else if !links.names.is_empty() {
                links.after += &rest[..end];
            }
            rest = &rest[end..];
        }
        links.after += rest;
        Ok(links)
    }
}

/// The value of an attribute. trunk's minifier removes quotes and changes the order of attributes.
fn attribute<'tag>(tag: &'tag str, name: &str) -> Option<&'tag str> {
    tag.split_ascii_whitespace().find_map(|part| {
        let value = part.strip_prefix(name)?.strip_prefix('=')?;
        Some(value.trim_end_matches('/').trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ICON: &str = "<link rel=\"icon\" href=\"/favicon.svg\" />";

    #[test]
    fn style_sheets_are_found_in_the_order_of_their_links() {
        let link = |name: &str| {
            format!("<link rel=\"stylesheet\" href=\"/{name}\" integrity=\"sha384-x/\"/>")
        };
        let html = format!("<head>{ICON}{}{}</head>", link("tokens-1.css"), link("base-2.css"));
        let Links { before, names, after } = Links::parse(&html).unwrap();
        assert_eq!(names, ["tokens-1.css", "base-2.css"]);
        assert_eq!((before, after.as_str()), (format!("<head>{ICON}").as_str(), "</head>"));
    }

    #[test]
    fn minified_links_are_style_sheets_too() {
        let html = "<link href=/favicon.svg rel=icon><link href=/a-1.css integrity=sha384-x rel=stylesheet>\
                    <link href=/preload.json rel=preload><link href=/b-2.css rel=stylesheet><script>";
        let Links { before, names, after } = Links::parse(html).unwrap();
        assert_eq!(names, ["a-1.css", "b-2.css"]);
        assert_eq!(before, "<link href=/favicon.svg rel=icon>");
        assert_eq!(after, "<link href=/preload.json rel=preload><script>");
    }
}

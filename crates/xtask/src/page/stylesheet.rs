//! One style sheet for the page: joins the files that `index.html` lists.
//!
//! `style/` has a file for each part, and trunk delivers each by itself. Joined, they are one request
//! instead of fifty, and compress better.

use crate::{texts::content_hash::content_hash, workspace::Workspace};
use anyhow::{Context, Result, ensure};
use std::fs;

/// What a link to a style sheet of trunk begins with, up to the name of the file.
const LINK: &str = "<link rel=\"stylesheet\" href=\"/";

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
    fs::write(&path, format!("{before}{LINK}{name}\">{after}")).context("cannot write index.html")
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
        let mut parts = html.split(LINK);
        let before = parts.next().unwrap_or_default();
        let (mut names, mut after) = (Vec::new(), String::new());
        for part in parts {
            let (name, rest) = part.split_once('"').context("a link without end")?;
            let (_, rest) = rest.split_once('>').context("a link without end")?;
            names.push(name);
            after += rest;
        }
        Ok(Self { before, names, after })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn style_sheets_are_found_in_the_order_of_their_links() {
        let link = |name: &str| format!("{LINK}{name}\" integrity=\"sha384-x\"/>");
        let icon = "<link rel=\"icon\" href=\"/favicon.svg\" />";
        let html = format!("<head>{icon}{}{}</head>", link("tokens-1.css"), link("base-2.css"));
        let Links { before, names, after } = Links::parse(&html).unwrap();
        assert_eq!(names, ["tokens-1.css", "base-2.css"]);
        assert_eq!((before, after.as_str()), (format!("<head>{icon}").as_str(), "</head>"));
    }
}

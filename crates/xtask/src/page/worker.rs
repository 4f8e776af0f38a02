//! Names the files of the certificate worker by their content, as trunk does for the page, and puts the
//! name into the entry page.

use crate::{texts::content_hash::content_hash, workspace::Workspace};
use anyhow::{Context, Result, ensure};
use std::{fs, path::Path};

/// The name that trunk gives the files, and that `index.html` has.
pub const NAME: &str = "certificate_worker";
/// The rest of each file's name.
const ENDINGS: [&str; 2] = [".js", "_bg.wasm"];

/// Whether a file in `dist/` belongs to the worker.
pub fn contains(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(NAME))
}

/// Renames the files in `dist/`.
pub fn rename(workspace: &Workspace) -> Result<()> {
    let dist = workspace.dist();
    let old = ENDINGS.map(|ending| dist.join(format!("{NAME}{ending}")));
    let mut contents = Vec::new();
    for file in &old {
        contents.push(fs::read(file).with_context(|| format!("no {}", file.display()))?);
    }
    let name = format!("{NAME}-{}", content_hash(contents));
    for (file, ending) in old.iter().zip(ENDINGS) {
        fs::rename(file, dist.join(format!("{name}{ending}")))?;
    }
    let path = dist.join("index.html");
    let html = fs::read_to_string(&path).context("cannot read index.html")?;
    let renamed = with_name(&html, &name);
    ensure!(renamed != html, "index.html does not name the certificate worker");
    fs::write(path, renamed).context("cannot write index.html")
}

/// The entry page with the new name, with or without the quotes that trunk's minifier removes.
fn with_name(html: &str, name: &str) -> String {
    ["\"", " ", ">"].iter().fold(html.to_owned(), |text, end| {
        text.replace(&format!("/{NAME}{end}"), &format!("/{name}{end}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found_with_and_without_quotes() {
        for (html, want) in [
            (r#"<meta content="/certificate_worker" />"#, r#"<meta content="/new-1" />"#),
            ("<meta content=/certificate_worker>", "<meta content=/new-1>"),
            ("<meta content=/certificate_worker name=x>", "<meta content=/new-1 name=x>"),
            ("<script src=/certificate_worker.js>", "<script src=/certificate_worker.js>"),
        ] {
            assert_eq!(with_name(html, "new-1"), want);
        }
    }
}

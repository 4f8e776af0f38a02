//! The page's thread that opens certificates: its files get names that tell their content, as trunk
//! gives those of the page, and the entry page says them.

use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};
use std::{
    collections::hash_map::DefaultHasher,
    fs,
    hash::{Hash, Hasher},
    path::Path,
};

/// What trunk calls them, and what the entry page says.
pub const NAME: &str = "certificate_worker";
/// What follows the name in each file's.
const ENDINGS: [&str; 2] = [".js", "_bg.wasm"];

/// Whether a file of `dist/` is the thread's, fetched when a certificate is created.
pub fn is_of(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(NAME))
}

/// Renames the files in `dist/`.
pub fn finish(workspace: &Workspace) -> Result<()> {
    let dist = workspace.dist();
    let old = ENDINGS.map(|ending| dist.join(format!("{NAME}{ending}")));
    let mut hasher = DefaultHasher::new();
    for file in &old {
        let bytes = fs::read(file).with_context(|| format!("no {}", file.display()))?;
        bytes.hash(&mut hasher);
    }
    let name = format!("{NAME}-{:016x}", hasher.finish());
    for (file, ending) in old.iter().zip(ENDINGS) {
        fs::rename(file, dist.join(format!("{name}{ending}")))?;
    }
    let entry = dist.join("index.html");
    let text = fs::read_to_string(&entry).context("the entry page")?;
    let said = renamed(&text, &name);
    ensure!(said != text, "the entry page does not say where the thread of certificates is");
    fs::write(entry, said).context("the entry page")
}

/// The entry page with the new name, whether or not trunk's minifier left the quotes.
fn renamed(entry: &str, name: &str) -> String {
    ["\"", " ", ">"].iter().fold(entry.to_owned(), |text, end| {
        text.replace(&format!("/{NAME}{end}"), &format!("/{name}{end}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found_with_and_without_quotes() {
        for (entry, want) in [
            (r#"<meta content="/certificate_worker" />"#, r#"<meta content="/new-1" />"#),
            ("<meta content=/certificate_worker>", "<meta content=/new-1>"),
            ("<meta content=/certificate_worker name=x>", "<meta content=/new-1 name=x>"),
            ("<script src=/certificate_worker.js>", "<script src=/certificate_worker.js>"),
        ] {
            assert_eq!(renamed(entry, "new-1"), want);
        }
    }
}

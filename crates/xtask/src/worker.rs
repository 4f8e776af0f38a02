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
    // trunk's minifier takes the quotes away where it may.
    let said = ["\"", " ", ">"].iter().fold(text.clone(), |text, end| {
        text.replace(&format!("/{NAME}{end}"), &format!("/{name}{end}"))
    });
    ensure!(said != text, "the entry page does not say where the thread of certificates is");
    fs::write(entry, said).context("the entry page")
}

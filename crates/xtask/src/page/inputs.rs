//! What the page is made of, so that a page that is no longer current is built again.

use crate::{
    files::files_below,
    process::first_line,
    profile::Profile,
    texts::content_hash::content_hash,
    workspace::{PAGE, Workspace},
};
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Files and directories that go into the page, besides the crates that it depends on. A test
/// compares them with everything that is in the repository.
const INPUTS: [&str; 14] = [
    ".cargo",
    "Cargo.lock",
    "Cargo.toml",
    "Trunk.toml",
    "build",
    "build.rs",
    "crates/xtask",
    "end2end/package-lock.json",
    "index.html",
    "locales",
    "public",
    "rust-toolchain.toml",
    "src",
    "style",
];

/// A hash of every input, of the compiler's version, the profile, and `dist/`. The last, because a development
/// build by `trunk serve` goes to the same directory.
pub fn fingerprint(workspace: &Workspace, profile: Profile) -> Result<String> {
    let compiler = first_line(workspace.command("rustc").arg("-V")).unwrap_or_default();
    let mut parts = vec![compiler, profile.of_the_page().to_owned()];
    for input in inputs(workspace) {
        for file in files_below(&input)? {
            let bytes = fs::read(&file).with_context(|| file.display().to_string())?;
            parts.extend([relative(workspace, &file), content_hash([bytes])]);
        }
    }
    for file in files_below(&workspace.dist())? {
        parts.extend([relative(workspace, &file), file.metadata()?.len().to_string()]);
    }
    Ok(content_hash(parts))
}

/// [`INPUTS`] and the crates that the page depends on, as absolute paths.
fn inputs(workspace: &Workspace) -> Vec<PathBuf> {
    let named = INPUTS.iter().map(|name| workspace.root.join(name));
    // The page's own directory is the whole repository; INPUTS names its parts.
    let crates = workspace.local_dependencies(PAGE);
    named.chain(crates.into_iter().filter(|directory| *directory != workspace.root)).collect()
}

fn relative(workspace: &Workspace, file: &Path) -> String {
    file.strip_prefix(&workspace.root).unwrap_or(file).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::entry_page::named_files;
    use std::process::Command;

    /// What is in the repository and cannot change the page. A new file belongs to this list or to
    /// [`INPUTS`].
    const NO_INPUTS: [&str; 21] = [
        ".ci",
        ".editorconfig",
        ".github",
        ".gitignore",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "LICENSE",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "SECURITY.md",
        "clippy.toml",
        "crates",
        "deny.toml",
        "docs",
        "end2end",
        "fuzz",
        "renovate.json",
        "rustfmt.toml",
        "tests",
    ];

    fn tracked(root: &Path) -> Vec<String> {
        let output =
            Command::new("git").current_dir(root).args(["ls-files", "-z"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let names = String::from_utf8(output.stdout).unwrap();
        names.split_terminator('\0').map(str::to_owned).collect()
    }

    #[test]
    fn every_tracked_file_is_an_input_or_known_not_to_be_one() {
        let workspace = Workspace::find().unwrap();
        let inputs = inputs(&workspace);
        let unknown: Vec<String> = tracked(&workspace.root)
            .into_iter()
            .filter(|name| !inputs.iter().any(|input| workspace.root.join(name).starts_with(input)))
            .filter(|name| !NO_INPUTS.iter().any(|other| Path::new(name).starts_with(other)))
            .collect();
        assert_eq!(unknown, Vec::<String>::new(), "put these into INPUTS or NO_INPUTS");
    }

    #[test]
    fn every_crate_of_the_page_is_an_input() {
        let workspace = Workspace::find().unwrap();
        let inputs = inputs(&workspace);
        for name in ["certificate", "l7", "openstack-types", "plan", "xtask"] {
            let source = workspace.root.join("crates").join(name).join("src").join("lib.rs");
            assert!(inputs.iter().any(|input| source.starts_with(input)), "{name}");
        }
        let server = workspace.root.join("crates/server/src/lib.rs");
        assert!(!inputs.iter().any(|input| server.starts_with(input)), "the server is no input");
    }

    #[test]
    fn every_file_that_the_entry_page_names_is_an_input() {
        let workspace = Workspace::find().unwrap();
        let html = fs::read_to_string(workspace.root.join("index.html")).unwrap();
        let files = named_files(&html).unwrap();
        for file in &files {
            assert!(INPUTS.iter().any(|input| Path::new(file).starts_with(input)), "{file}");
        }
        assert!(files.len() > 3, "only {} were found", files.len());
    }
}

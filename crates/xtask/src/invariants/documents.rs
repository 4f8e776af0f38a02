//! The documents name files that exist.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Documents that lead to places in the sources.
const GUIDES: [&str; 3] = ["ARCHITECTURE.md", "CONTRIBUTING.md", "src/ui/README.md"];
const EXTENSIONS: [&str; 8] = [".rs", ".ts", ".md", ".toml", ".json", ".css", ".html", ".sh"];
/// Not sources.
const SKIPPED: [&str; 5] = ["target", "node_modules", ".git", "dist", "test-results"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What is between backticks, outside of blocks of code.
fn quoted(document: &str) -> impl Iterator<Item = &str> {
    document.split("```").step_by(2).flat_map(|text| text.split('`').skip(1).step_by(2))
}

/// The files that a document promises.
fn named_files(document: &str) -> impl Iterator<Item = &str> {
    quoted(document).filter(|name| name.ends_with(".rs") || name.ends_with(".spec.ts"))
}

/// The files and directories that a guide names: the ends of their paths, in the code map after `… `.
fn named_paths(document: &str) -> impl Iterator<Item = &str> {
    quoted(document).map(|name| name.trim_start_matches("… ")).filter(|name| {
        let is_path = name.chars().all(|c| c.is_ascii_alphanumeric() || "_-./".contains(c));
        let is_file = EXTENSIONS.iter().any(|extension| name.ends_with(extension));
        is_path && !name.starts_with(['/', '.']) && (is_file || name.ends_with('/'))
    })
}

/// Every file and directory, as `/` and the path from `root`.
fn all_paths(root: &Path, prefix: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(root).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if SKIPPED.contains(&name.as_str()) {
            continue;
        }
        let path = format!("{prefix}/{name}");
        if entry.file_type().unwrap().is_dir() {
            all_paths(&entry.path(), &path, found);
        }
        found.insert(path);
    }
}

#[test]
fn the_tests_of_every_promise_exist() {
    let root = root();
    let document = fs::read_to_string(root.join("docs/security.md")).unwrap();
    let mut count = 0;
    for name in named_files(&document) {
        let directory = if name.ends_with(".rs") { "crates" } else { "end2end/tests" };
        assert!(root.join(directory).join(name).is_file(), "{name} does not exist");
        count += 1;
    }
    assert!(count > 20, "only {count} files are named");
}

#[test]
fn every_path_in_the_guides_exists() {
    let root = root();
    let mut paths = BTreeSet::new();
    all_paths(&root, "", &mut paths);
    let mut count = 0;
    for guide in GUIDES {
        let document = fs::read_to_string(root.join(guide)).unwrap();
        for name in named_paths(&document) {
            let end = format!("/{}", name.trim_end_matches('/'));
            assert!(
                paths.iter().any(|path| path.ends_with(&end)),
                "{guide} names {name}, which does not exist"
            );
            count += 1;
        }
    }
    assert!(count > 60, "only {count} paths are named");
}

#[test]
fn names_between_backticks_are_found() {
    let document = "tested by `a/b.rs`, `cargo xtask crash`, and `x.spec.ts`. no.rs\n\
                    ```\n`c.rs`\n```\n`… src/d/`, `GET /e/`, `f/g`";
    assert_eq!(named_files(document).collect::<Vec<_>>(), ["a/b.rs", "x.spec.ts"]);
    assert_eq!(named_paths(document).collect::<Vec<_>>(), ["a/b.rs", "x.spec.ts", "src/d/"]);
}

//! The documents name files that exist.

use std::path::Path;

/// The files between backticks.
fn named_files(document: &str) -> impl Iterator<Item = &str> {
    document
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.ends_with(".rs") || name.ends_with(".spec.ts"))
}

#[test]
fn the_tests_of_every_promise_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let document = std::fs::read_to_string(root.join("docs/security.md")).unwrap();
    let mut count = 0;
    for name in named_files(&document) {
        let directory = if name.ends_with(".rs") { "crates" } else { "end2end/tests" };
        assert!(root.join(directory).join(name).is_file(), "{name} does not exist");
        count += 1;
    }
    assert!(count > 20, "only {count} files are named");
}

#[test]
fn files_between_backticks_are_found() {
    let document = "tested by `a/b.rs`, `cargo xtask crash`, and `x.spec.ts`. no.rs";
    assert_eq!(named_files(document).collect::<Vec<_>>(), ["a/b.rs", "x.spec.ts"]);
}

//! No files of a crate import each other in a circle.

use super::imports::{Imports, imports};
use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    path::Path,
};

/// The roots of crates, and the file that each begins with.
const CRATES: [(&str, &str); 9] = [
    ("crates/bench/src", "main.rs"),
    ("crates/certificate/src", "lib.rs"),
    ("crates/engine/src", "lib.rs"),
    ("crates/l7/src", "lib.rs"),
    ("crates/openstack-types/src", "lib.rs"),
    ("crates/plan/src", "lib.rs"),
    ("crates/server/src", "lib.rs"),
    ("crates/xtask/src", "main.rs"),
    ("src", "main.rs"),
];

#[test]
fn no_files_import_each_other_in_a_circle() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut lines = Vec::new();
    for (src, file) in CRATES {
        let found = imports(&root.join(src), file);
        lines.extend(circles(&found).iter().map(|circle| format!("{src}: {circle}")));
    }
    assert!(lines.is_empty(), "\n{}", lines.join("\n"));
}

/// A circle for each group of files that import each other, as `a.rs -> b.rs -> a.rs`: the shortest.
fn circles(imports: &Imports) -> Vec<String> {
    let mut done = BTreeSet::new();
    let mut lines = Vec::new();
    for start in imports.keys() {
        if done.contains(start) {
            continue;
        }
        let Some(circle) = shortest_circle(imports, start) else { continue };
        done.extend(circle.iter().cloned());
        lines.push(circle.join(" -> "));
    }
    lines
}

/// The shortest way from a file back to itself.
fn shortest_circle(imports: &Imports, start: &str) -> Option<Vec<String>> {
    let mut before: BTreeMap<&str, &str> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for next in imports.get(file).into_iter().flatten() {
            if next == start {
                let mut circle = vec![start.to_owned()];
                let mut at = file;
                while at != start {
                    circle.push(at.to_owned());
                    at = before[at];
                }
                circle.push(start.to_owned());
                circle.reverse();
                return Some(circle);
            }
            if !before.contains_key(next.as_str()) {
                before.insert(next, file);
                queue.push_back(next);
            }
        }
    }
    None
}

#[test]
fn circles_are_found() {
    let graph = |edges: &[(&str, &str)]| {
        let mut imports = Imports::new();
        for (from, to) in edges {
            imports.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        circles(&imports)
    };
    assert_eq!(graph(&[("a", "b"), ("b", "c"), ("a", "c")]), Vec::<String>::new());
    assert_eq!(graph(&[("a", "b"), ("b", "c"), ("c", "a")]), ["a -> b -> c -> a"]);
    let two = graph(&[("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"), ("b", "c")]);
    assert_eq!(two, ["a -> b -> a", "c -> d -> c"]);
}

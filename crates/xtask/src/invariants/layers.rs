//! The layers of the server: what may import what.

use super::imports::{Imports, imports};
use std::path::Path;

/// From the lowest layer to the highest. A part is a file of `crates/server/src` with the directory of
/// the same name. It imports from lower layers alone, and so no other part of its own layer.
const LAYERS: &[&[&str]] = &[
    // Pure data and single tasks.
    &[
        "certificates",
        "client_network",
        "config",
        "data_dir",
        "ids",
        "model",
        "random",
        "time",
        "tls_probe",
        "user_limit",
        "workers",
    ],
    &[
        "address_policy",
        "assets",
        "certificate_reader",
        "fair_queue",
        "listen",
        "networks",
        "response_cache",
        "token",
    ],
    &["rights"],
    &["change"],
    &["events", "store"],
    &["disk_reserve", "password", "revocations", "vault"],
    &["addresses", "secrets"],
    &["reconcile", "sign_in/throttle"],
    // From here on, parts know HTTP.
    &["app", "event_stream"],
    &["public_url", "sign_in"],
    &["auth"],
    // One service each.
    &["barbican", "keystone", "neutron", "octavia"],
    &["middleware"],
    // Reads of the services what it puts into one answer. In front of a cloud, `cloud` is all of this.
    &["cloud", "portal"],
    &["router"],
    &["serve"],
    &["cli"],
    // Entry points.
    &["fuzzing", "lib"],
];

/// The part that a file belongs to, and the number of its layer.
fn part(file: &str) -> Option<(usize, &'static str)> {
    let stem = Path::new(file).with_extension("");
    let parts =
        LAYERS.iter().enumerate().flat_map(|(at, parts)| parts.iter().map(move |p| (at, *p)));
    parts.filter(|(_, part)| stem.starts_with(part)).max_by_key(|(_, part)| part.len())
}

/// A line for each import that goes up or sideways, and for each file that is in no layer.
fn violations(imports: &Imports) -> Vec<String> {
    let mut lines = Vec::new();
    for (file, targets) in imports {
        let Some((layer, name)) = part(file) else {
            lines.push(format!("{file} is in no layer"));
            continue;
        };
        for target in targets {
            let Some((below, other)) = part(target) else { continue };
            if name != other && below >= layer {
                lines.push(format!("{file} imports {target}: {name} is not above {other}"));
            }
        }
    }
    lines
}

#[test]
fn parts_of_the_server_import_lower_layers_alone() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/src");
    let found = imports(&src, "lib.rs");
    assert!(found.len() > 50, "only {} files were read", found.len());
    let lines = violations(&found);
    assert!(lines.is_empty(), "\n{}", lines.join("\n"));
}

#[test]
fn imports_up_and_sideways_are_violations() {
    for (file, target, count) in [
        ("octavia/members.rs", "store/members.rs", 0),
        ("octavia/members.rs", "octavia/error.rs", 0),
        ("app.rs", "sign_in/throttle.rs", 0),
        ("store/members.rs", "octavia/members.rs", 1),
        ("octavia.rs", "barbican/error.rs", 1),
        ("rights.rs", "auth.rs", 1),
        ("unknown.rs", "store.rs", 1),
    ] {
        let imports = Imports::from([(file.to_owned(), [target.to_owned()].into())]);
        assert_eq!(violations(&imports).len(), count, "{file} {target}");
    }
}

//! Licences of the npm packages. cargo-deny checks those of the crates.

use crate::workspace::Workspace;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::{collections::BTreeMap, fs};

/// Licences that ask for no more than to keep their text.
const ALLOWED: [&str; 8] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BlueOak-1.0.0",
    "ISC",
    "MIT",
    "Python-2.0",
];

/// Packages under another licence. Both are used in tests and never shipped.
const EXCEPTIONS: [(&str, &str); 2] =
    [("@axe-core/playwright", "MPL-2.0"), ("axe-core", "MPL-2.0")];

/// A line for each package whose licence is not allowed.
pub fn violations(workspace: &Workspace) -> Result<Vec<String>> {
    let lock = fs::read_to_string(workspace.end2end().join("package-lock.json"))?;
    violations_in(&lock)
}

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
struct Package {
    #[serde(default)]
    version: String,
    #[serde(default)]
    license: String,
}

fn violations_in(lock: &str) -> Result<Vec<String>> {
    let lock: Lock = serde_json::from_str(lock).context("end2end/package-lock.json")?;
    let packages = lock.packages.into_iter().filter_map(|(path, package)| {
        // The package without this part is the project's own.
        let name = path.rsplit_once("node_modules/")?.1.to_owned();
        Some((name, package))
    });
    Ok(packages
        .filter(|(name, Package { license, .. })| {
            !is_allowed(license) && !EXCEPTIONS.contains(&(name, license))
        })
        .map(|(name, Package { version, license })| {
            let license = if license.is_empty() { "no licence" } else { &license };
            format!("{name} {version}: {license} is not allowed")
        })
        .collect())
}

/// Whether at least one alternative is allowed: `MIT` or `(MIT OR GPL-3.0)`.
fn is_allowed(expression: &str) -> bool {
    let alternatives = expression.trim_start_matches('(').trim_end_matches(')').split(" OR ");
    alternatives.into_iter().any(|licence| ALLOWED.contains(&licence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_under_other_licences_are_listed() {
        let lock = r#"{"packages": {
            "": {"name": "x"},
            "node_modules/a": {"version": "1", "license": "MIT"},
            "node_modules/b": {"version": "2", "license": "(GPL-3.0 OR ISC)"},
            "node_modules/axe-core": {"version": "3", "license": "MPL-2.0"},
            "node_modules/a/node_modules/@s/c": {"version": "4"},
            "node_modules/d": {"version": "5", "license": "MPL-2.0"}
        }}"#;
        let expected = ["@s/c 4: no licence is not allowed", "d 5: MPL-2.0 is not allowed"];
        assert_eq!(violations_in(lock).unwrap(), expected);
    }
}

//! Licences of everything that is compiled in, Cargo's and npm's.

use crate::workspace::Workspace;
use anyhow::{Context, Result};
use spdx::{Expression, LicenseReq, ParseMode};
use std::{collections::BTreeMap, fs};

/// Licences that go with MIT OR Apache-2.0 without asking more than to keep their text.
const ALLOWED: [&str; 14] = [
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Packages whose licence asks more, and why it may be so here.
const EXCEPTIONS: [(&str, &str, &str); 2] = [
    ("@axe-core/playwright", "MPL-2.0", "a tool of the tests, never shipped"),
    ("axe-core", "MPL-2.0", "a tool of the tests, never shipped"),
];

/// A sentence for every dependency whose licence is not allowed.
pub fn refused(workspace: &Workspace) -> Result<Vec<String>> {
    let cargo = workspace
        .metadata()
        .packages
        .iter()
        .filter(|p| p.source.is_some())
        .map(|p| (p.name.as_str(), p.version.as_str(), p.license.clone().unwrap_or_default()));
    let lock = fs::read_to_string(workspace.end2end().join("package-lock.json"))?;
    let npm = npm_licences(&lock)?;
    let npm = npm.iter().map(|(name, v, licence)| (name.as_str(), v.as_str(), licence.clone()));
    Ok(cargo
        .chain(npm)
        .filter(|(name, _, licence)| {
            !is_allowed(licence) && !EXCEPTIONS.iter().any(|(n, l, _)| n == name && l == licence)
        })
        .map(|(name, version, licence)| match licence.as_str() {
            "" => format!("{name} {version} names no licence"),
            other => format!("{name} {version} is under {other}"),
        })
        .collect())
}

fn npm_licences(lock: &str) -> Result<Vec<(String, String, String)>> {
    #[derive(serde::Deserialize)]
    struct Lock {
        packages: BTreeMap<String, Entry>,
    }
    #[derive(serde::Deserialize)]
    struct Entry {
        #[serde(default)]
        version: String,
        #[serde(default)]
        license: String,
    }
    let lock: Lock = serde_json::from_str(lock).context("end2end/package-lock.json")?;
    Ok(lock
        .packages
        .into_iter()
        .filter_map(|(path, entry)| {
            let name = path.rsplit_once("node_modules/")?.1.to_owned();
            Some((name, entry.version, entry.license))
        })
        .collect())
}

fn is_allowed(licence: &str) -> bool {
    // LAX takes the `MIT/Apache-2.0` of old manifests.
    Expression::parse_mode(licence, ParseMode::LAX)
        .is_ok_and(|expression| expression.evaluate(|req| ALLOWED.contains(&name(req).as_str())))
}

fn name(requirement: &LicenseReq) -> String {
    requirement.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for good in [
            "MIT",
            "MIT OR Apache-2.0",
            "MIT/Apache-2.0",
            "(MIT OR GPL-3.0-only) AND Unicode-3.0",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
        ] {
            assert!(is_allowed(good), "{good}");
        }
        for bad in ["", "GPL-3.0-only", "MIT AND AGPL-3.0-only", "Apache-2.0 WITH", "a licence"] {
            assert!(!is_allowed(bad), "{bad}");
        }
    }

    #[test]
    fn the_lock_file_of_npm() {
        let lock = r#"{"packages": {
            "": {"name": "x"},
            "node_modules/a": {"version": "1", "license": "MIT"},
            "node_modules/a/node_modules/@s/b": {"version": "2"}
        }}"#;
        let entry = |n: &str, v: &str, l: &str| (n.to_owned(), v.to_owned(), l.to_owned());
        assert_eq!(npm_licences(lock).unwrap(), [entry("a", "1", "MIT"), entry("@s/b", "2", "")]);
    }
}

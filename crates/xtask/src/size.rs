//! What a visitor downloads before the first click, compressed as the server sends it.

use crate::{page::files, workspace::Workspace};
use anyhow::{Context, Result, ensure};
use std::{fs, io::Write};

/// Bytes in a kilobyte here.
const KB: u64 = 1000;

/// What a kind of file may weigh, compressed, all files of it together.
struct Budget {
    /// The file extension.
    kind: &'static str,
    /// What it should stay under.
    goal: u64,
    /// What fails the build: above the goal only for what has outgrown it, and then just above what
    /// was measured, so that it can shrink and never grow.
    limit: u64,
}

const BUDGETS: [Budget; 3] = [
    Budget { kind: "wasm", goal: 250 * KB, limit: 460 * KB },
    Budget { kind: "js", goal: 15 * KB, limit: 15 * KB },
    Budget { kind: "css", goal: 15 * KB, limit: 15 * KB },
];

/// Prints the sizes of `dist/` beside their goals and limits; whether all stay below the limits.
pub fn report(workspace: &Workspace) -> Result<bool> {
    let dist = files(&workspace.dist())?;
    ensure!(!dist.is_empty(), "there is no dist/: build the page first");
    println!("{:<6} {:>10} {:>10} {:>10} {:>10}", "", "bytes", "brotli", "goal", "limit");
    let mut fits = true;
    for Budget { kind, goal, limit } in BUDGETS {
        let (mut plain, mut packed) = (0, 0);
        for file in dist.iter().filter(|file| file.extension().is_some_and(|e| e == kind)) {
            let bytes = fs::read(file).with_context(|| file.display().to_string())?;
            plain += bytes.len() as u64;
            packed += brotli(&bytes)?;
        }
        let verdict = match packed {
            packed if packed > limit => "  too large",
            packed if packed > goal => "  over its goal",
            _ => "",
        };
        println!("{kind:<6} {plain:>10} {packed:>10} {goal:>10} {limit:>10}{verdict}");
        fits &= packed <= limit;
    }
    Ok(fits)
}

fn brotli(bytes: &[u8]) -> Result<u64> {
    let mut packed = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
    packed.write_all(bytes)?;
    Ok(packed.into_inner().len() as u64)
}

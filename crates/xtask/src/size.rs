//! What a visitor downloads before the first click, compressed as the server sends it.

use crate::{page::files, workspace::Workspace};
use anyhow::{Context, Result, ensure};
use std::{fs, io::Write};

/// Bytes in a kilobyte here.
const KB: u64 = 1000;

/// By file extension: how many compressed bytes there may be.
const BUDGETS: [(&str, u64); 3] = [("wasm", 250 * KB), ("js", 15 * KB), ("css", 15 * KB)];

/// Prints the sizes of `dist/` beside their budgets; whether all stay below.
pub fn report(workspace: &Workspace) -> Result<bool> {
    let dist = files(&workspace.dist())?;
    ensure!(!dist.is_empty(), "there is no dist/: build the page first");
    println!("{:<6} {:>10} {:>10} {:>10}", "", "bytes", "brotli", "budget");
    let mut fits = true;
    for (kind, budget) in BUDGETS {
        let (mut plain, mut packed) = (0, 0);
        for file in dist.iter().filter(|file| file.extension().is_some_and(|e| e == kind)) {
            let bytes = fs::read(file).with_context(|| file.display().to_string())?;
            plain += bytes.len() as u64;
            packed += brotli(&bytes)?;
        }
        let verdict = if packed <= budget { "" } else { "  too large" };
        println!("{kind:<6} {plain:>10} {packed:>10} {budget:>10}{verdict}");
        fits &= packed <= budget;
    }
    Ok(fits)
}

fn brotli(bytes: &[u8]) -> Result<u64> {
    let mut packed = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
    packed.write_all(bytes)?;
    Ok(packed.into_inner().len() as u64)
}

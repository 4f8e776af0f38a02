//! The size of the page, compressed as the server sends it: of the first download, and of each chunk.

use crate::{
    files::files_below,
    page::{split, worker},
    workspace::Workspace,
};
use anyhow::{Context, Result, ensure};
use std::{fs, io::Write, path::Path};

/// Bytes in a kilobyte.
const KB: u64 = 1000;

/// What all files of a kind in the first download may take, compressed.
const BUDGETS: [(&str, u64); 3] = [("wasm", 250 * KB), ("js", 15 * KB), ("css", 15 * KB)];

/// Prints the sizes of the files in `dist/`. Returns whether the first download is within its budgets.
pub fn report(workspace: &Workspace) -> Result<bool> {
    let dist = files_below(&workspace.dist())?;
    ensure!(!dist.is_empty(), "there is no dist/: build the page first");
    let chunks = split::chunks(workspace)?;
    let is_chunk = |file: &Path| chunks.iter().any(|chunk| file.ends_with(&chunk.file));

    println!("{:<32} {:>9} {:>9} {:>9}", "first download", "bytes", "brotli", "budget");
    let mut fits = true;
    for (kind, budget) in BUDGETS {
        let (mut plain, mut packed) = (0, 0);
        let of_kind = |file: &&_| Path::extension(file).is_some_and(|e| e == kind);
        let first = |file: &&Path| !is_chunk(file) && !worker::contains(file);
        for file in dist.iter().map(AsRef::as_ref).filter(of_kind).filter(first) {
            let (bytes, brotli) = sizes(file)?;
            plain += bytes;
            packed += brotli;
        }
        let verdict = if packed > budget { "  too large" } else { "" };
        println!("{kind:<32} {plain:>9} {packed:>9} {budget:>9}{verdict}");
        fits &= packed <= budget;
    }

    println!("\n{:<32} {:>9} {:>9}", "downloaded when needed", "bytes", "brotli");
    for chunk in &chunks {
        let (bytes, brotli) = sizes(&workspace.dist().join(&chunk.file))?;
        println!("{:<32} {bytes:>9} {brotli:>9}  for {}", chunk.name, chunk.used_by.join(", "));
    }
    let (mut plain, mut packed) = (0, 0);
    for file in dist.iter().filter(|file| worker::contains(file)) {
        let (bytes, brotli) = sizes(file)?;
        plain += bytes;
        packed += brotli;
    }
    println!("{:<32} {plain:>9} {packed:>9}  the worker that reads certificates", worker::NAME);
    Ok(fits)
}

/// The size of a file, and its compressed size.
fn sizes(file: &Path) -> Result<(u64, u64)> {
    let bytes = fs::read(file).with_context(|| file.display().to_string())?;
    let mut packed = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 22);
    packed.write_all(&bytes)?;
    Ok((bytes.len() as u64, packed.into_inner().len() as u64))
}

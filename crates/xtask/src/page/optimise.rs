//! Makes a module small.

use super::reorder::reorder;
use crate::workspace::Workspace;
use anyhow::{Context, Result, ensure};
use std::{fs, path::Path};

/// How small. What is smaller may be slower, and need not be smaller when it is compressed.
#[derive(Clone, Copy)]
pub enum Level {
    /// The first download.
    Small,
    /// Everything else.
    Smallest,
}

/// The module in a file, optimised.
pub fn optimise(workspace: &Workspace, module: &Path, level: Level) -> Result<Vec<u8>> {
    let optimised = module.with_extension("optimised");
    let level = match level {
        Level::Small => "-Os",
        Level::Smallest => "-Oz",
    };
    let wasm_opt = workspace
        .command("wasm-opt")
        .args([level, "--quiet"])
        .arg(module)
        .arg("-o")
        .arg(&optimised)
        .output()
        .context("cannot run wasm-opt")?;
    // Shown on failure only: it warns of the names of labels, which it does not know and removes.
    let messages = String::from_utf8_lossy(&wasm_opt.stderr);
    ensure!(wasm_opt.status.success(), "wasm-opt failed: {messages}");
    reorder(&fs::read(&optimised)?)
}

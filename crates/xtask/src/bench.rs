//! `cargo xtask bench`: builds the release artefacts and runs `crates/bench` on them.

use crate::{portal, setup, workspace::Workspace};
use anyhow::Result;
use std::process::ExitCode;

/// Builds and measures.
pub fn run(workspace: &Workspace, _words: &[String]) -> Result<ExitCode> {
    setup::haproxy(workspace)?;
    portal::build(workspace)?;
    anyhow::bail!("not yet")
}

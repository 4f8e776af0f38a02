//! The one binary, with the page in it.

use crate::{
    console::timed,
    page,
    workspace::{SERVER, Workspace, must},
};
use anyhow::{Context, Result};

/// Builds the page and then `lb-portal` around it.
pub fn build(workspace: &Workspace) -> Result<()> {
    page::build(workspace)?;
    let (done, _) = timed("build the server (2 to 4 minutes the first time)", || {
        must(workspace.cargo().args(["build", "--release", "--package", SERVER]))
    });
    done.context("the server was not built")
}

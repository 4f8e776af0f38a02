//! Builds the one binary, with the page in it.

use crate::{
    console::{Progress, Step},
    page,
    process::execute,
    workspace::{SERVER, Workspace},
};
use anyhow::{Context, Result};
use std::time::Duration;

const BUILD_SERVER: &str = "build the server";
/// How long the server takes, without and with its dependencies compiled.
const SERVER_ESTIMATES: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(180));

/// Builds the page and then `lb-portal` around it.
pub fn build(workspace: &Workspace) -> Result<()> {
    let (again, first) = SERVER_ESTIMATES;
    let estimate = if workspace.binary().is_file() { again } else { first };
    let server = Step { title: BUILD_SERVER, estimate };
    let mut steps = page::steps(workspace)?;
    steps.push(server);
    let progress = Progress::new(steps);
    page::build(workspace, &progress)?;
    progress
        .run(server, || {
            execute(workspace.cargo().args(["build", "--release", "--package", SERVER]))
        })
        .context("the server was not built")
}

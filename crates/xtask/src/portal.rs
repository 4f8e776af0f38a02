//! Builds the one binary, with the page in it.

use crate::{
    console::{Progress, Step},
    page,
    process::execute,
    profile::Profile,
    workspace::{SERVER, Workspace},
};
use anyhow::{Context, Result};
use std::time::Duration;

const BUILD_SERVER: &str = "build the server";

/// How long the server takes, when it was built before and for the first time.
fn estimates(profile: Profile) -> (Duration, Duration) {
    let (again, first) = match profile {
        Profile::Release => (60, 240),
        Profile::Quick => (20, 120),
    };
    (Duration::from_secs(again), Duration::from_secs(first))
}

/// Builds the page and then `lb-portal` around it.
pub fn build(workspace: &Workspace, profile: Profile) -> Result<()> {
    let (again, first) = estimates(profile);
    let estimate = if workspace.binary(profile).is_file() { again } else { first };
    let server = Step { title: BUILD_SERVER, estimate };
    let mut steps = page::steps(workspace, profile)?;
    steps.push(server);
    let progress = Progress::new(steps);
    page::build(workspace, profile, &progress)?;
    progress
        .run(server, || {
            let mut cargo = workspace.cargo();
            cargo.args(["build", "--package", SERVER, "--profile", profile.of_the_server()]);
            execute(&mut cargo)
        })
        .context("the server was not built")
}

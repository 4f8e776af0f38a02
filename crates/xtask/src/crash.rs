//! `cargo xtask crash`: kills the release build and its HAProxy processes at random moments.

use crate::{process::execute, profile::Profile, workspace::Workspace};
use anyhow::Result;
use std::process::Command;

/// The kills of a run among the other tests, about a minute.
const KILLS_IN_TESTS: &str = "25";

/// The campaign against a server that has been built; its arguments follow.
pub fn campaign(workspace: &Workspace) -> Result<Command> {
    // Not the release profile: the campaign waits for the server most of the time.
    execute(workspace.cargo().args(["build", "--quiet", "--package", "crash"]))?;
    let mut campaign = workspace.command(workspace.target.join("debug").join("lb-portal-crash"));
    campaign.arg("--bin").arg(workspace.binary(Profile::Release));
    Ok(campaign)
}

/// The short campaign of `cargo xtask test`.
pub fn short_campaign(workspace: &Workspace) -> Result<Command> {
    let mut campaign = campaign(workspace)?;
    campaign.args(["--kills", KILLS_IN_TESTS]);
    Ok(campaign)
}

//! `cargo xtask cloud`: a real OpenStack cloud on loopback, to try the portal in front of one
//! (`end2end/cloud/README.md`).

use crate::{
    console::{heading, note, timed},
    process::execute,
    setup,
    workspace::Workspace,
};
use anyhow::Result;
use clap::Subcommand;
use std::{
    fs,
    path::Path,
    process::{Command, ExitCode},
};

/// Keystone.
pub const KEYSTONE: &str = "http://127.0.0.1:15000";

#[derive(Subcommand)]
pub enum CloudCommand {
    /// Install what is missing, and start Keystone, Neutron, Barbican and Octavia (about 1.8 GiB of memory)
    Start,
    /// Stop them
    Stop {
        /// Also delete what they have stored
        #[arg(long)]
        wipe: bool,
    },
}

pub fn run(workspace: &Workspace, command: &CloudCommand) -> Result<ExitCode> {
    match command {
        CloudCommand::Start => {
            start(workspace)?;
            note(&format!("lb-portal serve --cloud {KEYSTONE}"));
            note(
                "sign in as alice with the password secret; end2end/cloud/README.md has the other users",
            );
        }
        CloudCommand::Stop { wipe } => stop(workspace, *wipe)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Starts what does not run yet.
pub fn start(workspace: &Workspace) -> Result<()> {
    heading("install the cloud");
    setup::openstack_services(workspace)?;
    timed("start the cloud", || execute(&mut script(workspace, "start.sh"))).0
}

pub fn stop(workspace: &Workspace, wipe: bool) -> Result<()> {
    let mut stop = script(workspace, "stop.sh");
    if wipe {
        stop.arg("--wipe");
    }
    execute(&mut stop)
}

/// Whether the first service of the cloud runs.
pub fn is_running(workspace: &Workspace) -> bool {
    let pid = fs::read_to_string(workspace.target.join("cloud/run/keystone.pid"));
    pid.is_ok_and(|pid| Path::new("/proc").join(pid.trim()).exists())
}

fn script(workspace: &Workspace, name: &str) -> Command {
    let mut script = workspace.command(workspace.end2end().join("cloud").join(name));
    script
        .env("CLOUD_VENV", setup::openstack_services_environment(workspace))
        .env("CLOUD_STATE", workspace.target.join("cloud"));
    script
}

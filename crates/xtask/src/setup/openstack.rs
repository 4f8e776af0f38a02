//! The OpenStack client, with which the browser tests run the commands that the page exports.

use crate::{
    console::note,
    process::execute,
    setup::{os_tool, system::apt},
    workspace::Workspace,
};
use anyhow::{Context, Result};
use std::{fs, path::PathBuf, process::Stdio};

/// Installs the packages of `end2end/openstack-client.txt` in a virtual environment. Returns the path of
/// its `openstack`.
pub fn openstack(workspace: &Workspace) -> Result<PathBuf> {
    let list = workspace.end2end().join("openstack-client.txt");
    let wanted = fs::read(&list).context("end2end/openstack-client.txt")?;
    let environment = workspace.tools.join("openstack-client");
    let program = environment.join("bin").join("openstack");
    let stamp = environment.join("installed.txt");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(program);
    }
    os_tool(workspace, "python3", "python3")?;
    note("installing the OpenStack client for the browser tests (seconds)");
    let make = || {
        let mut command = workspace.command("python3");
        command.args(["-m", "venv", "--clear"]).arg(&environment);
        command
    };
    // Debian has venv in a separate package.
    if execute(make().stdout(Stdio::null())).is_err() {
        apt(workspace, &["python3-venv"], "Python's venv")?;
        execute(&mut make())?;
    }
    execute(
        workspace
            .command(environment.join("bin").join("pip"))
            .args(["install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(&list),
    )
    .context("the packages of end2end/openstack-client.txt could not be installed from PyPI")?;
    fs::write(stamp, wanted).context("openstack-client")?;
    Ok(program)
}

//! Packages of OpenStack from PyPI: the client, with which tests run the commands that the page
//! exports, and the services of `cargo xtask cloud`.

use crate::{
    console::note,
    process::execute,
    setup::{
        os_tool,
        system::{apt, disable_system_service},
    },
    workspace::Workspace,
};
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
};

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
    note("installing the OpenStack client for the tests (seconds)");
    create_environment(workspace, &environment)?;
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

/// Creates an empty virtual environment of Python.
fn create_environment(workspace: &Workspace, environment: &Path) -> Result<()> {
    os_tool(workspace, "python3", "python3")?;
    let make = || {
        let mut command = workspace.command("python3");
        command.args(["-m", "venv", "--clear"]).arg(environment);
        command
    };
    // Debian has venv in a separate package.
    if execute(make().stdout(Stdio::null())).is_err() {
        apt(workspace, &["python3-venv"], "Python's venv")?;
        execute(&mut make())?;
    }
    Ok(())
}

/// Where the services are installed.
pub fn openstack_services_environment(workspace: &Workspace) -> PathBuf {
    workspace.tools.join("openstack-services")
}

/// Installs Keystone, Neutron, Barbican and Octavia, and the database and queue that they need.
pub fn openstack_services(workspace: &Workspace) -> Result<()> {
    for (program, package) in [
        ("mariadbd", "mariadb-server"),
        ("rabbitmq-server", "rabbitmq-server"),
        ("openssl", "openssl"),
        ("curl", "curl"),
    ] {
        if workspace.which(program).is_none() {
            os_tool(workspace, program, package)?;
            disable_system_service(workspace, package.trim_end_matches("-server"));
            disable_system_service(workspace, package);
        }
    }
    let source = workspace.end2end().join("cloud");
    let list = source.join("requirements.txt");
    let driver = source.join("network_driver");
    let mut wanted = fs::read(&list).context("end2end/cloud/requirements.txt")?;
    wanted.extend(fs::read(driver.join("loopback_network_driver.py")).context("the driver")?);
    let environment = openstack_services_environment(workspace);
    let stamp = environment.join("installed.txt");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    note("installing the OpenStack services from PyPI (1 to 3 minutes)");
    create_environment(workspace, &environment)?;
    let has_headers = "import os, sys, sysconfig\n\
        sys.exit(not os.path.exists(sysconfig.get_path('include') + '/Python.h'))";
    if execute(workspace.command("python3").args(["-c", has_headers])).is_err() {
        // uWSGI is compiled.
        apt(workspace, &["python3-dev", "build-essential"], "Python's headers")?;
    }
    let python = environment.join("bin").join("python");
    execute(workspace.command(&python).args(["-m", "pip", "install", "--quiet", "uv"])).context(
        "PyPI can't be reached: uv, which installs the OpenStack services, is not there",
    )?;
    execute(
        workspace
            .command(environment.join("bin").join("uv"))
            .args(["pip", "install", "--quiet", "--python"])
            .arg(&python)
            .arg("--requirement")
            .arg(&list)
            .arg(&driver),
    )
    .context("the packages of end2end/cloud/requirements.txt could not be installed from PyPI")?;
    // Otherwise the first start compiles them while it is waited for. What doesn't compile is not used.
    let _ = workspace
        .command(&python)
        .args(["-m", "compileall", "-q", "-j", "0"])
        .arg(environment.join("lib"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    fs::write(stamp, wanted).context("openstack-services")
}

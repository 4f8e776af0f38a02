//! Programs from packages of the operating system.

use crate::{
    console::note,
    process::{execute, first_line},
    workspace::Workspace,
};
use anyhow::{Context, Result, bail};
use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The oldest HAProxy that the engine supports.
const HAPROXY: (u32, u32) = (2, 6);

pub fn haproxy(workspace: &Workspace) -> Result<()> {
    if workspace.which("haproxy").is_none() {
        apt(workspace, &["haproxy"], "HAProxy 2.6 or newer")?;
        disable_system_service(workspace, "haproxy");
    }
    let line = first_line(workspace.command("haproxy").arg("-v")).unwrap_or_default();
    match haproxy_version(&line) {
        Some(version) if version >= HAPROXY => Ok(()),
        _ => bail!(
            "HAProxy {}.{} or newer is needed; `haproxy -v` prints: {line}\n\
             Debian and Ubuntu: newer packages are at https://haproxy.debian.net",
            HAPROXY.0,
            HAPROXY.1
        ),
    }
}

/// Disables the service that Debian's package starts. The project starts its own processes.
pub(super) fn disable_system_service(workspace: &Workspace, service: &str) {
    if !Path::new("/run/systemd/system").is_dir() {
        return;
    }
    if let Some(mut command) = as_root(workspace, "systemctl") {
        let _ = command.args(["disable", "--now", "--quiet", service]).status();
    }
}

/// `(2, 6)` of `HAProxy version 2.6.12-1+deb12u4 2026/10/17`, or of the older `HA-Proxy version …`.
fn haproxy_version(line: &str) -> Option<(u32, u32)> {
    let mut words = line.split_whitespace().skip_while(|word| *word != "version");
    let mut numbers = words.nth(1)?.split(['.', '-']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Installs Chromium for the browser tests. Returns its path.
pub fn chromium(workspace: &Workspace) -> Result<PathBuf> {
    let find = || {
        ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
            .into_iter()
            .find_map(|name| workspace.which(name))
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    apt(workspace, &["chromium"], "Chromium, for the browser tests")?;
    find().context("chromium was installed but is not on PATH")
}

/// chromedriver, through which the wasm tests control Chromium.
pub fn chromium_driver(workspace: &Workspace) -> Result<()> {
    chromium(workspace)?;
    match workspace.which("chromedriver") {
        Some(_) => Ok(()),
        None => apt(workspace, &["chromium-driver"], "chromedriver, for the wasm tests"),
    }
}

/// Chinese fonts for the screenshots.
pub fn cjk_fonts(workspace: &Workspace) -> Result<()> {
    let family = first_line(workspace.command("fc-list").args([":lang=zh-tw", "family"]));
    match family {
        Some(family) if !family.is_empty() => Ok(()),
        _ => {
            apt(workspace, &["fonts-noto-cjk", "fontconfig"], "Chinese fonts, for the screenshots")
        }
    }
}

/// Installs the package of a program, unless the program is on PATH.
pub fn os_tool(workspace: &Workspace, program: &str, package: &str) -> Result<()> {
    match workspace.which(program) {
        Some(_) => Ok(()),
        None => apt(workspace, &[package], program),
    }
}

/// Installs Debian packages as root, or by `sudo` if it asks for no password. Otherwise the error says
/// what to type.
pub(super) fn apt(workspace: &Workspace, packages: &[&str], what: &str) -> Result<()> {
    let names = packages.join(" ");
    if workspace.which("apt-get").is_none() {
        bail!(
            "{what} is needed. Install it with your system's package manager, then run this again"
        );
    }
    let by_hand = format!("type: sudo apt-get install {names}");
    let Some(mut update) = as_root(workspace, "apt-get") else {
        bail!("{what} is needed and may not be installed without a password.\n{by_hand}");
    };
    note(&format!("installing {what} (apt-get install {names}; up to a minute)"));
    // A stale list often still has the packages, so that a failure is no error yet.
    let _ = update.args(["update", "-qq"]).status();
    let Some(mut install) = as_root(workspace, "apt-get") else { bail!(by_hand) };
    execute(
        install
            .args(["install", "-y", "-qq", "--no-install-recommends"])
            .args(packages)
            .stdout(Stdio::null()),
    )
    .with_context(|| format!("{what} could not be installed; {by_hand}"))
}

/// A command that runs as root, if that needs no password.
fn as_root(workspace: &Workspace, program: &str) -> Option<Command> {
    let mut command = if is_root() {
        workspace.command(program)
    } else {
        let may = workspace
            .command("sudo")
            .args(["-n", "true"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !may.is_ok_and(|status| status.success()) {
            return None;
        }
        let mut command = workspace.command("sudo");
        command.args(["-n", "DEBIAN_FRONTEND=noninteractive", program]);
        command
    };
    command.env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
    Some(command)
}

/// Whether the effective user is root. Linux has it in a file; libc's function needs unsafe code.
fn is_root() -> bool {
    fs::read_to_string("/proc/self/status").is_ok_and(|status| effective_user(&status) == Some("0"))
}

fn effective_user(status: &str) -> Option<&str> {
    status.lines().find_map(|line| line.strip_prefix("Uid:"))?.split_whitespace().nth(1)
}

/// Says how to allow ports such as 80 if this user may not use them.
pub fn low_ports() {
    let first = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start")
        .ok()
        .and_then(|text| text.trim().parse::<u16>().ok());
    if let Some(first) = first.filter(|first| *first > 80 && !is_root()) {
        note(&format!(
            "listeners on ports below {first} need: sudo sysctl net.ipv4.ip_unprivileged_port_start=80"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_haproxy() {
        for (line, want) in [
            ("HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/", Some((2, 6))),
            ("HA-Proxy version 2.2.9-2 2021/01/01", Some((2, 2))),
            ("HAProxy version 3.4-dev1 2026/01/01", Some((3, 4))),
            ("", None),
            ("command not found", None),
        ] {
            assert_eq!(haproxy_version(line), want, "{line}");
        }
    }

    #[test]
    fn the_effective_user_is_the_second() {
        assert_eq!(effective_user("Name:\tx\nUid:\t1000\t0\t0\t0\n"), Some("0"));
        assert_eq!(effective_user("Name:\tx\n"), None);
    }
}

//! `cargo xtask start`: builds the portal and runs it.

use crate::{
    console::{heading, note},
    page, portal,
    profile::Profile,
    setup,
    workspace::Workspace,
};
use anyhow::{Context, Result};
use std::{
    env,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// The server's address unless the arguments have another.
const LISTEN: &str = "127.0.0.1:8080";

/// Installs what is missing, builds, and replaces this process by the server.
pub fn run(workspace: &Workspace, profile: Profile, arguments: Vec<String>) -> Result<ExitCode> {
    heading("check the system");
    setup::haproxy(workspace)?;
    setup::low_ports();
    // A release that is built already is the better one.
    let is_release = page::is_current(workspace, Profile::Release)?;
    let profile = if is_release { Profile::Release } else { profile };
    portal::build(workspace, profile)?;
    let binary = workspace.binary(profile);

    let listen = option(&arguments, "--listen").map_or(LISTEN.to_owned(), str::to_owned);
    let data = match option(&arguments, "--data-dir") {
        Some(directory) => PathBuf::from(directory),
        None => default_data_dir()?,
    };
    let mut server = workspace.command(&binary);
    // Relative paths in the arguments start from the user's directory.
    server.current_dir(env::current_dir()?).arg("serve");
    if option(&arguments, "--listen").is_none() {
        server.args(["--listen", &listen]);
    }
    let is_cloud = option(&arguments, "--cloud").is_some();
    if option(&arguments, "--data-dir").is_none() && !is_cloud {
        server.arg("--data-dir").arg(&data);
    }
    heading(&format!("open http://{listen}"));
    if is_cloud {
        note("sign in as a user of the cloud; Ctrl-C stops the server");
    } else {
        note(&how_to_sign_in(&binary, &data));
        note("Ctrl-C stops the server; the next start restores the load balancers");
    }
    eprintln!();
    Err(server.args(arguments).exec()).context("cannot start the server")
}

/// The value of an option in the arguments for the server.
fn option<'a>(arguments: &'a [String], name: &str) -> Option<&'a str> {
    arguments.iter().enumerate().find_map(|(at, argument)| match argument.strip_prefix(name)? {
        "" => arguments.get(at + 1).map(String::as_str),
        rest => rest.strip_prefix('='),
    })
}

fn default_data_dir() -> Result<PathBuf> {
    let share = env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|dir| dir.is_absolute())
        .or_else(|| env::home_dir().map(|home| home.join(".local").join("share")))
        .context("neither XDG_DATA_HOME nor HOME is set: pass --data-dir DIR")?;
    Ok(share.join("lb-portal"))
}

fn how_to_sign_in(binary: &Path, data: &Path) -> String {
    let is_first_start =
        std::fs::read_dir(data).map_or(true, |mut entries| entries.next().is_none());
    if !is_first_start {
        return format!(
            "sign in as before; to set a new password: {} user passwd admin --data-dir {}",
            binary.display(),
            data.display()
        );
    }
    match env::var_os("LB_PORTAL_ADMIN_PASSWORD") {
        Some(_) => "sign in as admin with the password of LB_PORTAL_ADMIN_PASSWORD".into(),
        None => "sign in as admin with the password below; it is printed only once".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_in_the_arguments() {
        let arguments =
            |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<String>>();
        for (line, want) in [
            ("--listen 127.0.0.1:9000", Some("127.0.0.1:9000")),
            ("--data-dir x --listen=[::1]:80", Some("[::1]:80")),
            ("--listener x", None),
            ("--listen", None),
            ("", None),
        ] {
            assert_eq!(option(&arguments(line), "--listen"), want, "{line}");
        }
    }
}

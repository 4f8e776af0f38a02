//! The HAProxy program on this machine, and the user that it runs as.

use crate::error::StartError;
use nix::unistd;
use rustix::process::{Resource, Rlimit, geteuid, getrlimit, setrlimit};
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

/// Directories of package managers that may be missing in PATH.
const FALLBACK_DIRECTORIES: [&str; 4] =
    ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];
/// The oldest version with the configuration keywords and admin commands of this crate.
const MIN_VERSION: (u32, u32) = (2, 6);

#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    /// The user of HAProxy, if this process may change users.
    pub(crate) user: Option<User>,
    /// The limit of open files.
    pub(crate) open_files: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Program {
    pub(crate) fn find(configured: Option<PathBuf>) -> Result<Self, StartError> {
        let path = match configured {
            Some(path) if is_executable(&path) => path,
            Some(path) => return Err(StartError::NotExecutable(path)),
            None => search().ok_or(StartError::HaproxyNotFound)?,
        };
        check_version(&path)?;
        Ok(Self { path, user: unprivileged_user(), open_files: raise_open_files() })
    }
}

fn search() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(FALLBACK_DIRECTORIES.map(PathBuf::from))
        .map(|directory| directory.join("haproxy"))
        .find(|file| is_executable(file))
}

fn is_executable(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn check_version(path: &Path) -> Result<(), StartError> {
    let output = Command::new(path)
        .arg("-v")
        .env_clear()
        .output()
        .map_err(|source| StartError::HaproxyDoesNotRun { path: path.to_owned(), source })?;
    let text = String::from_utf8_lossy(&output.stdout);
    let found = parse_version(&text).ok_or_else(|| StartError::NotHaproxy(path.to_owned()))?;
    if found < MIN_VERSION {
        return Err(StartError::HaproxyTooOld {
            path: path.to_owned(),
            found,
            minimum: MIN_VERSION,
        });
    }
    Ok(())
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut words = text.split_whitespace();
    words.find(|word| word.eq_ignore_ascii_case("version"))?;
    let mut numbers = words.next()?.split(['.', '-']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// The user `haproxy`, if this process is root and the user exists.
fn unprivileged_user() -> Option<User> {
    if !geteuid().is_root() {
        return None;
    }
    find_unprivileged("haproxy")
}

fn find_unprivileged(name: &str) -> Option<User> {
    let user = unistd::User::from_name(name).ok()??;
    (!user.uid.is_root()).then_some(User { uid: user.uid.as_raw(), gid: user.gid.as_raw() })
}

/// Raises the soft limit of this process to the hard limit. Child processes inherit it.
fn raise_open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum.unwrap_or(1 << 20),
        Err(error) => {
            tracing::warn!(%error, "the limit of open files cannot be raised");
            limit.current.unwrap_or(1024)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_debian_and_upstream_are_parsed() {
        let debian = "HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/\n";
        assert_eq!(parse_version(debian), Some((2, 6)));
        assert_eq!(parse_version("HA-Proxy version 1.8.4-1deb90d 2018/02/08"), Some((1, 8)));
        assert_eq!(parse_version("HAProxy version 3.1-dev4 2024"), Some((3, 1)));
        assert_eq!(parse_version("something else"), None);
    }

    #[test]
    fn the_user_of_haproxy_is_never_root() {
        // Every Linux system has these two.
        assert_eq!(find_unprivileged("nobody").map(|user| user.uid), Some(65_534));
        assert_eq!(find_unprivileged("root"), None);
        assert_eq!(find_unprivileged("no-such-user"), None);
    }

    #[test]
    fn a_missing_program_is_named_in_the_error() {
        let error = Program::find(Some("/nowhere/haproxy".into())).unwrap_err();
        assert_eq!(error.to_string(), "/nowhere/haproxy is not a program to run");
    }
}

//! The HAProxy program on this machine, and whom it runs as.

use crate::StartError;
use rustix::process::{Resource, Rlimit, geteuid, getrlimit, setrlimit};
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

/// Where package managers put it when PATH does not say.
const USUAL_PLACES: [&str; 4] =
    ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];
/// The oldest version whose configuration and admin commands are as this crate uses them.
const OLDEST: (u32, u32) = (2, 6);

/// HAProxy as this engine runs it.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    /// Whom it runs as, when we may choose.
    pub(crate) user: Option<User>,
    /// Open files that it may have.
    pub(crate) open_files: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

impl Program {
    pub(crate) fn find(asked: Option<PathBuf>) -> Result<Self, StartError> {
        let path = match asked {
            Some(path) if is_program(&path) => path,
            Some(path) => {
                return Err(StartError(format!("{} is not a program to run", path.display())));
            }
            None => search().ok_or_else(|| {
                StartError(
                    "HAProxy was not found: install it, for example with `apt-get install haproxy`"
                        .to_owned(),
                )
            })?,
        };
        check_version(&path)?;
        Ok(Self { path, user: unprivileged_user(), open_files: raise_open_files() })
    }
}

fn search() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(USUAL_PLACES.map(PathBuf::from))
        .map(|directory| directory.join("haproxy"))
        .find(|file| is_program(file))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

fn check_version(path: &Path) -> Result<(), StartError> {
    let output = Command::new(path)
        .arg("-v")
        .env_clear()
        .output()
        .map_err(|error| StartError(format!("{} does not run: {error}", path.display())))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let version = parse_version(&text)
        .ok_or_else(|| StartError(format!("{} does not look like HAProxy", path.display())))?;
    if version < OLDEST {
        return Err(StartError(format!(
            "{} is HAProxy {}.{}; {}.{} or newer is needed",
            path.display(),
            version.0,
            version.1,
            OLDEST.0,
            OLDEST.1
        )));
    }
    Ok(())
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut words = text.split_whitespace();
    words.find(|word| word.eq_ignore_ascii_case("version"))?;
    let mut numbers = words.next()?.split(['.', '-']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// `haproxy`, when we are root and the package made that user.
fn unprivileged_user() -> Option<User> {
    if !geteuid().is_root() {
        return None;
    }
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    find_user(&passwd, "haproxy")
}

fn find_user(passwd: &str, name: &str) -> Option<User> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then_some(())?;
        let _password = fields.next()?;
        let user = User { uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? };
        (user.uid != 0).then_some(user)
    })
}

/// Raises this process's soft limit to the hard one, which its children inherit.
fn raise_open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum.unwrap_or(1 << 20),
        Err(error) => {
            tracing::warn!(%error, "the limit of open files stays as it is");
            limit.current.unwrap_or(1024)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        let debian = "HAProxy version 2.6.12-1+deb12u4 2026/10/17 - https://haproxy.org/\n";
        assert_eq!(parse_version(debian), Some((2, 6)));
        assert_eq!(parse_version("HA-Proxy version 1.8.4-1deb90d 2018/02/08"), Some((1, 8)));
        assert_eq!(parse_version("HAProxy version 3.1-dev4 2024"), Some((3, 1)));
        assert_eq!(parse_version("something else"), None);
    }

    #[test]
    fn a_user_is_never_root() {
        let passwd = "root:x:0:0:root:/root:/bin/sh\nhaproxy:x:102:105::/var/lib/haproxy:/x\n";
        assert_eq!(find_user(passwd, "haproxy"), Some(User { uid: 102, gid: 105 }));
        assert_eq!(find_user("haproxy:x:0:0::/:/x", "haproxy"), None);
        assert_eq!(find_user(passwd, "hap"), None);
    }

    #[test]
    fn a_missing_program_says_which() {
        let error = Program::find(Some("/nowhere/haproxy".into())).unwrap_err();
        assert_eq!(error.to_string(), "/nowhere/haproxy is not a program to run");
    }
}

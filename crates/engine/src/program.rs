//! The HAProxy program on this machine, and the user that it runs as.

use crate::{
    before_exec,
    error::StartError,
    memory_file::MemoryFile,
    sandbox::Sandbox,
    user::{self, User},
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::{
    io::{self, Read},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// Directories of package managers that may be missing in PATH.
const FALLBACK_DIRECTORIES: [&str; 4] =
    ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];
/// The oldest version with the configuration keywords and admin commands of this crate.
const MIN_VERSION: (u32, u32) = (2, 6);
/// How long `haproxy -v` may take. It takes milliseconds.
const VERSION_TIMEOUT: Duration = Duration::from_secs(10);
/// More output than this is not HAProxy's.
const MAX_VERSION_BYTES: u64 = 64 * 1024;

#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    /// The user of HAProxy, if it is not the user of this process.
    pub(crate) user: Option<User>,
    /// `None`: not wanted, the kernel has none, or HAProxy doesn't run in it.
    pub(crate) sandbox: Option<Sandbox>,
    /// The limit of open files.
    pub(crate) open_files: u64,
}

impl Program {
    /// `user` is the name of the user to run HAProxy as; see [`crate::user`].
    pub(crate) fn find(
        configured: Option<PathBuf>,
        user: Option<&str>,
        wants_sandbox: bool,
    ) -> Result<Self, StartError> {
        let path = match configured {
            Some(path) if is_executable(&path) => path,
            Some(path) => return Err(StartError::NotExecutable(path)),
            None => search().ok_or(StartError::HaproxyNotFound)?,
        };
        let user = user::choose(user)?;
        // What a process of that user needs, tried now and not at the first load balancer.
        if MemoryFile::new(b"", user).is_err_and(|error| is_forbidden(&error)) {
            return Err(StartError::UserNotPermitted);
        }
        let sandbox = if wants_sandbox { usable_sandbox(&path, user) } else { None };
        check_version(&path, user, None, VERSION_TIMEOUT)?;
        Ok(Self { path, user, sandbox, open_files: raise_open_files() })
    }
}

/// The sandbox, if HAProxy runs in it: a library may be in a directory that the sandbox doesn't know.
fn usable_sandbox(path: &Path, user: Option<User>) -> Option<Sandbox> {
    let sandbox = match Sandbox::new(path) {
        Ok(Some(sandbox)) => sandbox,
        Ok(None) => {
            tracing::info!("the kernel has no Landlock; HAProxy runs without a sandbox");
            return None;
        }
        Err(error) => {
            tracing::warn!(%error, "HAProxy runs without a sandbox");
            return None;
        }
    };
    match check_version(path, user, Some(&sandbox), VERSION_TIMEOUT) {
        Ok(()) => Some(sandbox),
        Err(error) => {
            tracing::warn!(%error, "HAProxy doesn't run in a sandbox, and runs without");
            None
        }
    }
}

fn is_forbidden(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::PermissionDenied
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

fn check_version(
    path: &Path,
    user: Option<User>,
    sandbox: Option<&Sandbox>,
    timeout: Duration,
) -> Result<(), StartError> {
    let text = version_text(path, user, sandbox, timeout)?;
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

/// The output of `haproxy -v`.
fn version_text(
    path: &Path,
    user: Option<User>,
    sandbox: Option<&Sandbox>,
    timeout: Duration,
) -> Result<String, StartError> {
    let mut command = Command::new(path);
    command.arg("-v").env_clear().current_dir("/");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(user) = user {
        command.gid(user.gid).uid(user.uid);
    }
    let failed = |source: io::Error| match user {
        Some(_) if is_forbidden(&source) => StartError::UserNotPermitted,
        _ => StartError::HaproxyDoesNotRun { path: path.to_owned(), source },
    };
    if let Some(sandbox) = sandbox {
        before_exec::restrict(&mut command, sandbox.ruleset().map_err(failed)?);
    }
    let mut child = command.spawn().map_err(failed)?;
    let (sender, text) = mpsc::channel();
    if let Some(output) = child.stdout.take() {
        // The thread ends with the program, or with this one.
        std::thread::spawn(move || {
            let mut text = Vec::new();
            let read = output.take(MAX_VERSION_BYTES).read_to_end(&mut text);
            let _ = sender.send(read.map(|_| text));
        });
    }
    let text = text.recv_timeout(timeout);
    let _ = child.kill();
    let _ = child.wait();
    match text {
        Ok(Ok(text)) => Ok(String::from_utf8_lossy(&text).into_owned()),
        Ok(Err(source)) => Err(failed(source)),
        Err(_) => Err(StartError::HaproxyHangs(path.to_owned())),
    }
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut words = text.split_whitespace();
    words.find(|word| word.eq_ignore_ascii_case("version"))?;
    let mut numbers = words.next()?.split(['.', '-']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
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
    fn a_program_that_hangs_does_not_hang_the_start() {
        let path = std::env::temp_dir().join(format!("lb-hangs-{}", uuid::Uuid::new_v4()));
        std::fs::write(&path, "#!/bin/sh\nsleep 1000 &\nsleep 1000\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let error = check_version(&path, None, None, Duration::from_millis(100)).unwrap_err();
        std::fs::remove_file(&path).unwrap();
        assert!(error.to_string().ends_with("does not answer"), "{error}");
    }

    #[test]
    fn a_missing_program_is_named_in_the_error() {
        let error = Program::find(Some("/nowhere/haproxy".into()), None, true).unwrap_err();
        assert_eq!(error.to_string(), "/nowhere/haproxy is not a program to run");
    }
}

//! Pid files, which identify the processes of an engine that crashed.

use crate::run_dir::private_file;
use openstack_types::LoadBalancerId;
use std::{
    collections::HashSet,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The content of a pid file: enough to distinguish our process from another one with a reused pid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: i32,
    /// Clock ticks from boot to the start of the process.
    started: u64,
    pub(crate) id: LoadBalancerId,
}

/// Removes the pid file when dropped.
#[derive(Debug)]
pub(crate) struct RegisteredPid(PathBuf);

impl Drop for RegisteredPid {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl PidFile {
    /// `None` if the process does not run.
    pub(crate) fn of_running(pid: i32, id: LoadBalancerId) -> Option<Self> {
        Some(Self { pid, started: start_time(pid)?, id })
    }

    /// Writes the file. Nothing of it is left after a failure.
    pub(crate) fn register(&self, path: &Path) -> io::Result<RegisteredPid> {
        // Created first, so that a file that is half written is removed.
        let registered = RegisteredPid(path.to_owned());
        let mut file = private_file(path)?;
        file.write_all(format!("{} {} {}\n", self.pid, self.started, self.id).as_bytes())?;
        Ok(registered)
    }

    pub(crate) fn read(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        let mut words = text.split_whitespace();
        Some(Self {
            pid: words.next()?.parse().ok().filter(|pid| *pid > 1)?,
            started: words.next()?.parse().ok()?,
            id: words.next()?.parse().ok()?,
        })
    }

    /// Whether the pid still belongs to the same HAProxy process.
    pub(crate) fn is_running(&self) -> bool {
        let command = fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
        let words: Vec<&[u8]> = command.split(|byte| *byte == 0).collect();
        let id = self.id.to_string();
        start_time(self.pid) == Some(self.started)
            && words.first().is_some_and(|program| program.ends_with(b"haproxy"))
            && words.windows(2).any(|pair| pair == [b"-L".as_slice(), id.as_bytes()])
    }

    /// Whether the process still listens on a TCP port. If its descriptors cannot be read, it is assumed to
    /// listen while it runs.
    pub(crate) fn holds_ports(&self) -> bool {
        self.is_running()
            && fs::read_dir(format!("/proc/{}/fd", self.pid)).map_or(true, |files| {
                let listening = listening_sockets();
                files
                    .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
                    .any(|target| target.to_str().is_some_and(|name| listening.contains(name)))
            })
    }
}

/// All listening TCP sockets of this machine, named as in `/proc/PID/fd`.
fn listening_sockets() -> HashSet<String> {
    const LISTEN: &str = "0A";
    ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| {
            let sockets = table.lines().filter_map(|line| {
                let mut fields = line.split_whitespace();
                (fields.nth(3)? == LISTEN).then(|| fields.nth(5))?
            });
            sockets.map(|inode| format!("socket:[{inode}]")).collect::<Vec<_>>()
        })
        .collect()
}

/// Field 22 of `/proc/PID/stat`. `None` if the process has exited, even if it is not reaped yet.
fn start_time(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // Field 2, the name, may contain anything. No later field contains a parenthesis.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    (fields.next()? != "Z").then_some(())?;
    fields.nth(18)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_program_with_the_same_pid_is_not_ours() {
        let pid = i32::try_from(std::process::id()).unwrap();
        let id = uuid::Uuid::nil().into();
        let file = PidFile::of_running(pid, id).unwrap();
        assert!(!file.is_running(), "this test is no haproxy");
        assert!(!PidFile { started: file.started + 1, ..file }.is_running());
    }

    #[test]
    fn listening_sockets_include_an_open_one_and_not_a_closed_one() {
        let name = |fd: &dyn std::os::fd::AsRawFd| {
            fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).unwrap()
        };
        let listener = std::net::TcpListener::bind(("127.21.0.4", 0)).unwrap();
        let inode = name(&listener).into_os_string().into_string().unwrap();
        assert!(listening_sockets().contains(&inode));
        drop(listener);
        assert!(!listening_sockets().contains(&inode));
    }
}

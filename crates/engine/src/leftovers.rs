//! What an engine that died left behind in the run directory.

use openstack_types::LoadBalancerId;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    collections::HashSet,
    fs, io,
    path::Path,
    time::{Duration, Instant},
};

/// How long processes have to close their listening sockets. They do it in milliseconds; finishing
/// what they have begun for their clients takes them up to `hard-stop-after`, and is not waited for.
const PATIENCE: Duration = Duration::from_secs(3);

/// The content of a pid file: enough to tell our process from another that got its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PidFile {
    pub(crate) pid: i32,
    /// Clock ticks from boot to its start.
    pub(crate) started: u64,
    pub(crate) id: LoadBalancerId,
}

impl PidFile {
    /// For a process that runs now.
    pub(crate) fn of(pid: i32, id: LoadBalancerId) -> Option<Self> {
        Some(Self { pid, started: start_time(pid)?, id })
    }

    pub(crate) fn write(&self, path: &Path) -> io::Result<()> {
        fs::write(path, format!("{} {} {}\n", self.pid, self.started, self.id))
    }

    fn read(path: &Path) -> Option<Self> {
        let text = fs::read_to_string(path).ok()?;
        let mut words = text.split_whitespace();
        Some(Self {
            pid: words.next()?.parse().ok().filter(|pid| *pid > 1)?,
            started: words.next()?.parse().ok()?,
            id: words.next()?.parse().ok()?,
        })
    }

    /// The process is there, began when ours did, and is an HAProxy of that load balancer.
    fn still_runs(&self) -> bool {
        let command = fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
        let words: Vec<&[u8]> = command.split(|byte| *byte == 0).collect();
        let id = self.id.to_string();
        start_time(self.pid) == Some(self.started)
            && words.first().is_some_and(|program| program.ends_with(b"haproxy"))
            && words.windows(2).any(|pair| pair == [b"-L".as_slice(), id.as_bytes()])
    }

    /// It still listens on a TCP port; when that cannot be known, it does while it runs.
    fn holds_ports(&self) -> bool {
        self.still_runs()
            && fs::read_dir(format!("/proc/{}/fd", self.pid)).map_or(true, |files| {
                let listening = listening_sockets();
                files
                    .filter_map(|file| fs::read_link(file.ok()?.path()).ok())
                    .any(|target| target.to_str().is_some_and(|name| listening.contains(name)))
            })
    }
}

/// All TCP sockets of this machine that listen, as `/proc/PID/fd` calls them.
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

/// Field 22 of `/proc/PID/stat`; `None` when the process is gone, or only waits to be reaped.
fn start_time(pid: i32) -> Option<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, field 2, may hold anything, but nothing after it holds a parenthesis.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    (fields.next()? != "Z").then_some(())?;
    fields.nth(18)?.parse().ok()
}

/// Ends processes of an earlier engine softly and removes its files. Returns the highest generation
/// number that was used.
pub(crate) async fn clear(run_dir: &Path) -> io::Result<u64> {
    let mut highest = 0;
    let mut running = Vec::new();
    let mut files = Vec::new();
    for entry in fs::read_dir(run_dir)? {
        let path = entry?.path();
        let Some((number, extension)) = parse_name(&path) else { continue };
        highest = highest.max(number);
        if extension == "pid"
            && let Some(found) = PidFile::read(&path)
            && found.still_runs()
        {
            tracing::info!(pid = found.pid, loadbalancer = %found.id, "ending a left-over HAProxy");
            if let Some(pid) = Pid::from_raw(found.pid) {
                let _ = kill_process(pid, Signal::USR1);
            }
            running.push(found);
        }
        files.push(path);
    }
    let until = Instant::now() + PATIENCE;
    while running.iter().any(PidFile::holds_ports) && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for path in files {
        let _ = fs::remove_file(path);
    }
    Ok(highest)
}

/// `LOADBALANCER-GENERATION.EXTENSION`.
fn parse_name(path: &Path) -> Option<(u64, &str)> {
    let extension = path.extension()?.to_str()?;
    let (id, number) = path.file_stem()?.to_str()?.rsplit_once('-')?;
    id.parse::<LoadBalancerId>().ok()?;
    Some((number.parse().ok()?, extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_program_with_the_same_number_is_left_alone() {
        let pid = i32::try_from(std::process::id()).unwrap();
        let id = uuid::Uuid::nil().into();
        let found = PidFile::of(pid, id).unwrap();
        assert!(!found.still_runs(), "this test is no haproxy");
        assert!(!PidFile { started: found.started + 1, ..found }.still_runs());
    }

    #[test]
    fn a_listening_socket_is_seen_and_a_closed_one_is_not() {
        let name = |fd: &dyn std::os::fd::AsRawFd| {
            fs::read_link(format!("/proc/self/fd/{}", fd.as_raw_fd())).unwrap()
        };
        let listener = std::net::TcpListener::bind(("127.21.0.4", 0)).unwrap();
        let inode = name(&listener).into_os_string().into_string().unwrap();
        assert!(listening_sockets().contains(&inode));
        drop(listener);
        assert!(!listening_sockets().contains(&inode));
    }

    #[test]
    fn names() {
        let name = "00000000-0000-0000-0000-000000000000-17.pid";
        assert_eq!(parse_name(Path::new(name)), Some((17, "pid")));
        assert_eq!(parse_name(Path::new("precious.txt")), None);
        assert_eq!(parse_name(Path::new("lock")), None);
    }
}

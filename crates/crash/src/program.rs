//! The server under test and its HAProxy processes.

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

pub const PASSWORD: &str = "a password of the crash campaign";
/// The time limit for a start on a busy machine.
const START_TIMEOUT: Duration = Duration::from_mins(1);

pub struct Server {
    child: Child,
    pub base: String,
}

impl Server {
    /// Starts the program. `log` is appended to.
    pub async fn start(bin: &Path, data_dir: &Path, log: &Path) -> Result<Self> {
        let log = fs::File::options().create(true).append(true).open(log)?;
        let mut child = Command::new(bin)
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data_dir)
            .env("LB_PORTAL_ADMIN_PASSWORD", PASSWORD)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| bin.display().to_string())?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?).lines();
        let base = timeout(START_TIMEOUT, async {
            while let Some(line) = lines.next_line().await? {
                if let Some(url) = line.strip_prefix("listening on ") {
                    return Ok(url.trim_end_matches('/').to_owned());
                }
            }
            bail!("the server ended before it listened")
        })
        .await
        .context("the server did not start in a minute")??;
        // A full pipe would block the server.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Ok(Self { child, base })
    }

    /// Ends the process as a power failure would.
    pub async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.context("the server could not be killed")
    }

    /// Stops the process as a service manager does.
    pub async fn terminate(&mut self) -> Result<()> {
        let pid = self.child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        kill_process(pid.context("the server had ended")?, Signal::TERM)?;
        let status = timeout(START_TIMEOUT, self.child.wait()).await;
        let status = status.context("the server did not stop in a minute")??;
        if status.success() { Ok(()) } else { bail!("the server stopped with {status}") }
    }

    /// The processes that serve now.
    pub fn haproxies(&self) -> Vec<Pid> {
        let parent = self.child.id().unwrap_or_default();
        processes().filter(|process| process.parent == parent).map(|process| process.pid).collect()
    }
}

/// Ends a HAProxy, unless it has ended meanwhile.
pub fn kill(pid: Pid) {
    let _ = kill_process(pid, Signal::KILL);
}

struct HaproxyProcess {
    pid: Pid,
    parent: u32,
}

fn processes() -> impl Iterator<Item = HaproxyProcess> {
    let directories = fs::read_dir("/proc").into_iter().flatten().flatten();
    directories.filter_map(|entry| haproxy(entry.path()))
}

fn haproxy(directory: PathBuf) -> Option<HaproxyProcess> {
    let pid = directory.file_name()?.to_str()?.parse().ok()?;
    let stat = fs::read_to_string(directory.join("stat")).ok()?;
    // PID (NAME) STATE PARENT …; see proc_pid_stat(5).
    let (name, rest) = stat.split_once('(')?.1.rsplit_once(')')?;
    let parent = rest.split_whitespace().nth(1)?.parse().ok()?;
    (name == "haproxy").then_some(HaproxyProcess { pid: Pid::from_raw(pid)?, parent })
}

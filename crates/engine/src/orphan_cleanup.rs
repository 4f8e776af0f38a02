//! Stops the processes and removes the files that an earlier engine left in the run directory.

use crate::{
    old_processes::{OldProcess, OldProcesses},
    pid_file::PidFile,
};
use openstack_types::LoadBalancerId;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How long to wait until the processes close their listening sockets, which takes milliseconds. They finish
/// their open connections as other old processes do.
const PORTS_TIMEOUT: Duration = Duration::from_secs(3);

/// How often to look whether an orphan has exited.
const EXIT_INTERVAL: Duration = Duration::from_secs(1);

/// Soft-stops the processes and removes the files. Returns the highest generation number in use.
///
/// A process that finishes its connections keeps its pid file, so that the next engine counts it too.
pub(crate) async fn stop_orphans(run_dir: &Path, all: &OldProcesses) -> io::Result<u64> {
    let mut last_generation = 0;
    let mut orphans = Vec::new();
    let mut files = Vec::new();
    for entry in fs::read_dir(run_dir)? {
        let path = entry?.path();
        let Some((generation, extension)) = parse_file_name(&path) else { continue };
        last_generation = last_generation.max(generation);
        if extension == "pid"
            && let Some(orphan) = PidFile::read(&path)
            && orphan.is_running()
        {
            tracing::info!(pid = orphan.pid, loadbalancer = %orphan.id, "stopping an orphaned HAProxy");
            send(&orphan, Signal::USR1);
            orphans.push((generation, orphan, path));
        } else {
            files.push(path);
        }
    }
    let deadline = Instant::now() + PORTS_TIMEOUT;
    while orphans.iter().any(|(_, orphan, _)| orphan.holds_ports()) && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for path in files {
        let _ = fs::remove_file(path);
    }
    // The oldest first.
    orphans.sort_by_key(|(generation, ..)| *generation);
    for (_, orphan, path) in orphans {
        let place = all.add(orphan.id, None, orphan.pid);
        all.count(place.number());
        tokio::spawn(wait_for_orphan(orphan, path, place));
    }
    Ok(last_generation)
}

/// Waits until the process exits, or ends it when there are too many old processes. Removes its file.
async fn wait_for_orphan(orphan: PidFile, path: PathBuf, place: OldProcess) {
    let exit = async {
        // It is no child of this process.
        while orphan.is_running() {
            tokio::time::sleep(EXIT_INTERVAL).await;
        }
    };
    tokio::select! {
        () = exit => {}
        () = place.must_end() => send(&orphan, Signal::KILL),
    }
    let _ = fs::remove_file(path);
}

fn send(orphan: &PidFile, signal: Signal) {
    if let Some(pid) = Pid::from_raw(orphan.pid).filter(|_| orphan.is_running()) {
        let _ = kill_process(pid, signal);
    }
}

/// Generation number and extension of `LOADBALANCER-GENERATION.EXTENSION`.
fn parse_file_name(path: &Path) -> Option<(u64, &str)> {
    let extension = path.extension()?.to_str()?;
    let (id, generation) = path.file_stem()?.to_str()?.rsplit_once('-')?;
    id.parse::<LoadBalancerId>().ok()?;
    Some((generation.parse().ok()?, extension))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_file_names_of_generations_are_recognised() {
        let name = "00000000-0000-0000-0000-000000000000-17.pid";
        assert_eq!(parse_file_name(Path::new(name)), Some((17, "pid")));
        assert_eq!(parse_file_name(Path::new("precious.txt")), None);
        assert_eq!(parse_file_name(Path::new("lock")), None);
    }
}

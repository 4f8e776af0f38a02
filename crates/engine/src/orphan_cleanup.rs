//! Stops the processes and removes the files that a crashed engine left in the run directory.

use crate::pid_file::PidFile;
use openstack_types::LoadBalancerId;
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs, io,
    path::Path,
    time::{Duration, Instant},
};

/// How long to wait until the processes close their listening sockets, which takes milliseconds. They may
/// finish their open requests for up to `hard-stop-after`; nothing waits for that.
const PORTS_TIMEOUT: Duration = Duration::from_secs(3);

/// Soft-stops the processes and removes the files. Returns the highest generation number in use.
pub(crate) async fn stop_orphans(run_dir: &Path) -> io::Result<u64> {
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
            if let Some(pid) = Pid::from_raw(orphan.pid) {
                let _ = kill_process(pid, Signal::USR1);
            }
            orphans.push(orphan);
        }
        files.push(path);
    }
    let deadline = Instant::now() + PORTS_TIMEOUT;
    while orphans.iter().any(PidFile::holds_ports) && Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for path in files {
        let _ = fs::remove_file(path);
    }
    Ok(last_generation)
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

//! The files of one generation in the run directory.

use openstack_types::LoadBalancerId;
use std::{
    fs, io,
    os::{fd::OwnedFd, unix::fs::PermissionsExt},
    path::{Path, PathBuf},
};

/// Named `LOADBALANCER-GENERATION.EXTENSION`.
#[derive(Debug)]
pub(super) struct GenerationFiles {
    pub(super) config: PathBuf,
    pub(super) socket: PathBuf,
    pub(super) state: PathBuf,
    pub(super) pid: PathBuf,
}

impl GenerationFiles {
    pub(super) fn new(run_dir: &Path, id: LoadBalancerId, generation: u64) -> Self {
        let file = |extension| run_dir.join(format!("{id}-{generation}.{extension}"));
        Self { config: file("cfg"), socket: file("sock"), state: file("state"), pid: file("pid") }
    }

    /// Removes the files that only the start needs. The open admin session does not need the socket's name.
    pub(super) fn remove_startup_files(&self) {
        let _ = fs::remove_file(&self.state);
        let _ = fs::remove_file(&self.socket);
    }

    pub(super) fn remove(&self) {
        for file in [&self.config, &self.socket, &self.state, &self.pid] {
            let _ = fs::remove_file(file);
        }
    }
}

/// Writes a file and opens it for HAProxy's user, who reads it through the inherited descriptor. The mode of
/// the directory keeps everybody else out.
pub(super) fn write_readable(path: &Path, text: &str) -> io::Result<OwnedFd> {
    fs::write(path, text)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))?;
    fs::File::open(path).map(OwnedFd::from)
}

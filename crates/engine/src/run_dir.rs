//! The run directory: configurations, admin sockets and pid files.

use crate::error::StartError;
use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// Locked as long as this value exists: one engine for each directory.
#[derive(Debug)]
pub(crate) struct RunDir {
    path: PathBuf,
    _lock: fs::File,
}

impl RunDir {
    /// Creates the directory with mode 0700 and locks it.
    pub(crate) fn open(path: PathBuf) -> Result<Self, StartError> {
        let lock = match create(&path) {
            Ok(lock) => lock,
            Err(source) => return Err(StartError::RunDir { path, source }),
        };
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(fs::TryLockError::WouldBlock) => Err(StartError::RunDirInUse(path)),
            Err(fs::TryLockError::Error(source)) => Err(StartError::RunDir { path, source }),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn create(path: &Path) -> io::Result<fs::File> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))?;
    fs::File::create(path.join("lock"))
}

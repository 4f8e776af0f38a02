//! The run directory: configurations, admin sockets and pid files.

use crate::error::StartError;
use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
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
    private_file(&path.join("lock"))
}

/// Creates a file that only its owner can read, or empties one.
pub(crate) fn private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    let file = options.write(true).create(true).truncate(true).mode(0o600).open(path)?;
    // A version before this one created files that others can read.
    file.set_permissions(fs::Permissions::from_mode(0o600))?;
    Ok(file)
}

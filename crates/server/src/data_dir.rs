//! The directory with everything the server stores.

use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// A data directory with mode 0700.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

/// Held by the one server of a data directory. Released when dropped and when the process ends.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "holds the lock")] File);

#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    #[error("cannot use the data directory {}", path.display())]
    Unusable { path: PathBuf, source: io::Error },
    #[error("there is nothing in {} yet: start `lb-portal serve` on it once", .0.display())]
    Empty(PathBuf),
    #[error("cannot lock the data directory {}", path.display())]
    CannotLock { path: PathBuf, source: io::Error },
    #[error(
        "another lb-portal serves the data directory {}; stop it, or use another directory",
        .0.display()
    )]
    InUse(PathBuf),
}

impl DataDir {
    /// Opens the directory. Creates it if it does not exist.
    pub fn open(path: &Path) -> Result<Self, DataDirError> {
        let create = || -> io::Result<()> {
            DirBuilder::new().recursive(true).mode(0o700).create(path)?;
            std::fs::set_permissions(path, Permissions::from_mode(0o700))?;
            std::fs::read_dir(path).map(drop)
        };
        create().map_err(|source| DataDirError::Unusable { path: path.to_owned(), source })?;
        Ok(Self(path.to_owned()))
    }

    /// Opens the directory of a server that has been started before.
    pub fn existing(path: &Path) -> Result<Self, DataDirError> {
        let dir = Self(path.to_owned());
        match std::fs::metadata(dir.database()) {
            Ok(_) => Ok(dir),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(DataDirError::Empty(path.to_owned()))
            }
            Err(source) => Err(DataDirError::Unusable { path: path.to_owned(), source }),
        }
    }

    /// Makes this process the one server of the directory.
    pub fn lock(&self) -> Result<Lock, DataDirError> {
        let cannot_lock = |source| DataDirError::CannotLock { path: self.0.clone(), source };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(self.0.join("lock"))
            .map_err(cannot_lock)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse(self.0.clone())),
            Err(TryLockError::Error(source)) => Err(cannot_lock(source)),
        }
    }

    pub fn database(&self) -> PathBuf {
        self.0.join("lb-portal.db")
    }

    /// The key that encrypts the payloads of secrets.
    pub fn key(&self) -> PathBuf {
        self.0.join("lb-portal.key")
    }

    /// The working directory of the engine.
    pub fn run(&self) -> PathBuf {
        self.0.join("run")
    }
}

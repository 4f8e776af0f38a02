//! The directory with everything the server stores.

use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// A data directory with mode 0700.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

/// How long to wait for the lock, and how often to try.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
const LOCK_INTERVAL: Duration = Duration::from_millis(20);

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

    /// Makes this process the one server of the directory. Waits a moment for a server that has just been
    /// killed: a child that it was about to start inherits the lock until the child runs its own program.
    pub async fn lock(&self) -> Result<Lock, DataDirError> {
        let cannot_lock = |source| DataDirError::CannotLock { path: self.0.clone(), source };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(self.0.join("lock"))
            .map_err(cannot_lock)?;
        let deadline = Instant::now() + LOCK_PATIENCE;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Lock(file)),
                Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                    tokio::time::sleep(LOCK_INTERVAL).await;
                }
                Err(TryLockError::WouldBlock) => return Err(DataDirError::InUse(self.0.clone())),
                Err(TryLockError::Error(source)) => return Err(cannot_lock(source)),
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_lock_of_a_server_that_ends_is_waited_for() {
        let directory = tempfile::tempdir().unwrap();
        let data_dir = DataDir::open(directory.path()).unwrap();
        let first = data_dir.lock().await.unwrap();
        let (second, ()) = tokio::join!(data_dir.lock(), async move {
            tokio::task::yield_now().await;
            drop(first);
        });
        assert!(second.is_ok());
        assert!(matches!(data_dir.lock().await, Err(DataDirError::InUse(_))));
    }
}

//! The directory that holds everything the server keeps.

use std::{
    fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// A data directory with mode 0700.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

/// Held by the one server that runs on a data directory; let go of when dropped, or when the process
/// ends in whatever way.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "holding it is its use")] File);

impl DataDir {
    /// Makes the directory where it is missing. The error is one clear line.
    pub fn open(path: &Path) -> Result<Self, String> {
        let make = || -> io::Result<()> {
            DirBuilder::new().recursive(true).mode(0o700).create(path)?;
            std::fs::set_permissions(path, Permissions::from_mode(0o700))?;
            std::fs::read_dir(path).map(drop)
        };
        make().map_err(|why| format!("cannot use the data directory {}: {why}", path.display()))?;
        Ok(Self(path.to_owned()))
    }

    /// The directory of a server that has been started before. The error is one clear line.
    pub fn existing(path: &Path) -> Result<Self, String> {
        let dir = Self(path.to_owned());
        match std::fs::metadata(dir.database()) {
            Ok(_) => Ok(dir),
            Err(why) if why.kind() == io::ErrorKind::NotFound => Err(format!(
                "there is nothing in {} yet: start `lb-portal serve` on it once",
                path.display()
            )),
            Err(why) => Err(format!("cannot use the data directory {}: {why}", path.display())),
        }
    }

    /// Takes the place of the one server on this directory.
    pub fn lock(&self) -> Result<Lock, String> {
        let path = self.0.join("lock");
        let unusable =
            |why: io::Error| format!("cannot lock the data directory {}: {why}", self.0.display());
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => Ok(Lock(file)),
            Err(TryLockError::WouldBlock) => Err(format!(
                "another lb-portal serves the data directory {}; stop it, or use another directory",
                self.0.display()
            )),
            Err(TryLockError::Error(why)) => Err(unusable(why)),
        }
    }

    /// The database.
    pub fn database(&self) -> PathBuf {
        self.0.join("lb-portal.db")
    }

    /// The key that the payloads of secrets are sealed with.
    pub fn key(&self) -> PathBuf {
        self.0.join("lb-portal.key")
    }

    /// What the engine works in.
    pub fn run(&self) -> PathBuf {
        self.0.join("run")
    }
}

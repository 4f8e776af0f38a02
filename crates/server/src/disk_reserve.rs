//! Free space that creates leave, so that sign-ins and deletions work however much tenants store.

use crate::store::Unavailable;
use std::path::{Path, PathBuf};

/// The reserve of the file system of the database.
pub struct DiskReserve {
    database: PathBuf,
    bytes: u64,
}

impl DiskReserve {
    pub fn new(database: &Path, bytes: u64) -> Self {
        Self { database: database.to_owned(), bytes }
    }

    /// Requires that more than the reserve is free. Asks the file system: call it where the database may be
    /// called.
    ///
    /// # Errors
    /// [`Unavailable::DiskReserve`].
    pub fn require(&self) -> Result<(), Unavailable> {
        let space = match rustix::fs::statvfs(&self.database) {
            Ok(space) => space,
            Err(error) => {
                tracing::warn!(%error, "the free space of the database's file system is unknown");
                return Ok(());
            }
        };
        if space.f_bavail.saturating_mul(space.f_frsize) > self.bytes {
            Ok(())
        } else {
            Err(Unavailable::DiskReserve)
        }
    }
}

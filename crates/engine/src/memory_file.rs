//! Files in memory that pass configurations and private keys to HAProxy.

use crate::user::User;
use rustix::fs::{Gid, MemfdFlags, Mode, Uid, fchmod, fchown, memfd_create};
use std::{
    fs::File,
    io::{self, Write},
    os::fd::OwnedFd,
};

/// A file without a name, not on disk. It is erased when dropped, also for a process that still has it open.
#[derive(Debug)]
pub(crate) struct MemoryFile(File);

impl MemoryFile {
    /// Only `reader` can read it, through an inherited descriptor.
    pub(crate) fn new(content: &[u8], reader: Option<User>) -> io::Result<Self> {
        let file = memfd_create("lb-portal", MemfdFlags::CLOEXEC)?;
        fchmod(&file, Mode::RUSR)?;
        if let Some(user) = reader {
            fchown(&file, Some(Uid::from_raw(user.uid)), Some(Gid::from_raw(user.gid)))?;
        }
        // From here on it is erased in any case.
        let mut file = Self(File::from(file));
        file.0.write_all(content)?;
        Ok(file)
    }

    /// A descriptor for a child process.
    pub(crate) fn share(&self) -> io::Result<OwnedFd> {
        self.0.try_clone().map(OwnedFd::from)
    }
}

impl Drop for MemoryFile {
    fn drop(&mut self) {
        if let Err(error) = self.0.set_len(0) {
            tracing::warn!(%error, "a file in memory was not erased");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{io::Read, os::fd::AsRawFd};

    #[test]
    fn a_shared_descriptor_reads_nothing_after_the_drop() {
        let file = MemoryFile::new(b"key", None).unwrap();
        let shared = file.share().unwrap();
        let path = format!("/proc/self/fd/{}", shared.as_raw_fd());
        let read = || {
            let mut text = String::new();
            File::open(&path).unwrap().read_to_string(&mut text).map(|_| text).unwrap()
        };
        assert_eq!(read(), "key");
        drop(file);
        assert_eq!(read(), "");
    }
}

//! The admin socket of a process: one end of a pair of sockets, without a name in the file system.
//!
//! HAProxy listens on the other end (`sockpair@`) and accepts each session as a descriptor that is sent to it.
//! So a full or read-only disk does not keep a process from starting, and no other program can connect.

use rustix::net::{
    AddressFamily, SendAncillaryBuffer, SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
    sendmsg, socketpair,
};
use std::{
    io::{self, IoSlice},
    mem::MaybeUninit,
    os::{
        fd::{AsFd, OwnedFd},
        unix::net::UnixStream as StdUnixStream,
    },
};
use tokio::net::UnixStream;

#[derive(Debug)]
pub(crate) struct AdminSocket(OwnedFd);

impl AdminSocket {
    /// Returns the socket, and the end for the process.
    pub(crate) fn new() -> io::Result<(Self, OwnedFd)> {
        let (ours, theirs) = pair(SocketFlags::CLOEXEC)?;
        // A process that hangs must not block this one.
        rustix::io::ioctl_fionbio(&ours, true)?;
        Ok((Self(ours), theirs))
    }

    /// A descriptor for the process, which does not use it. HAProxy polls its end in a busy loop once nobody has
    /// this end open, as after a crash of the engine.
    pub(crate) fn share(&self) -> io::Result<OwnedFd> {
        self.0.try_clone()
    }

    /// Opens a session. The process accepts it when it runs.
    pub(crate) fn connect(&self) -> io::Result<UnixStream> {
        let (ours, theirs) = pair(SocketFlags::CLOEXEC)?;
        let descriptors = [theirs.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut control = SendAncillaryBuffer::new(&mut space);
        control.push(SendAncillaryMessage::ScmRights(&descriptors));
        sendmsg(&self.0, &[IoSlice::new(&[0])], &mut control, SendFlags::NOSIGNAL)?;
        let session = StdUnixStream::from(ours);
        session.set_nonblocking(true)?;
        UnixStream::from_std(session)
    }
}

fn pair(flags: SocketFlags) -> io::Result<(OwnedFd, OwnedFd)> {
    Ok(socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None)?)
}

/// The end of the process, for tests without one.
#[cfg(test)]
pub(crate) mod of_process {
    use super::*;
    use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, recvmsg};
    use std::{io::IoSliceMut, time::Duration};

    pub(crate) struct AdminSocketOfProcess(OwnedFd);

    impl AdminSocketOfProcess {
        pub(crate) fn new(socket: OwnedFd) -> Self {
            rustix::io::ioctl_fionbio(&socket, true).unwrap();
            Self(socket)
        }

        pub(crate) async fn accept(&self) -> UnixStream {
            loop {
                if let Ok(Some(session)) = self.receive() {
                    let session = StdUnixStream::from(session);
                    session.set_nonblocking(true).unwrap();
                    return UnixStream::from_std(session).unwrap();
                }
                // For a test with a fake clock.
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }

        fn receive(&self) -> rustix::io::Result<Option<OwnedFd>> {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut control = RecvAncillaryBuffer::new(&mut space);
            let mut byte = [0];
            let mut data = [IoSliceMut::new(&mut byte)];
            recvmsg(&self.0, &mut data, &mut control, RecvFlags::empty())?;
            Ok(control.drain().find_map(|message| match message {
                RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
                _ => None,
            }))
        }
    }
}

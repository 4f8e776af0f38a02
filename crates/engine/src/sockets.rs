//! Listening sockets. The engine binds them and passes them to HAProxy, so that a taken port is an error of
//! one listener before anything changes.

use crate::error::ListenError;
use rustix::io::Errno;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::{
    io,
    net::{IpAddr, Shutdown, SocketAddr},
    os::fd::OwnedFd,
};

/// The number of connections that can wait while a process is replaced or restarted. The kernel uses the lower
/// of this and `net.core.somaxconn`.
pub(crate) const BACKLOG: u16 = 4096;

/// A socket that listens on one address and port.
#[derive(Debug)]
pub(crate) struct ListeningSocket {
    socket: Socket,
}

impl ListeningSocket {
    pub(crate) fn open(address: IpAddr, port: u16) -> Result<Self, ListenError> {
        let local = SocketAddr::new(address, port);
        let open = || -> io::Result<Socket> {
            let socket =
                Socket::new(Domain::for_address(local), Type::STREAM, Some(Protocol::TCP))?;
            // Otherwise connections of an earlier process in TIME_WAIT would block the port.
            socket.set_reuse_address(true)?;
            if local.is_ipv6() {
                socket.set_only_v6(true)?;
            }
            socket.set_nonblocking(true)?;
            socket.bind(&SockAddr::from(local))?;
            socket.listen(i32::from(BACKLOG))?;
            Ok(socket)
        };
        open().map(|socket| Self { socket }).map_err(|error| listen_error(address, port, error))
    }

    /// A descriptor for a child process.
    pub(crate) fn share(&self) -> io::Result<OwnedFd> {
        self.socket.try_clone().map(OwnedFd::from)
    }

    /// Stops listening in every process that shares the socket. The port is free on return, even while the old
    /// process finishes its last requests.
    pub(crate) fn close_everywhere(self) {
        if let Err(error) = self.socket.shutdown(Shutdown::Both) {
            tracing::debug!(%error, "a listening socket was closed already");
        }
    }
}

fn listen_error(address: IpAddr, port: u16, source: io::Error) -> ListenError {
    match Errno::from_io_error(&source) {
        Some(Errno::ADDRINUSE) => ListenError::PortTaken { address, port },
        Some(Errno::ADDRNOTAVAIL) => ListenError::AddressNotLocal(address),
        Some(Errno::ACCESS | Errno::PERM) => ListenError::NotPermitted(port),
        Some(Errno::MFILE | Errno::NFILE) => ListenError::TooManyOpenFiles,
        _ => ListenError::Other { address, port, source },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn free_port(ip: IpAddr) -> u16 {
        std::net::TcpListener::bind((ip, 0)).unwrap().local_addr().unwrap().port()
    }

    #[test]
    fn a_taken_port_and_a_foreign_address_are_named_in_the_error() {
        let ip: IpAddr = "127.21.0.1".parse().unwrap();
        let port = free_port(ip);
        let held = ListeningSocket::open(ip, port).unwrap();
        assert_eq!(
            ListeningSocket::open(ip, port).unwrap_err().to_string(),
            format!("port {port} of 127.21.0.1 is used by another program")
        );
        held.close_everywhere();
        ListeningSocket::open(ip, port).unwrap();
        let foreign = ListeningSocket::open("192.0.2.1".parse().unwrap(), port).unwrap_err();
        let foreign = foreign.to_string();
        assert!(foreign.starts_with("192.0.2.1 is not an address of this machine"), "{foreign}");
    }

    #[test]
    fn a_closed_port_is_free_while_another_process_still_has_the_socket() {
        let ip: IpAddr = "127.21.0.2".parse().unwrap();
        let port = free_port(ip);
        let held = ListeningSocket::open(ip, port).unwrap();
        let _other = held.share().unwrap();
        held.close_everywhere();
        ListeningSocket::open(ip, port).unwrap();
    }

    #[test]
    fn a_missing_right_is_named_with_its_remedy() {
        let error = listen_error(
            "127.21.1.1".parse().unwrap(),
            80,
            io::Error::from_raw_os_error(Errno::ACCESS.raw_os_error()),
        );
        let text = error.to_string();
        assert!(text.contains("CAP_NET_BIND_SERVICE") && text.contains("port 80"), "{text}");
    }
}

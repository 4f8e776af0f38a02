//! Listening sockets, bound here and handed to HAProxy, so that a taken port is an error of one
//! listener before anything has changed.

use rustix::io::Errno;
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::{
    io,
    net::{IpAddr, Shutdown, SocketAddr},
    os::fd::OwnedFd,
};

/// Connections that wait while a process is replaced or started again; the kernel takes the lower
/// of this and `net.core.somaxconn`.
pub(crate) const BACKLOG: u16 = 4096;

/// A socket that listens on one address and port.
#[derive(Debug)]
pub(crate) struct ListeningSocket {
    socket: Socket,
}

impl ListeningSocket {
    /// Binds and listens. The error is for the person who asked for the listener.
    pub(crate) fn open(address: IpAddr, port: u16) -> Result<Self, String> {
        let to = SocketAddr::new(address, port);
        let open = || -> io::Result<Socket> {
            let socket = Socket::new(Domain::for_address(to), Type::STREAM, Some(Protocol::TCP))?;
            // Connections of an earlier process in TIME_WAIT must not keep the port.
            socket.set_reuse_address(true)?;
            if to.is_ipv6() {
                socket.set_only_v6(true)?;
            }
            socket.set_nonblocking(true)?;
            socket.bind(&SockAddr::from(to))?;
            socket.listen(i32::from(BACKLOG))?;
            Ok(socket)
        };
        open().map(|socket| Self { socket }).map_err(|error| reason(address, port, &error))
    }

    /// A copy to hand down.
    pub(crate) fn share(&self) -> io::Result<OwnedFd> {
        self.socket.try_clone().map(OwnedFd::from)
    }

    /// Stops listening in every process that shares the socket, at once: the port is free when this
    /// returns, however busy the old process is with its last requests.
    pub(crate) fn close_everywhere(self) {
        if let Err(error) = self.socket.shutdown(Shutdown::Both) {
            tracing::debug!(%error, "a listening socket was closed already");
        }
    }
}

fn reason(address: IpAddr, port: u16, error: &io::Error) -> String {
    match Errno::from_io_error(error) {
        Some(Errno::ADDRINUSE) => format!("port {port} of {address} is taken by another program"),
        Some(Errno::ADDRNOTAVAIL) => format!(
            "{address} is not an address of this machine: add it to a network interface \
             (`ip address add {address} dev INTERFACE`) or choose another virtual network"
        ),
        Some(Errno::ACCESS | Errno::PERM) => format!(
            "this program may not open port {port}: give it the right CAP_NET_BIND_SERVICE, or \
             lower net.ipv4.ip_unprivileged_port_start to {port}"
        ),
        Some(Errno::MFILE | Errno::NFILE) => {
            "too many files are open: raise the limit (`ulimit -n`) of this program".to_owned()
        }
        _ => format!("port {port} of {address} could not be opened: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A port that nobody uses.
    fn free(ip: IpAddr) -> u16 {
        std::net::TcpListener::bind((ip, 0)).unwrap().local_addr().unwrap().port()
    }

    #[test]
    fn a_taken_port_and_a_foreign_address_say_so() {
        let ip: IpAddr = "127.21.0.1".parse().unwrap();
        let port = free(ip);
        let held = ListeningSocket::open(ip, port).unwrap();
        assert_eq!(
            ListeningSocket::open(ip, port).unwrap_err(),
            format!("port {port} of 127.21.0.1 is taken by another program")
        );
        held.close_everywhere();
        ListeningSocket::open(ip, port).unwrap();
        let foreign = ListeningSocket::open("192.0.2.1".parse().unwrap(), port).unwrap_err();
        assert!(foreign.starts_with("192.0.2.1 is not an address of this machine"), "{foreign}");
    }

    #[test]
    fn a_closed_port_is_free_while_another_process_still_has_the_socket() {
        let ip: IpAddr = "127.21.0.2".parse().unwrap();
        let port = free(ip);
        let held = ListeningSocket::open(ip, port).unwrap();
        let _other = held.share().unwrap();
        held.close_everywhere();
        ListeningSocket::open(ip, port).unwrap();
    }

    #[test]
    fn missing_rights_name_the_way_out() {
        let text = reason(
            "127.21.1.1".parse().unwrap(),
            80,
            &io::Error::from_raw_os_error(Errno::ACCESS.raw_os_error()),
        );
        assert!(text.contains("CAP_NET_BIND_SERVICE") && text.contains("port 80"), "{text}");
    }
}

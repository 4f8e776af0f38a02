//! The file descriptors that HAProxy inherits. They are fixed, so that the same load balancer always has the
//! same configuration text.

use std::os::fd::RawFd;

/// The configuration file.
pub(crate) const CONFIG: RawFd = 3;
/// The end of the admin socket; see [`crate::admin_socket`].
pub(crate) const ADMIN: RawFd = 4;
/// The server state of the previous generation.
pub(crate) const STATE: RawFd = 5;
/// The first socket of the first listener. The other sockets follow, one for each listener and VIP, then
/// [`super::InheritedFiles`].
pub(crate) const FIRST_LISTENER: RawFd = 6;

//! The errors of the engine. The server shows their messages to the operator, or to the user whose change
//! failed.

use std::{io, net::IpAddr, path::PathBuf, time::Duration};
use thiserror::Error;

/// The engine cannot start. The message is one line that says what to do.
#[derive(Debug, Error)]
pub enum StartError {
    #[error("{} cannot be used by the engine: {source}", path.display())]
    RunDir { path: PathBuf, source: io::Error },
    #[error("{} is used by another engine that runs now", .0.display())]
    RunDirInUse(PathBuf),
    #[error("{} is not a program to run", .0.display())]
    NotExecutable(PathBuf),
    #[error("HAProxy was not found: install it, for example with `apt-get install haproxy`")]
    HaproxyNotFound,
    #[error("{} does not run: {source}", path.display())]
    HaproxyDoesNotRun { path: PathBuf, source: io::Error },
    #[error("{} does not answer", .0.display())]
    HaproxyHangs(PathBuf),
    #[error(
        "the user {0} that HAProxy is to run as does not exist: create it, or name another one"
    )]
    NoSuchUser(String),
    #[error(
        "HAProxy would run as root: create the user `haproxy` (`useradd --system haproxy`), or name another \
         one as `user` in the section `[engine]` of the configuration"
    )]
    HaproxyAsRoot,
    #[error(
        "this program may not run HAProxy as another user: start it as root, or give it the rights CAP_SETUID, \
         CAP_SETGID, CAP_CHOWN and CAP_KILL"
    )]
    UserNotPermitted,
    #[error("{} does not look like HAProxy", .0.display())]
    NotHaproxy(PathBuf),
    #[error(
        "{} is HAProxy {}.{}; {}.{} or newer is needed",
        path.display(), found.0, found.1, minimum.0, minimum.1
    )]
    HaproxyTooOld { path: PathBuf, found: (u32, u32), minimum: (u32, u32) },
    #[error("a thread cannot be started: {0}")]
    Thread(io::Error),
}

/// A specification was not applied, and nothing is known about what runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ApplyError {
    #[error("the traffic engine is shutting down")]
    ShuttingDown,
    /// A panic, which is in the log. The process was ended, and the next call starts a new one.
    #[error("an internal error in the traffic engine")]
    Panicked,
}

/// A listening socket cannot be opened.
#[derive(Debug, Error)]
pub enum ListenError {
    #[error("port {port} of {address} is used by another program")]
    PortTaken { address: IpAddr, port: u16 },
    #[error(
        "{0} is not an address of this machine: add it to a network interface \
         (`ip address add {0} dev INTERFACE`) or choose another virtual network"
    )]
    AddressNotLocal(IpAddr),
    #[error(
        "this program may not open port {0}: give it the right CAP_NET_BIND_SERVICE, or \
         lower net.ipv4.ip_unprivileged_port_start to {0}"
    )]
    NotPermitted(u16),
    #[error("too many files are open: raise the limit (`ulimit -n`) of this program")]
    TooManyOpenFiles,
    #[error("port {port} of {address} could not be opened: {source}")]
    Other { address: IpAddr, port: u16, source: io::Error },
}

/// The socket of a PING monitor cannot be opened.
#[derive(Debug, Error)]
pub enum PingSocketError {
    #[error(
        "this program may not send pings: allow its group in net.ipv4.ping_group_range, \
         or give it the right CAP_NET_RAW"
    )]
    NotPermitted,
    #[error("pings cannot be sent: {0}")]
    Other(io::Error),
}

/// A HAProxy process cannot be started.
#[derive(Debug, Error)]
pub enum ProcessError {
    #[error("what HAProxy needs cannot be handed to it: {0}")]
    Descriptors(io::Error),
    #[error("HAProxy could not be started: {0}")]
    Spawn(io::Error),
    #[error("HAProxy ended at once")]
    EndedAtOnce,
    /// With the `[ALERT]` lines that HAProxy wrote.
    #[error("HAProxy refused to start: {0}")]
    Refused(String),
    #[error("HAProxy was not ready in {} seconds", .0.as_secs())]
    NotReady(Duration),
    /// With the exit status in words.
    #[error("HAProxy did not start: {0}")]
    Exited(String),
}

impl ProcessError {
    /// Whether another try may succeed within a second, as after a process that was killed while it started.
    pub(crate) fn may_pass_at_once(&self) -> bool {
        match self {
            Self::Descriptors(_) | Self::Spawn(_) | Self::EndedAtOnce | Self::Exited(_) => true,
            Self::Refused(_) | Self::NotReady(_) => false,
        }
    }
}

/// The answer to `show stat` cannot be read.
#[derive(Debug, Error)]
pub(crate) enum StatsError {
    #[error("the statistics have no header line")]
    NoHeader,
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

//! One admin command, and whether its answer means that it succeeded.

use crate::{render::ServerName, spec::CertificatePem};
use openstack_types::ListenerId;
use std::os::fd::RawFd;
use zeroize::Zeroizing;

/// A command and its payload must fit into a buffer of HAProxy, which has 16 KiB.
const MAX_PAYLOAD: usize = 14_000;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum RuntimeCommand {
    /// Replaces the certificate that the process has read from a descriptor, for a later commit.
    SetCertificate {
        fd: RawFd,
        pem: CertificatePem,
    },
    CommitCertificate {
        fd: RawFd,
    },
    SetConnectionLimit {
        listener: ListenerId,
        connections: u64,
    },
    SetWeight {
        server: ServerName,
        weight: u16,
    },
    /// A server that is not ready gets no new connections, and finishes the open ones.
    SetState {
        server: ServerName,
        ready: bool,
    },
    AddServer {
        server: ServerName,
        arguments: String,
    },
    EnableHealthCheck {
        server: ServerName,
    },
}

impl RuntimeCommand {
    /// `None` if HAProxy cannot receive the certificate.
    pub(super) fn set_certificate(fd: RawFd, pem: &CertificatePem) -> Option<Self> {
        let text = std::str::from_utf8(pem.expose()).ok()?;
        (text.len() <= MAX_PAYLOAD).then(|| Self::SetCertificate { fd, pem: pem.clone() })
    }

    /// The line, and the payload up to the empty line that ends it. It can contain a private key.
    pub(crate) fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::SetCertificate { fd, pem } => {
                // Enough for all, so that no copy of the key is left behind by a growing string.
                let mut text = String::with_capacity(pem.expose().len() + 64);
                text.push_str(&format!("set ssl cert /proc/self/fd/{fd} <<\n"));
                let pem = std::str::from_utf8(pem.expose()).unwrap_or_default();
                // An empty line would end the payload.
                for line in pem.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
                    text.push_str(line);
                    text.push('\n');
                }
                text
            }
            Self::CommitCertificate { fd } => format!("commit ssl cert /proc/self/fd/{fd}"),
            Self::SetConnectionLimit { listener, connections } => {
                format!("set maxconn frontend {listener} {connections}")
            }
            Self::SetWeight { server, weight } => {
                format!("set server {server} weight {}", (*weight).min(256))
            }
            Self::SetState { server, ready: true } => format!("set server {server} state ready"),
            Self::SetState { server, ready: false } => format!("set server {server} state maint"),
            Self::AddServer { server, arguments } => format!("add server {server} {arguments}"),
            Self::EnableHealthCheck { server } => format!("enable health {server}"),
        })
    }

    pub(crate) fn has_succeeded(&self, response: &str) -> bool {
        let response = response.trim();
        match self {
            Self::SetCertificate { .. } => {
                response.contains("Transaction created") || response.contains("Transaction updated")
            }
            Self::CommitCertificate { .. } => response.ends_with("Success!"),
            Self::AddServer { .. } => response.contains("New server registered"),
            Self::SetConnectionLimit { .. }
            | Self::SetWeight { .. }
            | Self::SetState { .. }
            | Self::EnableHealthCheck { .. } => response.is_empty(),
        }
    }
}

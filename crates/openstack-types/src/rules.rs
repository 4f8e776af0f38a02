//! Which action is possible in which state, and what follows from what.
//!
//! The page disables a button with the reason these functions give; the server answers 409 by the
//! same functions.

use crate::{
    OperatingStatus, ProvisioningStatus,
    octavia::{ListenerProtocol, PoolProtocol},
};
use serde::{Deserialize, Serialize};

/// Why an action is not possible now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// A change is under way.
    Pending,
    /// The load balancer is in ERROR: only deleting helps.
    InError,
    /// It is gone, or in a state this version does not know.
    NotActive,
}

/// A change of a load balancer, or of anything under it, needs it ACTIVE.
pub fn may_change(status: &ProvisioningStatus) -> Result<(), Refusal> {
    match status {
        ProvisioningStatus::Active => Ok(()),
        ProvisioningStatus::Error => Err(Refusal::InError),
        s if s.is_pending() => Err(Refusal::Pending),
        _ => Err(Refusal::NotActive),
    }
}

/// Deleting a load balancer needs it ACTIVE or in ERROR.
pub fn may_delete(status: &ProvisioningStatus) -> Result<(), Refusal> {
    match status {
        ProvisioningStatus::Active | ProvisioningStatus::Error => Ok(()),
        s if s.is_pending() => Err(Refusal::Pending),
        _ => Err(Refusal::NotActive),
    }
}

/// What the page calls `Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LbType {
    /// Listeners HTTP and TERMINATED_HTTPS.
    Application,
    /// Listeners TCP.
    Network,
}

/// The tag that says the type of a load balancer without listeners.
pub const TAG_APPLICATION: &str = "lb-type:application";
/// The tag that says the type of a load balancer without listeners.
pub const TAG_NETWORK: &str = "lb-type:network";

impl LbType {
    /// The tag for it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Application => TAG_APPLICATION,
            Self::Network => TAG_NETWORK,
        }
    }

    /// Application if any listener is HTTP or TERMINATED_HTTPS, Network if there are others; with no
    /// listener yet, by the tag; `None` when nothing tells.
    pub fn infer<'a>(
        protocols: impl IntoIterator<Item = &'a ListenerProtocol>,
        tags: &[String],
    ) -> Option<Self> {
        let mut any = false;
        for protocol in protocols {
            any = true;
            if matches!(protocol, ListenerProtocol::Http | ListenerProtocol::TerminatedHttps) {
                return Some(Self::Application);
            }
        }
        if any {
            return Some(Self::Network);
        }
        tags.iter().find_map(|tag| match tag.as_str() {
            TAG_APPLICATION => Some(Self::Application),
            TAG_NETWORK => Some(Self::Network),
            _ => None,
        })
    }
}

/// Pool protocols that may serve a listener of a protocol. Source: Octavia API reference,
/// "Protocol Combinations (Listener/Pool)".
pub fn pool_protocol_fits(listener: &ListenerProtocol, pool: &PoolProtocol) -> bool {
    use ListenerProtocol as L;
    use PoolProtocol as P;
    match listener {
        L::Http | L::TerminatedHttps => matches!(pool, P::Http | P::Proxy | P::ProxyV2),
        L::Tcp => matches!(pool, P::Http | P::Https | P::Proxy | P::ProxyV2 | P::Tcp),
        L::Https => matches!(pool, P::Https | P::Proxy | P::ProxyV2 | P::Tcp),
        L::Udp => matches!(pool, P::Udp),
        L::Sctp => matches!(pool, P::Sctp),
        L::Prometheus | L::Unknown(_) => false,
    }
}

/// Two listeners cannot share a port unless one is of datagrams and the other of streams.
pub fn ports_collide(a: &ListenerProtocol, b: &ListenerProtocol) -> bool {
    fn family(p: &ListenerProtocol) -> u8 {
        match p {
            ListenerProtocol::Udp => 1,
            ListenerProtocol::Sctp => 2,
            _ => 0,
        }
    }
    family(a) == family(b)
}

/// Operating status of a pool, from its members. `on` is whether it is switched on and used by a
/// listener.
///
/// All in ERROR is ERROR, some is DEGRADED; members switched off or drained do not count against it.
/// No member is OFFLINE, as Octavia answers for a pool that was just created.
pub fn pool_status(members: &[OperatingStatus], on: bool) -> OperatingStatus {
    if !on || members.is_empty() {
        return OperatingStatus::Offline;
    }
    let down = members.iter().filter(|s| **s == OperatingStatus::Error).count();
    let serving = members
        .iter()
        .filter(|s| matches!(s, OperatingStatus::Online | OperatingStatus::NoMonitor))
        .count();
    if down == 0 {
        if serving > 0 || members.contains(&OperatingStatus::Draining) {
            OperatingStatus::Online
        } else {
            OperatingStatus::Offline
        }
    } else if serving == 0 {
        OperatingStatus::Error
    } else {
        OperatingStatus::Degraded
    }
}

/// Operating status of something made of parts: the worst of what is under it, as Octavia has it.
/// Nothing, or all of it switched off, is `empty`.
pub fn worst(parts: &[OperatingStatus], empty: OperatingStatus) -> OperatingStatus {
    if parts.iter().all(|s| *s == OperatingStatus::Offline) {
        empty
    } else if parts.contains(&OperatingStatus::Error) {
        OperatingStatus::Error
    } else if parts.contains(&OperatingStatus::Degraded) {
        OperatingStatus::Degraded
    } else {
        OperatingStatus::Online
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OperatingStatus::{Degraded, Draining, Error, NoMonitor, Offline, Online};

    #[test]
    fn a_pool_counts_those_that_should_serve() {
        for (members, status) in [
            (vec![], Offline),
            (vec![Online, Online], Online),
            (vec![NoMonitor], Online),
            (vec![Online, Error], Degraded),
            (vec![NoMonitor, Error], Degraded),
            (vec![Error, Error], Error),
            // Switched off, drained or not checked yet: neither good nor bad.
            (vec![Offline, Online], Online),
            (vec![Offline, Error], Error),
            (vec![Draining, Error], Error),
            (vec![Draining], Online),
            (vec![Offline, Offline], Offline),
        ] {
            assert_eq!(pool_status(&members, true), status, "{members:?}");
            assert_eq!(pool_status(&members, false), Offline, "{members:?}");
        }
    }

    #[test]
    fn what_is_made_of_parts_is_as_the_worst_of_them() {
        for (parts, status) in [
            (vec![], NoMonitor),
            (vec![Offline], NoMonitor),
            (vec![Online, Online], Online),
            (vec![Online, Offline], Online),
            (vec![Online, Degraded], Degraded),
            (vec![Online, Error], Error),
            (vec![Degraded, Error, Online], Error),
            (vec![Offline, Error], Error),
        ] {
            assert_eq!(worst(&parts, NoMonitor), status, "{parts:?}");
        }
    }
}

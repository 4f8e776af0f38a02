//! Rules of Octavia: which change is possible in which state, and how statuses are derived.
//!
//! The page disables buttons by the same functions by which the server responds 409.

use crate::{
    OperatingStatus, ProvisioningStatus,
    octavia::{ListenerProtocol, PoolProtocol},
};
use serde::{Deserialize, Serialize};

/// Why a change is not possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Another change is in progress.
    Pending,
    /// The load balancer is in ERROR and can only be deleted.
    InError,
    /// It is deleted, or in an unknown state.
    NotActive,
}

/// Whether a load balancer and its parts can be changed: only if it is ACTIVE.
pub fn may_change(status: &ProvisioningStatus) -> Result<(), Refusal> {
    match status {
        ProvisioningStatus::Active => Ok(()),
        ProvisioningStatus::Error => Err(Refusal::InError),
        s if s.is_pending() => Err(Refusal::Pending),
        _ => Err(Refusal::NotActive),
    }
}

/// Whether a load balancer can be deleted: only if it is ACTIVE or in ERROR.
pub fn may_delete(status: &ProvisioningStatus) -> Result<(), Refusal> {
    match status {
        ProvisioningStatus::Active | ProvisioningStatus::Error => Ok(()),
        s if s.is_pending() => Err(Refusal::Pending),
        _ => Err(Refusal::NotActive),
    }
}

/// `Type` in the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LbType {
    /// HTTP and TERMINATED_HTTPS listeners.
    Application,
    /// TCP listeners.
    Network,
}

/// Tags a load balancer without listeners.
pub const TAG_APPLICATION: &str = "lb-type:application";
/// Tags a load balancer without listeners.
pub const TAG_NETWORK: &str = "lb-type:network";

impl LbType {
    pub fn tag(self) -> &'static str {
        match self {
            Self::Application => TAG_APPLICATION,
            Self::Network => TAG_NETWORK,
        }
    }

    /// Application if any listener is HTTP or TERMINATED_HTTPS, Network if there are only others, and
    /// the type of the tag if there are none. `None` without listener and tag.
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

/// Whether a pool can serve a listener. Source: Octavia API reference,
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

/// Whether two listeners cannot share a port: TCP, UDP and SCTP ports are independent.
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

/// The operating status of a pool. `active` is whether it is enabled and used by a listener.
///
/// ERROR if all members are in ERROR, DEGRADED if some are; disabled and drained members do not count.
/// ONLINE without members, as in Octavia: an enabled backend without servers counts as up.
pub fn pool_status(members: &[OperatingStatus], active: bool) -> OperatingStatus {
    if !active {
        return OperatingStatus::Offline;
    }
    if members.is_empty() {
        return OperatingStatus::Online;
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

/// The operating status of an object with parts: the worst of theirs, as in Octavia. `empty` without
/// parts, or if all are OFFLINE.
pub fn aggregate_status(parts: &[OperatingStatus], empty: OperatingStatus) -> OperatingStatus {
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
    fn a_pool_status_ignores_disabled_and_drained_members() {
        for (members, status) in [
            (vec![], Online),
            (vec![Online, Online], Online),
            (vec![NoMonitor], Online),
            (vec![Online, Error], Degraded),
            (vec![NoMonitor, Error], Degraded),
            (vec![Error, Error], Error),
            // Disabled, drained or not checked yet.
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
    fn an_aggregate_status_is_the_worst_of_its_parts() {
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
            assert_eq!(aggregate_status(&parts, NoMonitor), status, "{parts:?}");
        }
    }
}

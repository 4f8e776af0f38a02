//! The two statuses of every Octavia object.
//!
//! Source: Octavia API reference v2, "Status codes".

use crate::wire_enum::wire_enum;

wire_enum! {
    /// The state of the last change.
    ProvisioningStatus {
        Active = "ACTIVE",
        PendingCreate = "PENDING_CREATE",
        PendingUpdate = "PENDING_UPDATE",
        PendingDelete = "PENDING_DELETE",
        Deleted = "DELETED",
        /// The last change failed.
        Error = "ERROR",
    }
}

impl ProvisioningStatus {
    /// Whether a change is in progress: Octavia responds 409 to any other.
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::PendingCreate | Self::PendingUpdate | Self::PendingDelete)
    }
}

wire_enum! {
    /// The state of traffic.
    OperatingStatus {
        Online = "ONLINE",
        /// Some of its parts do not work.
        Degraded = "DEGRADED",
        /// It does not work, or one of its parts does not work at all.
        Error = "ERROR",
        /// Disabled, or without anything to serve.
        Offline = "OFFLINE",
        /// Takes no new connections.
        Draining = "DRAINING",
        /// It has no health monitor.
        NoMonitor = "NO_MONITOR",
    }
}

//! The two statuses of every Octavia object.
//!
//! Source: Octavia API reference v2, "Status codes".

use crate::wire_enum::wire_enum;

wire_enum! {
    /// Whether the last change has been carried out.
    ProvisioningStatus {
        /// As it was asked for.
        Active = "ACTIVE",
        /// Being created.
        PendingCreate = "PENDING_CREATE",
        /// Being changed.
        PendingUpdate = "PENDING_UPDATE",
        /// Being deleted.
        PendingDelete = "PENDING_DELETE",
        /// Gone.
        Deleted = "DELETED",
        /// The last change failed.
        Error = "ERROR",
    }
}

impl ProvisioningStatus {
    /// A change is under way; Octavia answers 409 to any other meanwhile.
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::PendingCreate | Self::PendingUpdate | Self::PendingDelete)
    }
}

wire_enum! {
    /// Whether traffic flows.
    OperatingStatus {
        /// Traffic flows.
        Online = "ONLINE",
        /// Some of what is below does not work.
        Degraded = "DEGRADED",
        /// It does not work, or a part of it does not work at all.
        Error = "ERROR",
        /// Switched off, or nothing there to serve.
        Offline = "OFFLINE",
        /// Takes no new connections.
        Draining = "DRAINING",
        /// Nobody checks.
        NoMonitor = "NO_MONITOR",
    }
}

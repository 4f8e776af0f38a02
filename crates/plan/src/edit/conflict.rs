//! Changes that somebody else made since an edit began.

use crate::{GroupField, HealthField, ListenerField, PolicyField, TimeoutField};
use openstack_types::octavia::ListenerProtocol;

/// A change by somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub subject: Subject,
    pub kind: ConflictKind,
}

impl Conflict {
    /// Whether both sides changed the same thing, so that one of the two changes is lost.
    pub fn is_collision(&self) -> bool {
        match &self.kind {
            ConflictKind::Added => false,
            ConflictKind::Removed { edited } => *edited,
            ConflictKind::RemovedByUs => true,
            ConflictKind::Changed { ours, .. } => ours.is_some(),
        }
    }
}

/// A part of a load balancer, identified by what a person sees of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    LoadBalancer,
    Listener {
        protocol: ListenerProtocol,
        /// As typed.
        port: String,
    },
    /// A policy of the listener on a port.
    Policy {
        /// Its name, or what it leads to.
        name: String,
        /// As typed.
        port: String,
    },
    Group {
        name: String,
    },
    Server {
        address: String,
        port: String,
        /// The name of its group.
        group: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConflictKind {
    /// They added it.
    Added,
    /// They removed it.
    Removed {
        /// Whether this edit changes it.
        edited: bool,
    },
    /// They changed it or added to it, and this edit removes it.
    RemovedByUs,
    /// They changed one field.
    Changed {
        field: ConflictField,
        /// The value when the edit began; empty for a new part.
        base: String,
        theirs: String,
        /// The value in this edit, if the edit changes the field.
        ours: Option<String>,
    },
}

/// A field of a part. Values are the texts of the form; check boxes are `true` and `false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictField {
    Name,
    Description,
    /// The load-balancing algorithm of a group.
    Method,
    /// The kind, followed by a space and the cookie name.
    Persistence,
    Health(HealthField),
    Weight,
    Backup,
    /// The admin state.
    Enabled,
    /// One a line.
    Tags,
    MonitorAddress,
    MonitorPort,
    /// A TLS setting of a listener. Lists are separated by commas.
    Listener(ListenerField),
    /// A TLS setting of a group. Lists are separated by commas.
    GroupTls(GroupField),
    /// What a policy does: the URL or the name of the group.
    Policy(PolicyField),
    /// The order of a listener's policies: their names, or what they do, separated by commas.
    PolicyOrder,
    /// A condition of a policy, as `PATH STARTS_WITH /api`.
    Rule,
    ConnectionLimit,
    /// The URL of the listener's secret, or those of its SNI certificates, one a line.
    Certificate,
    /// The name of the listener's default group.
    Group,
    /// The URL that a listener redirects every request to.
    Redirect,
    /// The names of the headers that are added.
    Headers,
    AllowedCidrs,
    Timeout(TimeoutField),
}

/// Which side wins where both changed the same thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictResolution {
    /// This edit.
    Ours,
    /// The other person's change; everything else in this edit stays.
    Theirs,
}

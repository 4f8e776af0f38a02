//! Somebody else's change in the meantime: what it was, and an edit put on top of it.

use super::{Edit, Rows, begin, merge, settle::place};
use crate::{Draft, Graph, HealthField, RowKey, TimeoutField};
use openstack_types::octavia::{Listener, ListenerProtocol};

/// Something that somebody else changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// What.
    pub thing: Subject,
    /// What became of it.
    pub kind: ConflictKind,
}

impl Conflict {
    /// Whether both touched the same: one of the two will be lost.
    pub fn is_collision(&self) -> bool {
        match &self.kind {
            ConflictKind::Added => false,
            ConflictKind::Removed { touched } => *touched,
            ConflictKind::ChangedWhereRemoved => true,
            ConflictKind::Changed { mine, .. } => mine.is_some(),
        }
    }
}

/// A part of a load balancer, named for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Itself.
    LoadBalancer,
    /// A listener.
    Listener {
        /// What it speaks.
        protocol: ListenerProtocol,
        /// Its port, as typed.
        port: String,
    },
    /// A server group.
    Group {
        /// Its name.
        name: String,
    },
    /// A server.
    Server {
        /// Its address.
        address: String,
        /// Its port.
        port: String,
        /// The name of its group.
        group: String,
    },
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConflictKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed {
        /// Whether this edit had changed it.
        touched: bool,
    },
    /// It is another, or has more in it, and this edit removes it.
    ChangedWhereRemoved,
    /// A field of it is another.
    Changed {
        /// Which field.
        field: ConflictField,
        /// As it was when the edit began; empty where it was not there.
        before: String,
        /// As it is now.
        theirs: String,
        /// As this edit has it, where it touched the field.
        mine: Option<String>,
    },
}

/// A field of a part. Values are as in the form; `true` and `false` for what is ticked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictField {
    /// Of anything.
    Name,
    /// Of the load balancer.
    Description,
    /// Of a group.
    Method,
    /// Of a group: the kind, and the cookie's name after a space.
    Persistence,
    /// Of a group's health check.
    Health(HealthField),
    /// Of a server.
    Weight,
    /// Of a server.
    Backup,
    /// Of a server: switched on.
    Enabled,
    /// Of a listener.
    ConnectionLimit,
    /// Of a listener: the URL of its secret.
    Certificate,
    /// Of a listener: the name of the group that serves it.
    Group,
    /// Of a listener: where it sends every request.
    Redirect,
    /// Of a listener: the names of the headers.
    Headers,
    /// Of a listener.
    AllowedCidrs,
    /// Of a listener.
    Timeout(TimeoutField),
}

/// Whose change holds where both touched the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConflictResolution {
    /// This edit's.
    Mine,
    /// The other's; all else that was edited stays.
    Theirs,
}

/// An edit on top of a later state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebased {
    /// The edit, begun from the later state.
    pub edit: Edit,
    /// What is wanted then. Rows keep their keys.
    pub draft: Draft,
    /// What somebody else changed; empty when only statuses differ, or what they did is what this
    /// edit does.
    pub conflicts: Vec<Conflict>,
}

impl Edit {
    /// Puts what is wanted on top of a later state of the load balancer: what was touched as it is
    /// wanted, all else as it is now.
    pub fn rebase(&self, mine: &Draft, fresh: Graph, keep: ConflictResolution) -> Rebased {
        let known = self.known_in(mine, &fresh);
        let (theirs, rows) = begin::draft_of(&fresh, &known, mine.next_key);
        let (draft, conflicts) = merge::three_ways(&self.begin, &theirs, mine, keep);
        Rebased { edit: Self { base: fresh, begin: theirs, rows }, draft, conflicts }
    }

    /// Which row stands for what, in a later state: new rows for what has been made of them too.
    fn known_in(&self, mine: &Draft, fresh: &Graph) -> Rows {
        let mut rows = self.rows.clone();
        for pool in &fresh.pools {
            if rows.group(pool.id).is_none() {
                // One that serves a listener of somebody else only happens to have the name.
                let is_mine = |group: RowKey, listener: &Listener| {
                    mine.listeners.iter().any(|typed| {
                        typed.group == Some(group)
                            && typed.protocol == listener.protocol
                            && typed.port == listener.protocol_port.to_string()
                    })
                };
                let new = mine.groups.iter().find(|group| {
                    let mut served =
                        fresh.listeners.iter().filter(|l| l.default_pool_id == Some(pool.id));
                    !rows.groups.contains_key(&group.key)
                        && !group.name.is_empty()
                        && group.name == pool.name
                        && served.all(|listener| is_mine(group.key, listener))
                });
                if let Some(group) = new {
                    rows.groups.insert(group.key, pool.id);
                }
            }
            let Some(group) = rows.group(pool.id).and_then(|key| mine.group(key)) else { continue };
            for member in fresh.members.get(&pool.id).map(Vec::as_slice).unwrap_or_default() {
                if rows.server(member.id).is_some() {
                    continue;
                }
                let port = member.protocol_port.to_string();
                let new = group.servers.iter().find(|server| {
                    !rows.servers.contains_key(&server.key)
                        && place(server) == (member.address.as_str(), port.as_str())
                });
                if let Some(server) = new {
                    rows.servers.insert(server.key, member.id);
                }
            }
        }
        for listener in &fresh.listeners {
            if rows.listener(listener.id).is_some() {
                continue;
            }
            let port = listener.protocol_port.to_string();
            let new = mine.listeners.iter().find(|typed| {
                !rows.listeners.contains_key(&typed.key)
                    && typed.protocol == listener.protocol
                    && typed.port == port
            });
            if let Some(typed) = new {
                rows.listeners.insert(typed.key, listener.id);
            }
        }
        rows
    }
}

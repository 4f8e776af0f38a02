//! Server groups and the servers in them.

use super::{Merge, ThreeWay};
use crate::{
    Draft, GroupDraft, GroupField, HealthDraft, PersistenceDraft, RowKey, ServerDraft,
    draft::GroupTls,
    edit::conflict::{ConflictField, ConflictKind, ConflictResolution, Subject},
};

impl Merge<'_> {
    pub(super) fn groups(&mut self) -> Vec<GroupDraft> {
        let (base, ours, theirs) = (self.base, self.ours, self.theirs);
        let mut groups = Vec::new();
        for group in &ours.groups {
            match (base.group(group.key), theirs.group(group.key)) {
                (base, Some(theirs)) => {
                    groups.push(self.group(&ThreeWay { base, ours: group, theirs }));
                }
                (None, None) => groups.push(group.clone()),
                (Some(before), None) => {
                    let newly_used = is_newly_used(base, ours, group.key);
                    let edited = newly_used || before != group;
                    self.report(&group_subject(group), ConflictKind::Removed { edited });
                    if edited && (self.resolution == ConflictResolution::Ours || newly_used) {
                        groups.push(group.clone());
                    }
                }
            }
        }
        for group in theirs.groups.iter().filter(|group| ours.group(group.key).is_none()) {
            let before = base.group(group.key);
            let changed = before.map(|before| is_group_changed(before, group));
            if self.keeps_theirs(&group_subject(group), changed) {
                self.restored_groups.extend(before.map(|before| before.key));
                groups.push(group.clone());
            }
        }
        groups
    }

    fn group(&mut self, versions: &ThreeWay<'_, GroupDraft>) -> GroupDraft {
        let &ThreeWay { base, ours, theirs } = versions;
        let subject = &group_subject(ours);
        let name = versions.map(|group| &group.name);
        let method = versions.map(|group| &group.method);
        let description = versions.map(|group| &group.description);
        let enabled = versions.map(|group| &group.enabled);
        GroupDraft {
            key: ours.key,
            name: self.text(subject, ConflictField::Name, &name),
            description: self.text(subject, ConflictField::Description, &description),
            enabled: self.flag(subject, ConflictField::Enabled, &enabled),
            tls: self.group_tls(subject, &versions.map(|group| &group.tls)),
            tags: self.tags(subject, &versions.map(|group| &group.tags)),
            method: self.field(subject, ConflictField::Method, &method, ToString::to_string),
            servers: self.servers(versions),
            health: self.health(subject, &versions.map(|group| &group.health)),
            persistence: match base {
                // The group is being created, and its persistence is not set yet.
                None if theirs.persistence.kind.is_none() => ours.persistence.clone(),
                _ => {
                    let versions = versions.map(|group| &group.persistence);
                    self.field(subject, ConflictField::Persistence, &versions, persistence_label)
                }
            },
            ..theirs.clone()
        }
    }

    fn group_tls(&mut self, subject: &Subject, versions: &ThreeWay<'_, GroupTls>) -> GroupTls {
        use ConflictField::GroupTls as F;
        use GroupField as G;
        let &ThreeWay { base, ours, theirs } = versions;
        if base.is_none() {
            // It is being created, with the service's defaults where we chose nothing.
            let is_default = ours.ciphers.trim().is_empty();
            return GroupTls {
                ciphers: if is_default { &theirs.ciphers } else { &ours.ciphers }.clone(),
                versions: ours.versions.clone().or_else(|| theirs.versions.clone()),
                alpn: ours.alpn.clone().or_else(|| theirs.alpn.clone()),
                ..ours.clone()
            };
        }
        let enabled = versions.map(|tls| &tls.enabled);
        let certificate = versions.map(|tls| &tls.certificate);
        let ciphers = versions.map(|tls| &tls.ciphers);
        let versions_of = versions.map(|tls| &tls.versions);
        GroupTls {
            enabled: self.flag(subject, F(G::Protocol), &enabled),
            certificate: self.secret(subject, F(G::Certificate), &certificate),
            ca: self.secret(subject, F(G::Ca), &versions.map(|tls| &tls.ca)),
            crl: self.secret(subject, F(G::Crl), &versions.map(|tls| &tls.crl)),
            ciphers: self.text(subject, F(G::TlsCiphers), &ciphers),
            versions: self.optional_list(subject, F(G::TlsVersions), &versions_of),
            alpn: self.optional_list(subject, F(G::Alpn), &versions.map(|tls| &tls.alpn)),
        }
    }

    fn servers(&mut self, versions: &ThreeWay<'_, GroupDraft>) -> Vec<ServerDraft> {
        let &ThreeWay { base, ours, theirs } = versions;
        let mut servers = Vec::new();
        for server in &ours.servers {
            let before = base.and_then(|base| find(base, server.key));
            let subject = server_subject(ours, server);
            match (before, find(theirs, server.key)) {
                (base, Some(theirs)) => {
                    let versions = ThreeWay { base, ours: server, theirs };
                    servers.push(self.server(&subject, &versions));
                }
                (None, None) => servers.push(server.clone()),
                (Some(before), None) => {
                    let edited = !is_same_server(before, server);
                    self.report(&subject, ConflictKind::Removed { edited });
                    if edited && self.resolution == ConflictResolution::Ours {
                        servers.push(server.clone());
                    }
                }
            }
        }
        for server in theirs.servers.iter().filter(|server| find(ours, server.key).is_none()) {
            let before = base.and_then(|base| find(base, server.key));
            let changed = before.map(|before| !is_same_server(before, server));
            if self.keeps_theirs(&server_subject(theirs, server), changed) {
                servers.push(server.clone());
            }
        }
        servers
    }

    fn server(&mut self, subject: &Subject, versions: &ThreeWay<'_, ServerDraft>) -> ServerDraft {
        let &ThreeWay { ours, theirs, .. } = versions;
        let weight = versions.map(|server| &server.weight);
        let name = versions.map(|server| &server.name);
        let backup = versions.map(|server| &server.backup);
        let enabled = versions.map(|server| &server.enabled);
        let monitor_address = versions.map(|server| &server.monitor_address);
        let monitor_port = versions.map(|server| &server.monitor_port);
        let tags = versions.map(|server| &server.tags);
        ServerDraft {
            // Octavia cannot change an address, port or subnet: only this edit can, which replaces the server.
            address: ours.address.clone(),
            port: ours.port.clone(),
            subnet: ours.subnet,
            monitor_address: self.text(subject, ConflictField::MonitorAddress, &monitor_address),
            monitor_port: self.text(subject, ConflictField::MonitorPort, &monitor_port),
            tags: self.tags(subject, &tags),
            weight: self.text(subject, ConflictField::Weight, &weight),
            name: self.text(subject, ConflictField::Name, &name),
            backup: self.flag(subject, ConflictField::Backup, &backup),
            enabled: self.flag(subject, ConflictField::Enabled, &enabled),
            weight_before_drain: ours.weight_before_drain.clone(),
            ..theirs.clone()
        }
    }
}

fn find(group: &GroupDraft, key: RowKey) -> Option<&ServerDraft> {
    group.servers.iter().find(|server| server.key == key)
}

/// Equal apart from what a drain remembers.
fn is_same_server(a: &ServerDraft, b: &ServerDraft) -> bool {
    let comparable =
        |server: &ServerDraft| ServerDraft { weight_before_drain: None, ..server.clone() };
    comparable(a) == comparable(b)
}

/// Whether they changed a group or added to it. A server or a health check that they removed does not count:
/// it is no reason to keep the group, and may be what our own removal has done so far.
fn is_group_changed(before: &GroupDraft, now: &GroupDraft) -> bool {
    let is_known = |server: &ServerDraft| before.servers.iter().any(|b| is_same_server(b, server));
    let own = |group: &GroupDraft| GroupDraft {
        method: now.method.clone(),
        servers: Vec::new(),
        health: HealthDraft::default(),
        persistence: PersistenceDraft::default(),
        ..group.clone()
    };
    own(before) != own(now)
        || before.method != now.method
        || before.persistence != now.persistence
        || now.health.kind.is_some() && before.health != now.health
        || !now.servers.iter().all(is_known)
}

/// Whether a listener or policy of ours uses a group that it did not use when the edit began.
fn is_newly_used(base: &Draft, ours: &Draft, group: RowKey) -> bool {
    ours.listeners.iter().any(|listener| {
        let before = base.listener(listener.key);
        let by_default = listener.group == Some(group)
            && before.and_then(|before| before.group) != listener.group;
        let by_policy = listener.policies.iter().any(|policy| {
            let before = before.and_then(|before| before.policy(policy.key));
            policy.action.group() == Some(group)
                && before.and_then(|before| before.action.group()) != Some(group)
        });
        by_default || by_policy
    })
}

fn group_subject(group: &GroupDraft) -> Subject {
    Subject::Group { name: group.name.clone() }
}

fn server_subject(group: &GroupDraft, server: &ServerDraft) -> Subject {
    Subject::Server {
        address: server.address.clone(),
        port: server.port.clone(),
        group: group.name.clone(),
    }
}

fn persistence_label(persistence: &PersistenceDraft) -> String {
    let kind = persistence.kind.as_ref().map(ToString::to_string).unwrap_or_default();
    format!("{kind} {}", persistence.cookie_name).trim().to_owned()
}

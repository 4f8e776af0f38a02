//! Every choice that an edit leaves open, made: so that the same is wanted however often it is
//! planned.

use super::{
    Edit, Plan, diff,
    typed::{Typed, redirect_of},
};
use crate::{
    Draft, Finding, GroupDraft, HealthDraft, ListenerDraft, RowKey, ServerDraft,
    draft::ForwardedHeaders,
    graph::options_of,
    request::{is_filled, listener_name, pool_name_stem},
};
use openstack_types::rules::LbType;
use std::{collections::BTreeSet, net::IpAddr};

/// What is wanted, with every choice made. It has no findings, so it always plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedDraft {
    pub(super) edit: Edit,
    pub(super) draft: Draft,
}

impl ResolvedDraft {
    /// The edit that it belongs to.
    pub fn edit(&self) -> &Edit {
        &self.edit
    }

    /// What is wanted.
    pub fn draft(&self) -> &Draft {
        &self.draft
    }

    /// The calls that make it so.
    pub fn plan(&self) -> Plan {
        diff::plan(&self.edit, &self.draft, &self.typed())
    }

    fn typed(&self) -> Typed {
        self.edit.read(&self.draft, &BTreeSet::new()).0
    }
}

impl Edit {
    /// Checks a draft and makes every choice in it.
    ///
    /// # Errors
    /// Everything that is wrong with what was touched or is new, in the order of the form.
    pub fn settle(&self, draft: &Draft) -> Result<ResolvedDraft, Vec<Finding>> {
        let mut draft = draft.clone();
        let mut edit = self.clone();
        for listener in &mut draft.listeners {
            if let Some(there) = self.listener(listener.key) {
                listener.protocol = there.protocol.clone();
                listener.port = there.protocol_port.to_string();
            }
        }
        let copies = copies(self, &draft);
        let copied = copies.iter().map(|(_, group)| *group).collect();
        let (typed, findings) = self.read(&draft, &copied);
        if !findings.is_empty() {
            return Err(findings);
        }
        let going: Vec<RowKey> = self.going_along(&draft);
        draft.groups.retain(|group| !going.contains(&group.key));
        canonical(self, &mut draft, &typed);
        for (listener, group) in copies {
            copy(&mut draft, listener, group);
        }
        edit.replace_moved(&mut draft);
        edit.adopt(&mut draft);
        let used: BTreeSet<_> = draft.listeners.iter().filter_map(|one| one.group).collect();
        draft.groups.retain(|group| {
            edit.pool(group.key).is_some() || used.contains(&group.key) || is_filled(group)
        });
        name(&edit, &mut draft);
        Ok(ResolvedDraft { edit, draft })
    }

    /// Groups that go with their listener: of a Network load balancer, where each listener has a pool
    /// of its own, those whose listener is removed and that no other uses. One whose listener only
    /// turned to another group stays: nobody asked for it to go.
    pub fn going_along(&self, draft: &Draft) -> Vec<RowKey> {
        if draft.kind != LbType::Network {
            return Vec::new();
        }
        let serves = |key: RowKey| move |listener: &&ListenerDraft| listener.group == Some(key);
        let keys = draft.groups.iter().map(|group| group.key);
        keys.filter(|key| {
            let mut served = self.begin.listeners.iter().filter(serves(*key)).peekable();
            served.peek().is_some()
                && served.all(|listener| draft.listener(listener.key).is_none())
                && !draft.listeners.iter().any(|listener| serves(*key)(&listener))
        })
        .collect()
    }

    /// A server whose address or port was changed is another one: the object it stood for goes.
    fn replace_moved(&mut self, draft: &mut Draft) {
        let moved: Vec<(RowKey, RowKey, bool)> = draft
            .groups
            .iter()
            .flat_map(|group| group.servers.iter().map(move |server| (group.key, server)))
            .filter_map(|(group, server)| {
                let there = self.member(server.key)?;
                let ip = |text: &str| text.parse::<IpAddr>().map_err(|_| text.to_owned());
                let elsewhere = ip(&there.address) != ip(&server.address);
                let moved = elsewhere || there.protocol_port.to_string() != server.port;
                moved.then_some((group, server.key, elsewhere))
            })
            .collect();
        for (group, key, elsewhere) in moved {
            let gone = draft.key();
            if let Some(id) = self.rows.servers.remove(&key) {
                self.rows.servers.insert(gone, id);
            }
            if let Some(begin) = self.begin.server_mut(group, key) {
                begin.key = gone;
            }
            if let Some(server) = draft.server_mut(group, key).filter(|_| elsewhere) {
                // That of the server before would tell of that server.
                server.monitor_address = None;
            }
        }
    }

    /// A new row for what is there and whose row is gone is that one's row: adding a second of it
    /// first would be refused.
    fn adopt(&mut self, draft: &mut Draft) {
        let gone = |key: &RowKey, group: &GroupDraft| {
            !group.servers.iter().any(|server| server.key == *key)
        };
        for group in &mut draft.groups {
            let Some(begin) = self.begin.group_mut(group.key) else { continue };
            let free: Vec<RowKey> =
                begin.servers.iter().map(|s| s.key).filter(|key| gone(key, group)).collect();
            for server in &mut group.servers {
                if self.rows.servers.contains_key(&server.key) {
                    continue;
                }
                let same = begin
                    .servers
                    .iter_mut()
                    .find(|there| free.contains(&there.key) && place(there) == place(server));
                let Some(there) = same else { continue };
                if let Some(id) = self.rows.servers.remove(&there.key) {
                    self.rows.servers.insert(server.key, id);
                }
                there.key = server.key;
                if server.name.is_empty() {
                    server.name = there.name.clone();
                }
                server.subnet = there.subnet;
                server.monitor_address = there.monitor_address.clone();
                server.monitor_port = there.monitor_port;
                server.tags = there.tags.clone();
            }
        }
        let kept: BTreeSet<RowKey> = draft.listeners.iter().map(|l| l.key).collect();
        for listener in &mut draft.listeners {
            if self.rows.listeners.contains_key(&listener.key) {
                continue;
            }
            let same = self.begin.listeners.iter_mut().find(|there| {
                !kept.contains(&there.key)
                    && there.protocol == listener.protocol
                    && there.port == listener.port
            });
            let Some(there) = same else { continue };
            if let Some(id) = self.rows.listeners.remove(&there.key) {
                self.rows.listeners.insert(listener.key, id);
            }
            there.key = listener.key;
            // What no form asks for stays as it is there.
            listener.description = there.description.clone();
            listener.tags = there.tags.clone();
            listener.sni = there.sni.clone();
            if listener.name.is_empty() {
                listener.name = there.name.clone();
            }
        }
    }
}

pub(super) fn place(server: &ServerDraft) -> (&str, &str) {
    (&server.address, &server.port)
}

/// Writes what was touched as it would be shown if it were so already, so that what is the same looks
/// the same.
fn canonical(edit: &Edit, draft: &mut Draft, typed: &Typed) {
    trim(&mut draft.name, Some(&edit.begin.name));
    trim(&mut draft.description, Some(&edit.begin.description));
    let Draft { listeners, groups, options: every, .. } = draft;
    for listener in listeners {
        let begin = edit.begin.listener(listener.key);
        trim(&mut listener.name, begin.map(|begin| &begin.name));
        number(&mut listener.port);
        number(&mut listener.connection_limit);
        if listener.connection_limit == "-1" {
            listener.connection_limit.clear();
        }
        let Some(read) = typed.listeners.get(&listener.key) else { continue };
        if begin.is_none() {
            listener.forwarded = ForwardedHeaders::of(&read.insert_headers);
        }
        let typed = |listener: &ListenerDraft| {
            listener.redirect.as_deref().map(|text| text.trim().to_owned())
        };
        if begin.is_none_or(|begin| typed(begin) != typed(listener)) {
            listener.redirect = redirect_of(read).map(|url| url.as_str().to_owned());
        }
        let own = listener.own.get_or_insert_with(|| every.clone());
        let was = begin.and_then(|begin| begin.own.clone());
        let read = options_of(
            read.allowed_cidrs.as_deref(),
            read.timeout_client_data,
            read.timeout_member_connect,
            read.timeout_member_data,
        );
        let change = |text: &mut String, read: String, was: Option<&String>| {
            if was.map(|was| was.trim()) != Some(text.trim()) {
                *text = read;
            }
        };
        let was = was.as_ref();
        change(&mut own.allowed_cidrs, read.allowed_cidrs, was.map(|o| &o.allowed_cidrs));
        let timeout = &mut own.timeout_client_data;
        change(timeout, read.timeout_client_data, was.map(|o| &o.timeout_client_data));
        let timeout = &mut own.timeout_member_connect;
        change(timeout, read.timeout_member_connect, was.map(|o| &o.timeout_member_connect));
        let timeout = &mut own.timeout_member_data;
        change(timeout, read.timeout_member_data, was.map(|o| &o.timeout_member_data));
    }
    for group in groups {
        let begin = edit.begin.group(group.key);
        trim(&mut group.name, begin.map(|begin| &begin.name));
        let Some(read) = typed.groups.get(&group.key) else { continue };
        for server in &mut group.servers {
            let was = begin.and_then(|begin| begin.servers.iter().find(|s| s.key == server.key));
            trim(&mut server.name, was.map(|was| &was.name));
            number(&mut server.weight);
            let Some(read) = read.servers.get(&server.key) else { continue };
            // What nobody touched may be anything.
            if !read.address.is_empty() && read.protocol_port != 0 {
                server.address = read.address.clone();
                server.port = read.protocol_port.to_string();
            }
        }
        if begin.is_none_or(|begin| begin.persistence != group.persistence) {
            let kept = &mut group.persistence;
            let cookie = read.persistence.as_ref().and_then(|kept| kept.cookie_name.clone());
            kept.cookie_name = cookie.unwrap_or_default();
        }
        if begin.is_none_or(|begin| begin.health != group.health) {
            canonical_health(&mut group.health);
        }
    }
}

fn canonical_health(health: &mut HealthDraft) {
    let proposed = HealthDraft::default();
    let Some(kind) = &health.kind else {
        *health = proposed;
        return;
    };
    for text in [&mut health.delay, &mut health.timeout, &mut health.rise, &mut health.fall] {
        number(text);
    }
    if HealthDraft::sends_request(kind) {
        let texts = [&mut health.method, &mut health.path, &mut health.codes, &mut health.domain];
        for text in texts {
            *text = text.trim().to_owned();
        }
    } else {
        health.method = proposed.method;
        health.path = proposed.path;
        health.codes = proposed.codes;
        health.domain = proposed.domain;
    }
}

/// Trims a text, unless that is how it was.
fn trim(text: &mut String, begin: Option<&String>) {
    let trimmed = text.trim();
    *text = match begin.filter(|begin| begin.trim() == trimmed) {
        Some(begin) => begin.clone(),
        None => trimmed.to_owned(),
    };
}

/// A whole number as it is usually written; anything else stays.
fn number(text: &mut String) {
    let trimmed = text.trim();
    *text = trimmed.parse::<i64>().map_or_else(|_| trimmed.to_owned(), |n| n.to_string());
}

/// New listeners of a Network load balancer whose group serves another already, with that group:
/// each gets a pool of its own, as if it had been there from the beginning.
fn copies(edit: &Edit, draft: &Draft) -> Vec<(RowKey, RowKey)> {
    if draft.kind != LbType::Network {
        return Vec::new();
    }
    let mut taken: BTreeSet<RowKey> = draft
        .listeners
        .iter()
        .filter(|listener| edit.listener(listener.key).is_some())
        .filter_map(|listener| listener.group)
        .collect();
    draft
        .listeners
        .iter()
        .filter(|listener| edit.listener(listener.key).is_none())
        .filter_map(|listener| Some((listener.key, listener.group?)))
        .filter(|(_, group)| !taken.insert(*group))
        .collect()
}

fn copy(draft: &mut Draft, listener: RowKey, group: RowKey) {
    let Some(mut copy) = draft.group(group).cloned() else { return };
    copy.key = draft.key();
    for server in &mut copy.servers {
        server.key = draft.key();
    }
    copy.name.clear();
    if let Some(listener) = draft.listener_mut(listener) {
        listener.group = Some(copy.key);
    }
    draft.groups.push(copy);
}

/// Names what is new and has none.
fn name(edit: &Edit, draft: &mut Draft) {
    for listener in &mut draft.listeners {
        if listener.name.is_empty() && edit.listener(listener.key).is_none() {
            let port = listener.port.parse().unwrap_or_default();
            listener.name = listener_name(&listener.protocol, port);
        }
    }
    let stem = pool_name_stem(&draft.name);
    let mut taken: BTreeSet<String> = draft.groups.iter().map(|g| g.name.clone()).collect();
    taken.extend(edit.base.pools.iter().map(|pool| pool.name.clone()));
    let own = draft.kind == LbType::Network;
    let nameless: Vec<RowKey> = draft
        .groups
        .iter()
        .filter(|group| group.name.is_empty() && edit.pool(group.key).is_none())
        .map(|group| group.key)
        .collect();
    for key in nameless {
        let port = draft.listeners.iter().find(|l| l.group == Some(key)).map(|l| l.port.clone());
        let wanted = match port.filter(|_| own) {
            Some(port) => format!("{stem}-{port}"),
            None => stem.clone(),
        };
        let numbered = (2_u32..).map(|n| format!("{wanted}-{n}"));
        let free = std::iter::once(wanted.clone()).chain(numbered).find(|n| !taken.contains(n));
        let name = free.unwrap_or(wanted);
        taken.insert(name.clone());
        if let Some(group) = draft.group_mut(key) {
            group.name = name;
        }
    }
}

//! Matching rows with the objects they stand for after addresses, ports or rows changed.

use crate::{Draft, RowKey, edit::base::Edit};
use std::{collections::BTreeSet, net::IpAddr};

impl Edit {
    /// A server with another address, port or subnet is a new member: the member that its row stood for is
    /// removed.
    pub(super) fn replace_moved_servers(&mut self, draft: &mut Draft) {
        let members = self.members();
        let moved: Vec<(RowKey, RowKey, bool)> = draft
            .groups
            .iter()
            .flat_map(|group| group.servers.iter().map(move |server| (group.key, server)))
            .filter_map(|(group, server)| {
                let member = members.get(&server.key)?;
                let ip = |text: &str| text.parse::<IpAddr>().map_err(|_| text.to_owned());
                let new_address = ip(&member.address) != ip(&server.address);
                let moved = new_address
                    || member.protocol_port.to_string() != server.port
                    || member.subnet_id != server.subnet;
                let keeps_monitor_address = server.monitor_address.trim()
                    == member.monitor_address.as_deref().unwrap_or_default();
                moved.then_some((group, server.key, new_address && keeps_monitor_address))
            })
            .collect();
        for (group, key, forget_monitor) in moved {
            let removed = draft.new_key();
            if let Some(id) = self.rows.servers.remove(&key) {
                self.rows.servers.insert(removed, id);
            }
            if let Some(base) = self.base_draft.server_mut(group, key) {
                base.key = removed;
            }
            if let Some(server) = draft.server_mut(group, key).filter(|_| forget_monitor) {
                // The monitor address belongs to the old server.
                server.monitor_address.clear();
            }
        }
    }

    /// A new row with the endpoint of a removed server takes over its member: Octavia would refuse a
    /// second member with that endpoint.
    pub(super) fn reuse_removed_servers(&mut self, draft: &mut Draft) {
        for group in &mut draft.groups {
            let Some(base) = self.base_draft.group_mut(group.key) else { continue };
            let rows: BTreeSet<RowKey> = group.servers.iter().map(|server| server.key).collect();
            let mut removed: Vec<_> =
                base.servers.iter_mut().filter(|base| !rows.contains(&base.key)).collect();
            for server in &mut group.servers {
                if self.rows.servers.contains_key(&server.key) {
                    continue;
                }
                let same = removed.iter().position(|base| {
                    base.endpoint() == server.endpoint()
                        && (server.subnet.is_none() || server.subnet == base.subnet)
                });
                let Some(base) = same.map(|index| removed.remove(index)) else { continue };
                if let Some(id) = self.rows.servers.remove(&base.key) {
                    self.rows.servers.insert(server.key, id);
                }
                base.key = server.key;
                if server.name.is_empty() {
                    server.name = base.name.clone();
                }
                // What was not typed again stays.
                if server.monitor_address.is_empty() && server.monitor_port.is_empty() {
                    server.monitor_address = base.monitor_address.clone();
                    server.monitor_port = base.monitor_port.clone();
                }
                if server.tags.is_empty() {
                    server.tags = base.tags.clone();
                }
                server.subnet = server.subnet.or(base.subnet);
            }
        }
    }

    /// The same for listeners, by protocol and port.
    pub(super) fn reuse_removed_listeners(&mut self, draft: &mut Draft) {
        let keys: BTreeSet<RowKey> = draft.listeners.iter().map(|row| row.key).collect();
        for listener in &mut draft.listeners {
            if self.rows.listeners.contains_key(&listener.key) {
                continue;
            }
            let same = self.base_draft.listeners.iter_mut().find(|base| {
                !keys.contains(&base.key)
                    && base.protocol == listener.protocol
                    && base.port == listener.port
            });
            let Some(base) = same else { continue };
            if let Some(id) = self.rows.listeners.remove(&base.key) {
                self.rows.listeners.insert(listener.key, id);
            }
            base.key = listener.key;
            // What was not typed again stays.
            if listener.description.is_empty() {
                listener.description = base.description.clone();
            }
            if listener.tags.is_empty() {
                listener.tags = base.tags.clone();
            }
            if listener.sni.is_empty() {
                listener.sni = base.sni.clone();
            }
            if listener.name.is_empty() {
                listener.name = base.name.clone();
            }
        }
    }
}

//! What may be done to a draft.

use super::{
    Draft, ForwardedHeaders, GroupDraft, HealthDraft, ListenerDraft, PersistenceDraft,
    RedirectPolicy, RowKey, ServerDraft, TlsSettings, persistences, protocols, usual_port,
};
use openstack_types::{
    octavia::{LbAlgorithm, ListenerProtocol},
    rules::LbType,
};
use std::collections::BTreeMap;

impl Draft {
    /// Adds a server group and tells its key.
    pub fn add_group(&mut self) -> RowKey {
        let key = self.key();
        self.add_group_as(key);
        key
    }

    pub(crate) fn add_group_as(&mut self, key: RowKey) {
        self.groups.push(GroupDraft {
            key,
            name: String::new(),
            description: String::new(),
            method: LbAlgorithm::RoundRobin,
            servers: Vec::new(),
            health: HealthDraft::default(),
            persistence: PersistenceDraft::default(),
            tags: Vec::new(),
        });
    }

    /// Adds a listener of the type's usual protocol, with the usual port where that is free.
    pub fn add_listener(&mut self) -> RowKey {
        let key = self.key();
        let protocol = protocols(self.kind)[0].clone();
        let port = self.free_usual_port(&protocol);
        let group = self.groups.first().map(|group| group.key);
        self.listeners.push(ListenerDraft {
            key,
            name: String::new(),
            description: String::new(),
            protocol,
            port,
            certificate: None,
            connection_limit: String::new(),
            group,
            sni: Vec::new(),
            redirect: None,
            redirect_policy: RedirectPolicy::default(),
            forwarded: ForwardedHeaders::default(),
            headers: BTreeMap::new(),
            tls: TlsSettings::default(),
            tcp_inspect: None,
            tags: Vec::new(),
            own: None,
        });
        key
    }

    fn free_usual_port(&self, protocol: &ListenerProtocol) -> String {
        usual_port(protocol)
            .map(|port| port.to_string())
            .filter(|port| self.listeners.iter().all(|other| other.port.trim() != port))
            .unwrap_or_default()
    }

    /// Leaves TLS to the service where it was spoken in a version that is not allowed any more.
    pub fn allow_tls_versions(&mut self, allowed: &[String]) {
        for listener in &mut self.listeners {
            let versions = listener.tls.versions.iter().flatten();
            if versions.into_iter().any(|version| !allowed.contains(version)) {
                let (hsts, clients) = (listener.tls.hsts, listener.tls.clients.take());
                listener.tls = TlsSettings { hsts, clients, ..TlsSettings::default() };
            }
        }
    }

    /// Takes a listener away.
    pub fn remove_listener(&mut self, key: RowKey) {
        self.listeners.retain(|listener| listener.key != key);
    }

    /// Changes what a listener speaks. A port that was only proposed gives way to the new proposal;
    /// one that was typed stays.
    pub fn set_protocol(&mut self, key: RowKey, protocol: ListenerProtocol) {
        let Some(index) = self.listeners.iter().position(|listener| listener.key == key) else {
            return;
        };
        let listener = &mut self.listeners[index];
        let was_proposed = listener.port.trim().is_empty()
            || usual_port(&listener.protocol).is_some_and(|p| listener.port == p.to_string());
        listener.protocol = protocol.clone();
        if was_proposed {
            listener.port.clear();
            let port = self.free_usual_port(&protocol);
            self.listeners[index].port = port;
        }
    }

    /// Changes the type: listeners get its usual protocol, and what it cannot have is dropped.
    pub fn set_kind(&mut self, kind: LbType) {
        if self.kind == kind {
            return;
        }
        self.kind = kind;
        let keys: Vec<RowKey> = self.listeners.iter().map(|listener| listener.key).collect();
        for key in keys {
            self.set_protocol(key, protocols(kind)[0].clone());
        }
        for group in &mut self.groups {
            if group.persistence.kind.as_ref().is_some_and(|k| !persistences(kind).contains(k)) {
                group.persistence.kind = None;
            }
        }
    }

    /// Adds an empty server to a group and tells its key; `None` without such a group.
    pub fn add_server(&mut self, group: RowKey) -> Option<RowKey> {
        self.add_server_at(group, String::new(), String::new(), None)
    }

    /// Adds a server to a group; a weight left out is 1.
    pub fn add_server_at(
        &mut self,
        group: RowKey,
        address: String,
        port: String,
        weight: Option<String>,
    ) -> Option<RowKey> {
        let key = self.key();
        self.group_mut(group)?.servers.push(ServerDraft {
            key,
            address,
            port,
            weight: weight.unwrap_or_else(|| "1".into()),
            backup: false,
            name: String::new(),
            enabled: true,
            subnet: None,
            monitor_address: None,
            monitor_port: None,
            tags: Vec::new(),
            undrained: None,
        });
        Some(key)
    }

    /// Takes apart what was typed or pasted where an address belongs: `192.0.2.10:80` fills the port
    /// too, and further lines become further servers after it. Tells whether there was anything to
    /// take apart; text that holds a line that is no server stays as it is.
    pub fn spread(&mut self, group: RowKey, key: RowKey, text: &str) -> bool {
        let pasted = crate::paste::servers(text);
        if !pasted.errors.is_empty() {
            return false;
        }
        let mut servers = pasted.servers.into_iter();
        let Some(first) = servers.next() else { return false };
        let Some(row) = self.server_mut(group, key) else { return false };
        row.address = first.address;
        row.port = first.port;
        if let Some(weight) = first.weight {
            row.weight = weight;
        }
        let Some(found) = self.group_mut(group) else { return false };
        let at = found.servers.iter().position(|server| server.key == key);
        let tail = at.map(|at| found.servers.split_off(at + 1)).unwrap_or_default();
        for server in servers {
            self.add_server_at(group, server.address, server.port, server.weight);
        }
        if let Some(group) = self.group_mut(group) {
            group.servers.extend(tail);
        }
        true
    }

    /// Takes a server away.
    pub fn remove_server(&mut self, group: RowKey, key: RowKey) {
        if let Some(group) = self.group_mut(group) {
            group.servers.retain(|server| server.key != key);
        }
    }

    /// Has a server take no new connections, and remembers its weight.
    pub fn drain(&mut self, group: RowKey, key: RowKey) {
        if let Some(server) = self.server_mut(group, key)
            && server.weight.trim() != "0"
        {
            server.undrained = Some(std::mem::replace(&mut server.weight, "0".to_owned()));
        }
    }

    /// Gives a drained server the weight of before, or 1 where nobody remembers it.
    pub fn undrain(&mut self, group: RowKey, key: RowKey) {
        if let Some(server) = self.server_mut(group, key)
            && server.weight.trim() == "0"
        {
            server.weight = server.undrained.take().unwrap_or_else(|| "1".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openstack_types::octavia::SessionPersistenceType;

    #[test]
    fn the_first_listener_is_http_on_80_and_the_next_has_no_port_yet() {
        let mut draft = Draft::default();
        assert_eq!(draft.listeners[0].port, "80");
        draft.add_listener();
        assert_eq!(draft.listeners[1].port, "");
    }

    #[test]
    fn a_proposed_port_gives_way_and_a_typed_one_stays() {
        let mut draft = Draft::default();
        let typed = draft.add_listener();
        draft.listener_mut(typed).unwrap().port = "8080".into();
        draft.set_kind(LbType::Network);
        assert_eq!(draft.listeners[0].port, "");
        assert_eq!(draft.listeners[1].port, "8080");
        draft.set_kind(LbType::Application);
        assert_eq!(draft.listeners[0].port, "80");
        assert_eq!(draft.listeners[1].port, "8080");
    }

    #[test]
    fn a_network_load_balancer_keeps_no_cookie() {
        let mut draft = Draft::default();
        draft.groups[0].persistence.kind = Some(SessionPersistenceType::HttpCookie);
        draft.set_kind(LbType::Network);
        assert_eq!(draft.groups[0].persistence.kind, None);
    }

    #[test]
    fn an_address_with_a_port_is_taken_apart_and_further_lines_follow_it() {
        let mut draft = Draft::default();
        let group = draft.groups[0].key;
        let first = draft.add_server(group).unwrap();
        draft.add_server_at(group, "192.0.2.9".into(), "9".into(), None);
        assert!(draft.spread(group, first, "192.0.2.1:80\n\n[2001:db8::1]:81 5\n"));
        let written: Vec<_> = draft.groups[0]
            .servers
            .iter()
            .map(|s| format!("{} {} {}", s.address, s.port, s.weight))
            .collect();
        assert_eq!(written, ["192.0.2.1 80 1", "2001:db8::1 81 5", "192.0.2.9 9 1"]);
        assert!(!draft.spread(group, first, "192.0.2.1"));
        assert!(!draft.spread(group, first, "192.0.2.1:80\nnot a server"));
        assert_eq!(draft.groups[0].servers.len(), 3);
    }

    #[test]
    fn a_removed_row_does_not_lend_its_key_to_the_next() {
        let mut draft = Draft::default();
        let group = draft.groups[0].key;
        let first = draft.add_server(group).unwrap();
        draft.remove_server(group, first);
        assert_ne!(draft.add_server(group), Some(first));
    }
}

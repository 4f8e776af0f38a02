//! Changes to a draft.

use super::{
    Draft, ForwardedHeaders, GroupDraft, ListenerDraft, RowKey, ServerDraft, TlsSettings, VipDraft,
    default_health_check, default_port, is_http, listener_protocols, pool_protocols,
};
use openstack_types::octavia::ListenerProtocol;
use std::collections::BTreeMap;

impl Draft {
    pub fn add_group(&mut self) -> RowKey {
        let key = self.new_key();
        self.add_group_with_key(key);
        key
    }

    /// Adds a group with the health check that the form proposes for the type.
    pub fn add_checked_group(&mut self) -> RowKey {
        let key = self.add_group();
        let check = default_health_check(self.lb_type);
        if let Some(group) = self.group_mut(key) {
            group.health.kind = Some(check);
        }
        key
    }

    pub(crate) fn add_group_with_key(&mut self, key: RowKey) {
        let protocol = pool_protocols(self.lb_type)[0].clone();
        self.groups.push(GroupDraft::new(key, protocol));
    }

    /// The listeners that use a group, as their default or by a policy, in the order of the form.
    pub fn group_users(&self, group: RowKey) -> Vec<RowKey> {
        let uses = |listener: &&ListenerDraft| {
            let policies = listener.policies.iter().map(|policy| policy.action.group());
            std::iter::once(listener.group).chain(policies).any(|used| used == Some(group))
        };
        self.listeners.iter().filter(uses).map(|listener| listener.key).collect()
    }

    /// Removes a group that no listener uses, and returns it.
    pub fn remove_group(&mut self, group: RowKey) -> Option<GroupDraft> {
        if !self.group_users(group).is_empty() {
            return None;
        }
        let index = self.groups.iter().position(|one| one.key == group)?;
        Some(self.groups.remove(index))
    }

    /// Adds a VIP beside the first one.
    pub fn add_vip(&mut self) -> RowKey {
        let key = self.new_key();
        self.additional_vips.push(VipDraft { key, subnet: None, address: String::new() });
        key
    }

    pub fn remove_vip(&mut self, key: RowKey) {
        self.additional_vips.retain(|vip| vip.key != key);
    }

    /// Adds a listener with the first protocol of the type whose default port is free: HTTP on 80, then
    /// HTTPS with SSL on 443. Without a free one, it has the default protocol and no port.
    pub fn add_listener(&mut self) -> RowKey {
        let key = self.new_key();
        let protocols = listener_protocols(self.lb_type);
        let is_free = |one: &&ListenerProtocol| !self.free_default_port(one).is_empty();
        // A type whose default protocol has no port of its own proposes none.
        let free = default_port(&protocols[0]).and_then(|_| protocols.iter().find(is_free));
        let protocol = free.unwrap_or(&protocols[0]).clone();
        let port = self.free_default_port(&protocol);
        let group = self.groups.first().map(|group| group.key);
        self.listeners.push(ListenerDraft {
            key,
            name: String::new(),
            description: String::new(),
            enabled: true,
            protocol,
            port,
            certificate: None,
            connection_limit: String::new(),
            group,
            sni: Vec::new(),
            policies: Vec::new(),
            forwarded: ForwardedHeaders::default(),
            headers: BTreeMap::new(),
            tls: TlsSettings::default(),
            tags: Vec::new(),
            own_options: None,
        });
        key
    }

    /// Gives each listener options of its own: those that it has, or a copy of the shared ones.
    pub fn separate_options(&mut self) {
        let shared = std::mem::take(&mut self.options);
        for listener in &mut self.listeners {
            listener.own_options.get_or_insert_with(|| shared.clone());
        }
    }

    fn free_default_port(&self, protocol: &ListenerProtocol) -> String {
        default_port(protocol)
            .map(|port| port.to_string())
            .filter(|port| self.listeners.iter().all(|other| other.port.trim() != port))
            .unwrap_or_default()
    }

    /// Resets the TLS settings of listeners whose versions are no longer allowed to the service's
    /// defaults. HSTS and client certificates stay.
    pub fn reset_disallowed_tls(&mut self, allowed: &[String]) {
        for listener in &mut self.listeners {
            let versions = listener.tls.versions.iter().flatten();
            if versions.into_iter().any(|version| !allowed.contains(version)) {
                let (hsts, clients) = (listener.tls.hsts.take(), listener.tls.clients.take());
                listener.tls = TlsSettings { hsts, clients, ..TlsSettings::default() };
            }
        }
    }

    pub fn remove_listener(&mut self, key: RowKey) {
        self.listeners.retain(|listener| listener.key != key);
    }

    /// Changes the protocol of a listener. A default port becomes the default of the new protocol; a
    /// typed one stays. A redirect to HTTPS is removed from a listener that is no longer plain HTTP, and
    /// a listener that serves metrics has no group.
    pub fn set_protocol(&mut self, key: RowKey, protocol: ListenerProtocol) {
        let Some(index) = self.listeners.iter().position(|listener| listener.key == key) else {
            return;
        };
        let first_group = self.groups.first().map(|group| group.key);
        let listener = &mut self.listeners[index];
        let is_default = listener.port.trim().is_empty()
            || default_port(&listener.protocol).is_some_and(|p| listener.port == p.to_string());
        let before = std::mem::replace(&mut listener.protocol, protocol.clone());
        if protocol == ListenerProtocol::Prometheus {
            listener.group = None;
            // The form shows neither for metrics.
            listener.certificate = None;
            listener.sni.clear();
        } else if before == ListenerProtocol::Prometheus {
            listener.group = listener.group.or(first_group);
        }
        if is_http(&protocol) && protocol != ListenerProtocol::Http {
            listener.policies.retain(|policy| policy.redirect().is_none());
        }
        if is_default {
            listener.port.clear();
            let port = self.free_default_port(&protocol);
            self.listeners[index].port = port;
        }
    }

    /// Adds an empty server; `None` if there is no such group.
    pub fn add_server(&mut self, group: RowKey) -> Option<RowKey> {
        self.add_server_at(group, String::new(), String::new(), None)
    }

    /// Adds a server with a weight, by default 1; `None` if there is no such group.
    pub fn add_server_at(
        &mut self,
        group: RowKey,
        address: String,
        port: String,
        weight: Option<String>,
    ) -> Option<RowKey> {
        let key = self.new_key();
        self.group_mut(group)?.servers.push(ServerDraft {
            key,
            address,
            port,
            weight: weight.unwrap_or_else(|| "1".into()),
            backup: false,
            name: String::new(),
            enabled: true,
            subnet: None,
            monitor_address: String::new(),
            monitor_port: String::new(),
            tags: Vec::new(),
            weight_before_drain: None,
        });
        Some(key)
    }

    /// Fills a row from text that was typed or pasted into its address: `192.0.2.10:80` fills the port
    /// too, and further lines become further rows below it. Returns false, and changes nothing, unless
    /// every line is a server.
    pub fn fill_from_paste(&mut self, group: RowKey, key: RowKey, text: &str) -> bool {
        let pasted = crate::paste::parse_servers(text);
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
        let Some(rows) = self.group_mut(group) else { return false };
        let at = rows.servers.iter().position(|server| server.key == key);
        let tail = at.map(|at| rows.servers.split_off(at + 1)).unwrap_or_default();
        for server in servers {
            self.add_server_at(group, server.address, server.port, server.weight);
        }
        if let Some(group) = self.group_mut(group) {
            group.servers.extend(tail);
        }
        true
    }

    /// Splits every address that was typed with its port: `192.0.2.10:80`.
    pub fn split_endpoints(&mut self) {
        let has_port = |address: &str| {
            let address = address.trim();
            address.starts_with('[') || address.parse::<std::net::IpAddr>().is_err()
        };
        let typed: Vec<(RowKey, RowKey, String)> = self
            .groups
            .iter()
            .flat_map(|group| group.servers.iter().map(move |server| (group.key, server)))
            .filter(|(_, server)| !server.address.trim().is_empty() && has_port(&server.address))
            .map(|(group, server)| (group, server.key, server.address.clone()))
            .collect();
        for (group, server, text) in typed {
            self.fill_from_paste(group, server, &text);
        }
    }

    pub fn remove_server(&mut self, group: RowKey, key: RowKey) {
        if let Some(group) = self.group_mut(group) {
            group.servers.retain(|server| server.key != key);
        }
    }

    /// Sets the weight of a server to 0, and remembers the old one.
    pub fn drain(&mut self, group: RowKey, key: RowKey) {
        if let Some(server) = self.server_mut(group, key)
            && server.weight.trim() != "0"
        {
            server.weight_before_drain =
                Some(std::mem::replace(&mut server.weight, "0".to_owned()));
        }
    }

    /// Restores the weight of a drained server; 1 if it is not known.
    pub fn undrain(&mut self, group: RowKey, key: RowKey) {
        if let Some(server) = self.server_mut(group, key)
            && server.weight.trim() == "0"
        {
            server.weight = server.weight_before_drain.take().unwrap_or_else(|| "1".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openstack_types::{octavia::SessionPersistenceType, rules::LbType};

    #[test]
    fn listeners_are_proposed_on_80_then_on_443() {
        let mut draft = Draft::default();
        draft.add_listener();
        draft.add_listener();
        let proposed: Vec<_> =
            draft.listeners.iter().map(|l| (l.protocol.clone(), l.port.as_str())).collect();
        use ListenerProtocol::{Http, TerminatedHttps};
        assert_eq!(proposed, [(Http, "80"), (TerminatedHttps, "443"), (Http, "")]);
    }

    #[test]
    fn a_default_port_follows_the_protocol_and_a_typed_one_stays() {
        let mut draft = Draft::default();
        let key = draft.listeners[0].key;
        draft.set_protocol(key, ListenerProtocol::TerminatedHttps);
        assert_eq!(draft.listeners[0].port, "443");
        draft.listeners[0].port = "8443".into();
        draft.set_protocol(key, ListenerProtocol::Http);
        assert_eq!(draft.listeners[0].port, "8443");
    }

    #[test]
    fn addresses_with_a_port_are_split() {
        let mut draft = Draft::default();
        let group = draft.groups[0].key;
        for text in ["192.0.2.1:80", "[2001:db8::1]:81", "192.0.2.3", "2001:db8::4", "no", ""] {
            draft.add_server_at(group, text.into(), String::new(), None);
        }
        draft.split_endpoints();
        let servers = draft.groups[0].servers.iter();
        let endpoints: Vec<_> = servers.map(|s| (s.address.as_str(), s.port.as_str())).collect();
        assert_eq!(endpoints[..2], [("192.0.2.1", "80"), ("2001:db8::1", "81")]);
        assert!(endpoints[2..].iter().all(|(_, port)| port.is_empty()));
    }

    #[test]
    fn a_network_load_balancer_has_no_cookie_persistence() {
        let mut draft = Draft::default();
        draft.groups[0].persistence.kind = Some(SessionPersistenceType::HttpCookie);
        draft.set_lb_type(LbType::Network);
        assert_eq!(draft.groups[0].persistence.kind, None);
    }

    #[test]
    fn pasted_lines_fill_the_row_and_add_rows_below_it() {
        let mut draft = Draft::default();
        let group = draft.groups[0].key;
        let first = draft.add_server(group).unwrap();
        draft.add_server_at(group, "192.0.2.9".into(), "9".into(), None);
        assert!(draft.fill_from_paste(group, first, "192.0.2.1:80\n\n[2001:db8::1]:81 5\n"));
        let written: Vec<_> = draft.groups[0]
            .servers
            .iter()
            .map(|s| format!("{} {} {}", s.address, s.port, s.weight))
            .collect();
        assert_eq!(written, ["192.0.2.1 80 1", "2001:db8::1 81 5", "192.0.2.9 9 1"]);
        assert!(!draft.fill_from_paste(group, first, "192.0.2.1"));
        assert!(!draft.fill_from_paste(group, first, "192.0.2.1:80\nnot a server"));
        assert_eq!(draft.groups[0].servers.len(), 3);
    }

    #[test]
    fn keys_of_removed_rows_are_not_reused() {
        let mut draft = Draft::default();
        let group = draft.groups[0].key;
        let first = draft.add_server(group).unwrap();
        draft.remove_server(group, first);
        assert_ne!(draft.add_server(group), Some(first));
    }
}

//! The text of the create form. Whatever a person types stays text, so that nothing is lost while it
//! is not yet right.

use openstack_types::{
    NetworkId, SubnetId,
    octavia::{HealthMonitorType, LbAlgorithm, Listener, ListenerProtocol, SessionPersistenceType},
    rules::LbType,
    tls::{AlpnProtocol, TlsCiphers},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names a row of a draft for as long as the draft lives, whatever rows come and go around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RowKey(pub(crate) u32);

impl std::fmt::Display for RowKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// Methods to choose from, in the order they are shown.
pub const METHODS: [LbAlgorithm; 3] =
    [LbAlgorithm::RoundRobin, LbAlgorithm::LeastConnections, LbAlgorithm::SourceIp];

/// Kinds of health check to choose from, in the order they are shown.
pub const HEALTH_CHECKS: [HealthMonitorType; 5] = [
    HealthMonitorType::Http,
    HealthMonitorType::Https,
    HealthMonitorType::Tcp,
    HealthMonitorType::TlsHello,
    HealthMonitorType::Ping,
];

/// Protocols that listeners of a type may speak, the usual one first.
pub fn protocols(kind: LbType) -> &'static [ListenerProtocol] {
    match kind {
        LbType::Application => &[ListenerProtocol::Http, ListenerProtocol::TerminatedHttps],
        LbType::Network => &[ListenerProtocol::Tcp],
    }
}

/// Kinds of session persistence that a type can have: cookies need HTTP.
pub fn persistences(kind: LbType) -> &'static [SessionPersistenceType] {
    use SessionPersistenceType as P;
    match kind {
        LbType::Application => &[P::SourceIp, P::HttpCookie, P::AppCookie],
        LbType::Network => &[P::SourceIp],
    }
}

/// The port people expect of a protocol; none where there is no usual one.
pub fn usual_port(protocol: &ListenerProtocol) -> Option<u16> {
    match protocol {
        ListenerProtocol::Http => Some(80),
        ListenerProtocol::TerminatedHttps => Some(443),
        _ => None,
    }
}

/// Whether a listener sees requests, not only bytes.
pub fn is_http(protocol: &ListenerProtocol) -> bool {
    matches!(protocol, ListenerProtocol::Http | ListenerProtocol::TerminatedHttps)
}

/// A load balancer as somebody is typing it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// Its name.
    pub name: String,
    /// Free text.
    pub description: String,
    /// What the page calls `Type`.
    pub kind: LbType,
    /// Its listeners.
    pub listeners: Vec<ListenerDraft>,
    /// The network chosen for the VIP.
    pub network: Option<NetworkId>,
    /// The subnet chosen in it; without one, the service picks.
    pub subnet: Option<SubnetId>,
    /// A VIP asked for; empty lets the service pick.
    pub vip_address: String,
    /// Server groups. The form makes one; a clone has as many as its original.
    pub groups: Vec<GroupDraft>,
    /// What holds for every listener that has no options of its own.
    pub options: ListenerOptions,
    /// Words of the users', carried.
    #[serde(default)]
    pub tags: Vec<String>,
    pub(crate) next_key: u32,
}

/// A listener as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListenerDraft {
    /// Which row it is.
    pub key: RowKey,
    /// Its name where it was given one elsewhere; empty lets one be made.
    pub name: String,
    /// What it speaks to clients.
    pub protocol: ListenerProtocol,
    /// 1 to 65535.
    pub port: String,
    /// URL of the certificate's secret, with `HTTPS with SSL`.
    #[serde(default)]
    pub certificate: Option<String>,
    /// Connections at a time; empty is no limit.
    pub connection_limit: String,
    /// The server group that serves it.
    pub group: Option<RowKey>,
    /// URLs of the secrets of further certificates, chosen by the names in them; carried.
    #[serde(default)]
    pub sni: Vec<String>,
    /// Where every request is sent instead of being served: `https://www.example.com`. HTTP only.
    #[serde(default)]
    pub redirect: Option<String>,
    /// Headers that tell a server about the client; not with TCP.
    pub forwarded: ForwardedHeaders,
    /// Further headers added to requests, name to `"true"`; carried.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// How it speaks TLS, carried.
    #[serde(default)]
    pub tls: TlsSettings,
    /// Options that differ from the other listeners'.
    pub own: Option<ListenerOptions>,
}

/// Headers added to requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardedHeaders {
    /// `X-Forwarded-For`: the client's address.
    pub address: bool,
    /// `X-Forwarded-Port`: the listener's port.
    pub port: bool,
    /// `X-Forwarded-Proto`: `http` or `https`.
    pub protocol: bool,
}

impl Default for ForwardedHeaders {
    fn default() -> Self {
        Self { address: true, port: true, protocol: true }
    }
}

impl ForwardedHeaders {
    /// Those among the headers that a listener adds.
    pub(crate) fn of(headers: &BTreeMap<String, String>) -> Self {
        let has = |name: &str| headers.get(name).is_some_and(|v| v.eq_ignore_ascii_case("true"));
        let [address, port, protocol] = Self::NAMES.map(has);
        Self { address, port, protocol }
    }

    /// Those that a listener adds beside them.
    pub(crate) fn others(headers: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let other = |(name, _): &(&String, &String)| !Self::NAMES.contains(&name.as_str());
        headers.iter().filter(other).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    const NAMES: [&str; 3] = ["X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"];

    /// Each header with whether it is added.
    pub(crate) fn each(self) -> [(&'static str, bool); 3] {
        let [address, port, protocol] = Self::NAMES;
        [(address, self.address), (port, self.port), (protocol, self.protocol)]
    }
}

/// How a listener speaks TLS, where nobody is asked for it; `None` leaves it to the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsSettings {
    /// Versions spoken, `TLSv1.2` and the like.
    pub versions: Option<Vec<String>>,
    /// Ciphers offered.
    pub ciphers: Option<TlsCiphers>,
    /// What a handshake may settle on.
    pub alpn: Option<Vec<AlpnProtocol>>,
}

impl TlsSettings {
    /// Those of a listener that is there. Ciphers that nobody here knows the names of are left to the
    /// service.
    pub(crate) fn of(listener: &Listener) -> Self {
        if listener.protocol != ListenerProtocol::TerminatedHttps {
            return Self::default();
        }
        Self {
            versions: listener.tls_versions.clone().filter(|versions| !versions.is_empty()),
            ciphers: listener.tls_ciphers.as_deref().and_then(|ciphers| ciphers.parse().ok()),
            alpn: listener.alpn_protocols.clone().filter(|protocols| !protocols.is_empty()),
        }
    }
}

/// Who may connect to a listener, and how long it waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListenerOptions {
    /// One range a line, or separated by commas; empty lets everybody in.
    pub allowed_cidrs: String,
    /// Seconds of silence of a client; empty is the service's default.
    pub timeout_client_data: String,
    /// Seconds until a server must have taken a connection; empty is the service's default.
    pub timeout_member_connect: String,
    /// Seconds of silence of a server; empty is the service's default.
    pub timeout_member_data: String,
}

/// A server group as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupDraft {
    /// Which one it is.
    pub key: RowKey,
    /// Its name where it was given one elsewhere; empty lets one be made.
    pub name: String,
    /// How a server is chosen.
    pub method: LbAlgorithm,
    /// Its servers.
    pub servers: Vec<ServerDraft>,
    /// How their health is found out.
    pub health: HealthDraft,
    /// How a client is kept on one server.
    pub persistence: PersistenceDraft,
}

/// A server as typed, and what a clone carries along with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerDraft {
    /// Which row it is.
    pub key: RowKey,
    /// IPv4 or IPv6.
    pub address: String,
    /// 1 to 65535.
    pub port: String,
    /// 0 to 256.
    pub weight: String,
    /// Serves only when no other does.
    pub backup: bool,
    /// Its name, carried.
    pub name: String,
    /// Switched on, carried.
    pub enabled: bool,
    /// The subnet it is reached through, carried.
    pub subnet: Option<SubnetId>,
    /// Where its health is asked, carried.
    pub monitor_address: Option<String>,
    /// The port where its health is asked, carried.
    pub monitor_port: Option<u16>,
    /// Words of the users', carried by an edit that moves a server.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The weight before it was drained.
    #[serde(default)]
    pub undrained: Option<String>,
}

/// A health check as typed. The texts stay when the kind changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthDraft {
    /// The kind; `None` is no check.
    pub kind: Option<HealthMonitorType>,
    /// Seconds from check to check.
    pub delay: String,
    /// Seconds until a check counts as failed; below the delay.
    pub timeout: String,
    /// Successes in a row until a server is up.
    pub rise: String,
    /// Failures in a row until a server is down.
    pub fall: String,
    /// Of the request.
    pub method: String,
    /// Of the request.
    pub path: String,
    /// Of the answer.
    pub codes: String,
    /// Host header of the request; empty sends none.
    pub domain: String,
}

impl Default for HealthDraft {
    fn default() -> Self {
        Self {
            kind: None,
            delay: "5".into(),
            timeout: "3".into(),
            rise: "3".into(),
            fall: "3".into(),
            method: "GET".into(),
            path: "/".into(),
            codes: "200".into(),
            domain: String::new(),
        }
    }
}

impl HealthDraft {
    /// Whether a kind of check sends a request.
    pub fn sends_request(kind: &HealthMonitorType) -> bool {
        matches!(kind, HealthMonitorType::Http | HealthMonitorType::Https)
    }
}

/// Session persistence as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersistenceDraft {
    /// The kind; `None` is none.
    pub kind: Option<SessionPersistenceType>,
    /// The application's cookie.
    pub cookie_name: String,
}

impl Default for Draft {
    /// What the form shows first: an Application load balancer with an HTTP listener on port 80.
    fn default() -> Self {
        let mut draft = Self::bare(LbType::Application);
        draft.add_group();
        draft.add_listener();
        draft
    }
}

impl Draft {
    /// Nothing but a type: no listener, no group.
    pub(crate) fn bare(kind: LbType) -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            kind,
            listeners: Vec::new(),
            network: None,
            subnet: None,
            vip_address: String::new(),
            groups: Vec::new(),
            options: ListenerOptions::default(),
            tags: Vec::new(),
            next_key: 0,
        }
    }

    pub(crate) fn key(&mut self) -> RowKey {
        let key = RowKey(self.next_key);
        self.next_key += 1;
        key
    }

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
            method: LbAlgorithm::RoundRobin,
            servers: Vec::new(),
            health: HealthDraft::default(),
            persistence: PersistenceDraft::default(),
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
            protocol,
            port,
            certificate: None,
            connection_limit: String::new(),
            group,
            sni: Vec::new(),
            redirect: None,
            forwarded: ForwardedHeaders::default(),
            headers: BTreeMap::new(),
            tls: TlsSettings::default(),
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
                listener.tls = TlsSettings::default();
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

    /// A listener by its key.
    pub fn listener(&self, key: RowKey) -> Option<&ListenerDraft> {
        self.listeners.iter().find(|listener| listener.key == key)
    }

    /// A listener by its key, to change it.
    pub fn listener_mut(&mut self, key: RowKey) -> Option<&mut ListenerDraft> {
        self.listeners.iter_mut().find(|listener| listener.key == key)
    }

    /// A server group by its key.
    pub fn group(&self, key: RowKey) -> Option<&GroupDraft> {
        self.groups.iter().find(|group| group.key == key)
    }

    /// A server group by its key, to change it.
    pub fn group_mut(&mut self, key: RowKey) -> Option<&mut GroupDraft> {
        self.groups.iter_mut().find(|group| group.key == key)
    }

    /// A server by its keys.
    pub fn server(&self, group: RowKey, key: RowKey) -> Option<&ServerDraft> {
        self.group(group)?.servers.iter().find(|server| server.key == key)
    }

    /// A server by its keys, to change it.
    pub fn server_mut(&mut self, group: RowKey, key: RowKey) -> Option<&mut ServerDraft> {
        self.group_mut(group)?.servers.iter_mut().find(|server| server.key == key)
    }

    /// The options of a scope.
    pub fn options_of(&self, scope: crate::Scope) -> Option<&ListenerOptions> {
        match scope {
            crate::Scope::Every => Some(&self.options),
            crate::Scope::Listener(key) => self.listener(key)?.own.as_ref(),
        }
    }

    /// The options of a scope, to change them.
    pub fn options_mut(&mut self, scope: crate::Scope) -> Option<&mut ListenerOptions> {
        match scope {
            crate::Scope::Every => Some(&mut self.options),
            crate::Scope::Listener(key) => self.listener_mut(key)?.own.as_mut(),
        }
    }

    /// The scopes that options are typed for: all listeners together, then each that differs.
    pub fn scopes(&self) -> Vec<crate::Scope> {
        let own = self.listeners.iter().filter(|listener| listener.own.is_some());
        let own: Vec<_> = own.map(|listener| crate::Scope::Listener(listener.key)).collect();
        let mut scopes = Vec::with_capacity(own.len() + 1);
        if own.is_empty() || own.len() < self.listeners.len() {
            scopes.push(crate::Scope::Every);
        }
        scopes.extend(own);
        scopes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

//! The text of the create form. Whatever a person types stays text, so that nothing is lost while it
//! is not yet right.
//!
//! What there is to choose from is in `choices`, what may be done to a draft in `changes`.

mod changes;
mod choices;

pub use choices::{HEALTH_CHECKS, METHODS, is_http, persistences, protocols, usual_port};

use openstack_types::{
    NetworkId, SubnetId,
    octavia::{
        ClientAuthentication, HealthMonitorType, LbAlgorithm, Listener, ListenerProtocol,
        SessionPersistenceType,
    },
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
    /// Free text, carried.
    #[serde(default)]
    pub description: String,
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
    /// What else the policy has that does so; carried.
    #[serde(default)]
    pub redirect_policy: RedirectPolicy,
    /// Headers that tell a server about the client; not with TCP.
    pub forwarded: ForwardedHeaders,
    /// Further headers added to requests, name to `"true"`; carried.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// How it speaks TLS, carried.
    #[serde(default)]
    pub tls: TlsSettings,
    /// Milliseconds for which it waits to look into what a client sends; carried.
    #[serde(default)]
    pub tcp_inspect: Option<u64>,
    /// Words of the users', carried.
    #[serde(default)]
    pub tags: Vec<String>,
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

/// What the policy that sends everything to HTTPS has that nobody is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedirectPolicy {
    /// The status that it answers, where it is not the service's own choice.
    pub http_code: Option<u16>,
    /// Free text.
    pub description: String,
    /// Words of the users'.
    pub tags: Vec<String>,
}

/// How a listener speaks TLS, where nobody is asked for it; `None` leaves it to the service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TlsSettings {
    /// Versions spoken, `TLSv1.2` and the like.
    pub versions: Option<Vec<String>>,
    /// Ciphers offered.
    pub ciphers: Option<TlsCiphers>,
    /// What a handshake may settle on.
    pub alpn: Option<Vec<AlpnProtocol>>,
    /// That browsers are to come by HTTPS alone.
    pub hsts: Option<Hsts>,
    /// What clients have to show.
    pub clients: Option<ClientCertificates>,
}

/// That browsers are to come by HTTPS alone (RFC 6797).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hsts {
    /// For how many seconds.
    pub max_age: u32,
    /// To the names below too.
    pub include_subdomains: bool,
    /// They may know of it beforehand.
    pub preload: bool,
}

/// What clients of a listener have to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCertificates {
    /// Whether they are asked, and must.
    pub authentication: ClientAuthentication,
    /// URL of the secret of those who may have issued what they show.
    pub ca: Option<String>,
    /// URL of the secret of what was taken back.
    pub crl: Option<String>,
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
            hsts: listener.hsts_max_age.map(|max_age| Hsts {
                max_age,
                include_subdomains: listener.hsts_include_subdomains,
                preload: listener.hsts_preload,
            }),
            clients: listener
                .client_authentication
                .clone()
                .filter(|asked| *asked != ClientAuthentication::None)
                .map(|authentication| ClientCertificates {
                    authentication,
                    ca: listener.client_ca_tls_container_ref.clone(),
                    crl: listener.client_crl_container_ref.clone(),
                }),
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
    /// Free text, carried.
    #[serde(default)]
    pub description: String,
    /// How a server is chosen.
    pub method: LbAlgorithm,
    /// Its servers.
    pub servers: Vec<ServerDraft>,
    /// How their health is found out.
    pub health: HealthDraft,
    /// How a client is kept on one server.
    pub persistence: PersistenceDraft,
    /// Words of the users', carried.
    #[serde(default)]
    pub tags: Vec<String>,
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
    /// Its name, carried.
    #[serde(default)]
    pub name: String,
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
    /// Words of the users', carried.
    #[serde(default)]
    pub tags: Vec<String>,
}

impl Default for HealthDraft {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: None,
            delay: "5".into(),
            timeout: "3".into(),
            rise: "3".into(),
            fall: "3".into(),
            method: "GET".into(),
            path: "/".into(),
            codes: "200".into(),
            domain: String::new(),
            tags: Vec::new(),
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

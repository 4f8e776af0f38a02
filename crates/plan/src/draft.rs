//! The form of a load balancer. Everything typed is kept as text, so that invalid input is not lost.

mod changes;
mod choices;
mod keys;
mod lb_type;
mod listener;

pub use choices::{
    HEALTH_CHECK_KINDS, LB_ALGORITHMS, default_health_check, default_port, is_http,
    listener_protocols, persistence_kinds,
};
pub use keys::{OptionsScope, RowKey};
pub use lb_type::Parked;
pub use listener::{
    ClientCertificates, ForwardedHeaders, Hsts, ListenerDraft, ListenerOptions, RedirectPolicy,
    TlsSettings,
};

use openstack_types::{
    NetworkId, SubnetId,
    octavia::{HealthMonitorType, LbAlgorithm, SessionPersistenceType},
    rules::LbType,
};
use serde::{Deserialize, Serialize};

/// The form of a load balancer.
///
/// Fields that no form shows are *carried*: a clone or an edit takes them over from the original.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub name: String,
    pub description: String,
    pub lb_type: LbType,
    pub listeners: Vec<ListenerDraft>,
    /// The network of the VIP.
    pub network: Option<NetworkId>,
    /// The subnet of the VIP; without one, the service chooses.
    pub subnet: Option<SubnetId>,
    /// The requested VIP; without one, the service chooses.
    pub vip_address: String,
    /// Server groups. The create form has one; a clone has as many as its original.
    pub groups: Vec<GroupDraft>,
    /// The options of every listener without options of its own.
    pub options: ListenerOptions,
    /// Carried.
    #[serde(default)]
    pub tags: Vec<String>,
    /// What the form held under the other type.
    #[serde(default)]
    pub parked: Parked,
    pub(crate) next_key: u32,
}

/// A server group: an Octavia pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupDraft {
    pub key: RowKey,
    /// Empty for a generated name.
    pub name: String,
    /// Carried.
    #[serde(default)]
    pub description: String,
    pub method: LbAlgorithm,
    pub servers: Vec<ServerDraft>,
    pub health: HealthDraft,
    pub persistence: PersistenceDraft,
    /// Carried.
    #[serde(default)]
    pub tags: Vec<String>,
}

/// A server: an Octavia member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerDraft {
    pub key: RowKey,
    /// IPv4 or IPv6.
    pub address: String,
    /// 1 to 65535.
    pub port: String,
    /// 0 to 256.
    pub weight: String,
    pub backup: bool,
    /// Carried.
    pub name: String,
    /// Carried.
    pub enabled: bool,
    /// The subnet that the server is reached through; carried.
    pub subnet: Option<SubnetId>,
    /// Carried.
    pub monitor_address: Option<String>,
    /// Carried.
    pub monitor_port: Option<u16>,
    /// Carried.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The weight that [`Draft::undrain`] restores.
    #[serde(default)]
    pub weight_before_drain: Option<String>,
}

impl ServerDraft {
    /// Address and port, which identify a server within its group.
    pub(crate) fn endpoint(&self) -> (&str, &str) {
        (&self.address, &self.port)
    }
}

/// A health check: an Octavia health monitor. The texts stay when the kind changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthDraft {
    /// Carried.
    #[serde(default)]
    pub name: String,
    /// `None` for no health check.
    pub kind: Option<HealthMonitorType>,
    /// Seconds between checks.
    pub delay: String,
    /// Seconds until a check fails; less than the delay.
    pub timeout: String,
    /// Successful checks in a row until a server is up.
    pub rise: String,
    /// Failed checks in a row until a server is down.
    pub fall: String,
    /// HTTP method.
    pub method: String,
    /// URL path.
    pub path: String,
    /// Expected status codes.
    pub codes: String,
    /// Host header; empty for none.
    pub domain: String,
    /// Carried.
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
    /// Whether checks of a kind send an HTTP request.
    pub fn sends_request(kind: &HealthMonitorType) -> bool {
        matches!(kind, HealthMonitorType::Http | HealthMonitorType::Https)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersistenceDraft {
    /// `None` for no session persistence.
    pub kind: Option<SessionPersistenceType>,
    /// The cookie of the application, with `APP_COOKIE` only.
    pub cookie_name: String,
}

impl Default for Draft {
    /// The create form when it opens: an Application load balancer with an HTTP listener on port 80,
    /// and a server group with a health check.
    fn default() -> Self {
        let mut draft = Self::empty(LbType::Application);
        draft.add_checked_group();
        draft.add_listener();
        draft
    }
}

impl Draft {
    /// A draft without listeners and groups.
    pub(crate) fn empty(lb_type: LbType) -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            lb_type,
            listeners: Vec::new(),
            network: None,
            subnet: None,
            vip_address: String::new(),
            groups: Vec::new(),
            options: ListenerOptions::default(),
            tags: Vec::new(),
            parked: Parked::default(),
            next_key: 0,
        }
    }

    pub(crate) fn new_key(&mut self) -> RowKey {
        let key = RowKey(self.next_key);
        self.next_key += 1;
        key
    }

    pub fn listener(&self, key: RowKey) -> Option<&ListenerDraft> {
        self.listeners.iter().find(|listener| listener.key == key)
    }

    pub fn listener_mut(&mut self, key: RowKey) -> Option<&mut ListenerDraft> {
        self.listeners.iter_mut().find(|listener| listener.key == key)
    }

    pub fn group(&self, key: RowKey) -> Option<&GroupDraft> {
        self.groups.iter().find(|group| group.key == key)
    }

    pub fn group_mut(&mut self, key: RowKey) -> Option<&mut GroupDraft> {
        self.groups.iter_mut().find(|group| group.key == key)
    }

    pub fn server(&self, group: RowKey, key: RowKey) -> Option<&ServerDraft> {
        self.group(group)?.servers.iter().find(|server| server.key == key)
    }

    pub fn server_mut(&mut self, group: RowKey, key: RowKey) -> Option<&mut ServerDraft> {
        self.group_mut(group)?.servers.iter_mut().find(|server| server.key == key)
    }

    pub fn options(&self, scope: OptionsScope) -> Option<&ListenerOptions> {
        match scope {
            OptionsScope::Shared => Some(&self.options),
            OptionsScope::Listener(key) => self.listener(key)?.own_options.as_ref(),
        }
    }

    pub fn options_mut(&mut self, scope: OptionsScope) -> Option<&mut ListenerOptions> {
        match scope {
            OptionsScope::Shared => Some(&mut self.options),
            OptionsScope::Listener(key) => self.listener_mut(key)?.own_options.as_mut(),
        }
    }

    /// The scopes of the form: the shared options, unless every listener has its own, then those of
    /// each listener that has its own.
    pub fn options_scopes(&self) -> Vec<OptionsScope> {
        let own = self.listeners.iter().filter(|listener| listener.own_options.is_some());
        let own: Vec<_> = own.map(|listener| OptionsScope::Listener(listener.key)).collect();
        let mut scopes = Vec::with_capacity(own.len() + 1);
        if own.is_empty() || own.len() < self.listeners.len() {
            scopes.push(OptionsScope::Shared);
        }
        scopes.extend(own);
        scopes
    }
}

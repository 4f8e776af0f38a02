//! The form of a load balancer. Everything typed is kept as text, so that invalid input is not lost.

mod changes;
mod choices;
mod group;
mod keys;
mod lb_type;
mod listener;
mod parked;
mod policy;
mod policy_changes;

pub use choices::{
    HEALTH_CHECK_KINDS, LB_ALGORITHMS, REDIRECT_CODES, compare_types, default_health_check,
    default_port, is_http, listener_protocols, persistence_kinds, persistence_kinds_of,
    pool_protocols,
};
pub use group::{GroupDraft, GroupTls, HealthDraft, PersistenceDraft, ServerDraft};
pub use keys::{OptionsScope, RowKey};
pub use listener::{
    ClientCertificates, ForwardedHeaders, Hsts, ListenerDraft, ListenerOptions, TlsSettings,
};
pub use parked::Parked;
pub use policy::{PolicyAction, PolicyDraft, RuleDraft};

use openstack_types::{NetworkId, SubnetId, rules::LbType};
use serde::{Deserialize, Serialize};

/// The form of a load balancer: every setting that Octavia has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    pub name: String,
    pub description: String,
    pub enabled: bool,
    pub lb_type: LbType,
    pub listeners: Vec<ListenerDraft>,
    /// The network of the VIP.
    pub network: Option<NetworkId>,
    /// The subnet of the VIP; without one, the service chooses.
    pub subnet: Option<SubnetId>,
    /// The requested VIP; without one, the service chooses.
    pub vip_address: String,
    /// The port of the VIP, instead of a network or subnet; empty for a new one.
    #[serde(default)]
    pub vip_port: String,
    #[serde(default)]
    pub additional_vips: Vec<VipDraft>,
    /// Empty for the service's default.
    #[serde(default)]
    pub provider: String,
    /// The id of a flavor; empty for none.
    #[serde(default)]
    pub flavor: String,
    /// Empty for the service's default.
    #[serde(default)]
    pub availability_zone: String,
    #[serde(default)]
    pub vip_port_settings: VipPortSettings,
    /// Server groups. The create form has one; a clone has as many as its original.
    pub groups: Vec<GroupDraft>,
    /// A group that the form offers where the original of a clone has none. It is created if it is filled
    /// in.
    #[serde(default)]
    pub(crate) offered_group: Option<RowKey>,
    /// The options of every listener without options of its own.
    pub options: ListenerOptions,
    /// Without the tag that holds the type of a load balancer without listeners.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The tags of the original that hold the type.
    #[serde(default)]
    pub(crate) type_tags: Vec<String>,
    /// What the form held under the other type.
    #[serde(default)]
    pub parked: Parked,
    pub(crate) next_key: u32,
}

/// Settings of the VIP's port that only some clouds have; carried by a clone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VipPortSettings {
    pub qos_policy: Option<String>,
    /// `None` for `normal`.
    pub vnic_type: Option<String>,
    pub security_groups: Vec<String>,
}

/// A VIP beside the first one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VipDraft {
    pub key: RowKey,
    pub subnet: Option<SubnetId>,
    /// Empty to let the service choose.
    pub address: String,
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
            enabled: true,
            lb_type,
            listeners: Vec::new(),
            network: None,
            subnet: None,
            vip_address: String::new(),
            vip_port: String::new(),
            additional_vips: Vec::new(),
            provider: String::new(),
            flavor: String::new(),
            availability_zone: String::new(),
            vip_port_settings: VipPortSettings::default(),
            groups: Vec::new(),
            offered_group: None,
            options: ListenerOptions::default(),
            tags: Vec::new(),
            type_tags: Vec::new(),
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
        self.group(group)?.server(key)
    }

    pub fn server_mut(&mut self, group: RowKey, key: RowKey) -> Option<&mut ServerDraft> {
        self.group_mut(group)?.servers.iter_mut().find(|server| server.key == key)
    }

    pub fn policy(&self, listener: RowKey, key: RowKey) -> Option<&PolicyDraft> {
        self.listener(listener)?.policy(key)
    }

    pub fn policy_mut(&mut self, listener: RowKey, key: RowKey) -> Option<&mut PolicyDraft> {
        self.listener_mut(listener)?.policy_mut(key)
    }

    pub fn additional_vip(&self, key: RowKey) -> Option<&VipDraft> {
        self.additional_vips.iter().find(|vip| vip.key == key)
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

//! The row of a load balancer, computed once for each change and not for each keystroke. Pure.

use super::{
    Graph,
    order::{lower, natural_key},
};
use openstack_types::{
    LoadBalancerId, OperatingStatus, ProvisioningStatus, UserId,
    octavia::{Listener, ListenerProtocol},
    rules::LbType,
};
use std::fmt::Write;
use std::net::IpAddr;

/// A load balancer in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub id: LoadBalancerId,
    /// May be empty.
    pub name: String,
    /// The status of the last change.
    pub provisioning: ProvisioningStatus,
    /// Whether it serves traffic.
    pub operating: OperatingStatus,
    /// Application or Network, if it is known.
    pub kind: Option<LbType>,
    pub vip: Option<String>,
    /// [`Graph::is_idle`], once `whole`.
    pub(super) idle: bool,
    /// Whether its listeners and servers are loaded.
    pub whole: bool,
    /// Protocol and port of each listener, sorted by port.
    pub listeners: Vec<(ListenerProtocol, u16)>,
    pub servers: Servers,
    /// UTC, `2026-11-23T03:40:39`.
    pub created_at: String,
    /// The creator, if the portal knows.
    pub created_by: Option<UserId>,
    /// The reason of ERROR.
    pub reason: Option<String>,
    /// The [`natural_key`] of the name.
    pub(super) name_key: String,
    /// The address as a number, for sorting.
    pub(super) vip_key: Option<IpAddr>,
    /// The text that is searched, in lower case.
    pub(super) searchable: String,
    /// References to the certificates of the listeners.
    pub(super) certificates: Vec<String>,
}

/// The health of the servers of a load balancer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Servers {
    /// Servers that get traffic.
    pub healthy: u32,
    /// All servers.
    pub total: u32,
    /// Servers among the healthy ones without a health check.
    pub unchecked: u32,
    /// Servers that do not answer.
    pub down: u32,
}

/// The texts that a search finds a type by, in all languages, so that a search means the same in
/// each. In lower case, so that most rows have nothing to convert.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeLabels {
    /// For an Application Load Balancer.
    pub application: String,
    /// For a Network Load Balancer.
    pub network: String,
}

/// Ids with names that a search finds load balancers by; read once the user searches. Not part of the rows: ten
/// thousand of them would be computed again when the names arrive, between two keystrokes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchNames {
    /// The certificates of the user.
    pub certificates: Vec<(String, String)>,
    pub users: Vec<(UserId, String)>,
}

/// The start of the tag that keeps the type of a load balancer without listeners.
const TYPE_TAG: &str = "lb-type:";

/// The label of a provisioning status.
pub fn provisioning_word(status: &ProvisioningStatus) -> &str {
    match status {
        ProvisioningStatus::PendingCreate => "CREATING",
        ProvisioningStatus::PendingUpdate => "UPDATING",
        ProvisioningStatus::PendingDelete => "DELETING",
        other => other.as_str(),
    }
}

/// The label of an operating status.
pub fn operating_word(status: &OperatingStatus) -> &str {
    match status {
        OperatingStatus::NoMonitor => "NO MONITOR",
        other => other.as_str(),
    }
}

/// The label of the protocol of a listener.
pub fn protocol_word(protocol: &ListenerProtocol) -> &str {
    match protocol {
        ListenerProtocol::TerminatedHttps => "HTTPS with SSL",
        other => other.as_str(),
    }
}

impl Row {
    /// Computes a row.
    pub fn of(graph: &Graph, type_labels: &TypeLabels) -> Self {
        let balancer = &graph.balancer;
        let kind = LbType::infer(
            graph.listeners.iter().map(|listener| &listener.protocol),
            &balancer.tags,
        );
        let mut row = Self {
            id: balancer.id,
            name: balancer.name.clone(),
            provisioning: balancer.provisioning_status.clone(),
            operating: balancer.operating_status.clone(),
            kind,
            vip: balancer.vip_address.clone().filter(|vip| !vip.is_empty()),
            idle: graph.is_idle(),
            whole: true,
            listeners: graph
                .listeners
                .iter()
                .map(|listener| (listener.protocol.clone(), listener.protocol_port))
                .collect(),
            servers: Servers::of(graph),
            created_at: balancer.created_at.clone(),
            created_by: balancer.user_id.clone(),
            reason: graph.reason().map(str::to_owned),
            name_key: natural_key(&balancer.name),
            vip_key: balancer.vip_address.as_deref().and_then(|vip| vip.parse().ok()),
            searchable: String::new(),
            certificates: graph
                .listeners
                .iter()
                .flat_map(Listener::certificate_refs)
                .cloned()
                .collect(),
        };
        row.searchable = row.searchable_text(graph, type_labels);
        row
    }

    /// Whether it serves nothing although its status may be ONLINE.
    pub fn is_idle(&self) -> bool {
        self.idle && self.whole
    }

    /// How urgent it is.
    pub fn attention(&self) -> Attention {
        if self.provisioning == ProvisioningStatus::Error
            || self.operating == OperatingStatus::Error
        {
            Attention::Broken
        } else if self.operating == OperatingStatus::Degraded || self.servers.down > 0 {
            Attention::Impaired
        } else if self.provisioning.is_pending() {
            Attention::Changing
        } else if self.operating == OperatingStatus::Offline || self.is_idle() {
            Attention::Idle
        } else {
            Attention::None
        }
    }

    fn searchable_text(&self, graph: &Graph, type_labels: &TypeLabels) -> String {
        let balancer = &graph.balancer;
        let mut text = format!(
            "{}\n{}\n{}\n{}\n{}\n{}\n{}",
            balancer.name,
            balancer.description,
            balancer.id,
            self.provisioning,
            provisioning_word(&self.provisioning),
            operating_word(&self.operating),
            self.vip.as_deref().unwrap_or_default(),
        );
        let tags = graph.listeners.iter().map(|one| &one.tags);
        let tags = tags.chain(graph.pools.iter().map(|one| &one.pool.tags));
        for tag in tags.chain([&balancer.tags]).flatten().filter(|tag| !tag.starts_with(TYPE_TAG)) {
            // Writing to a string cannot fail.
            let _ = write!(text, "\ntag:{tag}");
        }
        for vip in &balancer.additional_vips {
            let _ = write!(text, "\n{}", vip.ip_address.as_deref().unwrap_or_default());
        }
        let _ = write!(text, "\n{}", balancer.created_at.get(..10).unwrap_or_default());
        for (protocol, port) in &self.listeners {
            let _ = write!(text, "\n{}:{port}\n{port}", protocol_word(protocol));
        }
        for one in &graph.pools {
            let _ = write!(text, "\n{}\n{}", one.pool.name, one.pool.lb_algorithm);
        }
        for listener in &graph.listeners {
            let _ = write!(text, "\n{}", listener.name);
        }
        for member in graph.pools.iter().flat_map(|pool| &pool.members) {
            let _ = write!(text, "\n{}:{}\n{}", member.address, member.protocol_port, member.name);
        }
        let mut text = lower(&text);
        let kind = match self.kind {
            Some(LbType::Application) => &type_labels.application,
            Some(LbType::Network) => &type_labels.network,
            None => return text,
        };
        text.push('\n');
        text.push_str(kind);
        text
    }
}

/// How urgent a load balancer is; more urgent sorts first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attention {
    /// It does not work, or the last change failed.
    Broken,
    /// It works partially.
    Impaired,
    /// A change is under way.
    Changing,
    /// It serves nothing: it is disabled, or no listener has a server that may take traffic.
    Idle,
    None,
}

impl Servers {
    fn of(graph: &Graph) -> Self {
        let mut servers = Self::default();
        for member in graph.pools.iter().flat_map(|pool| &pool.members) {
            servers.total += 1;
            match member.operating_status {
                OperatingStatus::Online => servers.healthy += 1,
                OperatingStatus::NoMonitor => {
                    servers.healthy += 1;
                    servers.unchecked += 1;
                }
                OperatingStatus::Error => servers.down += 1,
                _ => {}
            }
        }
        servers
    }
}

//! What a list shows of a load balancer, worked out once a change and not once a keystroke. Pure.

use super::{
    Graph,
    order::{lower, natural_key},
};
use openstack_types::{
    LoadBalancerId, OperatingStatus, ProvisioningStatus, UserId, octavia::ListenerProtocol,
    rules::LbType,
};
use std::fmt::Write;
use std::net::IpAddr;

/// One load balancer in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: LoadBalancerId,
    /// Its name, perhaps empty.
    pub name: String,
    /// Whether the last change has been carried out.
    pub provisioning: ProvisioningStatus,
    /// Whether traffic flows.
    pub operating: OperatingStatus,
    /// Application or Network, where anything tells.
    pub kind: Option<LbType>,
    /// The address clients connect to.
    pub vip: Option<String>,
    /// What hangs on it is known too.
    pub whole: bool,
    /// Protocol and port of each listener, by port.
    pub listeners: Vec<(ListenerProtocol, u16)>,
    /// How its servers are.
    pub servers: Servers,
    /// UTC, `2026-11-23T03:40:39`.
    pub created_at: String,
    /// Who created it, where the portal knows.
    pub created_by: Option<UserId>,
    /// With ERROR: why.
    pub reason: Option<String>,
    /// The name as [`natural_key`] makes it, to sort by.
    pub(super) name_key: String,
    /// The address as a number, to sort by.
    pub(super) vip_key: Option<IpAddr>,
    /// Everything that is searched, in lower case.
    pub(super) searchable: String,
}

/// How the servers of a load balancer are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Servers {
    /// How many take traffic, as far as anybody knows.
    pub healthy: u32,
    /// How many there are.
    pub total: u32,
    /// How many of the healthy ones nobody checks.
    pub unchecked: u32,
    /// How many do not answer.
    pub down: u32,
}

/// Labels that a search finds a type by: those of every language, so that a search means the same in
/// each. In lower case: most rows then have no text that a browser must be asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeWords {
    /// For an Application Load Balancer.
    pub application: String,
    /// For a Network Load Balancer.
    pub network: String,
    /// The id and the name of each certificate that one may see, once somebody searches.
    pub certificates: Vec<(String, String)>,
}

/// What the page calls a provisioning status.
pub fn provisioning_word(status: &ProvisioningStatus) -> &str {
    match status {
        ProvisioningStatus::PendingCreate => "CREATING",
        ProvisioningStatus::PendingUpdate => "UPDATING",
        ProvisioningStatus::PendingDelete => "DELETING",
        other => other.as_str(),
    }
}

/// What the page calls an operating status.
pub fn operating_word(status: &OperatingStatus) -> &str {
    match status {
        OperatingStatus::NoMonitor => "NO MONITOR",
        other => other.as_str(),
    }
}

/// What the page calls a listener's protocol.
pub fn protocol_word(protocol: &ListenerProtocol) -> &str {
    match protocol {
        ListenerProtocol::TerminatedHttps => "HTTPS with SSL",
        other => other.as_str(),
    }
}

impl Row {
    /// Works out a row.
    pub fn of(graph: &Graph, words: &TypeWords) -> Self {
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
        };
        row.searchable = row.searchable_text(graph, words);
        row
    }

    /// What it needs of people's attention.
    pub fn attention(&self) -> Attention {
        if self.provisioning == ProvisioningStatus::Error
            || self.operating == OperatingStatus::Error
        {
            Attention::Broken
        } else if self.operating == OperatingStatus::Degraded || self.servers.down > 0 {
            Attention::Impaired
        } else if self.provisioning.is_pending() {
            Attention::Changing
        } else if self.operating == OperatingStatus::Offline {
            Attention::Idle
        } else {
            Attention::None
        }
    }

    fn searchable_text(&self, graph: &Graph, words: &TypeWords) -> String {
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
        for (protocol, port) in &self.listeners {
            // Writing to a string cannot fail.
            let _ = write!(text, "\n{}:{port}\n{port}", protocol_word(protocol));
        }
        for listener in &graph.listeners {
            let references = listener.default_tls_container_ref.iter();
            for reference in references.chain(&listener.sni_container_refs) {
                let is_it = |(id, _): &&(String, String)| reference.ends_with(id);
                if let Some((_, name)) = words.certificates.iter().find(is_it) {
                    text.push('\n');
                    text.push_str(name);
                }
            }
        }
        for member in graph.pools.iter().flat_map(|pool| &pool.members) {
            let _ = write!(text, "\n{}:{}", member.address, member.protocol_port);
        }
        let mut text = lower(&text);
        let kind = match self.kind {
            Some(LbType::Application) => &words.application,
            Some(LbType::Network) => &words.network,
            None => return text,
        };
        text.push('\n');
        text.push_str(kind);
        text
    }
}

/// How urgent a load balancer is; the more urgent is the lesser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attention {
    /// Nothing of it works, or the last change failed.
    Broken,
    /// Some of it does not work.
    Impaired,
    /// A change is under way.
    Changing,
    /// It serves nothing: it has no listener, or is switched off.
    Idle,
    /// None.
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

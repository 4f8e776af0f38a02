//! The request that creates a load balancer. Checking a draft is the same pass, so that a draft without
//! findings always converts.

mod findings;
mod groups;
mod listeners;
mod names;
mod options;
mod text;

pub use findings::Finding;
pub(crate) use findings::Findings;
pub(crate) use groups::{health_monitor, persistence, servers};
pub(crate) use listeners::listeners;
pub(crate) use names::{Names, listener_name, pool_name_stem};
pub use options::seconds;
pub(crate) use options::{ParsedOptions, allowed_cidrs, timeouts};
pub(crate) use text::non_empty;

use crate::{
    draft::{Draft, GroupDraft, LB_ALGORITHMS, ListenerDraft, OptionsScope, RowKey},
    path::FieldPath,
};
use openstack_types::{
    field::{self, FieldError, NAME_MAX},
    octavia::{
        CreateHealthMonitor, CreateListener, CreateLoadBalancer, CreateMember, CreatePool,
        CreatePoolTls, PoolByName, PoolProtocol, SessionPersistence,
    },
    rules::LbType,
};
use std::{collections::HashMap, net::IpAddr};

/// The errors in a draft, in the order of the form.
pub fn check(draft: &Draft) -> Vec<Finding> {
    to_request(draft).err().unwrap_or_default()
}

/// The request that creates a draft.
///
/// An Application load balancer gets one pool for each group, which its listeners share. A Network load
/// balancer gets a pool with the same servers for each listener. Without listeners, a tag holds the type.
///
/// # Errors
/// All errors, in the order of the form.
pub fn to_request(draft: &Draft) -> Result<CreateLoadBalancer, Vec<Finding>> {
    convert(draft, |_| true)
}

/// The request that creates a copy of an existing load balancer. It may have settings that Octavia
/// accepts and the form does not, such as a health check whose timeout is its delay.
///
/// # Errors
/// All settings that the request cannot hold, in the order of the form.
pub fn to_export_request(draft: &Draft) -> Result<CreateLoadBalancer, Vec<Finding>> {
    convert(draft, |error| *error != FieldError::TimeoutNotBelowDelay)
}

/// Converts a draft unless it has errors that `counts` accepts.
fn convert(
    draft: &Draft,
    counts: fn(&FieldError) -> bool,
) -> Result<CreateLoadBalancer, Vec<Finding>> {
    let mut findings = Findings::default();
    let mut parsed = ParsedDraft::new(draft, &mut findings);
    findings.0.retain(|(_, error)| counts(error));
    if !findings.0.is_empty() {
        return Err(findings.0);
    }
    let (pools, pool_of) = pools(draft, &parsed.name, std::mem::take(&mut parsed.groups));
    let rows = draft.listeners.iter();
    for (row, listener) in rows.zip(&mut parsed.listeners) {
        if let Some(options) = parsed.options.get(&row.options_scope()) {
            options.clone().apply_to(listener);
        }
        listener.default_pool = pool_of.get(&row.key).cloned().map(|name| PoolByName { name });
    }
    let type_tag = parsed.listeners.is_empty().then(|| draft.lb_type.tag().to_owned());
    Ok(CreateLoadBalancer {
        name: parsed.name,
        description: non_empty(draft.description.trim()),
        vip_subnet_id: draft.subnet,
        vip_network_id: if draft.subnet.is_some() { None } else { draft.network },
        vip_address: parsed.vip_address.map(|ip| ip.to_string()),
        tags: draft.tags.iter().cloned().chain(type_tag).collect(),
        listeners: parsed.listeners,
        pools,
    })
}

/// The parsed values of a draft. Values that cannot be parsed are placeholders.
struct ParsedDraft {
    name: String,
    listeners: Vec<CreateListener>,
    vip_address: Option<IpAddr>,
    groups: Vec<ParsedGroup>,
    options: HashMap<OptionsScope, ParsedOptions>,
}

struct ParsedGroup {
    members: Vec<CreateMember>,
    monitor: Option<CreateHealthMonitor>,
    persistence: Option<SessionPersistence>,
}

impl ParsedDraft {
    /// Parses in the order of the form, so that findings are in that order.
    fn new(draft: &Draft, findings: &mut Findings) -> Self {
        let name = findings.record(FieldPath::Name, field::required_name(&draft.name));
        let description = field::at_most(draft.description.trim(), NAME_MAX);
        findings.record(FieldPath::Description, description);
        let listeners = listeners(draft, findings);
        for group in &draft.groups {
            if !LB_ALGORITHMS.contains(&group.method) {
                findings.add(FieldPath::Method { group: group.key }, FieldError::NotChosen);
            }
        }
        if draft.network.is_none() && draft.subnet.is_none() {
            findings.add(FieldPath::Network, FieldError::NotChosen);
        }
        let vip_address = if draft.vip_address.trim().is_empty() {
            None
        } else {
            findings.record(FieldPath::VipAddress, field::unicast_address(&draft.vip_address))
        };
        Self {
            name: name.unwrap_or_default().to_owned(),
            listeners,
            vip_address,
            groups: parse_groups(draft, findings),
            options: parse_options(draft, findings),
        }
    }
}

fn parse_groups(draft: &Draft, findings: &mut Findings) -> Vec<ParsedGroup> {
    let groups = draft.groups.iter();
    let members: Vec<_> = groups.clone().map(|group| servers(group, findings)).collect();
    let monitors: Vec<_> =
        groups.clone().map(|group| health_monitor(group.key, &group.health, findings)).collect();
    let persistences: Vec<_> = groups
        .map(|group| persistence(draft.lb_type, group.key, &group.persistence, findings))
        .collect();
    members
        .into_iter()
        .zip(monitors)
        .zip(persistences)
        .map(|((members, monitor), persistence)| ParsedGroup { members, monitor, persistence })
        .collect()
}

fn parse_options(draft: &Draft, findings: &mut Findings) -> HashMap<OptionsScope, ParsedOptions> {
    let scopes = draft.options_scopes();
    let options = scopes.iter().filter_map(|scope| Some((*scope, draft.options(*scope)?)));
    let cidrs: Vec<_> =
        options.clone().map(|(scope, options)| allowed_cidrs(scope, options, findings)).collect();
    options
        .zip(cidrs)
        .map(|((scope, options), cidrs)| (scope, timeouts(scope, options, cidrs, findings)))
        .collect()
}

/// The pools of a draft, and the name of each listener's pool.
fn pools(
    draft: &Draft,
    loadbalancer: &str,
    parsed: Vec<ParsedGroup>,
) -> (Vec<CreatePool>, HashMap<RowKey, String>) {
    let default_stem = pool_name_stem(loadbalancer);
    let mut names = Names::default();
    let mut pools = Vec::new();
    let mut pool_of: HashMap<RowKey, String> = HashMap::new();
    for (group, parsed) in draft.groups.iter().zip(parsed) {
        let users: Vec<&ListenerDraft> =
            draft.listeners.iter().filter(|listener| listener.group == Some(group.key)).collect();
        let stem = if group.name.is_empty() { &default_stem } else { &group.name };
        let pool = |name: String| CreatePool {
            name,
            description: non_empty(&group.description),
            protocol: pool_protocol(draft.lb_type),
            lb_algorithm: group.method.clone(),
            session_persistence: parsed.persistence.clone(),
            tls: CreatePoolTls::default(),
            tags: group.tags.clone(),
            members: parsed.members.clone(),
            healthmonitor: parsed.monitor.clone(),
        };
        if draft.lb_type == LbType::Network && !users.is_empty() {
            for listener in &users {
                let port = listener.port.trim();
                let port = (users.len() > 1 || group.name.is_empty()).then_some(port);
                let name = names.unique(stem, port);
                pool_of.insert(listener.key, name.clone());
                pools.push(pool(name));
            }
        } else if !users.is_empty() || is_filled(group) {
            let name = names.unique(stem, None);
            pool_of.extend(users.iter().map(|listener| (listener.key, name.clone())));
            pools.push(pool(name));
        }
    }
    (pools, pool_of)
}

/// The pool protocol of a load balancer type.
pub(crate) fn pool_protocol(lb_type: LbType) -> PoolProtocol {
    match lb_type {
        LbType::Application => PoolProtocol::Http,
        LbType::Network => PoolProtocol::Tcp,
    }
}

/// Whether a group without listeners has any content worth creating.
pub(crate) fn is_filled(group: &GroupDraft) -> bool {
    let has_text = |text: &str| !text.trim().is_empty();
    !group.servers.is_empty()
        || group.health.kind.is_some()
        || group.persistence.kind.is_some()
        || has_text(&group.name)
        || has_text(&group.description)
        || !group.tags.is_empty()
}

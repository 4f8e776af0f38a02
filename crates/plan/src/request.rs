//! The request that creates a load balancer. Checking a draft is the same pass, so that a draft without
//! findings always converts.

mod findings;
mod groups;
mod listeners;
mod names;
mod options;
mod policies;
mod text;

pub use findings::Finding;
pub(crate) use findings::Findings;
pub(crate) use groups::{health_monitor, persistence, pool, servers};
pub(crate) use listeners::listeners;
pub(crate) use names::{Names, listener_name, pool_name_stem};
pub use options::seconds;
pub(crate) use options::{ParsedOptions, allowed_cidrs, timeouts};
pub(crate) use text::{non_empty, tags};

use crate::{
    draft::{Draft, GroupDraft, ListenerDraft, OptionsScope, RowKey},
    path::FieldPath,
};
use openstack_types::{
    NetworkId,
    field::{self, FieldError, NAME_MAX},
    octavia::{AdditionalVip, CreateListener, CreateLoadBalancer, CreatePool, PoolByName},
};
use std::{collections::HashMap, net::IpAddr};

/// The errors in a draft, in the order of the form.
pub fn check(draft: &Draft) -> Vec<Finding> {
    to_request(draft).err().unwrap_or_default()
}

/// The request that creates a draft.
///
/// Each group becomes a pool, which its listeners and policies share. Without listeners, a tag holds the
/// type.
///
/// # Errors
/// All errors, in the order of the form.
pub fn to_request(draft: &Draft) -> Result<CreateLoadBalancer, Vec<Finding>> {
    let tag = draft.lb_type.tag();
    let type_tags = if draft.listeners.is_empty() {
        vec![tag.to_owned()]
    } else {
        draft.type_tags.iter().filter(|one| *one == tag).cloned().collect()
    };
    convert(draft, type_tags, |_| true)
}

/// The request that creates a copy of an existing load balancer. It may have settings that Octavia
/// accepts and the form does not, such as a health check whose timeout is its delay, or a listener without a
/// name.
///
/// # Errors
/// All settings that the request cannot hold, in the order of the form.
pub fn to_export_request(draft: &Draft) -> Result<CreateLoadBalancer, Vec<Finding>> {
    let mut request = convert(draft, draft.type_tags.clone(), |(path, error)| match path {
        FieldPath::Persistence { .. } => false,
        _ => *error != FieldError::TimeoutNotBelowDelay,
    })?;
    for (row, listener) in draft.listeners.iter().zip(&mut request.listeners) {
        if row.name.trim().is_empty() {
            listener.name = None;
        }
    }
    Ok(request)
}

/// Converts a draft unless it has errors that `counts` accepts.
fn convert(
    draft: &Draft,
    type_tags: Vec<String>,
    counts: fn(&Finding) -> bool,
) -> Result<CreateLoadBalancer, Vec<Finding>> {
    let mut findings = Findings::default();
    let mut parsed = ParsedDraft::new(draft, &mut findings);
    findings.0.retain(counts);
    if !findings.0.is_empty() {
        return Err(findings.0);
    }
    let (pools, pool_of) = pools(draft, &parsed.name, std::mem::take(&mut parsed.groups));
    let pool_of = |group: Option<RowKey>| {
        group.and_then(|group| pool_of.get(&group)).map(|name| PoolByName { name: name.clone() })
    };
    for (row, listener) in draft.listeners.iter().zip(&mut parsed.listeners) {
        if let Some(options) = parsed.options.get(&row.options_scope()) {
            options.clone().apply_to(listener);
        }
        listener.default_pool = pool_of(row.group);
        for (policy, created) in row.policies.iter().zip(&mut listener.l7policies) {
            created.redirect_pool = pool_of(policy.action.group());
        }
    }
    let port = non_empty(draft.vip_port.trim());
    let (network, subnet) = match port {
        // The port decides both.
        Some(_) => (None, None),
        None => (draft.network.filter(|_| draft.subnet.is_none()), draft.subnet),
    };
    let settings = draft.vip_port_settings.clone();
    Ok(CreateLoadBalancer {
        name: parsed.name,
        description: non_empty(draft.description.trim()),
        admin_state_up: (!draft.enabled).then_some(false),
        vip_subnet_id: subnet,
        vip_network_id: network,
        vip_address: parsed.vip_address.filter(|_| port.is_none()).map(|ip| ip.to_string()),
        vip_port_id: port,
        additional_vips: parsed.additional_vips,
        vip_qos_policy_id: settings.qos_policy,
        vip_vnic_type: settings.vnic_type,
        vip_sg_ids: settings.security_groups,
        provider: non_empty(draft.provider.trim()),
        flavor_id: non_empty(draft.flavor.trim()),
        availability_zone: non_empty(draft.availability_zone.trim()),
        tags: draft.tags.iter().cloned().chain(type_tags).collect(),
        listeners: parsed.listeners,
        pools,
    })
}

/// The parsed values of a draft. Values that cannot be parsed are placeholders.
struct ParsedDraft {
    name: String,
    listeners: Vec<CreateListener>,
    vip_address: Option<IpAddr>,
    additional_vips: Vec<AdditionalVip>,
    groups: Vec<CreatePool>,
    options: HashMap<OptionsScope, ParsedOptions>,
}

impl ParsedDraft {
    /// Parses in the order of the form, so that findings are in that order.
    fn new(draft: &Draft, findings: &mut Findings) -> Self {
        let name = findings.record(FieldPath::Name, field::required_name(&draft.name));
        let description = field::at_most(draft.description.trim(), NAME_MAX);
        findings.record(FieldPath::Description, description);
        tags(FieldPath::Tags, &draft.tags, findings);
        let listeners = listeners(draft, findings);
        let port = draft.vip_port.trim();
        if draft.network.is_none() && draft.subnet.is_none() && port.is_empty() {
            findings.add(FieldPath::Network, FieldError::NotChosen);
        }
        let vip_address = optional_address(FieldPath::VipAddress, &draft.vip_address, findings);
        // Ids of ports have the form of other ids.
        if !port.is_empty() && port.parse::<NetworkId>().is_err() {
            findings.add(FieldPath::VipPort, FieldError::NotChosen);
        }
        Self {
            name: name.unwrap_or_default().to_owned(),
            listeners,
            vip_address,
            additional_vips: additional_vips(draft, findings),
            groups: parse_groups(draft, findings),
            options: parse_options(draft, findings),
        }
    }
}

fn optional_address(path: FieldPath, text: &str, findings: &mut Findings) -> Option<IpAddr> {
    let text = non_empty(text.trim())?;
    findings.record(path, field::unicast_address(&text))
}

fn additional_vips(draft: &Draft, findings: &mut Findings) -> Vec<AdditionalVip> {
    let vips = draft.additional_vips.iter().filter_map(|vip| {
        let path = FieldPath::AdditionalVip { vip: vip.key };
        if vip.subnet.is_none() {
            findings.add(path.clone(), FieldError::NotChosen);
        }
        let ip_address = optional_address(path, &vip.address, findings).map(|ip| ip.to_string());
        Some(AdditionalVip { subnet_id: vip.subnet?.to_string(), ip_address, port_id: None })
    });
    vips.collect()
}

fn parse_groups(draft: &Draft, findings: &mut Findings) -> Vec<CreatePool> {
    let mut pools = Vec::with_capacity(draft.groups.len());
    for group in &draft.groups {
        let members = servers(group, findings);
        pools.push(CreatePool { members, ..pool(group, findings) });
    }
    for (group, pool) in draft.groups.iter().zip(&mut pools) {
        pool.healthmonitor = health_monitor(group.key, &group.health, findings);
    }
    for (group, pool) in draft.groups.iter().zip(&mut pools) {
        pool.session_persistence = persistence(group, findings);
    }
    pools
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

/// The pools of a draft, and the name of each group's pool.
fn pools(
    draft: &Draft,
    loadbalancer: &str,
    parsed: Vec<CreatePool>,
) -> (Vec<CreatePool>, HashMap<RowKey, String>) {
    let created = draft
        .groups
        .iter()
        .zip(parsed)
        .filter(|(group, _)| is_filled(group) || is_wanted_empty(draft, group.key));
    let (keys, mut pools): (Vec<RowKey>, Vec<CreatePool>) =
        created.map(|(group, pool)| (group.key, pool)).unzip();
    let stem = pool_name_stem(loadbalancer);
    let mut names = Names::default();
    // Typed names first: a generated one gives way.
    for pool in pools.iter_mut().filter(|pool| !pool.name.is_empty()) {
        pool.name = names.unique(&pool.name);
    }
    for pool in pools.iter_mut().filter(|pool| pool.name.is_empty()) {
        pool.name = names.unique(&stem);
    }
    let names = pools.iter().map(|pool| pool.name.clone());
    let pool_of = keys.into_iter().zip(names).collect();
    (pools, pool_of)
}

/// Whether a group without content is created: a listener or a policy uses it. The use by a listener does
/// not count for a group that was only offered.
fn is_wanted_empty(draft: &Draft, group: RowKey) -> bool {
    let is_redirected_to = |row: &ListenerDraft| {
        row.policies.iter().any(|policy| policy.action.group() == Some(group))
    };
    match draft.offered_group {
        Some(offered) if offered == group => draft.listeners.iter().any(is_redirected_to),
        _ => !draft.group_users(group).is_empty(),
    }
}

/// Whether a group without listeners has any content worth creating.
pub(crate) fn is_filled(group: &GroupDraft) -> bool {
    *group != GroupDraft::new(group.key, group.protocol.clone())
}

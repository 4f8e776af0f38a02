//! A create form filled from an existing load balancer, for `Clone` and `Export`.

use crate::{
    Draft, GroupDraft, ListenerDraft, ListenerOptions, PersistenceDraft, RowKey,
    draft::{
        ForwardedHeaders, HEALTH_CHECK_KINDS, TlsSettings, is_http, listener_protocols,
        persistence_kinds,
    },
    graph::{Graph, health_draft, listener_options, tcp_inspect_timeout},
    request::{listener_name, pool_name_stem, pool_protocol},
};
use openstack_types::{
    PoolId,
    octavia::{
        HealthMonitorType, L7PolicyAction, Listener, ListenerProtocol, Member, Pool, PoolProtocol,
        SessionPersistenceType,
    },
    rules::{LbType, TAG_APPLICATION, TAG_NETWORK},
};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClonedDraft {
    /// Without a VIP: the original keeps its own.
    pub draft: Draft,
    /// What the draft lacks, for the user to know.
    pub unsupported: Vec<Unsupported>,
}

/// A part or setting of a load balancer that a draft cannot represent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// A listener with a protocol that the form does not offer.
    Listener { protocol: ListenerProtocol, port: u16 },
    /// A group with another protocol than that of the draft's type.
    PoolProtocol { name: String, protocol: PoolProtocol },
    /// A group that speaks TLS to its servers.
    PoolTls { name: String },
    /// A health check of a kind that the form does not offer.
    HealthCheck { kind: HealthMonitorType },
    /// An L7 policy other than a redirect of every request to HTTPS.
    Policy {
        /// May be empty.
        name: String,
        action: L7PolicyAction,
        /// The port of its listener.
        port: u16,
    },
    /// A disabled part, which is enabled in the draft.
    SwitchedOff { name: String },
    /// Session persistence of a kind that the form does not offer.
    Persistence { kind: SessionPersistenceType },
}

/// The draft that creates a copy of a load balancer.
pub fn clone_draft(graph: &Graph) -> ClonedDraft {
    let lb = &graph.loadbalancer;
    let lb_type = LbType::infer(graph.listeners.iter().map(|l| &l.protocol), &lb.tags)
        .unwrap_or(LbType::Application);
    let mut draft = Draft::empty(lb_type);
    let mut unsupported = Vec::new();
    draft.name = lb.name.clone();
    draft.description = lb.description.clone();
    draft.network = lb.vip_network_id;
    draft.subnet = lb.vip_subnet_id;
    let is_type_tag = |tag: &&String| [TAG_APPLICATION, TAG_NETWORK].contains(&tag.as_str());
    draft.tags = lb.tags.iter().filter(|tag| !is_type_tag(tag)).cloned().collect();

    let group_of = add_groups(graph, &mut draft, &mut unsupported);
    if draft.groups.is_empty() {
        draft.add_group();
    }
    let mut options = Vec::new();
    for listener in &graph.listeners {
        if !listener_protocols(lb_type).contains(&listener.protocol) {
            unsupported.push(Unsupported::Listener {
                protocol: listener.protocol.clone(),
                port: listener.protocol_port,
            });
            continue;
        }
        report_policies(graph, listener, &mut unsupported);
        let key = draft.add_listener();
        let Some(row) = draft.listener_mut(key) else { continue };
        fill_listener(row, graph, listener);
        row.group = listener.default_pool_id.and_then(|pool| group_of.get(&pool).copied());
        options.push((key, listener_options(listener)));
    }
    set_options(&mut draft, options);
    unsupported.extend(disabled_parts(graph).map(|name| Unsupported::SwitchedOff { name }));
    // As in the form, the only group serves the listeners if there are no pools at all.
    if let [only] = draft.groups.as_slice()
        && graph.pools.is_empty()
    {
        let only = only.key;
        draft.listeners.iter_mut().for_each(|listener| listener.group = Some(only));
    }
    ClonedDraft { draft, unsupported }
}

fn fill_listener(row: &mut ListenerDraft, graph: &Graph, listener: &Listener) {
    row.protocol = listener.protocol.clone();
    row.port = listener.protocol_port.to_string();
    if listener.name != listener_name(&listener.protocol, listener.protocol_port) {
        row.name = listener.name.clone();
    }
    row.description = listener.description.clone();
    row.tags = listener.tags.clone();
    if listener.connection_limit > 0 {
        row.connection_limit = listener.connection_limit.to_string();
    }
    if is_http(&listener.protocol) {
        row.forwarded = ForwardedHeaders::from_headers(&listener.insert_headers);
        row.headers = ForwardedHeaders::other_headers(&listener.insert_headers);
    }
    row.tls = TlsSettings::from_listener(listener);
    row.tcp_inspect = tcp_inspect_timeout(listener);
    row.certificate = listener.default_tls_container_ref.clone();
    row.sni = listener.sni_container_refs.clone();
    row.redirect = graph.redirect_url(listener.id);
    row.redirect_policy = graph.redirect_policy_draft(listener.id);
}

/// Shares the options if all listeners have the same.
fn set_options(draft: &mut Draft, options: Vec<(RowKey, ListenerOptions)>) {
    let Some((_, first)) = options.first() else { return };
    if options.iter().all(|(_, own)| own == first) {
        draft.options = first.clone();
        return;
    }
    for (key, own) in options {
        if let Some(listener) = draft.listener_mut(key) {
            listener.own_options = Some(own);
        }
    }
}

fn report_policies(graph: &Graph, listener: &Listener, unsupported: &mut Vec<Unsupported>) {
    let redirect = graph.redirect_policy(listener.id).map(|policy| policy.id);
    let policies = graph.policies.iter().filter(|policy| policy.listener_id == listener.id);
    for policy in policies.filter(|policy| Some(policy.id) != redirect) {
        unsupported.push(Unsupported::Policy {
            name: policy.name.clone(),
            action: policy.action.clone(),
            port: listener.protocol_port,
        });
    }
}

/// Names of disabled parts, except servers, which a draft can disable. A part without name is named by
/// what identifies it.
fn disabled_parts(graph: &Graph) -> impl Iterator<Item = String> {
    let disabled = |enabled: bool, name: &str, fallback: String| {
        (!enabled).then(|| if name.is_empty() { fallback } else { name.to_owned() })
    };
    let lb = &graph.loadbalancer;
    let itself = disabled(lb.admin_state_up, &lb.name, lb.id.to_string());
    let listeners = graph.listeners.iter().filter_map(move |it| {
        let fallback = listener_name(&it.protocol, it.protocol_port);
        disabled(it.admin_state_up, &it.name, fallback)
    });
    let pools = graph
        .pools
        .iter()
        .filter_map(move |it| disabled(it.admin_state_up, &it.name, it.id.to_string()));
    let monitors = graph
        .monitors
        .iter()
        .filter_map(move |it| disabled(it.admin_state_up, &it.name, it.kind.to_string()));
    itself.into_iter().chain(listeners).chain(pools).chain(monitors)
}

/// Adds the groups of a graph and returns the group of each pool. Pools of a Network load balancer that
/// differ only in their listener were one group when they were created, and are merged again. A pool
/// without listener stays a group of its own.
fn add_groups(
    graph: &Graph,
    draft: &mut Draft,
    unsupported: &mut Vec<Unsupported>,
) -> BTreeMap<PoolId, RowKey> {
    let mut group_of = BTreeMap::new();
    let lb_type = draft.lb_type;
    for pool in &graph.pools {
        let key = draft.add_group();
        group_of.insert(pool.id, key);
        let members = graph.members.get(&pool.id).map(Vec::as_slice).unwrap_or_default();
        for member in members {
            add_server(draft, key, member);
        }
        if let Some(group) = draft.group_mut(key) {
            fill_group(group, graph, pool, lb_type, unsupported);
        }
    }
    if lb_type == LbType::Network {
        let is_cloned = |l: &&Listener| listener_protocols(lb_type).contains(&l.protocol);
        let pools = graph.listeners.iter().filter(is_cloned).filter_map(|l| l.default_pool_id);
        let used = pools.filter_map(|pool| group_of.get(&pool).copied()).collect();
        merge_equal_groups(draft, &mut group_of, &used);
    }
    group_of
}

fn add_server(draft: &mut Draft, group: RowKey, member: &Member) {
    let weight = Some(member.weight.to_string());
    let port = member.protocol_port.to_string();
    let key = draft.add_server_at(group, member.address.clone(), port, weight);
    if let Some(row) = key.and_then(|key| draft.server_mut(group, key)) {
        row.backup = member.backup;
        row.name = member.name.clone();
        row.enabled = member.admin_state_up;
        row.subnet = member.subnet_id;
        row.monitor_address = member.monitor_address.clone();
        row.monitor_port = member.monitor_port;
        row.tags = member.tags.clone();
    }
}

fn fill_group(
    group: &mut GroupDraft,
    graph: &Graph,
    pool: &Pool,
    lb_type: LbType,
    unsupported: &mut Vec<Unsupported>,
) {
    if !pool.name.starts_with(&pool_name_stem(&graph.loadbalancer.name)) {
        group.name = pool.name.clone();
    }
    group.description = pool.description.clone();
    group.tags = pool.tags.clone();
    group.method = pool.lb_algorithm.clone();
    if pool.protocol != pool_protocol(lb_type) {
        unsupported.push(Unsupported::PoolProtocol {
            name: pool.name.clone(),
            protocol: pool.protocol.clone(),
        });
    }
    if pool.tls_enabled {
        unsupported.push(Unsupported::PoolTls { name: pool.name.clone() });
    }
    if let Some(persistence) = &pool.session_persistence {
        if persistence_kinds(lb_type).contains(&persistence.kind) {
            group.persistence = PersistenceDraft {
                kind: Some(persistence.kind.clone()),
                cookie_name: persistence.cookie_name.clone().unwrap_or_default(),
            };
        } else {
            unsupported.push(Unsupported::Persistence { kind: persistence.kind.clone() });
        }
    }
    if let Some(monitor) = graph.health_monitor(pool) {
        if HEALTH_CHECK_KINDS.contains(&monitor.kind) {
            group.health = health_draft(monitor);
        } else {
            unsupported.push(Unsupported::HealthCheck { kind: monitor.kind.clone() });
        }
    }
}

fn merge_equal_groups(
    draft: &mut Draft,
    group_of: &mut BTreeMap<PoolId, RowKey>,
    used: &BTreeSet<RowKey>,
) {
    let mut merged: Vec<GroupDraft> = Vec::new();
    for group in std::mem::take(&mut draft.groups) {
        let mut others = merged.iter().filter(|other| used.contains(&other.key));
        match others.find(|other| used.contains(&group.key) && are_equal(other, &group)) {
            Some(other) => {
                let target = other.key;
                for key in group_of.values_mut().filter(|key| **key == group.key) {
                    *key = target;
                }
            }
            None => merged.push(group),
        }
    }
    draft.groups = merged;
}

/// Equal apart from keys and the order of servers.
fn are_equal(a: &GroupDraft, b: &GroupDraft) -> bool {
    let comparable = |group: &GroupDraft| {
        let mut group = group.clone();
        group.key = RowKey(0);
        group.servers.iter_mut().for_each(|server| server.key = RowKey(0));
        group.servers.sort_by(|a, b| a.endpoint().cmp(&b.endpoint()));
        group
    };
    comparable(a) == comparable(b)
}

//! A draft from a load balancer that is there: what `Clone` begins with, and what `Export` writes.

use crate::{
    Draft, HealthDraft, ListenerOptions, PersistenceDraft, RowKey,
    draft::{
        ForwardedHeaders, HEALTH_CHECKS, RedirectPolicy, TlsSettings, is_http, persistences,
        protocols,
    },
    request::{listener_name, pool_name_stem, pool_protocol, seconds},
};
use openstack_types::{
    ListenerId, PoolId,
    octavia::{
        HealthMonitor, HealthMonitorType, L7Policy, L7PolicyAction, Listener, ListenerProtocol,
        LoadBalancer, Member, Pool, PoolProtocol, SessionPersistenceType,
    },
    rules::{LbType, TAG_APPLICATION, TAG_NETWORK},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

/// A load balancer with all that hangs on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Graph {
    /// The load balancer.
    pub loadbalancer: LoadBalancer,
    /// Its listeners.
    pub listeners: Vec<Listener>,
    /// Its pools.
    pub pools: Vec<Pool>,
    /// The members of its pools.
    pub members: BTreeMap<PoolId, Vec<Member>>,
    /// The health monitors of its pools.
    pub monitors: Vec<HealthMonitor>,
    /// What its listeners do with some requests.
    #[serde(default)]
    pub policies: Vec<L7Policy>,
}

impl Graph {
    /// The members of a pool by address as a number, then by port: as they are shown.
    pub(crate) fn members_in_order(&self, pool: PoolId) -> Vec<&Member> {
        let mut members: Vec<_> = self.members.get(&pool).into_iter().flatten().collect();
        members.sort_by_cached_key(|one| (one.address.parse::<IpAddr>().ok(), one.protocol_port));
        members
    }

    /// The policy by which a listener sends everything to HTTPS; without rules it does not yet.
    pub(crate) fn redirect_policy(&self, listener: ListenerId) -> Option<&L7Policy> {
        let redirects = self.policies.iter().filter(|policy| {
            policy.listener_id == listener && policy.redirects_to_https().is_some()
        });
        redirects.min_by_key(|policy| (policy.rules.is_empty(), policy.position))
    }

    /// Where a listener sends everything.
    pub(crate) fn redirect(&self, listener: ListenerId) -> Option<String> {
        let policy = self.redirect_policy(listener).filter(|policy| !policy.rules.is_empty())?;
        policy.redirects_to_https().map(str::to_owned)
    }

    /// What else the policy has that sends everything there. The status that the service would choose
    /// was not asked for by anybody.
    pub(crate) fn redirect_traits(&self, listener: ListenerId) -> RedirectPolicy {
        const FOUND: u16 = 302;
        let traits = self.redirect_policy(listener).map(|policy| RedirectPolicy {
            http_code: policy.redirect_http_code.filter(|code| *code != FOUND),
            description: policy.description.clone(),
            tags: policy.tags.clone(),
        });
        traits.unwrap_or_default()
    }
}

/// A draft, and what could not be taken into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cloned {
    /// The draft. The VIP is left to the service: the original holds its own.
    pub draft: Draft,
    /// What a person must be told.
    pub left_out: Vec<Unsupported>,
}

/// Something of a load balancer made elsewhere that a draft cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// A listener of a protocol that is not offered.
    Listener {
        /// Its protocol.
        protocol: ListenerProtocol,
        /// Its port.
        port: u16,
    },
    /// A server group that spoke something else to its servers; the draft's speaks what its type does.
    PoolProtocol {
        /// Its name.
        name: String,
        /// What it spoke.
        protocol: PoolProtocol,
    },
    /// A server group that spoke TLS to its servers; the draft's does not.
    PoolTls {
        /// Its name.
        name: String,
    },
    /// A health check of a kind that is not offered.
    HealthCheck {
        /// The kind.
        kind: HealthMonitorType,
    },
    /// Something that is done with some requests of a listener, other than sending all to HTTPS.
    Policy {
        /// Its name, perhaps empty.
        name: String,
        /// What is done.
        action: L7PolicyAction,
        /// The listener's port.
        port: u16,
    },
    /// Something that is switched off; in the draft, it is on.
    SwitchedOff {
        /// Its name.
        name: String,
    },
    /// Session persistence of a kind that is not offered.
    Persistence {
        /// The kind.
        kind: SessionPersistenceType,
    },
}

/// A draft that creates the like of a load balancer.
pub fn from_graph(graph: &Graph) -> Cloned {
    let lb = &graph.loadbalancer;
    let kind = LbType::of(graph.listeners.iter().map(|l| &l.protocol), &lb.tags)
        .unwrap_or(LbType::Application);
    let mut draft = Draft::bare(kind);
    let mut left_out = Vec::new();
    draft.name = lb.name.clone();
    draft.description = lb.description.clone();
    draft.network = lb.vip_network_id;
    draft.subnet = lb.vip_subnet_id;
    let of_the_type = |tag: &&String| [TAG_APPLICATION, TAG_NETWORK].contains(&tag.as_str());
    draft.tags = lb.tags.iter().filter(|tag| !of_the_type(tag)).cloned().collect();

    let group_of = groups(graph, &mut draft, &mut left_out);
    if draft.groups.is_empty() {
        draft.add_group();
    }
    let mut options = Vec::new();
    for listener in &graph.listeners {
        if !protocols(kind).contains(&listener.protocol) {
            left_out.push(Unsupported::Listener {
                protocol: listener.protocol.clone(),
                port: listener.protocol_port,
            });
            continue;
        }
        policies(graph, listener, &mut left_out);
        let key = draft.add_listener();
        let Some(typed) = draft.listener_mut(key) else { continue };
        typed.protocol = listener.protocol.clone();
        typed.port = listener.protocol_port.to_string();
        if listener.name != listener_name(&listener.protocol, listener.protocol_port) {
            typed.name = listener.name.clone();
        }
        typed.description = listener.description.clone();
        typed.tags = listener.tags.clone();
        if listener.connection_limit > 0 {
            typed.connection_limit = listener.connection_limit.to_string();
        }
        if is_http(&listener.protocol) {
            typed.forwarded = ForwardedHeaders::of(&listener.insert_headers);
            typed.headers = ForwardedHeaders::others(&listener.insert_headers);
        }
        typed.tls = TlsSettings::of(listener);
        typed.tcp_inspect = tcp_inspect(listener);
        typed.certificate = listener.default_tls_container_ref.clone();
        typed.sni = listener.sni_container_refs.clone();
        typed.redirect = graph.redirect(listener.id);
        typed.redirect_policy = graph.redirect_traits(listener.id);
        typed.group = listener.default_pool_id.and_then(|pool| group_of.get(&pool).copied());
        options.push((key, options_there(listener)));
    }
    if let Some((_, first)) = options.first() {
        draft.options = first.clone();
        if options.iter().any(|(_, own)| own != first) {
            draft.options = ListenerOptions::default();
            for (key, own) in options {
                if let Some(listener) = draft.listener_mut(key) {
                    listener.own = Some(own);
                }
            }
        }
    }
    left_out.extend(switched_off(graph).map(|name| Unsupported::SwitchedOff { name }));
    // A listener without a pool is given the one group there is, as the form would.
    if let [only] = draft.groups.as_slice()
        && graph.pools.is_empty()
    {
        let only = only.key;
        draft.listeners.iter_mut().for_each(|listener| listener.group = Some(only));
    }
    Cloned { draft, left_out }
}

fn policies(graph: &Graph, listener: &Listener, left_out: &mut Vec<Unsupported>) {
    let redirect = graph.redirect_policy(listener.id).map(|policy| policy.id);
    let of_it = graph.policies.iter().filter(|policy| policy.listener_id == listener.id);
    for policy in of_it.filter(|policy| Some(policy.id) != redirect) {
        left_out.push(Unsupported::Policy {
            name: policy.name.clone(),
            action: policy.action.clone(),
            port: listener.protocol_port,
        });
    }
}

/// What is switched off, by its name or else by what it is. A server is switched off in a draft too.
fn switched_off(graph: &Graph) -> impl Iterator<Item = String> {
    let named = |on: bool, name: &str, what: String| {
        (!on).then(|| if name.is_empty() { what } else { name.to_owned() })
    };
    let lb = &graph.loadbalancer;
    let itself = named(lb.admin_state_up, &lb.name, lb.id.to_string());
    let listeners = graph.listeners.iter().filter_map(move |it| {
        named(it.admin_state_up, &it.name, listener_name(&it.protocol, it.protocol_port))
    });
    let pools = graph.pools.iter();
    let pools = pools.filter_map(move |it| named(it.admin_state_up, &it.name, it.id.to_string()));
    let monitors = graph.monitors.iter();
    let monitors =
        monitors.filter_map(move |it| named(it.admin_state_up, &it.name, it.kind.to_string()));
    itself.into_iter().chain(listeners).chain(pools).chain(monitors)
}

/// Fills a draft with the groups of a graph. Pools of a Network load balancer that differ in nothing
/// but their listener were one group when they were made, and are one again; a pool that no listener
/// sends to stays for itself.
fn groups(
    graph: &Graph,
    draft: &mut Draft,
    left_out: &mut Vec<Unsupported>,
) -> BTreeMap<PoolId, RowKey> {
    let mut group_of = BTreeMap::new();
    for pool in &graph.pools {
        let key = draft.add_group();
        let members = graph.members.get(&pool.id).map(Vec::as_slice).unwrap_or_default();
        for member in members {
            let weight = Some(member.weight.to_string());
            let port = member.protocol_port.to_string();
            let server = draft.add_server_at(key, member.address.clone(), port, weight);
            if let Some(server) = server.and_then(|server| draft.server_mut(key, server)) {
                server.backup = member.backup;
                server.name = member.name.clone();
                server.enabled = member.admin_state_up;
                server.subnet = member.subnet_id;
                server.monitor_address = member.monitor_address.clone();
                server.monitor_port = member.monitor_port;
                server.tags = member.tags.clone();
            }
        }
        let kind = draft.kind;
        let Some(group) = draft.group_mut(key) else { continue };
        if !pool.name.starts_with(&pool_name_stem(&graph.loadbalancer.name)) {
            group.name = pool.name.clone();
        }
        group.description = pool.description.clone();
        group.tags = pool.tags.clone();
        group.method = pool.lb_algorithm.clone();
        if pool.protocol != pool_protocol(kind) {
            left_out.push(Unsupported::PoolProtocol {
                name: pool.name.clone(),
                protocol: pool.protocol.clone(),
            });
        }
        if pool.tls_enabled {
            left_out.push(Unsupported::PoolTls { name: pool.name.clone() });
        }
        if let Some(kept) = &pool.session_persistence {
            if persistences(kind).contains(&kept.kind) {
                group.persistence = PersistenceDraft {
                    kind: Some(kept.kind.clone()),
                    cookie_name: kept.cookie_name.clone().unwrap_or_default(),
                };
            } else {
                left_out.push(Unsupported::Persistence { kind: kept.kind.clone() });
            }
        }
        let monitor = graph.monitors.iter().find(|m| {
            Some(m.id) == pool.healthmonitor_id || m.pools.iter().any(|p| p.id == pool.id)
        });
        if let Some(monitor) = monitor {
            if HEALTH_CHECKS.contains(&monitor.kind) {
                group.health = health(monitor);
            } else {
                left_out.push(Unsupported::HealthCheck { kind: monitor.kind.clone() });
            }
        }
        group_of.insert(pool.id, key);
    }
    if draft.kind == LbType::Network {
        let taken = |listener: &&Listener| protocols(draft.kind).contains(&listener.protocol);
        let pools = graph.listeners.iter().filter(taken).filter_map(|one| one.default_pool_id);
        let listened = pools.filter_map(|pool| group_of.get(&pool).copied()).collect();
        merge_alike(draft, &mut group_of, &listened);
    }
    group_of
}

fn merge_alike(
    draft: &mut Draft,
    group_of: &mut BTreeMap<PoolId, RowKey>,
    listened: &BTreeSet<RowKey>,
) {
    let mut kept: Vec<crate::GroupDraft> = Vec::new();
    for group in std::mem::take(&mut draft.groups) {
        let mut others = kept.iter().filter(|other| listened.contains(&other.key));
        match others.find(|other| listened.contains(&group.key) && alike(other, &group)) {
            Some(other) => {
                let target = other.key;
                for key in group_of.values_mut().filter(|key| **key == group.key) {
                    *key = target;
                }
            }
            None => kept.push(group),
        }
    }
    draft.groups = kept;
}

fn alike(a: &crate::GroupDraft, b: &crate::GroupDraft) -> bool {
    let keyless = |group: &crate::GroupDraft| {
        let mut group = group.clone();
        group.key = RowKey(0);
        group.servers.iter_mut().for_each(|server| server.key = RowKey(0));
        group.servers.sort_by(|a, b| (&a.address, &a.port).cmp(&(&b.address, &b.port)));
        group
    };
    keyless(a) == keyless(b)
}

pub(crate) fn health(monitor: &HealthMonitor) -> HealthDraft {
    let proposed = HealthDraft::default();
    HealthDraft {
        name: monitor.name.clone(),
        kind: Some(monitor.kind.clone()),
        delay: monitor.delay.to_string(),
        timeout: monitor.timeout.to_string(),
        rise: monitor.max_retries.to_string(),
        fall: monitor.max_retries_down.to_string(),
        method: monitor.http_method.clone().unwrap_or(proposed.method),
        path: monitor.url_path.clone().unwrap_or(proposed.path),
        codes: monitor.expected_codes.clone().unwrap_or(proposed.codes),
        domain: monitor.domain_name.clone().unwrap_or_default(),
        tags: monitor.tags.clone(),
    }
}

/// Who may connect to a listener, and how long it waits in milliseconds, as typed: timeouts that are
/// Octavia's own defaults were not asked for by anybody.
pub(crate) fn options_of(
    allowed_cidrs: Option<&[String]>,
    client_data: Option<u64>,
    member_connect: Option<u64>,
    member_data: Option<u64>,
) -> ListenerOptions {
    let typed = |ms: Option<u64>, default: u64| {
        ms.filter(|ms| *ms != default).map(seconds).unwrap_or_default()
    };
    ListenerOptions {
        allowed_cidrs: allowed_cidrs.unwrap_or_default().join("\n"),
        timeout_client_data: typed(client_data, 50_000),
        timeout_member_connect: typed(member_connect, 5_000),
        timeout_member_data: typed(member_data, 50_000),
    }
}

/// How long a listener waits to look into what a client sends; the service's own choice is not to.
pub(crate) fn tcp_inspect(listener: &Listener) -> Option<u64> {
    listener.timeout_tcp_inspect.filter(|milliseconds| *milliseconds != 0)
}

/// The options of a listener that is there.
pub(crate) fn options_there(listener: &Listener) -> ListenerOptions {
    options_of(
        listener.allowed_cidrs.as_deref(),
        listener.timeout_client_data,
        listener.timeout_member_connect,
        listener.timeout_member_data,
    )
}

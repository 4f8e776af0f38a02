//! The nodes of the topology: what is drawn as a box of its own, and what is folded into one box with
//! a count, so that the topology stays small. Pure.

use crate::{
    pages::load_balancers::{details::anchor::anchor_id, labels::endpoint_label},
    store::{Graph, PoolGraph, row::protocol_word},
};
use openstack_types::{ListenerId, MemberId, OperatingStatus, PoolId, octavia::Listener};
use uuid::Uuid;

/// Listeners drawn one by one.
const MAX_LISTENERS: usize = 8;
/// Server groups drawn one by one.
const MAX_GROUPS: usize = 6;
/// Servers of one server group drawn one by one.
const MAX_SERVERS_PER_GROUP: usize = 6;
/// Servers of all server groups drawn one by one.
const MAX_SERVERS: usize = 10;

/// The identity of a box: its element is reused while the key stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum NodeKey {
    Clients,
    Vip,
    Listener(ListenerId),
    /// All listeners of one server group, or of none.
    Listeners(Option<PoolId>),
    Group(PoolId),
    Groups,
    Server(MemberId),
    /// All servers of one server group, or all servers.
    Servers(Option<PoolId>),
}

/// The text of a box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NodeLabel {
    Clients,
    /// An address, an endpoint or a name.
    Named(String),
    /// A server group without a name.
    Unnamed,
    Listeners(usize),
    Groups(usize),
    Servers {
        healthy: usize,
        total: usize,
    },
}

/// A box that has no position yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) key: NodeKey,
    pub(super) label: NodeLabel,
    /// The combined status, if the box stands for several resources.
    pub(super) status: Option<OperatingStatus>,
    /// The listeners or servers whose traffic the box shows.
    pub(super) traffic_ids: Vec<Uuid>,
    /// The id of the element with the details; `None` if there is none.
    pub(super) anchor: Option<String>,
}

impl Node {
    pub(super) fn new(key: NodeKey, label: NodeLabel, traffic_ids: Vec<Uuid>) -> Self {
        Self { key, label, status: None, traffic_ids, anchor: None }
    }
}

fn groups_are_folded(graph: &Graph) -> bool {
    graph.pools.len() > MAX_GROUPS
}

/// Each listener with the server group that it leads to, in the order of the groups, so that few lines
/// cross.
pub(super) fn listener_nodes(graph: &Graph) -> Vec<(Node, Option<NodeKey>)> {
    let position = |pool: Option<PoolId>| {
        graph.pools.iter().position(|one| Some(one.pool.id) == pool).unwrap_or(usize::MAX)
    };
    let to = |pool: Option<PoolId>| {
        let pool = pool.filter(|_| position(pool) < usize::MAX)?;
        Some(if groups_are_folded(graph) { NodeKey::Groups } else { NodeKey::Group(pool) })
    };
    let mut ordered: Vec<_> = graph.listeners.iter().collect();
    ordered.sort_by_key(|one| position(one.default_pool_id));
    if ordered.len() <= MAX_LISTENERS {
        let one = |listener: &Listener| {
            let protocol = protocol_word(&listener.protocol);
            let label = NodeLabel::Named(format!("{protocol}:{}", listener.protocol_port));
            let node = Node {
                status: Some(listener.operating_status.clone()),
                anchor: Some(anchor_id(listener.id.0)),
                ..Node::new(NodeKey::Listener(listener.id), label, vec![listener.id.0])
            };
            (node, to(listener.default_pool_id))
        };
        return ordered.into_iter().map(one).collect();
    }
    let leads_to = |one: &&Listener| {
        one.default_pool_id
            .filter(|_| !groups_are_folded(graph) && position(one.default_pool_id) < usize::MAX)
    };
    ordered
        .chunk_by(|a, b| leads_to(a) == leads_to(b))
        .map(|some| {
            let pool = leads_to(&some[0]);
            let traffic_ids = some.iter().map(|one| one.id.0).collect();
            let node = Node {
                status: combined_status(some.iter().map(|one| &one.operating_status)),
                anchor: Some(anchor_id(some[0].id.0)),
                ..Node::new(NodeKey::Listeners(pool), NodeLabel::Listeners(some.len()), traffic_ids)
            };
            (node, to(some[0].default_pool_id))
        })
        .collect()
}

/// Each server group, or one box for all.
pub(super) fn group_nodes(graph: &Graph) -> Vec<Node> {
    if groups_are_folded(graph) {
        return vec![Node {
            status: combined_status(graph.pools.iter().map(|one| &one.pool.operating_status)),
            anchor: graph.pools.first().map(|one| anchor_id(one.pool.id.0)),
            ..Node::new(
                NodeKey::Groups,
                NodeLabel::Groups(graph.pools.len()),
                member_ids(&graph.pools),
            )
        }];
    }
    let one = |group: &PoolGraph| Node {
        status: Some(group.pool.operating_status.clone()),
        anchor: Some(anchor_id(group.pool.id.0)),
        ..Node::new(
            NodeKey::Group(group.pool.id),
            match group.pool.name.trim() {
                "" => NodeLabel::Unnamed,
                name => NodeLabel::Named(name.to_owned()),
            },
            member_ids(std::slice::from_ref(group)),
        )
    };
    graph.pools.iter().map(one).collect()
}

/// Each server with its server group.
pub(super) fn server_nodes(graph: &Graph) -> Vec<(NodeKey, Node)> {
    if groups_are_folded(graph) {
        return folded_servers(&graph.pools, None)
            .map(|node| (NodeKey::Groups, node))
            .into_iter()
            .collect();
    }
    let all: usize = graph.pools.iter().map(|group| group.members.len()).sum();
    let mut nodes = Vec::new();
    for group in &graph.pools {
        let key = NodeKey::Group(group.pool.id);
        if group.members.len() > MAX_SERVERS_PER_GROUP || all > MAX_SERVERS {
            let folded = folded_servers(std::slice::from_ref(group), Some(group.pool.id));
            nodes.extend(folded.map(|folded| (key, folded)));
            continue;
        }
        nodes.extend(group.members.iter().map(|member| {
            let label = NodeLabel::Named(endpoint_label(&member.address, member.protocol_port));
            let server = Node {
                status: Some(member.operating_status.clone()),
                anchor: Some(anchor_id(member.id.0)),
                ..Node::new(NodeKey::Server(member.id), label, vec![member.id.0])
            };
            (key, server)
        }));
    }
    nodes
}

/// One box for all servers of some groups; `None` without servers.
fn folded_servers(groups: &[PoolGraph], group: Option<PoolId>) -> Option<Node> {
    let all = || groups.iter().flat_map(|group| &group.members);
    let first = all().next()?;
    let serves = |status: &OperatingStatus| {
        matches!(status, OperatingStatus::Online | OperatingStatus::NoMonitor)
    };
    let healthy = all().filter(|one| serves(&one.operating_status)).count();
    Some(Node {
        status: combined_status(all().map(|one| &one.operating_status)),
        anchor: Some(anchor_id(first.id.0)),
        ..Node::new(
            NodeKey::Servers(group),
            NodeLabel::Servers { healthy, total: all().count() },
            member_ids(groups),
        )
    })
}

fn member_ids(groups: &[PoolGraph]) -> Vec<Uuid> {
    groups.iter().flat_map(|group| &group.members).map(|member| member.id.0).collect()
}

/// The worst status; DEGRADED if some work and some do not.
fn combined_status<'a>(
    statuses: impl Iterator<Item = &'a OperatingStatus> + Clone,
) -> Option<OperatingStatus> {
    let rank = |status: &OperatingStatus| match status {
        OperatingStatus::Error => 5,
        OperatingStatus::Degraded => 4,
        OperatingStatus::Offline => 3,
        OperatingStatus::Unknown(_) | OperatingStatus::Draining => 2,
        OperatingStatus::NoMonitor => 1,
        OperatingStatus::Online => 0,
    };
    let worst = statuses.clone().max_by_key(|status| rank(status))?;
    let some_work = statuses.clone().any(|status| rank(status) < 2);
    match worst {
        OperatingStatus::Error if some_work => Some(OperatingStatus::Degraded),
        other => Some(other.clone()),
    }
}

//! The nodes of the topology: what is drawn as a box of its own, and what is folded into one box with
//! a count, so that the topology stays small. Pure.

use crate::{
    pages::load_balancers::{
        details::{anchor::anchor_id, group_use::GroupUse, server_order::FEW},
        labels::{endpoint_label, listener_label},
    },
    store::{Graph, PoolGraph},
};
use openstack_types::{ListenerId, MemberId, OperatingStatus, PoolId, field, octavia::Listener};
use uuid::Uuid;

/// Listeners drawn one by one.
const MAX_LISTENERS: usize = 8;
/// Server groups drawn one by one.
const MAX_GROUPS: usize = 6;
/// Servers of one server group drawn one by one.
const MAX_SERVERS_PER_GROUP: usize = FEW;
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
    /// The server groups that no listener uses.
    UnusedGroups,
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
    UnusedGroups(usize),
    Servers {
        healthy: usize,
        total: usize,
    },
}

/// Where a box leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NodeLink {
    None,
    /// The id of an element on the same tab.
    Anchor(String),
    /// The tab with all servers.
    Servers,
}

/// A box that has no position yet.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) key: NodeKey,
    pub(super) label: NodeLabel,
    /// The combined status, if the box stands for several resources.
    pub(super) status: Option<OperatingStatus>,
    /// It serves nothing, whatever its status.
    pub(super) is_idle: bool,
    /// The listeners or servers whose traffic the box shows.
    pub(super) traffic_ids: Vec<Uuid>,
    pub(super) link: NodeLink,
}

impl Node {
    pub(super) fn new(key: NodeKey, label: NodeLabel, traffic_ids: Vec<Uuid>) -> Self {
        Self { key, label, status: None, is_idle: false, traffic_ids, link: NodeLink::None }
    }
}

/// The graph with what uses each server group.
#[derive(Clone, Copy)]
pub(super) struct Drawn<'a> {
    pub(super) graph: &'a Graph,
    pub(super) groups: &'a GroupUse,
}

impl<'a> Drawn<'a> {
    fn groups_are_folded(self) -> bool {
        self.groups.used.len() > MAX_GROUPS
    }

    /// The server groups that listeners use, in their order.
    fn used(self) -> Vec<&'a PoolGraph> {
        let find = |id: &PoolId| self.graph.pools.iter().find(|one| one.pool.id == *id);
        self.groups.used.iter().filter_map(find).collect()
    }

    fn is_used(self, id: PoolId) -> bool {
        self.groups.used.contains(&id)
    }

    /// The boxes that a listener leads to: its default server group first.
    fn targets(self, listener: &Listener) -> Vec<NodeKey> {
        let by_rule = self.groups.by_rule.iter().filter(|(by, _)| *by == listener.id);
        let ids = listener.default_pool_id.into_iter().chain(by_rule.map(|(_, to)| *to));
        let mut targets = Vec::new();
        for id in ids.filter(|id| self.is_used(*id)) {
            let key = if self.groups_are_folded() { NodeKey::Groups } else { NodeKey::Group(id) };
            if !targets.contains(&key) {
                targets.push(key);
            }
        }
        targets
    }
}

/// Each listener with the boxes that it leads to, in the order of the table.
pub(super) fn listener_nodes(drawn: Drawn<'_>) -> Vec<(Node, Vec<NodeKey>)> {
    let listeners = &drawn.graph.listeners;
    if listeners.len() <= MAX_LISTENERS {
        let one = |listener: &Listener| {
            let label =
                NodeLabel::Named(listener_label(&listener.protocol, listener.protocol_port));
            let node = Node {
                status: Some(listener.operating_status.clone()),
                is_idle: drawn.graph.is_idle_listener(listener),
                link: NodeLink::Anchor(anchor_id(listener.id.0)),
                ..Node::new(NodeKey::Listener(listener.id), label, vec![listener.id.0])
            };
            (node, drawn.targets(listener))
        };
        return listeners.iter().map(one).collect();
    }
    let leads_to = |one: &Listener| {
        one.default_pool_id.filter(|id| !drawn.groups_are_folded() && drawn.is_used(*id))
    };
    let mut ways: Vec<Option<PoolId>> = Vec::new();
    for way in listeners.iter().map(leads_to) {
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    ways.into_iter()
        .map(|way| {
            let some: Vec<_> = listeners.iter().filter(|one| leads_to(one) == way).collect();
            let traffic_ids = some.iter().map(|one| one.id.0).collect();
            let node = Node {
                status: combined_status(some.iter().map(|one| &one.operating_status)),
                is_idle: some.iter().all(|one| drawn.graph.is_idle_listener(one)),
                link: some
                    .first()
                    .map_or(NodeLink::None, |first| NodeLink::Anchor(anchor_id(first.id.0))),
                ..Node::new(NodeKey::Listeners(way), NodeLabel::Listeners(some.len()), traffic_ids)
            };
            let mut targets = Vec::new();
            for target in some.iter().flat_map(|one| drawn.targets(one)) {
                if !targets.contains(&target) {
                    targets.push(target);
                }
            }
            (node, targets)
        })
        .collect()
}

fn group_node(group: &PoolGraph) -> Node {
    Node {
        status: Some(group.pool.operating_status.clone()),
        link: NodeLink::Anchor(anchor_id(group.pool.id.0)),
        ..Node::new(
            NodeKey::Group(group.pool.id),
            match group.pool.name.trim() {
                name if field::is_blank(name) => NodeLabel::Unnamed,
                name => NodeLabel::Named(name.to_owned()),
            },
            member_ids(&[group]),
        )
    }
}

/// Each server group that a listener uses, or one box for all.
pub(super) fn group_nodes(drawn: Drawn<'_>) -> Vec<Node> {
    let used = drawn.used();
    if !drawn.groups_are_folded() {
        return used.into_iter().map(group_node).collect();
    }
    vec![Node {
        status: combined_status(used.iter().map(|one| &one.pool.operating_status)),
        link: used.first().map_or(NodeLink::None, |one| NodeLink::Anchor(anchor_id(one.pool.id.0))),
        ..Node::new(NodeKey::Groups, NodeLabel::Groups(used.len()), member_ids(&used))
    }]
}

/// One box for the server groups that no listener uses. It says nothing about the health of the others.
pub(super) fn unused_node(drawn: Drawn<'_>) -> Option<Node> {
    let first = drawn.groups.unused.first()?;
    let label = NodeLabel::UnusedGroups(drawn.groups.unused.len());
    Some(Node {
        link: NodeLink::Anchor(anchor_id(first.0)),
        ..Node::new(NodeKey::UnusedGroups, label, Vec::new())
    })
}

/// Each server with its server group.
pub(super) fn server_nodes(drawn: Drawn<'_>) -> Vec<(NodeKey, Node)> {
    let used = drawn.used();
    if drawn.groups_are_folded() {
        let folded = folded_servers(&used, None);
        return folded.map(|node| (NodeKey::Groups, node)).into_iter().collect();
    }
    let all: usize = used.iter().map(|group| group.members.len()).sum();
    let mut nodes = Vec::new();
    for group in used {
        let key = NodeKey::Group(group.pool.id);
        if group.members.len() > MAX_SERVERS_PER_GROUP || all > MAX_SERVERS {
            let folded = folded_servers(&[group], Some(group.pool.id));
            nodes.extend(folded.map(|folded| (key, folded)));
            continue;
        }
        nodes.extend(group.members.iter().map(|member| {
            let label = NodeLabel::Named(endpoint_label(&member.address, member.protocol_port));
            let server = Node {
                status: Some(member.operating_status.clone()),
                link: NodeLink::Anchor(anchor_id(member.id.0)),
                ..Node::new(NodeKey::Server(member.id), label, vec![member.id.0])
            };
            (key, server)
        }));
    }
    nodes
}

/// One box for all servers of some groups; `None` without servers.
fn folded_servers(groups: &[&PoolGraph], group: Option<PoolId>) -> Option<Node> {
    let all = || groups.iter().flat_map(|group| &group.members);
    all().next()?;
    let serves = |status: &OperatingStatus| {
        matches!(status, OperatingStatus::Online | OperatingStatus::NoMonitor)
    };
    let healthy = all().filter(|one| serves(&one.operating_status)).count();
    Some(Node {
        status: combined_status(all().map(|one| &one.operating_status)),
        link: NodeLink::Servers,
        ..Node::new(
            NodeKey::Servers(group),
            NodeLabel::Servers { healthy, total: all().count() },
            member_ids(groups),
        )
    })
}

fn member_ids(groups: &[&PoolGraph]) -> Vec<Uuid> {
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
        OperatingStatus::Error | OperatingStatus::Offline if some_work => {
            Some(OperatingStatus::Degraded)
        }
        other => Some(other.clone()),
    }
}

//! The positions of boxes and lines in the topology. Pure.

use super::nodes::{
    Drawn, Node, NodeKey, NodeLabel, NodeLink, group_nodes, listener_nodes, server_nodes,
    unused_node,
};
use crate::{
    pages::load_balancers::details::{anchor::anchor_id, group_use::GroupUse},
    store::Graph,
};
use openstack_types::OperatingStatus;
use uuid::Uuid;

/// The height of a box, in px.
const BOX_HEIGHT: f64 = 44.0;
/// The distance from the top of a box to the top of the box below, in px.
const ROW_PITCH: f64 = 54.0;

#[derive(Clone, Copy)]
enum Column {
    Clients,
    Vip,
    Listeners,
    ServerGroups,
    Servers,
}

impl Column {
    /// In px.
    fn left_and_width(self) -> (f64, f64) {
        match self {
            Self::Clients => (0.0, 72.0),
            Self::Vip => (104.0, 176.0),
            Self::Listeners => (316.0, 184.0),
            Self::ServerGroups => (536.0, 176.0),
            Self::Servers => (748.0, 208.0),
        }
    }
}

/// A box with its position.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PlacedNode {
    pub(super) node: Node,
    /// In px, as are `top` and `width`.
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
}

/// A line from one box to another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Edge {
    pub(super) from: NodeKey,
    pub(super) to: NodeKey,
    /// An SVG path.
    pub(super) path: String,
    /// The listeners or servers whose traffic flows along the line.
    pub(super) traffic_ids: Vec<Uuid>,
    /// No traffic can get through.
    pub(super) is_broken: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Layout {
    /// Column by column from the clients on, each from the top.
    pub(super) nodes: Vec<PlacedNode>,
    pub(super) edges: Vec<Edge>,
    /// In px.
    pub(super) width: f64,
    /// In px.
    pub(super) height: f64,
}

impl Layout {
    pub(super) fn new(graph: &Graph, groups: &GroupUse) -> Self {
        let drawn = Drawn { graph, groups };
        let listeners = listener_nodes(drawn);
        let servers = server_nodes(drawn);
        let unused = unused_node(drawn);
        let groups: Vec<(Node, Vec<Node>)> = group_nodes(drawn)
            .into_iter()
            .map(|group| {
                let members = servers.iter().filter(|(key, _)| *key == group.key);
                let members = members.map(|(_, server)| server.clone()).collect();
                (group, members)
            })
            .collect();
        let height_of = |rows: usize| rows.max(1) as f64 * ROW_PITCH;
        let server_height: f64 = groups.iter().map(|(_, servers)| height_of(servers.len())).sum();
        let height = height_of(listeners.len()).max(server_height);
        // Columns are centred vertically.
        let first_top = |column_height: f64| (height - column_height) / 2.0;

        let mut layout = Self { height: height - (ROW_PITCH - BOX_HEIGHT), ..Self::default() };
        let clients = Node::new(NodeKey::Clients, NodeLabel::Clients, Vec::new());
        layout.place(Column::Clients, first_top(ROW_PITCH), clients);
        layout.place(Column::Vip, first_top(ROW_PITCH), vip_node(graph));
        let top = first_top(listeners.len() as f64 * ROW_PITCH);
        for (row, (listener, _)) in listeners.iter().enumerate() {
            layout.place(Column::Listeners, top + row as f64 * ROW_PITCH, listener.clone());
        }
        let tops = groups.iter().scan(first_top(server_height), |next, (_, servers)| {
            let top = *next;
            *next += height_of(servers.len());
            Some(top)
        });
        let tops: Vec<f64> = tops.collect();
        for ((group, servers), top) in groups.iter().zip(&tops) {
            let middle = top + (height_of(servers.len()) - ROW_PITCH) / 2.0;
            layout.place(Column::ServerGroups, middle, group.clone());
        }
        for ((_, servers), top) in groups.iter().zip(&tops) {
            for (row, server) in servers.iter().enumerate() {
                layout.place(Column::Servers, top + row as f64 * ROW_PITCH, server.clone());
            }
        }
        if let Some(unused) = unused {
            // Apart from the rest: below it, with nothing that leads there.
            layout.place(Column::ServerGroups, height, unused);
            layout.height = height + BOX_HEIGHT;
        }
        layout.width =
            layout.nodes.iter().map(|placed| placed.left + placed.width).fold(0.0, f64::max);

        layout.connect(NodeKey::Clients, NodeKey::Vip);
        for (listener, targets) in &listeners {
            layout.connect(NodeKey::Vip, listener.key);
            for group in targets {
                layout.connect(listener.key, *group);
            }
        }
        for (group, server) in &servers {
            layout.connect(*group, server.key);
        }
        layout
    }

    pub(super) fn node(&self, key: NodeKey) -> Option<&PlacedNode> {
        self.nodes.iter().find(|placed| placed.node.key == key)
    }

    fn place(&mut self, column: Column, top: f64, node: Node) {
        let (left, width) = column.left_and_width();
        self.nodes.push(PlacedNode { node, left, top, width });
    }

    fn connect(&mut self, from: NodeKey, to: NodeKey) {
        let (Some(a), Some(b)) = (self.node(from), self.node(to)) else { return };
        let (x1, y1) = (a.left + a.width, a.top + BOX_HEIGHT / 2.0);
        let (x2, y2) = (b.left, b.top + BOX_HEIGHT / 2.0);
        let half = (x1 + x2) / 2.0;
        let path = format!("M{x1} {y1}C{half} {y1} {half} {y2} {x2} {y2}");
        // A listener with one line sends all its traffic along it; a server group serves several listeners.
        let is_from_listener = matches!(from, NodeKey::Listener(_) | NodeKey::Listeners(_));
        let traffic = if is_from_listener { a } else { b };
        let traffic_ids = traffic.node.traffic_ids.clone();
        let is_broken =
            matches!(b.node.status, Some(OperatingStatus::Error | OperatingStatus::Offline));
        self.edges.push(Edge { from, to, path, traffic_ids, is_broken });
    }
}

fn vip_node(graph: &Graph) -> Node {
    let address = graph.balancer.vip_address.clone().unwrap_or_default();
    let listeners = graph.listeners.iter().map(|listener| listener.id.0).collect();
    Node {
        status: Some(graph.balancer.operating_status.clone()),
        is_idle: graph.is_idle(),
        link: NodeLink::Anchor(anchor_id(graph.balancer.id.0)),
        ..Node::new(NodeKey::Vip, NodeLabel::Named(address), listeners)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use openstack_types::{ListenerId, MemberId, PoolId};
    use serde_json::{Value, json};
    use std::sync::Arc;

    fn id(number: usize) -> String {
        Uuid::from_u128(number as u128).to_string()
    }

    fn uuid(number: usize) -> Uuid {
        Uuid::from_u128(number as u128)
    }

    fn from_json<T: serde::de::DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value).unwrap()
    }

    /// Listeners have ids from 1000, server groups from 2000 and servers from 3000. Listeners and servers
    /// are spread evenly over the groups.
    fn graph(listeners: usize, groups: usize, servers: usize) -> Arc<Graph> {
        let state = json!({
            "provisioning_status": "ACTIVE", "operating_status": "ONLINE", "admin_state_up": true,
        });
        let with = |mut more: Value| {
            let fields = more.as_object_mut().unwrap();
            for (key, value) in state.as_object().unwrap() {
                fields.entry(key).or_insert(value.clone());
            }
            more
        };
        let pools = (0..groups).map(|n| 2000 + n);
        let balancer = from_json(with(json!({
            "id": id(1), "name": "n".repeat(200), "description": "", "project_id": "p",
            "created_at": "2026-11-23T03:40:39", "vip_address": "2001:db8::1",
            "listeners": [], "pools": pools.clone().map(|n| json!({"id": id(n)})).collect::<Vec<_>>(),
        })));
        let listener = |n: usize| {
            let pool = (groups > 0).then(|| id(2000 + n % groups.max(1)));
            from_json(with(json!({
                "id": id(1000 + n), "protocol": "HTTP", "protocol_port": 80 + n,
                "loadbalancers": [{"id": id(1)}], "default_pool_id": pool,
            })))
        };
        let pool = |n: usize| {
            from_json(with(json!({
                "id": id(n), "name": "g".repeat(200), "protocol": "HTTP",
                "lb_algorithm": "ROUND_ROBIN", "loadbalancers": [{"id": id(1)}], "members": [],
            })))
        };
        let member = |n: usize| {
            from_json(json!({
                "id": id(3000 + n), "pool_id": id(2000 + n % groups), "loadbalancer_id": id(1),
                "address": "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "protocol_port": 8080,
                "weight": 1, "admin_state_up": true,
                "operating_status": if n == 0 { "ERROR" } else { "ONLINE" },
            }))
        };
        let graphs = Graph::assemble(
            vec![balancer],
            (0..listeners).map(listener).collect(),
            pools.map(pool).collect(),
            (0..servers).map(member).collect(),
            std::collections::HashMap::new(),
        );
        graphs[0].clone()
    }

    fn layout_of(graph: &Graph) -> Layout {
        Layout::new(graph, &GroupUse::of(graph, Some(&[])))
    }

    fn keys(layout: &Layout) -> Vec<NodeKey> {
        layout.nodes.iter().map(|placed| placed.node.key).collect()
    }

    fn placed(layout: &Layout, key: NodeKey) -> &PlacedNode {
        layout.node(key).unwrap()
    }

    #[test]
    fn without_listeners_only_clients_and_vip_are_drawn() {
        let layout = layout_of(&graph(0, 0, 0));
        assert_eq!(keys(&layout), [NodeKey::Clients, NodeKey::Vip]);
        assert_eq!(layout.edges.len(), 1);
        assert_eq!(layout.height, BOX_HEIGHT);
        assert_eq!(layout.width, 104.0 + 176.0);
    }

    #[test]
    fn each_resource_is_a_box_that_links_to_its_details() {
        let layout = layout_of(&graph(1, 1, 2));
        let group = NodeKey::Group(PoolId(uuid(2000)));
        let (listener, first) =
            (NodeKey::Listener(ListenerId(uuid(1000))), NodeKey::Server(MemberId(uuid(3000))));
        let second = NodeKey::Server(MemberId(uuid(3001)));
        assert_eq!(keys(&layout), [NodeKey::Clients, NodeKey::Vip, listener, group, first, second]);
        let joined: Vec<_> =
            layout.edges.iter().map(|edge| (edge.from, edge.to, edge.is_broken)).collect();
        assert_eq!(
            joined,
            [
                (NodeKey::Clients, NodeKey::Vip, false),
                (NodeKey::Vip, listener, false),
                (listener, group, false),
                (group, first, true),
                (group, second, false),
            ]
        );
        let anchor = format!("anchor-{}", id(3000));
        assert_eq!(placed(&layout, first).node.link, NodeLink::Anchor(anchor));
        assert_eq!(
            placed(&layout, first).node.label,
            NodeLabel::Named("[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:8080".to_owned())
        );
        assert_eq!(placed(&layout, NodeKey::Clients).node.link, NodeLink::None);
    }

    #[test]
    fn fifty_listeners_are_folded_into_one_box_for_each_server_group() {
        let layout = layout_of(&graph(50, 2, 2));
        let listeners = |n: usize| NodeKey::Listeners(Some(PoolId(uuid(2000 + n))));
        assert_eq!(placed(&layout, listeners(0)).node.label, NodeLabel::Listeners(25));
        assert_eq!(placed(&layout, listeners(1)).node.traffic_ids.len(), 25);
        assert_eq!(placed(&layout, NodeKey::Vip).node.traffic_ids.len(), 50);
    }

    #[test]
    fn five_hundred_servers_are_folded_into_one_box() {
        let layout = layout_of(&graph(1, 1, 500));
        let servers = placed(&layout, NodeKey::Servers(Some(PoolId(uuid(2000)))));
        assert_eq!(servers.node.label, NodeLabel::Servers { healthy: 499, total: 500 });
        assert_eq!(servers.node.status, Some(OperatingStatus::Degraded), "one is down");
        assert_eq!(servers.node.traffic_ids.len(), 500);
        assert_eq!(layout.height, BOX_HEIGHT);
    }

    #[test]
    fn many_server_groups_are_folded_into_one_box() {
        let layout = layout_of(&graph(50, 50, 500));
        assert_eq!(placed(&layout, NodeKey::Groups).node.label, NodeLabel::Groups(50));
        assert_eq!(placed(&layout, NodeKey::Listeners(None)).node.label, NodeLabel::Listeners(50));
        assert_eq!(placed(&layout, NodeKey::Servers(None)).node.traffic_ids.len(), 500);
        assert_eq!(layout.edges.len(), 4);
    }

    #[test]
    fn no_box_overlaps_another_or_leaves_the_drawing() {
        for listeners in [0, 1, 3, 8, 9, 50] {
            for groups in [0, 1, 2, 6, 7] {
                for servers in [0, 1, 6, 7, 10, 11, 500] {
                    let graph = graph(listeners, groups, if groups == 0 { 0 } else { servers });
                    let layout = layout_of(&graph);
                    assert!(layout.height <= 11.0 * ROW_PITCH, "{}", layout.height);
                    for (n, a) in layout.nodes.iter().enumerate() {
                        assert!(a.top >= 0.0 && a.top + BOX_HEIGHT <= layout.height, "{a:?}");
                        assert!(a.left + a.width <= layout.width, "{a:?}");
                        for b in &layout.nodes[n + 1..] {
                            assert_ne!(a.node.key, b.node.key);
                            let apart = a.left != b.left || (a.top - b.top).abs() >= ROW_PITCH;
                            assert!(apart, "{a:?} {b:?}");
                        }
                    }
                    for edge in &layout.edges {
                        assert!(layout.node(edge.from).is_some() && layout.node(edge.to).is_some());
                    }
                }
            }
        }
    }

    #[test]
    fn a_server_group_that_no_listener_uses_is_drawn_apart() {
        // One listener, and 7 empty groups that none uses.
        let graph = graph(1, 8, 1);
        let layout = layout_of(&graph);
        let group = placed(&layout, NodeKey::Group(PoolId(uuid(2000))));
        assert_eq!(group.node.status, Some(OperatingStatus::Online));
        let unused = placed(&layout, NodeKey::UnusedGroups);
        assert_eq!(unused.node.label, NodeLabel::UnusedGroups(7));
        assert_eq!(unused.node.status, None);
        assert!(layout.edges.iter().all(|edge| edge.to != NodeKey::UnusedGroups));
    }

    #[test]
    fn listeners_keep_the_order_of_their_table() {
        let mut graph = graph(3, 2, 2);
        let listeners = &mut Arc::make_mut(&mut graph).listeners;
        listeners[0].default_pool_id = Some(PoolId(uuid(2001)));
        let layout = layout_of(&graph);
        let ids = [1000, 1001, 1002].map(|n| NodeKey::Listener(ListenerId(uuid(n))));
        assert_eq!(keys(&layout)[2..5], ids);
        // The group of the first listener is the first, so that few lines cross.
        assert_eq!(keys(&layout)[5], NodeKey::Group(PoolId(uuid(2001))));
    }

    #[test]
    fn a_rule_leads_to_its_server_group() {
        let graph = graph(1, 2, 2);
        let policy: openstack_types::octavia::L7Policy = from_json(json!({
            "id": id(1), "listener_id": id(1000), "provisioning_status": "ACTIVE",
            "operating_status": "ONLINE", "admin_state_up": true, "action": "REDIRECT_TO_POOL",
            "redirect_pool_id": id(2001),
        }));
        let layout = Layout::new(&graph, &GroupUse::of(&graph, Some(&[policy])));
        let listener = NodeKey::Listener(ListenerId(uuid(1000)));
        let from_listener = layout.edges.iter().filter(|edge| edge.from == listener);
        let groups = [2000, 2001].map(|n| NodeKey::Group(PoolId(uuid(n))));
        assert_eq!(from_listener.map(|edge| edge.to).collect::<Vec<_>>(), groups);
        assert!(layout.node(NodeKey::UnusedGroups).is_none());
    }

    #[test]
    fn folded_groups_of_which_some_serve_break_no_line() {
        let mut graph = graph(8, 8, 8);
        for n in [1, 2] {
            Arc::make_mut(&mut graph).pools[n].pool.operating_status = OperatingStatus::Offline;
        }
        let layout = layout_of(&graph);
        assert_eq!(placed(&layout, NodeKey::Groups).node.status, Some(OperatingStatus::Degraded));
        assert!(layout.edges.iter().all(|edge| !edge.is_broken));
    }
}

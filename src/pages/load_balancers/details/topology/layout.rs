//! Where the parts of a load balancer stand, and what leads where. Pure.
//!
//! Five columns: clients, VIP, listeners, server groups, servers.

use super::parts::{Found, Key, What, anchor_id, groups, listeners, servers};
use crate::store::Graph;
use openstack_types::OperatingStatus;
use uuid::Uuid;

/// Where each column begins and how wide its boxes are, in px.
const COLUMNS: [(f64, f64); 5] =
    [(0.0, 72.0), (104.0, 176.0), (316.0, 184.0), (536.0, 176.0), (748.0, 208.0)];
/// The height of a box, in px.
const BOX: f64 = 44.0;
/// From the top of a box to the top of the one below, in px.
const PITCH: f64 = 54.0;

/// A box.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) key: Key,
    pub(super) what: What,
    /// The worst there is, where it stands for several.
    pub(super) status: Option<OperatingStatus>,
    /// Whose traffic counts as its own.
    pub(super) counted: Vec<Uuid>,
    /// The part of the page that tells more; none stands for nothing on the page.
    pub(super) place: Option<String>,
    /// In px.
    pub(super) left: f64,
    /// In px.
    pub(super) top: f64,
    /// In px.
    pub(super) width: f64,
}

/// A line from one box to another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Wire {
    pub(super) from: Key,
    pub(super) to: Key,
    /// An SVG path.
    pub(super) path: String,
    /// Whose traffic flows here.
    pub(super) counted: Vec<Uuid>,
    /// Nothing can get through.
    pub(super) broken: bool,
}

/// The whole picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Layout {
    /// From the clients on, column by column, each from the top.
    pub(super) parts: Vec<Part>,
    pub(super) wires: Vec<Wire>,
    /// In px.
    pub(super) width: f64,
    /// In px.
    pub(super) height: f64,
}

/// Draws a load balancer.
pub(super) fn layout(graph: &Graph) -> Layout {
    let listeners = listeners(graph);
    // Each with its own servers.
    let servers = servers(graph);
    let bands: Vec<(Found, Vec<Found>)> = groups(graph)
        .into_iter()
        .map(|group| {
            let own = servers.iter().filter(|(of, _)| *of == group.key);
            let own = own.map(|(_, server)| server.clone()).collect();
            (group, own)
        })
        .collect();
    let rows = |own: &[Found]| own.len().max(1);
    let right: usize = bands.iter().map(|(_, own)| rows(own)).sum();
    let height = listeners.len().max(right).max(1) as f64 * PITCH;
    // Where the first of some rows begins.
    let begin = |rows: usize| (height - rows as f64 * PITCH) / 2.0;

    let mut layout = Layout { height: height - (PITCH - BOX), ..Layout::default() };
    layout.put(0, begin(1), Found::new(Key::Clients, What::Clients, Vec::new()));
    let vip = graph.balancer.vip_address.clone().unwrap_or_default();
    let all = graph.listeners.iter().map(|one| one.id.0).collect();
    let vip = Found {
        status: Some(graph.balancer.operating_status.clone()),
        place: Some(anchor_id(graph.balancer.id.0)),
        ..Found::new(Key::Vip, What::Named(vip), all)
    };
    layout.put(1, begin(1), vip);
    for (row, (listener, _)) in listeners.iter().enumerate() {
        layout.put(2, begin(listeners.len()) + row as f64 * PITCH, listener.clone());
    }
    let mut top = begin(right);
    for (group, own) in &bands {
        let band = rows(own) as f64 * PITCH;
        layout.put(3, top + (band - PITCH) / 2.0, group.clone());
        top += band;
    }
    let mut top = begin(right);
    for (_, own) in &bands {
        for (row, server) in own.iter().enumerate() {
            layout.put(4, top + row as f64 * PITCH, server.clone());
        }
        top += rows(own) as f64 * PITCH;
    }
    layout.width = layout.parts.iter().map(|part| part.left + part.width).fold(0.0, f64::max);

    layout.join(Key::Clients, Key::Vip);
    for (listener, to) in &listeners {
        layout.join(Key::Vip, listener.key);
        if let Some(to) = to {
            layout.join(listener.key, *to);
        }
    }
    for (of, server) in &servers {
        layout.join(*of, server.key);
    }
    layout
}

impl Layout {
    fn put(&mut self, column: usize, top: f64, found: Found) {
        let Found { key, what, status, counted, place } = found;
        let (left, width) = COLUMNS[column];
        self.parts.push(Part { key, what, status, counted, place, left, top, width });
    }

    fn part(&self, key: Key) -> Option<&Part> {
        self.parts.iter().find(|part| part.key == key)
    }

    fn join(&mut self, from: Key, to: Key) {
        let (Some(a), Some(b)) = (self.part(from), self.part(to)) else { return };
        let (x1, y1) = (a.left + a.width, a.top + BOX / 2.0);
        let (x2, y2) = (b.left, b.top + BOX / 2.0);
        let half = (x1 + x2) / 2.0;
        let path = format!("M{x1} {y1}C{half} {y1} {half} {y2} {x2} {y2}");
        // What flows between two is what the one with less of it sees.
        let listener = matches!(from, Key::Listener(_) | Key::Listeners(_));
        let counted = if listener { &a.counted } else { &b.counted }.clone();
        let broken = matches!(b.status, Some(OperatingStatus::Error | OperatingStatus::Offline));
        self.wires.push(Wire { from, to, path, counted, broken });
    }
}

#[cfg(not(target_arch = "wasm32"))]
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

    fn of<T: serde::de::DeserializeOwned>(value: Value) -> T {
        serde_json::from_value(value).unwrap()
    }

    /// Listeners from 1000 on, groups from 2000 on, servers from 3000 on: a listener and some servers
    /// for each group, round and round.
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
        let balancer = of(with(json!({
            "id": id(1), "name": "n".repeat(200), "description": "", "project_id": "p",
            "created_at": "2026-11-23T03:40:39", "vip_address": "2001:db8::1",
            "listeners": [], "pools": pools.clone().map(|n| json!({"id": id(n)})).collect::<Vec<_>>(),
        })));
        let listener = |n: usize| {
            let pool = (groups > 0).then(|| id(2000 + n % groups.max(1)));
            of(with(json!({
                "id": id(1000 + n), "protocol": "HTTP", "protocol_port": 80 + n,
                "loadbalancers": [{"id": id(1)}], "default_pool_id": pool,
            })))
        };
        let pool = |n: usize| {
            of(with(json!({
                "id": id(n), "name": "g".repeat(200), "protocol": "HTTP",
                "lb_algorithm": "ROUND_ROBIN", "loadbalancers": [{"id": id(1)}], "members": [],
            })))
        };
        let member = |n: usize| {
            of(json!({
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

    fn keys(layout: &Layout) -> Vec<Key> {
        layout.parts.iter().map(|part| part.key).collect()
    }

    fn part(layout: &Layout, key: Key) -> &Part {
        layout.part(key).unwrap()
    }

    #[test]
    fn without_listeners_the_address_is_all_there_is() {
        let layout = layout(&graph(0, 0, 0));
        assert_eq!(keys(&layout), [Key::Clients, Key::Vip]);
        assert_eq!(layout.wires.len(), 1);
        assert_eq!(layout.height, BOX);
        assert_eq!(layout.width, COLUMNS[1].0 + COLUMNS[1].1);
    }

    #[test]
    fn each_part_is_drawn_and_leads_to_its_place() {
        let layout = layout(&graph(1, 1, 2));
        let group = Key::Group(PoolId(uuid(2000)));
        let (listener, first) =
            (Key::Listener(ListenerId(uuid(1000))), Key::Server(MemberId(uuid(3000))));
        let second = Key::Server(MemberId(uuid(3001)));
        assert_eq!(keys(&layout), [Key::Clients, Key::Vip, listener, group, first, second]);
        let joined: Vec<_> =
            layout.wires.iter().map(|wire| (wire.from, wire.to, wire.broken)).collect();
        assert_eq!(
            joined,
            [
                (Key::Clients, Key::Vip, false),
                (Key::Vip, listener, false),
                (listener, group, false),
                (group, first, true),
                (group, second, false),
            ]
        );
        assert_eq!(part(&layout, first).place, Some(format!("anchor-{}", id(3000))));
        assert_eq!(
            part(&layout, first).what,
            What::Named("[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:8080".to_owned())
        );
        assert_eq!(part(&layout, Key::Clients).place, None);
    }

    #[test]
    fn fifty_listeners_are_one_box_for_each_group() {
        let layout = layout(&graph(50, 2, 2));
        let listeners = |n: usize| Key::Listeners(Some(PoolId(uuid(2000 + n))));
        assert_eq!(part(&layout, listeners(0)).what, What::Listeners(25));
        assert_eq!(part(&layout, listeners(1)).counted.len(), 25);
        assert_eq!(part(&layout, Key::Vip).counted.len(), 50);
    }

    #[test]
    fn five_hundred_servers_are_a_number() {
        let layout = layout(&graph(1, 1, 500));
        let servers = part(&layout, Key::Servers(Some(PoolId(uuid(2000)))));
        assert_eq!(servers.what, What::Servers { healthy: 499, total: 500 });
        assert_eq!(servers.status, Some(OperatingStatus::Degraded), "one is down");
        assert_eq!(servers.counted.len(), 500);
        assert_eq!(layout.height, BOX);
    }

    #[test]
    fn many_groups_are_one() {
        let layout = layout(&graph(50, 50, 500));
        assert_eq!(part(&layout, Key::Groups).what, What::Groups(50));
        assert_eq!(part(&layout, Key::Listeners(None)).what, What::Listeners(50));
        assert_eq!(part(&layout, Key::Servers(None)).counted.len(), 500);
        assert_eq!(layout.wires.len(), 4);
    }

    #[test]
    fn nothing_lies_over_anything_or_outside() {
        for listeners in [0, 1, 3, 8, 9, 50] {
            for groups in [0, 1, 2, 6, 7] {
                for servers in [0, 1, 6, 7, 10, 11, 500] {
                    let graph = graph(listeners, groups, if groups == 0 { 0 } else { servers });
                    let layout = layout(&graph);
                    assert!(layout.height <= 10.0 * PITCH, "{}", layout.height);
                    for (n, a) in layout.parts.iter().enumerate() {
                        assert!(a.top >= 0.0 && a.top + BOX <= layout.height, "{a:?}");
                        assert!(a.left + a.width <= layout.width, "{a:?}");
                        for b in &layout.parts[n + 1..] {
                            assert_ne!(a.key, b.key);
                            let apart = a.left != b.left || (a.top - b.top).abs() >= PITCH;
                            assert!(apart, "{a:?} {b:?}");
                        }
                    }
                    for wire in &layout.wires {
                        assert!(layout.part(wire.from).is_some() && layout.part(wire.to).is_some());
                    }
                }
            }
        }
    }
}

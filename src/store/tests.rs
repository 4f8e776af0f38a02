//! The pure half of the store: putting together, patching, working out rows, searching, sorting.

use super::{
    graph::{Graph, Patch},
    row::{Attention, Row, SearchNames, Servers, TypeLabels},
    search::{self, Narrowing},
};
use crate::routes::{Direction, SortKey, Sorting};
use openstack_types::{
    OperatingStatus, ProvisioningStatus, UserId,
    octavia::{Listener, LoadBalancer, Pool},
    portal::{Event, MemberSummary},
    rules::LbType,
};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

const LB: &str = "00000000-0000-0000-0000-0000000000a1";
const LISTENER: &str = "00000000-0000-0000-0000-0000000000b1";
const POOL: &str = "00000000-0000-0000-0000-0000000000c1";
const MEMBER: &str = "00000000-0000-0000-0000-0000000000d1";

pub(super) fn balancer(id: &str, name: &str) -> LoadBalancer {
    serde_json::from_value(json!({
        "id": id, "name": name, "description": "The Shop", "provisioning_status": "ACTIVE",
        "operating_status": "ONLINE", "admin_state_up": true, "project_id": "p",
        "created_at": "2026-11-23T03:40:39", "vip_address": "127.8.0.4",
        "listeners": [{"id": LISTENER}], "pools": [{"id": POOL}],
    }))
    .unwrap()
}

fn listener(id: &str, of: &str, protocol: &str, port: u16) -> Listener {
    serde_json::from_value(json!({
        "id": id, "provisioning_status": "ACTIVE", "operating_status": "ONLINE",
        "admin_state_up": true, "protocol": protocol, "protocol_port": port,
        "loadbalancers": [{"id": of}], "default_pool_id": POOL,
    }))
    .unwrap()
}

fn pool(id: &str, of: &str) -> Pool {
    serde_json::from_value(json!({
        "id": id, "provisioning_status": "ACTIVE", "operating_status": "ONLINE",
        "admin_state_up": true, "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
        "loadbalancers": [{"id": of}], "members": [{"id": MEMBER}],
    }))
    .unwrap()
}

fn member(id: &str, address: &str, status: &str) -> MemberSummary {
    serde_json::from_value(json!({
        "id": id, "pool_id": POOL, "loadbalancer_id": LB, "address": address,
        "protocol_port": 8080, "weight": 1, "admin_state_up": true, "operating_status": status,
    }))
    .unwrap()
}

/// As of a list, where health monitors are not read.
fn assemble(
    balancers: Vec<LoadBalancer>,
    listeners: Vec<Listener>,
    pools: Vec<Pool>,
    members: Vec<MemberSummary>,
) -> Vec<Arc<Graph>> {
    Graph::assemble(balancers, listeners, pools, members, HashMap::new())
}

#[test]
fn members_are_sorted_by_address() {
    let id = |last: u8| format!("00000000-0000-0000-0000-0000000000e{last}");
    let members = ["10.0.0.10", "2001:db8::1", "10.0.0.9"];
    let members =
        members.iter().enumerate().map(|(i, at)| member(&id(i as u8), at, "ONLINE")).collect();
    let graphs = assemble(vec![balancer(LB, "shop")], vec![], vec![pool(POOL, LB)], members);
    let stand: Vec<_> = graphs[0].pools[0].members.iter().map(|m| m.address.as_str()).collect();
    assert_eq!(stand, ["10.0.0.9", "10.0.0.10", "2001:db8::1"]);
}

pub(super) fn graph() -> Graph {
    let other = "00000000-0000-0000-0000-0000000000d2";
    let graphs = assemble(
        vec![balancer(LB, "Web-1")],
        vec![listener(LISTENER, LB, "HTTP", 80)],
        vec![pool(POOL, LB)],
        vec![member(MEMBER, "192.0.2.10", "ONLINE"), member(other, "192.0.2.11", "ERROR")],
    );
    graphs.into_iter().next().map(Arc::unwrap_or_clone).unwrap()
}

pub(super) fn event(kind: &str, action: &str, id: &str, more: Value) -> Event {
    let mut event = json!({
        "kind": kind, "action": action, "id": id, "loadbalancer_id": LB, "project_id": "p",
    });
    event.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    serde_json::from_value(event).unwrap()
}

fn row(graph: &Graph) -> Row {
    let type_labels =
        TypeLabels { application: "application 應用程式".into(), network: "network".into() };
    Row::of(graph, &type_labels)
}

fn found(graph: &Graph, typed: &str) -> bool {
    let rows = [Arc::new(row(graph))];
    let names = SearchNames::default();
    !Narrowing::default().find(&rows, &[0], &names, typed, [None; 2]).is_empty()
}

#[test]
fn parts_of_another_load_balancer_are_left_out() {
    let other = "00000000-0000-0000-0000-0000000000a2";
    let graphs = assemble(
        vec![balancer(LB, "a"), balancer(other, "b")],
        vec![listener(LISTENER, other, "TCP", 25)],
        vec![pool(POOL, LB)],
        vec![member(MEMBER, "192.0.2.10", "ONLINE")],
    );
    assert!(graphs[0].listeners.is_empty());
    assert_eq!(graphs[0].pools[0].members.len(), 1);
    assert_eq!(graphs[1].listeners.len(), 1);
    assert!(graphs[1].pools.is_empty());
}

#[test]
fn a_row_has_what_the_list_shows() {
    let row = row(&graph());
    assert_eq!(row.kind, Some(LbType::Application));
    assert_eq!(row.servers, Servers { healthy: 1, total: 2, unchecked: 0, down: 1 });
    assert_eq!(row.listeners.len(), 1);
    assert_eq!(row.attention(), Attention::Impaired);
}

#[test]
fn every_word_must_match_somewhere() {
    let graph = graph();
    for search in [
        "",
        "web",
        "WEB-1",
        "shop",
        LB,
        "active",
        "online",
        "application",
        "應用程式",
        "127.8.0.4",
        "http",
        "80",
        "http:80",
        "192.0.2.11",
        "web shop 192.0.2.10",
        "  web  ",
    ] {
        assert!(found(&graph, search), "{search:?}");
    }
    for search in ["network", "error", "443", "web mail", "192.0.2.12", "web\nshop-"] {
        assert!(!found(&graph, search), "{search:?}");
    }
}

#[test]
fn a_state_is_found_by_its_label_and_by_octavias_word() {
    let mut graph = graph();
    graph.balancer.provisioning_status = ProvisioningStatus::PendingCreate;
    assert!(found(&graph, "creating"));
    assert!(found(&graph, "pending_create"));
    assert!(!found(&graph, "active"));
}

#[test]
fn a_status_event_changes_that_status_alone() {
    let mut graph = graph();
    let before = graph.clone();
    let down = json!({"operating_status": "ERROR", "reason": "Connection refused",
        "updated_at": "2026-11-23T04:00:00"});
    assert_eq!(graph.patch(&event("member", "status", MEMBER, down)), Patch::Done);
    let member = &graph.pools[0].members[0];
    assert_eq!(member.operating_status, OperatingStatus::Error);
    assert_eq!(member.reason.as_deref(), Some("Connection refused"));
    assert_eq!(graph.pools[0].members[1], before.pools[0].members[1]);
    assert_eq!(graph.balancer, before.balancer);
    assert_eq!(row(&graph).servers.down, 2);

    let active = json!({"provisioning_status": "PENDING_UPDATE"});
    assert_eq!(graph.patch(&event("loadbalancer", "status", LB, active)), Patch::Done);
    assert_eq!(graph.balancer.provisioning_status, ProvisioningStatus::PendingUpdate);
    assert_eq!(graph.balancer.operating_status, OperatingStatus::Online);
}

#[test]
fn the_reason_of_an_error_comes_from_lists_and_events() {
    let mut listed = balancer(LB, "Web-1");
    listed.provisioning_status = ProvisioningStatus::Error;
    listed.provisioning_reason = Some("port 80 is taken".to_owned());
    let mut graph = assemble(vec![listed], vec![], vec![], vec![]).remove(0);
    assert_eq!(row(&graph).reason.as_deref(), Some("port 80 is taken"));

    let graph = Arc::make_mut(&mut graph);
    let refused = json!({"provisioning_status": "ERROR", "reason": "not permitted"});
    graph.patch(&event("loadbalancer", "status", LB, refused));
    assert_eq!(row(graph).reason.as_deref(), Some("not permitted"));

    let health = json!({"provisioning_status": "ERROR", "operating_status": "OFFLINE"});
    graph.patch(&event("loadbalancer", "status", LB, health));
    assert_eq!(row(graph).reason.as_deref(), Some("not permitted"));

    let again = json!({"provisioning_status": "PENDING_UPDATE"});
    graph.patch(&event("loadbalancer", "status", LB, again));
    assert_eq!(row(graph).reason, None);
}

#[test]
fn deleted_resources_leave_nothing_behind() {
    let mut graph = graph();
    assert_eq!(graph.patch(&event("member", "deleted", MEMBER, json!({}))), Patch::Done);
    assert_eq!(graph.pools[0].members.len(), 1);
    assert!(graph.pools[0].pool.members.is_empty());
    assert_eq!(graph.patch(&event("pool", "deleted", POOL, json!({}))), Patch::Done);
    assert_eq!(graph.listeners[0].default_pool_id, None);
    assert_eq!(graph.patch(&event("listener", "deleted", LISTENER, json!({}))), Patch::Done);
    assert_eq!(row(&graph).servers, Servers::default());
    assert!(row(&graph).listeners.is_empty());
}

#[test]
fn an_incomplete_event_causes_a_read() {
    let mut graph = graph();
    for (kind, action) in
        [("listener", "created"), ("pool", "updated"), ("loadbalancer", "updated")]
    {
        assert_eq!(graph.patch(&event(kind, action, LISTENER, json!({}))), Patch::ReadAnew);
    }
    let unknown = "00000000-0000-0000-0000-0000000000d9";
    let up = json!({"operating_status": "ONLINE"});
    assert_eq!(graph.patch(&event("member", "status", unknown, up)), Patch::ReadAnew);
}

fn rows_named(names: &[&str]) -> Vec<Arc<Row>> {
    let one = |(i, name): (usize, &&str)| {
        let mut graph = graph();
        graph.balancer = balancer(&format!("00000000-0000-0000-0000-{i:012}"), name);
        graph.balancer.created_at = format!("2026-11-23T03:40:{i:02}");
        graph.balancer.vip_address = Some(format!("127.8.0.{}", 100 - i));
        Arc::new(row(&graph))
    };
    names.iter().enumerate().map(one).collect()
}

fn order(rows: &[Arc<Row>], sort: SortKey, direction: Direction) -> Vec<&str> {
    let order = search::order(rows, (sort, direction), None, &|id| id.to_string());
    order.into_iter().map(|index| rows[index as usize].name.as_str()).collect()
}

#[test]
fn names_sort_in_natural_order() {
    let rows = rows_named(&["web-10", "Web-2", "mail", "web-02b", "web"]);
    assert_eq!(
        order(&rows, SortKey::Name, Direction::Ascending),
        ["mail", "web", "Web-2", "web-02b", "web-10"]
    );
    assert_eq!(order(&rows, SortKey::CreatedAt, Direction::Descending)[0], "web");
    assert_eq!(order(&rows, SortKey::Vip, Direction::Ascending)[0], "web");
}

#[test]
fn the_worst_state_is_first() {
    let mut rows = rows_named(&["a", "b", "c"]);
    Arc::make_mut(&mut rows[2]).provisioning = ProvisioningStatus::Error;
    Arc::make_mut(&mut rows[1]).provisioning = ProvisioningStatus::PendingUpdate;
    for row in &mut rows[..2] {
        Arc::make_mut(row).servers.down = 0;
    }
    assert_eq!(order(&rows, SortKey::State, Direction::Ascending), ["c", "b", "a"]);
}

#[test]
fn a_search_finds_the_names_of_creators_and_certificates() {
    let mut rows = rows_named(&["a", "b", "c"]);
    Arc::make_mut(&mut rows[0]).created_by = Some(UserId("01".to_owned()));
    let reference = "http://127.0.0.1/key-manager/v1/secrets/7f";
    Arc::make_mut(&mut rows[1]).certificates = vec![reference.to_owned()];
    let names = SearchNames {
        certificates: vec![("7f".to_owned(), "shop.example.com".to_owned())],
        users: vec![(UserId("01".to_owned()), "Zoë".to_owned())],
    };
    let find = |typed, names| {
        Narrowing::default().find(&rows, &[0, 1, 2], names, typed, [None; 2]).to_vec()
    };
    assert_eq!(find("ZOË", &names), [0]);
    assert_eq!(find("shop.EXample", &names), [1]);
    assert_eq!(find("zoë example", &names), [] as [u32; 0]);
    assert_eq!(find("zoë", &SearchNames::default()), [] as [u32; 0]);
}

#[test]
fn creators_are_sorted_by_displayed_name() {
    let mut rows = rows_named(&["a", "b", "c", "d"]);
    for (row, id) in rows.iter_mut().zip(["01", "02", "03"]) {
        Arc::make_mut(row).created_by = Some(UserId(id.to_owned()));
    }
    Arc::make_mut(&mut rows[3]).created_by = None;
    let shown = |id: &UserId| match id.as_str() {
        "01" => "zoe".to_owned(),
        "02" => "Ann".to_owned(),
        // Nobody may know the name.
        id => id.to_owned(),
    };
    let order = search::order(&rows, (SortKey::CreatedBy, Direction::Ascending), None, &shown);
    assert_eq!(order, [3, 2, 1, 0]);
}

#[test]
fn a_load_balancer_that_serves_nothing_is_idle() {
    let mut rows = rows_named(&["on", "off", "going-off"]);
    for row in &mut rows {
        let row = Arc::make_mut(row);
        row.servers.down = 0;
        row.idle = false;
    }
    for row in &mut rows[1..] {
        Arc::make_mut(row).operating = OperatingStatus::Offline;
    }
    Arc::make_mut(&mut rows[2]).provisioning = ProvisioningStatus::PendingUpdate;
    assert_eq!(
        rows.iter().map(|row| row.attention()).collect::<Vec<_>>(),
        [Attention::None, Attention::Idle, Attention::Changing]
    );
    assert_eq!(order(&rows, SortKey::State, Direction::Ascending), ["going-off", "off", "on"]);
}

/// Octavia calls a load balancer ONLINE that no server could answer for.
#[test]
fn a_load_balancer_without_a_usable_server_is_idle() {
    let changed = |change: &dyn Fn(&mut Graph)| {
        let mut graph = graph();
        graph.pools[0].members.truncate(1);
        change(&mut graph);
        row(&graph)
    };
    type Change = dyn Fn(&mut Graph);
    let idle: [&Change; 7] = [
        &|graph| graph.listeners.clear(),
        &|graph| graph.pools.clear(),
        &|graph| graph.pools[0].members.clear(),
        &|graph| graph.pools[0].members.iter_mut().for_each(|one| one.weight = 0),
        &|graph| graph.pools[0].members.iter_mut().for_each(|one| one.admin_state_up = false),
        &|graph| graph.pools[0].pool.admin_state_up = false,
        &|graph| {
            graph.listeners.clear();
            graph.balancer.operating_status = OperatingStatus::Offline;
        },
    ];
    for (n, change) in idle.into_iter().enumerate() {
        let row = changed(change);
        assert!(row.is_idle(), "{n}");
        assert_eq!(row.attention(), Attention::Idle, "{n}");
    }
    let other: [&Change; 5] = [
        &|_| {},
        // A redirect needs no server.
        &|graph| {
            graph.pools.clear();
            graph.listeners[0].l7policies =
                serde_json::from_value(json!([{"id": MEMBER}])).unwrap();
        },
        // These have a status that says more.
        &|graph| {
            graph.pools.clear();
            graph.balancer.operating_status = OperatingStatus::Error;
        },
        &|graph| {
            graph.pools.clear();
            graph.balancer.admin_state_up = false;
        },
        &|graph| {
            graph.pools.clear();
            graph.balancer.provisioning_status = ProvisioningStatus::PendingCreate;
        },
    ];
    for (n, change) in other.into_iter().enumerate() {
        assert!(!changed(change).is_idle(), "{n}");
    }
}

proptest! {
    #[test]
    fn a_search_finds_the_same_however_it_was_typed(
        names in proptest::collection::vec("[a-c ]{0,6}", 0..20),
        typed in proptest::collection::vec("[a-cA ]{0,4}", 1..60),
    ) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let rows = rows_named(&names);
        let order: Vec<u32> = (0..rows.len() as u32).rev().collect();
        let known = SearchNames::default();
        let mut narrowing = Narrowing::default();
        let mut long = String::new();
        for text in typed {
            // Every prefix of a text, as it is typed, then the next text in its place.
            long.push_str(&text);
            for text in (0..=text.len()).map(|end| &text[..end]).chain([long.as_str()]) {
                let found = narrowing.find(&rows, &order, &known, text, [None; 2]).to_vec();
                let afresh = Narrowing::default();
                let expected = { afresh }.find(&rows, &order, &known, text, [None; 2]).to_vec();
                prop_assert_eq!(found, expected, "{:?}", text);
            }
        }
    }

    #[test]
    fn sorting_is_an_order_and_loses_nothing(
        names in proptest::collection::vec("[a-b0-2 ]{0,6}", 0..20),
        key in 0_usize..8,
    ) {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let rows = rows_named(&names);
        let sort = SortKey::ALL[key];
        let ascending = |rows: &[_], before| {
            search::order(rows, (sort, Direction::Ascending), before, &|id| id.to_string())
        };
        let up = ascending(&rows, None);
        let mut all = up.clone();
        all.sort_unstable();
        prop_assert_eq!(all, (0..rows.len() as u32).collect::<Vec<_>>());
        let mut turned = rows.clone();
        turned.reverse();
        let again = ascending(&turned, None);
        prop_assert_eq!(&again, &ascending(&turned, Some(&up)), "whatever it was before");
        let last = rows.len() as u32;
        prop_assert_eq!(up, again.into_iter().map(|i| last - 1 - i).collect::<Vec<_>>());
    }
}

//! Edits that are planned as the page plans them, executed under real traffic.

use crate::common::{
    TestServer,
    octavia::{LBAAS, graph},
    ports::free_port,
};
use axum::{Router, routing::get};
use openstack_types::octavia::{HealthMonitorType, LbAlgorithm, SessionPersistenceType};
use plan::{
    Edit,
    edit::{ConflictField, ConflictKind, ConflictResolution},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinSet};

/// A real server that answers with its name.
async fn backend(name: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().route("/", get(move || async move { name }));
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn backends(count: usize) -> Vec<SocketAddr> {
    let mut all = Vec::new();
    for n in 0..count {
        all.push(backend(format!("server {n}")).await);
    }
    all
}

/// Clients that send requests without a pause.
struct Load {
    stop: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
    clients: JoinSet<Vec<String>>,
}

impl Load {
    async fn start(url: String) -> Self {
        let (stop, answered) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
        let mut clients = JoinSet::new();
        for _ in 0..4 {
            let (stop, answered, url) = (stop.clone(), answered.clone(), url.clone());
            clients.spawn(async move {
                let http = crate::common::http().timeout(Duration::from_secs(20)).build().unwrap();
                let mut failed = Vec::new();
                while !stop.load(Relaxed) {
                    let answer = match http.get(&url).send().await {
                        Ok(answer) => answer.error_for_status(),
                        Err(error) => Err(error),
                    };
                    let text = match answer {
                        Ok(answer) => answer.text().await,
                        Err(error) => Err(error),
                    };
                    match text {
                        Ok(_) => {
                            answered.fetch_add(1, Relaxed);
                        }
                        Err(error) => failed.push(format!("{error:?}")),
                    }
                }
                failed
            });
        }
        let load = Self { stop, answered, clients };
        load.wait_for_responses().await;
        load
    }

    /// Waits for more responses.
    async fn wait_for_responses(&self) {
        let before = self.answered.load(Relaxed);
        while self.answered.load(Relaxed) < before + 50 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Returns the failures.
    async fn stop(self) -> Vec<String> {
        self.wait_for_responses().await;
        self.stop.store(true, Relaxed);
        self.clients.join_all().await.concat()
    }
}

/// Reads members, without the fields that change with time.
async fn members(client: &crate::common::Client, pool: &str) -> Vec<Value> {
    let mut list = client.get(&format!("{LBAAS}/pools/{pool}/members")).await;
    let mut list: Vec<Value> = serde_json::from_value(list.body["members"].take()).unwrap();
    for member in &mut list {
        member["updated_at"] = Value::Null;
        member["operating_status"] = Value::Null;
    }
    list
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replacing_every_server_under_load_fails_no_request() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let (old, new) = (backends(3).await, backends(3).await);
    let port = free_port().await;
    let id = client.new_lb(graph(port, &old)).await;
    let vip = client.settled(&id).await["vip_address"].as_str().unwrap().to_owned();
    let load = Load::start(format!("http://{vip}:{port}/")).await;

    let edit = Edit::new(client.graph(&id).await);
    let mut draft = edit.base_draft().clone();
    let group = draft.groups[0].key;
    draft.groups[0].servers.clear();
    for at in &new {
        draft.add_server_at(group, at.ip().to_string(), at.port().to_string(), None);
    }
    // With everything else that can be changed on the way.
    draft.groups[0].method = LbAlgorithm::LeastConnections;
    draft.groups[0].persistence.kind = Some(SessionPersistenceType::SourceIp);
    draft.groups[0].health.kind = Some(HealthMonitorType::Http);
    draft.groups[0].health.delay = "2".into();
    draft.groups[0].health.timeout = "1".into();
    draft.listeners[0].connection_limit = "1000".into();
    draft.listeners[0].forwarded.port = true;
    draft.name = "replaced".into();
    let steps = client.execute(&edit.resolve(&draft).unwrap()).await;
    assert_eq!(
        steps,
        1 + 2 + 1 + 1 + 1 + 3,
        "add, check anew, load balancer, group, listener, remove"
    );
    assert_eq!(load.stop().await, Vec::<String>::new());

    let now = Edit::new(client.graph(&id).await);
    assert!(now.plan(now.base_draft()).unwrap().steps.is_empty());
    let again = edit.rebase(&draft, client.graph(&id).await, ConflictResolution::Ours);
    assert!(again.edit.plan(&again.draft).unwrap().steps.is_empty(), "all of it is done");
    let mut ports: Vec<u16> =
        now.base().members.values().flatten().map(|member| member.protocol_port).collect();
    let mut wanted: Vec<u16> = new.iter().map(SocketAddr::port).collect();
    ports.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(ports, wanted);
    server.stop().await;
}

#[tokio::test]
async fn changing_the_weight_of_one_server_changes_no_other() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let port = free_port().await;
    let mut wanted = graph(port, &[]);
    wanted["pools"][0]["members"] = json!([
        {"address": "127.0.0.1", "protocol_port": 1, "weight": 5},
        {"address": "127.0.0.1", "protocol_port": 2, "weight": 9, "backup": true,
         "tags": ["blue"], "name": "two", "monitor_address": "127.0.0.2", "monitor_port": 8080},
        {"address": "127.0.0.1", "protocol_port": 3, "admin_state_up": false},
    ]);
    let id = client.new_lb(wanted).await;
    let edit = Edit::new(client.graph(&id).await);
    let pool = edit.base().pools[0].id.to_string();
    let before = members(&client, &pool).await;
    let mut draft = edit.base_draft().clone();
    let key = draft.groups[0].servers.iter().find(|s| s.port == "1").unwrap().key;
    draft.server_mut(draft.groups[0].key, key).unwrap().weight = "77".into();
    assert_eq!(client.execute(&edit.resolve(&draft).unwrap()).await, 1);
    let after = members(&client, &pool).await;
    for (before, after) in before.into_iter().zip(after) {
        if before["protocol_port"] == 1 {
            assert_eq!(after["weight"], 77);
        } else {
            assert_eq!(after, before);
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn the_server_accepts_every_kind_of_step() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let (first, second) = (free_port().await, free_port().await);
    let id = client.new_lb(graph(first, &["127.0.0.1:1".parse().unwrap()])).await;

    let edit = Edit::new(client.graph(&id).await);
    let mut draft = edit.base_draft().clone();
    let group = draft.add_group();
    draft.add_server_at(group, "127.0.0.1".into(), "4".into(), None);
    draft.group_mut(group).unwrap().health.kind = Some(HealthMonitorType::Tcp);
    let listener = draft.add_listener();
    let added = draft.listener_mut(listener).unwrap();
    added.port = second.to_string();
    added.group = Some(group);
    let own = added.own_options.get_or_insert_default();
    own.allowed_cidrs = "127.0.0.0/8".into();
    own.timeout_client_data = "7".into();
    draft.groups[0].servers[0].weight = "0".into();
    let resolved = edit.resolve(&draft).unwrap();
    assert_eq!(client.execute(&resolved).await, 5);

    // And all of it back again, with what can be taken away.
    let edit = Edit::new(client.graph(&id).await);
    let mut draft = edit.base_draft().clone();
    let at = draft.listeners.iter().position(|l| l.port == second.to_string()).unwrap();
    let own = draft.listeners[at].own_options.as_mut().unwrap();
    assert_eq!(
        (own.allowed_cidrs.as_str(), own.timeout_client_data.as_str()),
        ("127.0.0.0/8", "7")
    );
    own.allowed_cidrs.clear();
    own.timeout_client_data.clear();
    let index = draft.groups.iter().position(|g| g.servers[0].port == "4").unwrap();
    draft.groups[index].health.kind = None;
    draft.groups[index].persistence.kind = Some(SessionPersistenceType::HttpCookie);
    client.execute(&edit.resolve(&draft).unwrap()).await;
    let graph = client.graph(&id).await;
    let listener = graph.listeners.iter().find(|l| l.protocol_port == second).unwrap();
    assert_eq!((&listener.allowed_cidrs, listener.timeout_client_data), (&None, Some(50_000)));

    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    let index = draft.groups.iter().position(|g| g.servers[0].port == "4").unwrap();
    draft.groups[index].persistence.kind = None;
    let gone = draft.listeners.iter().find(|l| l.port == second.to_string()).unwrap().key;
    draft.remove_listener(gone);
    client.execute(&edit.resolve(&draft).unwrap()).await;
    let edit = Edit::new(client.graph(&id).await);
    let mut draft = edit.base_draft().clone();
    assert_eq!(draft.listeners.len(), 1);
    draft.groups.retain(|group| group.servers[0].port != "4");
    assert_eq!(client.execute(&edit.resolve(&draft).unwrap()).await, 1);
    assert_eq!(client.graph(&id).await.pools.len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn a_health_check_sends_the_domain_name() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let port = free_port().await;
    let id = client.new_lb(graph(port, &["127.0.0.1:1".parse().unwrap()])).await;
    for (kind, domain) in [
        (HealthMonitorType::Http, "www.example.org"),
        (HealthMonitorType::Http, "shop.example.org"),
        (HealthMonitorType::Https, "shop.example.org"),
    ] {
        let edit = Edit::new(client.graph(&id).await);
        let mut draft = edit.base_draft().clone();
        let health = &mut draft.groups[0].health;
        health.kind = Some(kind.clone());
        (health.delay, health.timeout) = ("5".into(), "2".into());
        health.domain = domain.into();
        client.execute(&edit.resolve(&draft).unwrap()).await;
        let graph = client.graph(&id).await;
        let [monitor] = graph.monitors.as_slice() else { panic!("one check") };
        assert_eq!((&monitor.kind, monitor.domain_name.as_deref()), (&kind, Some(domain)));
    }
    server.stop().await;
}

#[tokio::test]
async fn a_step_waits_while_another_change_is_pending() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let port = free_port().await;
    let id = client.new_lb(graph(port, &["127.0.0.1:1".parse().unwrap()])).await;
    let edit = Edit::new(client.graph(&id).await);
    let mut draft = edit.base_draft().clone();
    draft.groups[0].servers[0].weight = "3".into();
    let mut run = plan::edit::PlanRun::new(edit.base().loadbalancer.id, edit.plan(&draft).unwrap());
    let listener = edit.base().listeners[0].id;
    let other = json!({"listener": {"connection_limit": 7}});
    let answer = client.put(&format!("{LBAAS}/listeners/{listener}"), other).await;
    assert_eq!(answer.status, StatusCode::OK);
    // Sent at once, it is refused as busy until the other change is carried out.
    let request = run.next_request().unwrap();
    while run.handle_response(client.step(&request).await.as_deref())
        != plan::edit::NextAction::Continue
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    client.settled(&id).await;
    let graph = client.graph(&id).await;
    assert_eq!(graph.listeners[0].connection_limit, 7);
    assert_eq!(graph.members.values().next().unwrap()[0].weight, 3);
    server.stop().await;
}

#[tokio::test]
async fn concurrent_edits_end_in_a_reported_conflict() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let port = free_port().await;
    let id = client.new_lb(graph(port, &["127.0.0.1:1".parse().unwrap()])).await;
    let (ann, bob) = (Edit::new(client.graph(&id).await), Edit::new(client.graph(&id).await));

    let mut hers = ann.base_draft().clone();
    hers.groups[0].servers[0].weight = "5".into();
    hers.groups[0].method = LbAlgorithm::SourceIp;
    let group = hers.groups[0].key;
    hers.add_server_at(group, "127.0.0.1".into(), "2".into(), None);
    client.execute(&ann.resolve(&hers).unwrap()).await;

    let mut his = bob.base_draft().clone();
    his.groups[0].servers[0].weight = "9".into();
    his.listeners[0].connection_limit = "100".into();
    let now = bob.rebase(&his, client.graph(&id).await, ConflictResolution::Ours);
    let conflicts: Vec<_> = now
        .conflicts
        .iter()
        .map(|conflict| match &conflict.kind {
            ConflictKind::Changed { field, ours, .. } => (Some(*field), ours.clone()),
            _ => (None, None),
        })
        .collect();
    assert_eq!(
        conflicts,
        [
            (Some(ConflictField::Method), None),
            (Some(ConflictField::Weight), Some("9".into())),
            (None, None)
        ]
    );
    client.execute(&now.edit.resolve(&now.draft).unwrap()).await;
    let graph = client.graph(&id).await;
    assert_eq!(graph.pools[0].lb_algorithm, LbAlgorithm::SourceIp, "hers, which he left alone");
    assert_eq!(graph.listeners[0].connection_limit, 100);
    let mut members: Vec<_> =
        graph.members.values().flatten().map(|m| (m.protocol_port, m.weight)).collect();
    members.sort_unstable();
    assert_eq!(members, [(1, 9), (2, 1)], "his weight, as he chose, and the server she added");
    server.stop().await;
}

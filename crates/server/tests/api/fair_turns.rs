//! A user with many requests in progress delays nobody else: users take turns at the database.

use crate::common::{
    Client, PASSWORD, TestServer,
    octavia::{LBAAS, poll_until},
};
use lb_portal_server::store::turns;
use openstack_types::UserId;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::Duration,
};
use tokio::{task::JoinSet, time::timeout};

const SECRETS: &str = "/key-manager/v1/secrets";
const DEADLINE: Duration = Duration::from_secs(30);

async fn start() -> (TestServer, UserId, Client, Client) {
    let server = TestServer::start().await;
    server.add_project("other").await;
    let eve = server.add_user("eve", "default", &["member"]).await;
    server.add_user("oda", "other", &["member"]).await;
    let clients = (server.sign_in("eve", "default").await, server.sign_in("oda", "other").await);
    (server, eve, clients.0, clients.1)
}

#[tokio::test]
async fn reads_of_one_user_leave_connections_to_others() {
    let (server, eve, _, oda) = start().await;
    let running = Arc::new(AtomicUsize::new(0));
    let mut reads = JoinSet::new();
    let mut releases = Vec::new();
    for _ in 0..10 {
        let (release, held) = mpsc::channel::<()>();
        releases.push(release);
        let (store, eve, running) = (server.app.store.clone(), eve.clone(), running.clone());
        reads.spawn(turns::of_request(async move {
            turns::set_user(&eve);
            let read = store.read(move |_| {
                running.fetch_add(1, Ordering::SeqCst);
                let _ = held.recv();
                Ok::<_, rusqlite::Error>(())
            });
            read.await.unwrap();
        }));
    }
    poll_until(async |_| (running.load(Ordering::SeqCst) == 2).then_some(())).await;
    let list = format!("{LBAAS}/loadbalancers");
    let answer = timeout(DEADLINE, oda.get(&list)).await.expect("eve has every connection");
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(running.load(Ordering::SeqCst), 2);
    drop(releases);
    while let Some(read) = reads.join_next().await {
        read.unwrap();
    }
    server.stop().await;
}

async fn create_secret(client: Client, name: &'static str) {
    let body = json!({"name": name, "payload": "x", "payload_content_type": "text/plain"});
    let answer = client.post(SECRETS, body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
}

#[tokio::test]
async fn writes_take_turns_by_user_and_sign_ins_come_first() {
    let (server, _, eve, oda) = start().await;
    let store = server.app.store.clone();
    let (release, held) = mpsc::channel::<()>();
    let (started, has_started) = tokio::sync::oneshot::channel();
    let holding = tokio::spawn({
        let store = store.clone();
        async move {
            let hold = store.write(move |_| {
                let _ = started.send(());
                let _ = held.recv();
                Ok::<_, rusqlite::Error>(())
            });
            hold.await.unwrap();
        }
    });
    has_started.await.unwrap();
    let mut requests = JoinSet::new();
    for _ in 0..10 {
        requests.spawn(create_secret(eve.clone(), "eve"));
    }
    poll_until(async |_| (store.waiting_writes() == 10).then_some(())).await;
    requests.spawn(create_secret(oda, "oda"));
    poll_until(async |_| (store.waiting_writes() == 11).then_some(())).await;
    let anonymous = server.anonymous();
    requests.spawn(async move {
        let answer = anonymous.authenticate("oda", PASSWORD, None).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    });
    poll_until(async |_| (store.waiting_writes() == 12).then_some(())).await;
    drop(release);
    holding.await.unwrap();
    while let Some(request) = requests.join_next().await {
        request.unwrap();
    }
    let names: Vec<String> = store
        .read(|db| {
            db.prepare("SELECT name FROM secret ORDER BY rowid")?
                .query_map([], |row| row.get(0))?
                .collect::<rusqlite::Result<_>>()
        })
        .await
        .unwrap();
    let at = names.iter().position(|name| name == "oda");
    assert!(at <= Some(1), "{names:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_long_list_comes_in_pages_of_a_thousand() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let pool = json!({"name": "p", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"});
    let lb = client.new_lb(json!({"admin_state_up": false, "pools": [pool]})).await;
    let pools = client.get(&format!("{LBAAS}/pools?loadbalancer_id={lb}")).await;
    let path = format!("{LBAAS}/pools/{}/members", pools.body["pools"][0]["id"].as_str().unwrap());
    let members: Vec<Value> =
        (0..1500).map(|n| json!({"address": "192.0.2.1", "protocol_port": n + 1})).collect();
    let answer = client.put(&path, json!({ "members": members })).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    for query in ["", "?limit=infinite", "?limit=5000", "?limit=0"] {
        let first = client.get(&format!("{path}{query}")).await.body;
        assert_eq!(first["members"].as_array().unwrap().len(), 1000, "{query}");
        let next = first["members_links"][0]["href"].as_str().unwrap();
        assert_eq!(first["members_links"][0]["rel"], "next");
        let rest = client.get(&next[next.find("/load-balancer").unwrap()..]).await.body;
        assert_eq!(rest["members"].as_array().unwrap().len(), 500, "{query}");
    }
    client.settled(&lb).await;
    server.stop().await;
}

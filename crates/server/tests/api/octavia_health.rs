//! Health: from the checks of a server up to the operating status of the load balancer.

use crate::common::{
    Client, TestServer,
    octavia::LBAAS,
    whoami::{self, Fickle},
};
use openstack_types::portal::{Event, EventKind};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};

/// A listener and a pool named `name`, checked every second by HTTP.
fn half(name: &str, port: u16, members: &[SocketAddr]) -> (Value, Value) {
    let members: Vec<_> = members
        .iter()
        .map(|at| json!({"address": at.ip().to_string(), "protocol_port": at.port()}))
        .collect();
    let monitor = json!({"type": "HTTP", "delay": 1, "timeout": 1, "max_retries": 1,
        "max_retries_down": 1, "url_path": "/"});
    (
        json!({"name": name, "protocol": "HTTP", "protocol_port": port,
            "default_pool": {"name": name}}),
        json!({"name": name, "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
            "members": members, "healthmonitor": monitor}),
    )
}

/// A load balancer of such halves.
async fn balancer(client: &Client, halves: &[(&str, &[SocketAddr])]) -> String {
    let (mut listeners, mut pools) = (Vec::new(), Vec::new());
    for (name, members) in halves {
        let (listener, pool) = half(name, whoami::free_port().await, members);
        listeners.push(listener);
        pools.push(pool);
    }
    client.new_lb(json!({"listeners": listeners, "pools": pools})).await
}

/// The operating statuses in Octavia's status tree: the load balancer, then
/// for each half by name its listener, its pool, its members by port.
async fn statuses(client: &Client, id: &str) -> String {
    let tree = client.get(&format!("{LBAAS}/loadbalancers/{id}/status")).await;
    let lb = tree.body["statuses"]["loadbalancer"].clone();
    let of = |object: &Value| object["operating_status"].as_str().unwrap().to_owned();
    let mut halves = Vec::new();
    for listener in lb["listeners"].as_array().unwrap() {
        let mut words = vec![of(listener)];
        for pool in listener["pools"].as_array().unwrap() {
            words.push(of(pool));
            let mut members = pool["members"].as_array().unwrap().clone();
            members.sort_by_key(|member| member["protocol_port"].as_u64());
            words.extend(members.iter().map(of));
        }
        halves.push(format!("{}: {}", listener["name"].as_str().unwrap(), words.join(" ")));
    }
    halves.sort();
    format!("{}, {}", of(&lb), halves.join(", "))
}

async fn until(client: &Client, id: &str, wanted: &str) {
    for _ in 0..1200 {
        if statuses(client, id).await == wanted {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(statuses(client, id).await, wanted);
}

async fn members(client: &Client, id: &str) -> Vec<Value> {
    let answer = client.get(&format!("/portal/members?loadbalancer_id={id}")).await;
    answer.body["members"].as_array().unwrap().clone()
}

async fn set_member(client: &Client, id: &str, at: SocketAddr, fields: Value) {
    let all = members(client, id).await;
    let member = all.iter().find(|member| member["protocol_port"] == at.port()).unwrap();
    let word = |name: &str| member[name].as_str().unwrap().to_owned();
    let path = format!("{LBAAS}/pools/{}/members/{}", word("pool_id"), word("id"));
    let answer = client.put(&path, json!({ "member": fields })).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    client.settled(id).await;
}

#[tokio::test]
async fn an_operating_status_is_the_worst_of_its_parts() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let mut servers = [Fickle::start().await, Fickle::start().await];
    servers.sort_by_key(|server| server.at.port());
    let [mut low, high] = servers;
    let good = Fickle::start().await;
    let id = balancer(&client, &[("a", &[good.at]), ("b", &[low.at, high.at])]).await;
    let a = "a: ONLINE ONLINE ONLINE";
    until(&client, &id, &format!("ONLINE, {a}, b: ONLINE ONLINE ONLINE ONLINE")).await;
    // One of two.
    low.stop().await;
    until(&client, &id, &format!("DEGRADED, {a}, b: DEGRADED DEGRADED ERROR ONLINE")).await;
    // All of one pool: what that listener serves is down, whatever the others do.
    high.answer(503);
    until(&client, &id, &format!("ERROR, {a}, b: ERROR ERROR ERROR ERROR")).await;
    let reason = async |at: SocketAddr| {
        let all = members(&client, &id).await;
        let member = all.iter().find(|member| member["protocol_port"] == at.port()).unwrap();
        member["reason"].clone()
    };
    assert_eq!(reason(low.at).await, "connection refused");
    assert_eq!(reason(high.at).await, "HTTP 503");
    // Who is switched off does not count, who drains does not serve.
    set_member(&client, &id, low.at, json!({"admin_state_up": false})).await;
    until(&client, &id, &format!("ERROR, {a}, b: ERROR ERROR OFFLINE ERROR")).await;
    high.answer(200);
    until(&client, &id, &format!("ONLINE, {a}, b: ONLINE ONLINE OFFLINE ONLINE")).await;
    assert_eq!(reason(high.at).await, Value::Null);
    set_member(&client, &id, good.at, json!({"weight": 0})).await;
    let a = "a: ONLINE ONLINE DRAINING";
    until(&client, &id, &format!("ONLINE, {a}, b: ONLINE ONLINE OFFLINE ONLINE")).await;
    server.stop().await;
}

#[tokio::test]
async fn a_restarted_server_updates_only_statuses_that_changed() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let (mut back, mut gone) = (Fickle::start().await, Fickle::start().await);
    let id = balancer(&client, &[("a", &[back.at]), ("b", &[gone.at])]).await;
    back.stop().await;
    gone.stop().await;
    let down = "a: ERROR ERROR ERROR, b: ERROR ERROR ERROR";
    until(&client, &id, &format!("ERROR, {down}")).await;
    let member_at = async |client: &Client, at: SocketAddr| {
        let all = members(client, &id).await;
        all.iter().find(|member| member["protocol_port"] == at.port()).unwrap().clone()
    };
    let before = member_at(&client, gone.at).await;
    // As if the process had gone away just before the server did.
    let crashed = id.clone();
    let written = server.app.store.write(move |tx| {
        tx.execute("UPDATE loadbalancer SET process_down = 'killed' WHERE id = ?1", [crashed])
    });
    written.await.map_err(|error: rusqlite::Error| error).unwrap();
    let dir = server.stop().await;
    back.again().await;
    let server = TestServer::on(dir, "").await;
    let client = server.admin().await;
    until(&client, &id, "ERROR, a: ONLINE ONLINE ONLINE, b: ERROR ERROR ERROR").await;
    let after = member_at(&client, gone.at).await;
    assert_eq!((&after["reason"], &after["since"]), (&before["reason"], &before["since"]));
    gone.again().await;
    let up = "a: ONLINE ONLINE ONLINE, b: ONLINE ONLINE ONLINE";
    until(&client, &id, &format!("ONLINE, {up}")).await;
    server.stop().await;
}

#[tokio::test]
async fn a_new_reason_is_sent_as_an_event_and_keeps_the_time_of_the_status() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let mut member = Fickle::start().await;
    let id = balancer(&client, &[("a", &[member.at])]).await;
    until(&client, &id, "ONLINE, a: ONLINE ONLINE ONLINE").await;
    let mut events = server.app.events.subscribe();
    let mut next = async |reason: Option<&str>| -> Event {
        loop {
            let event = events.recv().await.unwrap().event.clone();
            if event.kind == EventKind::Member && event.reason.as_deref() == reason {
                return event;
            }
        }
    };
    member.answer(503);
    let failed = next(Some("HTTP 503")).await;
    let shown = members(&client, &id).await[0].clone();
    assert_eq!(shown["since"].as_str(), failed.since.as_deref());
    assert!(failed.since.is_some());
    member.stop().await;
    let refused = next(Some("connection refused")).await;
    assert_eq!(refused.since, None, "it was down before");
    let shown = members(&client, &id).await[0].clone();
    assert_eq!(shown["reason"], "connection refused");
    assert_eq!(shown["since"].as_str(), failed.since.as_deref());
    member.answer(200);
    member.again().await;
    let up = next(None).await;
    assert!(up.since >= failed.since);
    server.stop().await;
}

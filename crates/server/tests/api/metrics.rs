//! Traffic over time, with real requests through a real HAProxy.

use crate::common::{
    Client, TestServer,
    binary::Running,
    octavia::{LBAAS, graph, poll_until},
    whoami,
};
use openstack_types::metrics::{Metrics, Part};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::{net::SocketAddr, time::Duration};
use uuid::Uuid;

fn sum(values: &[u64]) -> u64 {
    values.iter().sum()
}

/// The pause between two polls.
async fn a_moment() {
    tokio::time::sleep(Duration::from_millis(100)).await;
}

/// Creates a load balancer with these members. Returns its id, its VIP and port, and the id of its listener.
async fn balancer(client: &Client, members: &[SocketAddr]) -> (String, SocketAddr, String) {
    let port = whoami::free_port().await;
    let id = client.new_lb(graph(port, members)).await;
    let lb = client.settled(&id).await;
    let vip = format!("{}:{port}", lb["vip_address"].as_str().unwrap()).parse().unwrap();
    (id, vip, lb["listeners"][0]["id"].as_str().unwrap().to_owned())
}

async fn metrics(client: &Client, id: &str, query: &str) -> Metrics {
    let answer = client.get(&format!("/portal/loadbalancers/{id}/metrics{query}")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    serde_json::from_value(answer.body).unwrap()
}

/// Sends requests until the metrics contain enough of them, and returns the metrics.
async fn until_counted(client: &Client, id: &str, to: SocketAddr, path: &str) -> Metrics {
    poll_until(async |seen| {
        whoami::get(to, path).await;
        let metrics = metrics(client, id, "").await;
        *seen = json!(metrics.focus.series.requests);
        (sum(&metrics.focus.series.requests) >= 10).then_some(metrics)
    })
    .await
}

fn part<'f>(metrics: &'f Metrics, id: &str) -> &'f Part {
    let id: Uuid = id.parse().unwrap();
    metrics.parts.iter().find(|part| part.id == id).unwrap()
}

async fn members(client: &Client, id: &str) -> Vec<Value> {
    let answer = client.get(&format!("/portal/members?loadbalancer_id={id}")).await;
    answer.body["members"].as_array().unwrap().clone()
}

#[tokio::test]
async fn requests_are_counted_step_by_step_for_each_part() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let one = whoami::start("one").await;
    let (id, vip, listener) = balancer(&client, &[one]).await;
    client.until(&id, "operating_status", "ONLINE").await;
    until_counted(&client, &id, vip, "/").await;
    let member = members(&client, &id).await[0]["id"].as_str().unwrap().to_owned();
    // During a request, one counter may include it and another one not yet.
    let seen = loop {
        let seen = metrics(&client, &id, "").await;
        let requests = sum(&seen.focus.series.requests);
        let parts = [&listener, &member].map(|id| sum(&part(&seen, id).hits));
        if parts == [requests; 2] && sum(&seen.focus.series.ok) == requests {
            break seen;
        }
        a_moment().await;
    };
    assert_eq!(seen.focus.id.to_string(), id);
    assert!(seen.focus.http);
    let series = &seen.focus.series;
    assert_eq!(series.from, seen.first_step);
    assert_eq!(series.from + series.requests.len() as u64, seen.newest + 1);
    assert!(sum(&series.bytes_in) > 0 && sum(&series.bytes_out) > 0);
    assert!(series.server_errors.is_empty() && series.errors.is_empty());
    for part_id in [&listener, &member] {
        assert!(part(&seen, part_id).failed.is_empty());
    }
    // All metrics of the member, and then only the new ones.
    let all = metrics(&client, &id, &format!("?of={member}")).await;
    assert_eq!(all.focus.id.to_string(), member);
    assert!(sum(&all.focus.series.requests) >= 10);
    let new = metrics(&client, &id, &format!("?after={}", all.newest)).await;
    assert!(new.focus.series.from > all.newest);
    assert_eq!(new.first_step, all.first_step);
    // Its last check.
    let check = seen.checks.iter().find(|check| check.id.to_string() == member).unwrap();
    assert!(check.passed);
    assert_eq!((check.result.as_str(), check.interval), ("connected", 1000));
    assert!(check.at <= seen.now && check.last_at(seen.now) + 1000 > seen.now);
    server.stop().await;
}

#[tokio::test]
async fn failures_are_counted_with_their_reason() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let nobody: SocketAddr = "127.0.0.1:9".parse().unwrap();
    let (id, vip, listener) = balancer(&client, &[nobody]).await;
    client.until(&id, "operating_status", "ERROR").await;
    until_counted(&client, &id, vip, "/").await;
    let seen = loop {
        let seen = metrics(&client, &id, "").await;
        let (requests, failed) = (&seen.focus.series.requests, &part(&seen, &listener).failed);
        if sum(failed) == sum(requests) {
            break seen;
        }
        a_moment().await;
    };
    assert_eq!(sum(&seen.focus.series.server_errors), sum(&seen.focus.series.requests));
    let down = &members(&client, &id).await[0];
    assert_eq!(down["reason"], "connection refused");
    let check = &seen.checks[0];
    assert_eq!(check.id.to_string(), down["id"].as_str().unwrap());
    assert!(!check.passed);
    assert_eq!(check.result, "connection refused");
    server.stop().await;
}

#[tokio::test]
async fn open_connections_are_reported() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let one = whoami::start("one").await;
    let port = whoami::free_port().await;
    let mut body = graph(port, &[one]);
    body["listeners"][0]["protocol"] = json!("TCP");
    body["pools"][0]["protocol"] = json!("TCP");
    let id = client.new_lb(body).await;
    client.until(&id, "operating_status", "ONLINE").await;
    let vip = client.settled(&id).await["vip_address"].as_str().unwrap().to_owned();
    let member = members(&client, &id).await[0]["id"].as_str().unwrap().to_owned();
    let open = async || {
        let seen = metrics(&client, &id, "").await;
        assert!(!seen.focus.http);
        let member: Uuid = member.parse().unwrap();
        seen.parts.iter().find(|part| part.id == member).map_or(0, |part| part.active)
    };
    let mut connections = Vec::new();
    for _ in 0..3 {
        connections.push(tokio::net::TcpStream::connect(format!("{vip}:{port}")).await.unwrap());
    }
    while open().await != 3 {
        a_moment().await;
    }
    connections.pop();
    while open().await != 2 {
        a_moment().await;
    }
    drop(connections);
    while open().await != 0 {
        a_moment().await;
    }
    server.stop().await;
}

#[tokio::test]
async fn a_deleted_part_has_no_metrics_and_a_new_one_has() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let one = whoami::start("one").await;
    let (id, _, listener) = balancer(&client, &[one]).await;
    let path = format!("/portal/loadbalancers/{id}/metrics?of={listener}");
    assert_eq!(client.get(&path).await.status, StatusCode::OK);
    client.delete(&format!("{LBAAS}/listeners/{listener}")).await;
    client.settled(&id).await;
    let gone = client.get(&path).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert_eq!(gone.body["error"]["code"], 404);
    let other = client.new_lb(graph(whoami::free_port().await, &[])).await;
    let foreign = client.settled(&other).await["listeners"][0]["id"].as_str().unwrap().to_owned();
    let path = format!("/portal/loadbalancers/{id}/metrics?of={foreign}");
    assert_eq!(client.get(&path).await.status, StatusCode::NOT_FOUND, "a part of another one");
    let path = format!("/portal/loadbalancers/{}/metrics", Uuid::nil());
    assert_eq!(client.get(&path).await.status, StatusCode::NOT_FOUND);
    let path = format!("/portal/loadbalancers/{id}/metrics");
    assert_eq!(server.anonymous().get(&path).await.status, StatusCode::UNAUTHORIZED);
    server.stop().await;
}

/// Published totals never decrease, whatever happens to HAProxy or the server. The steps are known only to
/// the server that counted them.
#[tokio::test]
async fn totals_never_decrease_and_a_new_server_starts_new_steps() {
    let dir = tempfile::tempdir().unwrap();
    let one = whoami::start("one").await;
    let mut server = Running::start(dir.path()).await;
    let (id, vip, listener) = balancer(&server.client, &[one]).await;
    let mut seen = [0; 6];
    let mut look = async |client: &Client| {
        let mut now = Vec::new();
        for path in [format!("loadbalancers/{id}"), format!("listeners/{listener}")] {
            let stats = client.get(&format!("{LBAAS}/{path}/stats")).await.body["stats"].clone();
            for name in ["total_connections", "bytes_in", "bytes_out"] {
                now.push(stats[name].as_u64().unwrap());
            }
        }
        for (before, now) in seen.iter_mut().zip(now) {
            assert!(*before <= now, "{before} was seen, and now {now}");
            *before = now;
        }
        seen[0]
    };
    let mut began = Vec::new();
    for round in 1..=3 {
        let before = look(&server.client).await;
        while look(&server.client).await <= before {
            whoami::get(vip, "/").await;
            a_moment().await;
        }
        began.push(metrics(&server.client, &id, "").await.first_step);
        // A new process.
        let name = json!({"loadbalancer": {"name": format!("round {round}")}});
        let limit = json!({"listener": {"connection_limit": 100 + round}});
        server.client.put(&format!("{LBAAS}/loadbalancers/{id}"), name).await;
        server.client.settled(&id).await;
        let path = format!("{LBAAS}/listeners/{listener}");
        assert_eq!(server.client.put(&path, limit).await.status, StatusCode::OK);
        server.client.settled(&id).await;
        for _ in 0..5 {
            whoami::get(vip, "/").await;
            look(&server.client).await;
        }
        // A server that starts within the same step begins with that step too.
        while metrics(&server.client, &id, "").await.newest < began[began.len() - 1] {
            a_moment().await;
        }
        server.kill().await;
        server = Running::start(dir.path()).await;
    }
    look(&server.client).await;
    assert!(began[0] < began[1] && began[1] < began[2], "{began:?}");
}

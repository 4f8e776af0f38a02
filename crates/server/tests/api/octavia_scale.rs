//! A request with many objects costs in proportion to their number: counted in steps of the database, not in
//! seconds.

use crate::common::{Client, TestServer, octavia::LBAAS};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// Steps of SQLite's virtual machine that one count stands for.
const GRAIN: i32 = 100;

/// Counts what the database does for writes.
async fn count_steps(server: &TestServer) -> Arc<AtomicU64> {
    let steps = Arc::new(AtomicU64::new(0));
    let counter = steps.clone();
    let count = move || {
        counter.fetch_add(1, Ordering::Relaxed);
        false
    };
    server
        .app
        .store
        .write(move |tx| {
            let _ = tx.progress_handler(GRAIN, Some(count));
            Ok::<_, rusqlite::Error>(())
        })
        .await
        .unwrap();
    steps
}

fn members(count: u16) -> Vec<Value> {
    (0..count).map(|n| json!({"address": "192.0.2.1", "protocol_port": n + 1})).collect()
}

/// The body of a load balancer that is disabled, so that no process takes part.
fn disabled(more: Value) -> Value {
    let mut body = json!({"admin_state_up": false});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn batch(client: &Client, count: u16) {
    let lb = client.new_lb(disabled(json!({}))).await;
    let pool =
        json!({"pool": {"loadbalancer_id": lb, "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}});
    let pool = client.post(&format!("{LBAAS}/pools"), pool).await;
    client.settled(&lb).await;
    let path = format!("{LBAAS}/pools/{}/members", pool.body["pool"]["id"].as_str().unwrap());
    let answer = client.put(&path, json!({"members": members(count)})).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.body);
    client.settled(&lb).await;
}

async fn nested_members(client: &Client, count: u16) {
    client
        .new_lb(disabled(json!({"pools": [{"name": "p", "protocol": "HTTP",
            "lb_algorithm": "ROUND_ROBIN", "members": members(count)}]})))
        .await;
}

async fn listeners(client: &Client, count: u16) {
    let listeners: Vec<_> =
        (0..count).map(|n| json!({"protocol": "HTTP", "protocol_port": n + 1})).collect();
    client.new_lb(disabled(json!({ "listeners": listeners }))).await;
}

async fn policies(client: &Client, count: u16) {
    let policies: Vec<_> = (0..count).map(|_| json!({"action": "REJECT"})).collect();
    let listener = json!({"protocol": "HTTP", "protocol_port": 80, "l7policies": policies});
    client.new_lb(disabled(json!({"listeners": [listener]}))).await;
}

/// Requires that four times the objects take less than six times the work.
async fn require_linear(server: &TestServer, name: &str, request: impl AsyncFn(&Client, u16)) {
    const FEW: u16 = 100;
    let client = server.admin().await;
    let steps = count_steps(server).await;
    let mut counts = Vec::new();
    for count in [FEW, 4 * FEW] {
        steps.store(0, Ordering::Relaxed);
        request(&client, count).await;
        counts.push(steps.load(Ordering::Relaxed));
    }
    assert!(counts[0] > 0 && counts[1] < 6 * counts[0], "{name}: {counts:?}");
}

#[tokio::test]
async fn four_times_the_objects_take_four_times_the_work() {
    let server = TestServer::start().await;
    require_linear(&server, "members of a batch", batch).await;
    require_linear(&server, "nested members", nested_members).await;
    require_linear(&server, "listeners", listeners).await;
    require_linear(&server, "L7 policies", policies).await;
    server.stop().await;
}

/// `LB_PORTAL_MEASURE=1 cargo test --release … measure -- --nocapture` prints how long requests take.
#[tokio::test]
async fn measure_a_request_with_many_members() {
    if std::env::var_os("LB_PORTAL_MEASURE").is_none() {
        return;
    }
    let server = TestServer::start().await;
    let client = server.admin().await;
    for count in [1000, 10_000] {
        let lb = client.new_lb(disabled(json!({}))).await;
        let pool = json!({"pool": {"loadbalancer_id": lb, "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}});
        let pool = client.post(&format!("{LBAAS}/pools"), pool).await;
        client.settled(&lb).await;
        let path = format!("{LBAAS}/pools/{}/members", pool.body["pool"]["id"].as_str().unwrap());
        let body = json!({"members": members(count)});
        let start = std::time::Instant::now();
        assert_eq!(client.put(&path, body).await.status, StatusCode::ACCEPTED);
        println!("batch of {count}: {:?}", start.elapsed());
        client.settled(&lb).await;
        println!("applied: {:?}", start.elapsed());
        let start = std::time::Instant::now();
        nested_members(&client, count).await;
        println!("created with {count} and applied: {:?}", start.elapsed());
    }
    server.stop().await;
}

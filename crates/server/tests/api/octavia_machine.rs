//! Causes that are in the machine: rights, limits, a database that cannot be written.

use crate::common::{
    TestServer,
    binary::Running,
    octavia::{LBAAS, graph, poll_until},
    whoami,
};
use openstack_types::metrics::Metrics;
use reqwest::StatusCode;
use serde_json::json;
use std::{
    net::SocketAddr,
    os::unix::fs::chown,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

/// The processes of a load balancer.
fn processes(id: &str) -> Vec<i32> {
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid: &i32| {
            let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            command.split(|byte| *byte == 0).any(|word| word == id.as_bytes())
        })
        .collect()
}

fn vip(lb: &serde_json::Value, port: u16) -> SocketAddr {
    SocketAddr::new(lb["vip_address"].as_str().unwrap().parse().unwrap(), port)
}

#[tokio::test]
async fn health_that_is_reported_while_the_database_fails_is_stored_later() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let mut member = whoami::Fickle::start().await;
    let id = client.new_lb(graph(whoami::free_port().await, &[member.at])).await;
    client.until(&id, "operating_status", "ONLINE").await;
    server
        .sql(
            "CREATE TRIGGER fail BEFORE UPDATE ON member BEGIN SELECT RAISE(ABORT, 'failed'); END",
            [],
        )
        .await
        .unwrap();
    member.stop().await;
    // The engine has reported it: checks are not in the database.
    poll_until(async |seen| {
        *seen = client.get(&format!("/portal/loadbalancers/{id}/metrics")).await.body;
        let metrics: Metrics = serde_json::from_value(seen.clone()).unwrap();
        metrics.checks.iter().any(|check| !check.passed).then_some(())
    })
    .await;
    assert_eq!(client.settled(&id).await["operating_status"], "ONLINE");
    server.sql("DROP TRIGGER fail", []).await.unwrap();
    client.until(&id, "operating_status", "ERROR").await;
    server.stop().await;
}

#[tokio::test]
async fn a_failover_starts_a_new_process_and_fails_no_request() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let port = whoami::free_port().await;
    let id = client.new_lb(graph(port, &[whoami::start("member").await])).await;
    client.until(&id, "operating_status", "ONLINE").await;
    let vip = vip(&client.settled(&id).await, port);
    let (stop, answered) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let load = tokio::spawn({
        let (stop, answered) = (stop.clone(), answered.clone());
        async move {
            while !stop.load(Ordering::Relaxed) {
                assert!(whoami::get(vip, "/").await.is_some());
                answered.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    let before = processes(&id);
    let failover = client.put(&format!("{LBAAS}/loadbalancers/{id}/failover"), json!({})).await;
    assert_eq!(failover.status, StatusCode::ACCEPTED);
    assert_eq!(client.settled(&id).await["provisioning_status"], "ACTIVE");
    poll_until(async |seen| {
        let now = processes(&id);
        *seen = json!([before, now]);
        (!now.is_empty() && now.iter().all(|pid| !before.contains(pid))).then_some(())
    })
    .await;
    let soon = answered.load(Ordering::Relaxed) + 20;
    poll_until(async |_| (answered.load(Ordering::Relaxed) > soon).then_some(())).await;
    stop.store(true, Ordering::Relaxed);
    load.await.unwrap();
    server.stop().await;
}

/// Without the right to send pings, which only root can give up.
#[tokio::test]
async fn a_ping_monitor_without_the_right_to_ping_affects_only_its_listener() {
    const NOBODY: u32 = 65_534;
    if !rustix::process::geteuid().is_root() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    chown(dir.path(), Some(NOBODY), Some(NOBODY)).unwrap();
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let server = Running::start_by(&nobody, dir.path()).await;
    let client = server.client.clone();
    let member = whoami::start("member").await;
    let ports = [whoami::free_port().await, whoami::free_port().await];
    let mut body = graph(ports[0], &[member]);
    let pinged = graph(ports[1], &[member]);
    let (mut listener, mut pool) = (pinged["listeners"][0].clone(), pinged["pools"][0].clone());
    listener["default_pool"] = json!({"name": "pinged"});
    pool["name"] = json!("pinged");
    pool["healthmonitor"]["type"] = json!("PING");
    body["listeners"].as_array_mut().unwrap().push(listener);
    body["pools"].as_array_mut().unwrap().push(pool);
    let id = client.new_lb(body).await;
    let lb = client.settled(&id).await;
    assert_eq!(lb["provisioning_status"], "ACTIVE", "{lb}");
    let reason = lb["provisioning_reason"].as_str().unwrap();
    let start = format!("port {} is not served: this program may not send pings", ports[1]);
    assert!(reason.starts_with(&start), "{reason}");
    assert_eq!(whoami::get(vip(&lb, ports[0]), "/").await.as_deref(), Some("member"));

    // Another health check repairs it.
    let monitors = client.get(&format!("{LBAAS}/healthmonitors?type=PING")).await.body;
    let monitor = monitors["healthmonitors"][0]["id"].as_str().unwrap();
    let deleted = client.delete(&format!("{LBAAS}/healthmonitors/{monitor}")).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    client.until(&id, "operating_status", "ONLINE").await;
    assert_eq!(client.settled(&id).await.get("provisioning_reason"), None);
    assert_eq!(whoami::get(vip(&lb, ports[1]), "/").await.as_deref(), Some("member"));
    server.kill().await;
}

#[tokio::test]
async fn at_the_limit_of_open_files_what_serves_goes_on_and_new_load_balancers_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let server = Running::start_by(&["prlimit", "--nofile=140:140"], dir.path()).await;
    let client = server.client.clone();
    let member = whoami::start("member").await;
    let port = whoami::free_port().await;
    let mut ids = Vec::new();
    let refused = loop {
        let answer = client.create_lb(graph(port, &[member])).await;
        if answer.status != StatusCode::CREATED {
            break answer;
        }
        ids.push(answer.body["loadbalancer"]["id"].as_str().unwrap().to_owned());
    };
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.body);
    let text = refused.body["faultstring"].as_str().unwrap();
    assert!(text.contains("no room for another load balancer"), "{text}");
    assert_eq!(ids.len(), (140 - 64) / 5);

    // One that is disabled takes no room, until it is enabled.
    let mut disabled = graph(port, &[member]);
    disabled["admin_state_up"] = json!(false);
    let disabled = client.new_lb(disabled).await;
    client.settled(&disabled).await;
    let path = format!("{LBAAS}/loadbalancers/{disabled}");
    let enable = json!({"loadbalancer": {"admin_state_up": true}});
    let refused = client.put(&path, enable.clone()).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.body);
    let lb = client.settled(&disabled).await;
    assert_eq!(
        (&lb["admin_state_up"], &lb["provisioning_status"]),
        (&json!(false), &json!("ACTIVE"))
    );
    let named = client.put(&path, json!({"loadbalancer": {"name": "later"}})).await;
    assert_eq!(named.status, StatusCode::OK, "{}", named.body);

    for id in &ids {
        let lb = client.settled(id).await;
        assert_eq!(lb["provisioning_status"], "ACTIVE", "{lb}");
        // Each can still be changed and restarted.
        let path = format!("{LBAAS}/listeners?loadbalancer_id={id}");
        let listeners = client.get(&path).await.body;
        let listener = listeners["listeners"][0]["id"].as_str().unwrap();
        let body = json!({"listener": {"timeout_client_data": 40_000}});
        let changed = client.put(&format!("{LBAAS}/listeners/{listener}"), body).await;
        assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
        assert_eq!(client.settled(id).await.get("provisioning_reason"), None);
        for pid in processes(id) {
            let pid = rustix::process::Pid::from_raw(pid).unwrap();
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
        }
        poll_until(async |_| whoami::get(vip(&lb, port), "/").await).await;
    }
    server.kill().await;
}

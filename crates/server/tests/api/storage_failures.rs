//! A database that cannot be written: what is refused is refused in words, and nothing is lost.

use crate::common::{
    PASSWORD, TestServer,
    binary::Running,
    octavia::{LBAAS, graph},
    whoami,
};
use reqwest::StatusCode;
use rusqlite::Connection;
use serde_json::json;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Changes a setting of the connection that writes.
async fn pragma(server: &TestServer, name: &'static str, value: i64) {
    let set = move |tx: &Connection| {
        tx.pragma_update_and_check(None, name, value, |_| Ok(())).or_else(|error| match error {
            rusqlite::Error::QueryReturnedNoRows => Ok(()),
            other => Err(other),
        })
    };
    let done: rusqlite::Result<()> = server.app.store.write(move |tx| set(tx)).await;
    done.unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_changes_in_words_and_loses_nothing() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let backend = whoami::start("backend").await;
    let kept = client.new_lb(graph(18_731, &[backend])).await;
    let vip = client.settled(&kept).await["vip_address"].as_str().unwrap().to_owned();
    let vip: SocketAddr = format!("{vip}:18731").parse().unwrap();

    // SQLite keeps the pages that it has, and adds none.
    pragma(&server, "max_page_count", 1).await;
    let mut created = 1;
    let refused = loop {
        let answer = client.create_lb(json!({"description": "x".repeat(200)})).await;
        if answer.status != StatusCode::CREATED {
            break answer;
        }
        created += 1;
        assert!(created < 500, "the database still grows");
    };
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.body);
    let text = refused.body["faultstring"].as_str().unwrap();
    assert!(text.contains("disk of the server is full") && text.contains("Nothing was changed"));
    assert_eq!(whoami::get(vip, "/").await.as_deref(), Some("backend"));
    let list = client.get(&format!("{LBAAS}/loadbalancers")).await;
    assert_eq!(list.body["loadbalancers"].as_array().unwrap().len(), created);

    pragma(&server, "max_page_count", i64::from(u32::MAX - 1)).await;
    client.new_lb(json!({})).await;
    for lb in list.body["loadbalancers"].as_array().unwrap() {
        let lb = client.settled(lb["id"].as_str().unwrap()).await;
        assert_eq!(lb["provisioning_status"], "ACTIVE", "{lb}");
    }
}

#[tokio::test]
async fn a_read_only_database_is_served_and_refuses_changes_in_words() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let kept = client.new_lb(json!({"name": "kept"})).await;
    pragma(&server, "query_only", 1).await;
    let path = format!("{LBAAS}/loadbalancers/{kept}");
    let refused = client.put(&path, json!({"loadbalancer": {"name": "changed"}})).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.body);
    let text = refused.body["faultstring"].as_str().unwrap();
    assert!(text.contains("may not write to its database"), "{text}");
    let scope = json!({"project": {"name": "default", "domain": {"id": "default"}}});
    let refused = server.anonymous().authenticate("admin", PASSWORD, Some(scope)).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.body);
    let secret = json!({"payload": "x", "payload_content_type": "text/plain"});
    let refused = client.post("/key-manager/v1/secrets", secret).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.body);
    assert_eq!(client.get(&path).await.body["loadbalancer"]["name"], "kept");

    // The connection stays as it is until the next start.
    let server = TestServer::on(server.stop().await, "").await;
    let client = server.admin().await;
    let changed = client.put(&path, json!({"loadbalancer": {"name": "changed"}})).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
}

/// `ulimit -f` ends a program by default at the write that reaches it.
#[tokio::test]
async fn a_limit_of_file_sizes_refuses_changes_in_words_and_ends_nothing() {
    let dir = tempfile::tempdir().unwrap();
    // Of 512 bytes: 2 MB.
    let server =
        Running::start_by(&["sh", "-c", "ulimit -f 4096; exec \"$@\"", "sh"], dir.path()).await;
    let client = &server.client;
    let secret = json!({"payload": "x".repeat(9000), "payload_content_type": "text/plain"});
    let mut stored = 0;
    let refused = loop {
        let answer = client.post("/key-manager/v1/secrets", secret.clone()).await;
        if answer.status != StatusCode::CREATED {
            break answer;
        }
        stored += 1;
        assert!(stored < 1000, "the database still grows");
    };
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{}", refused.body);
    let list = client.get("/key-manager/v1/secrets?limit=1").await;
    assert_eq!(list.status, StatusCode::OK);
    assert_eq!(list.body["total"], stored, "{}", list.body);
    server.kill().await;
}

/// A log on a full disk, or into a pipe that nobody reads.
#[tokio::test]
async fn a_log_that_cannot_be_written_stops_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let server =
        Running::start_by(&["sh", "-c", "exec \"$@\" 2>/dev/full", "sh"], dir.path()).await;
    let taken = TcpListener::bind("127.8.9.2:0").await.unwrap();
    let mut body = graph(taken.local_addr().unwrap().port(), &[]);
    body["vip_address"] = json!("127.8.9.2");
    // Its reason is logged.
    let failed = server.client.new_lb(body).await;
    server.client.until(&failed, "operating_status", "ERROR").await;
    let other = server.client.new_lb(json!({"name": "other"})).await;
    assert_eq!(server.client.settled(&other).await["provisioning_status"], "ACTIVE");
    server.kill().await;
}

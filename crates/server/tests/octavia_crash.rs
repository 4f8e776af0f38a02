//! The real binary is killed in the middle of things; the next one carries on.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

mod common;

use common::{
    Answer, Client,
    octavia::{LBAAS, graph},
};
use reqwest::StatusCode;
use serde_json::json;
use std::{path::Path, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
    process::{Child, Command},
};

/// Starts the binary and waits until it is ready.
async fn start(data_dir: &Path) -> (Child, Client) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_lb-portal"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(data_dir)
        .env("LB_PORTAL_ADMIN_PASSWORD", common::PASSWORD)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let base = loop {
        let line = lines.next_line().await.unwrap().expect("the server ended");
        if let Some(url) = line.strip_prefix("listening on ") {
            break url.trim_end_matches('/').to_owned();
        }
    };
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    let anonymous = Client { http: reqwest::Client::new(), base, token: None };
    let scope = json!({"project": {"name": "default", "domain": {"id": "default"}}});
    let answer: Answer = anonymous.authenticate("admin", common::PASSWORD, Some(scope)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let token = answer.headers["x-subject-token"].to_str().unwrap().to_owned();
    (child, Client { token: Some(token), ..anonymous })
}

async fn serves(vip: &str, port: u16) {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(3)).build().unwrap();
    while client.get(format!("http://{vip}:{port}/")).send().await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test]
async fn killed_at_any_moment_it_carries_on() {
    let dir = tempfile::tempdir().unwrap();
    let port = TcpListener::bind("0.0.0.0:0").await.unwrap().local_addr().unwrap().port();
    let (mut server, client) = start(dir.path()).await;
    let kept = client.new_lb(graph(port, &[])).await;
    let vip = client.settled(&kept).await["vip_address"].as_str().unwrap().to_owned();
    serves(&vip, port).await;

    // Killed while it creates several, and while it deletes one.
    let going = client.new_lb(graph(port, &[])).await;
    for _ in 0..5 {
        let created = client.create_lb(graph(port, &[])).await;
        assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    }
    let deleted = client.delete(&format!("{LBAAS}/loadbalancers/{going}?cascade=true")).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    server.kill().await.unwrap();

    let (mut server, client) = start(dir.path()).await;
    serves(&vip, port).await;
    assert!(client.settled(&going).await.is_null());
    let list = client.get(&format!("{LBAAS}/loadbalancers")).await;
    let list = list.body["loadbalancers"].as_array().unwrap().clone();
    assert_eq!(list.len(), 6);
    for lb in list {
        let lb = client.settled(lb["id"].as_str().unwrap()).await;
        assert_eq!(lb["provisioning_status"], "ACTIVE", "{lb}");
        serves(lb["vip_address"].as_str().unwrap(), port).await;
    }
    server.kill().await.unwrap();
}

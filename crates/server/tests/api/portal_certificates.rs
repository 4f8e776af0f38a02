//! `/portal/certificates` and `/portal/handshake`

use crate::common::{
    TestServer,
    barbican::SECRETS,
    octavia::graph,
    tls::{Authority, NAME, echo, free_port},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{iter::repeat, net::SocketAddr, time::Duration};
use tokio::{io::AsyncWriteExt, net::TcpListener, task::JoinSet};

const CERTIFICATES: &str = "/portal/certificates";
const HANDSHAKE: &str = "/portal/handshake";

fn fingerprint(der: &[u8]) -> String {
    Sha256::digest(der).iter().map(|b| format!("{b:02X}")).collect::<Vec<_>>().join(":")
}

fn secure(port: u16, member: SocketAddr, reference: &str) -> Value {
    let mut graph = graph(port, &[member]);
    let listener = &mut graph["listeners"][0];
    listener["protocol"] = json!("TERMINATED_HTTPS");
    listener["default_tls_container_ref"] = json!(reference);
    graph
}

#[tokio::test]
async fn secrets_without_metadata_are_opened() {
    let server = TestServer::start().await;
    let [alice, others @ ..] = server.people().await;
    let issued = Authority::new().await.issue(NAME).await;
    let plain = alice.store("by hand", &issued.p12).await;
    let other = alice.store("no certificate", b"something else").await;
    let described = alice.store("described", &issued.p12).await;
    let words = json!({"metadata": {
        "description": "mine", "subject": "CN=as the page said", "fingerprint": "0A",
        "not_before": "2026-01-01T00:00:00Z", "not_after": "2027-01-01T00:00:00Z",
    }});
    let path = format!("{SECRETS}/{described}/metadata");
    assert_eq!(alice.put(&path, words.clone()).await.status, StatusCode::CREATED);
    let empty = alice.post(SECRETS, json!({"name": "without a payload"})).await;
    assert_eq!(empty.status, StatusCode::CREATED);

    let answer = alice.get(CERTIFICATES).await;
    assert_eq!(answer.status, StatusCode::OK);
    let all = answer.body["certificates"].as_array().unwrap();
    assert_eq!(all.len(), 4);
    let metadata = |id: &str| &all.iter().find(|one| one["id"] == id).unwrap()["metadata"];
    assert_eq!(metadata(&plain)["fingerprint"], fingerprint(&issued.leaf));
    assert_eq!(metadata(&plain)["names"], NAME);
    assert_eq!(metadata(&other), &json!({}));
    assert_eq!(metadata(&described), &words["metadata"]);
    for hidden in &issued.secret {
        assert!(!answer.body.to_string().contains(hidden), "the response contains a key");
    }

    for other in others {
        assert_eq!(other.get(CERTIFICATES).await.body, json!({"certificates": []}));
    }
    server.stop().await;
}

#[tokio::test]
async fn everybody_who_sees_a_listener_can_probe_it() {
    let server = TestServer::start().await;
    let [alice, adam, mona, admin] = server.people().await;
    let issued = Authority::new().await.issue(NAME).await;
    let reference = alice.certificate("shop", &issued).await;
    let lb = alice.new_lb(secure(free_port().await, echo().await, &reference)).await;
    let listener = alice.settled(&lb).await["listeners"][0]["id"].clone();
    let ask = json!({"listener_id": listener, "server_name": NAME});
    for may in [&alice, &mona, &admin] {
        let answer = may.post(HANDSHAKE, ask.clone()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let served = json!({"fingerprint": fingerprint(&issued.leaf), "version": "TLSv1.2"});
        assert_eq!(answer.body, served);
    }
    assert_eq!(adam.post(HANDSHAKE, ask).await.status, StatusCode::FORBIDDEN);
    let nowhere = json!({"listener_id": "00000000-0000-0000-0000-000000000000"});
    assert_eq!(alice.post(HANDSHAKE, nowhere).await.status, StatusCode::NOT_FOUND);
    for bad in [json!({}), json!({"listener_id": "x"}), json!([])] {
        assert!(alice.post(HANDSHAKE, bad).await.status.is_client_error());
    }
    server.stop().await;
}

/// A server that sends a TLS record byte by byte and never completes it.
async fn slow_tls_server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let Ok((mut stream, _)) = listener.accept().await else { continue };
            tokio::spawn(async move {
                // The head of a handshake record of 16 KB.
                let record = [22, 3, 3, 64, 0, 2, 0, 63, 252].into_iter().chain(repeat(0));
                for byte in record {
                    if stream.write_all(&[byte]).await.is_err() {
                        return;
                    }
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn slow_handshakes_keep_nobody_else_waiting() {
    let config = "[limits]\nhandshakes = 3\nhandshakes_per_user = 2";
    let server = TestServer::with_config(config).await;
    let [alice, adam, mona, admin] = server.people().await;
    let mut graph = graph(free_port().await, &[slow_tls_server().await]);
    graph["listeners"][0]["protocol"] = json!("TCP");
    graph["pools"][0]["protocol"] = json!("TCP");
    graph["pools"][0].as_object_mut().unwrap().remove("healthmonitor");
    let lb = alice.new_lb(graph).await;
    let listener = alice.settled(&lb).await["listeners"][0]["id"].clone();
    let ask = json!({"listener_id": listener});
    let mut slow = JoinSet::new();
    for _ in 0..2 {
        slow.spawn(alice.clone().post_owned(HANDSHAKE, ask.clone()));
    }
    while server.app.handshakes.open() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let answer = alice.post(HANDSHAKE, ask.clone()).await;
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", answer.body);
    assert!(answer.headers.contains_key("retry-after"));
    slow.spawn(mona.clone().post_owned(HANDSHAKE, ask.clone()));
    while server.app.handshakes.open() < 3 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let answer = admin.post(HANDSHAKE, ask.clone()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
    assert_eq!(adam.get("/portal/session").await.status, StatusCode::OK);
    while let Some(answer) = slow.join_next().await {
        let answer = answer.unwrap();
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.body["reason"], "timed out", "{}", answer.body);
    }
    assert_eq!(server.app.handshakes.open(), 0);
    server.stop().await;
}

#[tokio::test]
async fn many_certificates_keep_nobody_else_waiting() {
    let server = TestServer::start().await;
    let [alice, adam, ..] = server.people().await;
    let issued = Authority::new().await.issue(NAME).await;
    for n in 0..40 {
        alice.store(&format!("certificate-{n}"), &issued.p12).await;
    }
    let mut lists = JoinSet::new();
    for _ in 0..20 {
        let alice = alice.clone();
        lists.spawn(async move { alice.get(CERTIFICATES).await });
    }
    while lists.try_join_next().is_none() {
        assert_eq!(adam.get("/portal/session").await.status, StatusCode::OK);
    }
    let all = alice.get(CERTIFICATES).await;
    assert_eq!(all.body["certificates"].as_array().unwrap().len(), 40);
    for one in all.body["certificates"].as_array().unwrap() {
        assert_eq!(one["metadata"]["names"], NAME);
        // What has been read once is kept.
        let id = one["id"].as_str().unwrap().parse().unwrap();
        assert!(server.app.certificate_reader.remembered(id).is_some());
    }
    lists.shutdown().await;
    server.stop().await;
}

#[tokio::test]
async fn a_failed_handshake_is_reported_with_its_reason() {
    let server = TestServer::start().await;
    let [alice, ..] = server.people().await;
    let lb = alice.new_lb(graph(free_port().await, &[])).await;
    let listener = alice.settled(&lb).await["listeners"][0]["id"].clone();
    let answer = alice.post(HANDSHAKE, json!({"listener_id": listener})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(!answer.body["reason"].as_str().unwrap().is_empty());
    assert_eq!(answer.body.get("fingerprint"), None);
    server.stop().await;
}

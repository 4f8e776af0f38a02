//! `/portal/certificates` and `/portal/handshake`

use crate::common::{
    Client, TestServer,
    barbican::SECRETS,
    octavia::graph,
    tls::{Authority, NAME, echo, free_port},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;

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

async fn people(server: &TestServer) -> [Client; 4] {
    server.add_project("a").await;
    server.add_user("alice", "a", &["member"]).await;
    server.add_user("adam", "a", &["member"]).await;
    server.add_user("mona", "a", &["manager"]).await;
    [
        server.sign_in("alice", "a").await,
        server.sign_in("adam", "a").await,
        server.sign_in("mona", "a").await,
        server.admin().await,
    ]
}

#[tokio::test]
async fn secrets_without_metadata_are_opened() {
    let server = TestServer::start().await;
    let [alice, others @ ..] = people(&server).await;
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
    let [alice, adam, mona, admin] = people(&server).await;
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

#[tokio::test]
async fn a_failed_handshake_is_reported_with_its_reason() {
    let server = TestServer::start().await;
    let [alice, ..] = people(&server).await;
    let lb = alice.new_lb(graph(free_port().await, &[])).await;
    let listener = alice.settled(&lb).await["listeners"][0]["id"].clone();
    let answer = alice.post(HANDSHAKE, json!({"listener_id": listener})).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(!answer.body["reason"].as_str().unwrap().is_empty());
    assert_eq!(answer.body.get("fingerprint"), None);
    server.stop().await;
}

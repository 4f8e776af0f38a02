//! What one project and one user can store, and that others and deletions have room beside it.

use crate::common::{Answer, Client, PASSWORD, TestServer, octavia::LBAAS};
use reqwest::StatusCode;
use serde_json::{Value, json};

const SECRETS: &str = "/key-manager/v1/secrets";
const CONTAINERS: &str = "/key-manager/v1/containers";
const PORTS: &str = "/networking/v2.0/ports";
const TOKENS: &str = "/identity/v3/auth/tokens";

async fn start(limits: &str) -> (TestServer, Client, Client) {
    let server = TestServer::with_config(&format!("[limits]\n{limits}")).await;
    server.add_project("other").await;
    server.add_user("mia", "default", &["member"]).await;
    server.add_user("oda", "other", &["member"]).await;
    let mia = server.sign_in("mia", "default").await;
    let oda = server.sign_in("oda", "other").await;
    (server, mia, oda)
}

fn secret() -> Value {
    json!({"name": "s", "payload": "x", "payload_content_type": "text/plain"})
}

/// The path of the object that a URL names.
fn path(answer: &Answer, field: &str) -> String {
    let url = answer.body[field].as_str().unwrap();
    url[url.find("/key-manager").unwrap()..].to_owned()
}

#[tokio::test]
async fn secrets_and_containers_of_a_project_have_a_limit() {
    let (server, mia, oda) = start("secrets_per_project = 2\ncontainers_per_project = 1").await;
    let admin = server.admin().await;
    for (at, body, limit, kind) in [
        (SECRETS, secret(), 2, "secrets"),
        (CONTAINERS, json!({"type": "generic"}), 1, "containers"),
    ] {
        let first = mia.post(at, body.clone()).await;
        assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
        for _ in 1..limit {
            assert_eq!(admin.post(at, body.clone()).await.status, StatusCode::CREATED);
        }
        let refused = mia.post(at, body.clone()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
        let text = refused.body["description"].as_str().unwrap();
        assert!(text.starts_with("Quota reached for project "), "{text}");
        assert!(text.ends_with(&format!("Only {limit} {kind} are allowed.")), "{text}");
        assert_eq!(mia.get("/key-manager/v1/quotas").await.body["quotas"][kind], limit);
        assert_eq!(oda.post(at, body.clone()).await.status, StatusCode::CREATED);
        let field = format!("{}_ref", kind.trim_end_matches('s'));
        assert_eq!(mia.delete(&path(&first, &field)).await.status, StatusCode::NO_CONTENT);
        assert_eq!(mia.post(at, body).await.status, StatusCode::CREATED);
    }
    server.stop().await;
}

#[tokio::test]
async fn what_belongs_to_a_secret_has_a_limit() {
    let (server, mia, _) = start("entries_per_secret = 2").await;
    let at = path(&mia.post(SECRETS, secret()).await, "secret_ref");
    let consumer =
        |n: u32| json!({"service": "s", "resource_type": "t", "resource_id": n.to_string()});
    let (consumers, metadata, acl) =
        (format!("{at}/consumers"), format!("{at}/metadata"), format!("{at}/acl"));
    for n in 0..2 {
        assert_eq!(mia.post(&consumers, consumer(n)).await.status, StatusCode::OK);
        let entry = json!({"key": format!("k{n}"), "value": "v"});
        assert_eq!(mia.post(&metadata, entry).await.status, StatusCode::CREATED);
    }
    let three = json!({"metadata": {"a": "v", "b": "v", "c": "v"}});
    for (answer, kind) in [
        (mia.post(&consumers, consumer(2)).await, "consumers"),
        (mia.post(&metadata, json!({"key": "k2", "value": "v"})).await, "entries of metadata"),
        (mia.put(&metadata, three).await, "entries of metadata"),
        (mia.put(&acl, json!({"read": {"users": ["a", "b", "c"]}})).await, "users in the ACL"),
    ] {
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
        let text = format!("Quota reached for this secret. Only 2 {kind} are allowed.");
        assert_eq!(answer.body["description"], text);
    }
    // What is there can be registered again, changed, and replaced.
    assert_eq!(mia.post(&consumers, consumer(0)).await.status, StatusCode::OK);
    assert_eq!(mia.get(&consumers).await.body["total"], 2);
    let long = json!({"metadata": {"a": "v".repeat(64 * 1024)}});
    assert_eq!(mia.put(&metadata, long).await.status, StatusCode::BAD_REQUEST);
    let two = json!({"metadata": {"a": "v", "b": "v"}});
    assert_eq!(mia.put(&metadata, two).await.status, StatusCode::CREATED);
    server.stop().await;
}

#[tokio::test]
async fn ports_that_users_make_have_a_limit() {
    let (server, mia, oda) = start("ports_per_project = 2").await;
    let network = mia.get("/networking/v2.0/networks").await.body["networks"][0]["id"].take();
    let port = json!({"port": {"network_id": network}});
    let lb = mia.new_lb(json!({"admin_state_up": false})).await;
    let mut made = Vec::new();
    for _ in 0..2 {
        let answer = mia.post(PORTS, port.clone()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{lb} has its own: {}", answer.body);
        made.push(answer.body["port"]["id"].as_str().unwrap().to_owned());
    }
    let refused = mia.post(PORTS, port.clone()).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    let error = &refused.body["NeutronError"];
    assert_eq!(error["type"], "OverQuota");
    assert_eq!(error["message"], "Quota exceeded for resources: ['port'].");
    assert_eq!(oda.post(PORTS, port.clone()).await.status, StatusCode::CREATED);
    // Load balancers have addresses all the same.
    mia.new_lb(json!({"admin_state_up": false})).await;
    assert_eq!(mia.delete(&format!("{PORTS}/{}", made[0])).await.status, StatusCode::NO_CONTENT);
    assert_eq!(mia.post(PORTS, port).await.status, StatusCode::CREATED);
    server.stop().await;
}

#[tokio::test]
async fn load_balancers_have_a_default_quota_that_an_admin_overrides() {
    let (server, mia, oda) = start("load_balancers_per_project = 2").await;
    let admin = server.admin().await;
    let disabled = json!({"admin_state_up": false});
    let created = mia.create_lb(disabled.clone()).await.body;
    let project = created["loadbalancer"]["project_id"].as_str().unwrap();
    let quota = format!("{LBAAS}/quotas/{project}");
    assert_eq!(mia.get(&quota).await.body["quota"]["loadbalancer"], 2);
    assert_eq!(mia.get(&format!("{quota}/default")).await.body["quota"]["load_balancer"], 2);
    assert_eq!(mia.create_lb(disabled.clone()).await.status, StatusCode::CREATED);
    let refused = mia.create_lb(disabled.clone()).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let text = "Quota has been met for resources: Load Balancer";
    assert_eq!(refused.body["faultstring"], text);
    assert_eq!(oda.create_lb(disabled.clone()).await.status, StatusCode::CREATED);

    for limit in [3, -1] {
        let body = json!({"quota": {"load_balancer": limit}});
        assert_eq!(admin.put(&quota, body).await.status, StatusCode::ACCEPTED);
        assert_eq!(mia.create_lb(disabled.clone()).await.status, StatusCode::CREATED);
    }
    assert_eq!(admin.delete(&quota).await.status, StatusCode::ACCEPTED);
    assert_eq!(mia.create_lb(disabled).await.status, StatusCode::FORBIDDEN);
    server.stop().await;
}

/// Another token for a token. `None`: that one has ended.
async fn rescope(server: &TestServer, client: &Client) -> Option<Client> {
    let body = json!({"auth": {
        "identity": {"methods": ["token"], "token": {"id": client.token}},
        "scope": {"project": {"name": "default", "domain": {"id": "default"}}},
    }});
    let answer = server.anonymous().post(TOKENS, body).await;
    let token = answer.headers.get("x-subject-token")?.to_str().unwrap().to_owned();
    Some(Client { token: Some(token), ..server.anonymous() })
}

async fn is_valid(client: &Client) -> bool {
    client.get(&format!("{LBAAS}/loadbalancers")).await.status == StatusCode::OK
}

#[tokio::test]
async fn the_oldest_token_of_a_user_ends_above_the_limit() {
    let (server, mia, oda) = start("tokens_per_user = 3").await;
    // Tokens are ordered by the second of their issue.
    server.sql("UPDATE token SET issued_at = issued_at - 100", []).await.unwrap();
    let mut issued = Vec::new();
    for _ in 0..2 {
        issued.push(rescope(&server, &mia).await.unwrap());
    }
    assert!(is_valid(&mia).await);
    let last = rescope(&server, &mia).await.unwrap();
    assert!(!is_valid(&mia).await, "the oldest one");
    assert!(rescope(&server, &mia).await.is_none());
    for client in [&issued[0], &issued[1], &last, &oda] {
        assert!(is_valid(client).await);
    }
    // The limit locks nobody out.
    for _ in 0..3 {
        let answer = server.anonymous().authenticate("mia", PASSWORD, None).await;
        assert_eq!(answer.status, StatusCode::CREATED);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_disk_that_is_almost_full_keeps_room_for_sign_ins_and_deletions() {
    let (server, mia, _) = start("").await;
    let lb = mia.new_lb(json!({"admin_state_up": false})).await;
    let stored = path(&mia.post(SECRETS, secret()).await, "secret_ref");
    let network = mia.get("/networking/v2.0/networks").await.body["networks"][0]["id"].take();

    let reserve = "[limits]\ndisk_reserve_bytes = 1000000000000000000";
    let server = TestServer::on(server.stop().await, reserve).await;
    let mia = server.sign_in("mia", "default").await;
    for answer in [
        mia.post(SECRETS, secret()).await,
        mia.post(CONTAINERS, json!({"type": "generic"})).await,
        mia.put(&format!("{stored}/metadata"), json!({"metadata": {"key": "value"}})).await,
        mia.create_lb(json!({})).await,
        mia.post(PORTS, json!({"port": {"network_id": network}})).await,
    ] {
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE, "{}", answer.body);
        assert!(answer.body.to_string().contains("disk of the server is almost full"));
    }
    assert_eq!(mia.delete(&stored).await.status, StatusCode::NO_CONTENT);
    let deleted = mia.delete(&format!("{LBAAS}/loadbalancers/{lb}")).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    assert_eq!(mia.settled(&lb).await, Value::Null);
    server.stop().await;
}

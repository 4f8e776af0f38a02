//! In front of a real cloud: `cargo xtask test --only cloud` starts one (`end2end/cloud`).

use crate::common::cloud::{Browser, CloudPortal};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const LISTS: &str = "/load-balancer/v2/lbaas/loadbalancers";
const PASSWORD: &str = "secret";
const MISSING: &str = "needs a cloud: cargo xtask test --only cloud";

async fn portal() -> CloudPortal {
    let keystone = std::env::var("LB_PORTAL_CLOUD").expect(MISSING);
    CloudPortal::start(&keystone, "").await
}

/// The subnet of a name.
async fn subnet(browser: &Browser, name: &str) -> Value {
    let answer = browser.get("/networking/v2.0/subnets").await;
    let subnets = answer.body["subnets"].as_array().unwrap().clone();
    subnets.iter().find(|subnet| subnet["name"] == name).unwrap()["id"].clone()
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn a_load_balancer_with_servers_becomes_active_and_is_deleted() {
    let portal = portal().await;
    let alice = portal.sign_in("alice", PASSWORD).await;
    let session = alice.get("/portal/session").await.body;
    assert_eq!(session["project"]["name"], "proj-a");
    assert_eq!(session["cloud"]["api_version"], "v2.30");
    assert!(session["cloud"]["providers"].as_array().unwrap().contains(&json!("amphora")));

    let body = json!({"loadbalancer": {
        "name": "from the portal",
        "vip_subnet_id": subnet(&alice, "net-a-subnet").await,
        "listeners": [{
            "name": "web", "protocol": "HTTP", "protocol_port": 80,
            "default_pool": {
                "name": "servers", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
                "members": [{"address": "10.10.0.50", "protocol_port": 8080}],
            },
        }],
    }});
    let created = alice.send(Method::POST, LISTS, Some(body)).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    let id = created.body["loadbalancer"]["id"].as_str().unwrap();
    alice.wait_until_active(id).await;

    let members = alice.get(&format!("/portal/members?loadbalancer_id={id}")).await;
    assert_eq!(members.body["members"][0]["address"], "10.10.0.50", "{}", members.body);
    assert_eq!(members.body["members"][0]["loadbalancer_id"], id);
    let renamed = json!({"loadbalancer": {"name": "renamed"}});
    let put = alice.send(Method::PUT, &format!("{LISTS}/{id}"), Some(renamed)).await;
    assert_eq!(put.status, StatusCode::OK, "{}", put.body);
    alice.wait_until_active(id).await;

    let deleted = alice.send(Method::DELETE, &format!("{LISTS}/{id}?cascade=true"), None).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{}", deleted.body);
    alice.wait_until_gone(id).await;
    portal.stop().await;
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn acceptance_10_an_admin_sees_the_load_balancers_of_the_project_alone() {
    let portal = portal().await;
    let alice = portal.sign_in("alice", PASSWORD).await;
    let body = json!({"loadbalancer": {
        "name": "of proj-a", "vip_subnet_id": subnet(&alice, "net-a-subnet").await,
    }});
    let created = alice.send(Method::POST, LISTS, Some(body)).await;
    let id = created.body["loadbalancer"]["id"].as_str().unwrap();

    let admin = portal.sign_in("admin", PASSWORD).await;
    let listed = admin.get(LISTS).await;
    assert_eq!(listed.status, StatusCode::OK, "{}", listed.body);
    let ids = listed.body["loadbalancers"].as_array().unwrap();
    assert!(ids.iter().all(|balancer| balancer["id"] != id), "{}", listed.body);

    alice.wait_until_active(id).await;
    alice.send(Method::DELETE, &format!("{LISTS}/{id}?cascade=true"), None).await;
    portal.stop().await;
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn acceptance_5_each_failure_of_a_sign_in_is_told_apart_as_far_as_the_cloud_does() {
    let portal = portal().await;
    for (user, password, status, text) in [
        ("alice", "wrong", StatusCode::UNAUTHORIZED, "requires authentication"),
        ("nobody", PASSWORD, StatusCode::UNAUTHORIZED, "requires authentication"),
        ("nora", PASSWORD, StatusCode::FORBIDDEN, "no project"),
        ("disa", PASSWORD, StatusCode::UNAUTHORIZED, "requires authentication"),
    ] {
        let answer = Browser::new(&portal.url).try_sign_in(user, password).await;
        assert_eq!(answer.status, status, "{user} {}", answer.body);
        let message = answer.body["error"]["message"].as_str().unwrap();
        assert!(message.contains(text), "{user}: {message}");
        assert!(!answer.headers.contains_key("set-cookie"), "{user}");
    }
    // Keystone would scope her token to the default project and refuse.
    let dora = portal.sign_in("dora", PASSWORD).await;
    assert_eq!(dora.get("/portal/session").await.body["project"]["name"], "proj-a");
    portal.stop().await;
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn acceptance_9_a_user_switches_the_project_and_signs_out() {
    let portal = portal().await;
    let tess = portal.sign_in("tess", PASSWORD).await;
    let before = tess.get("/portal/session").await.body;
    let other = if before["project"]["name"] == "proj-a" { "proj-b" } else { "proj-a" };
    let old = tess.cookie();
    let switched = tess.send(Method::PUT, "/portal/session", Some(json!({"project": other}))).await;
    assert_eq!(switched.body["project"]["name"], other, "{}", switched.body);
    assert_eq!(tess.get(LISTS).await.status, StatusCode::OK);
    assert_ne!(tess.cookie(), old);
    let expected = format!(
        "{}/{}",
        before["user"]["id"].as_str().unwrap(),
        before["project"]["id"].as_str().unwrap()
    );
    let stale = tess.request(Method::GET, LISTS).header("X-Portal-Session", expected);
    assert_eq!(crate::common::send(stale).await.status, StatusCode::PRECONDITION_FAILED);

    let cookie = tess.cookie();
    assert_eq!(
        tess.send(Method::DELETE, "/portal/session", None).await.status,
        StatusCode::NO_CONTENT
    );
    tess.set_cookie(cookie);
    assert_eq!(tess.get(LISTS).await.status, StatusCode::UNAUTHORIZED);
    portal.stop().await;
}

#[tokio::test]
#[ignore = "needs a cloud"]
async fn acceptance_17_a_refusal_of_a_policy_is_in_the_words_of_the_cloud() {
    let portal = portal().await;
    let rita = portal.sign_in("rita", PASSWORD).await;
    assert_eq!(rita.get(LISTS).await.status, StatusCode::OK);
    let body = json!({"loadbalancer": {
        "name": "not allowed", "vip_subnet_id": subnet(&rita, "net-a-subnet").await,
    }});
    let refused = rita.send(Method::POST, LISTS, Some(body)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.body);
    assert!(
        refused.body["faultstring"].as_str().unwrap().contains("does not allow"),
        "{}",
        refused.body
    );
    portal.stop().await;
}

//! A portal in front of a cloud. An embedded server is the cloud.

use crate::common::{
    Answer, PASSWORD, TestServer,
    cloud::{Browser, CloudPortal},
    stream::Stream,
};
use reqwest::{Method, StatusCode};
use serde_json::json;

const LISTS: &str = "/load-balancer/v2/lbaas/loadbalancers";

fn assert_ok(answer: &Answer) {
    assert!(answer.status.is_success(), "{} {}", answer.status, answer.body);
}

#[tokio::test]
async fn a_page_signs_in_to_a_cloud_and_creates_a_load_balancer() {
    let server = TestServer::start().await;
    server.add_project("web").await;
    server.add_user("alice", "web", &["member"]).await;
    let portal = CloudPortal::start(&format!("{}/identity", server.url), "").await;
    let alice = portal.sign_in("alice", PASSWORD).await;

    let session = alice.get("/portal/session").await;
    assert_ok(&session);
    assert_eq!(session.body["project"]["name"], "web");
    assert_eq!(session.body["cloud"]["region"], "RegionOne");
    assert_eq!(session.body["cloud"]["load_balancers"], true);
    assert_eq!(session.body["cloud"]["certificates"], true);
    assert!(session.body["cloud"]["api_version"].as_str().unwrap().starts_with("v2."));
    assert!(!session.body["cloud"]["providers"].as_array().unwrap().is_empty());

    let subnets = alice.get("/networking/v2.0/subnets").await;
    let subnet = &subnets.body["subnets"][0]["id"];
    let created = alice
        .send(
            Method::POST,
            LISTS,
            Some(json!({"loadbalancer": {"name": "shop", "vip_subnet_id": subnet}})),
        )
        .await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    let id = created.body["loadbalancer"]["id"].as_str().unwrap();
    alice.wait_until_active(id).await;
    let listed = alice.get(&format!("{LISTS}?sort=created_at:desc&limit=100")).await;
    assert_eq!(listed.body["loadbalancers"][0]["name"], "shop");

    let deleted = alice.send(Method::DELETE, &format!("{LISTS}/{id}?cascade=true"), None).await;
    assert_eq!(deleted.status, StatusCode::NO_CONTENT);
    let signed_out = alice.send(Method::DELETE, "/portal/session", None).await;
    assert_eq!(signed_out.status, StatusCode::NO_CONTENT);
    assert_eq!(alice.get(LISTS).await.status, StatusCode::UNAUTHORIZED);
    portal.stop().await;
}

#[tokio::test]
async fn no_token_of_the_cloud_reaches_the_browser() {
    let server = TestServer::start().await;
    let portal = CloudPortal::start(&format!("{}/identity/v3", server.url), "").await;
    let browser = Browser::new(&portal.url);
    let answer = browser.try_sign_in("admin", PASSWORD).await;
    assert_ok(&answer);
    assert!(!answer.headers.contains_key("x-subject-token"));
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let value = cookie.split(['=', ';']).nth(1).unwrap();
    // The cookie means nothing to the cloud.
    let direct = server.anonymous().request(Method::GET, LISTS).header("X-Auth-Token", value);
    assert_eq!(crate::common::send(direct).await.status, StatusCode::UNAUTHORIZED);
    // A token of the cloud means nothing to the portal.
    let token = server.admin().await.token.unwrap();
    let bare = Browser::new(&portal.url);
    let request = bare.request(Method::GET, LISTS).header("X-Auth-Token", token);
    assert_eq!(crate::common::send(request).await.status, StatusCode::UNAUTHORIZED);
    portal.stop().await;
}

#[tokio::test]
async fn changes_in_a_cloud_reach_the_page_whoever_makes_them() {
    let server = TestServer::start().await;
    let admin = server.admin().await;
    let portal = CloudPortal::start(&format!("{}/identity", server.url), "").await;
    let browser = portal.sign_in("admin", PASSWORD).await;
    let response = browser.request(Method::GET, "/portal/events").send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let mut stream = Stream::of(response);
    assert_eq!(stream.next().await.unwrap().0, "hello");

    let subnets = admin.get("/networking/v2.0/subnets").await;
    let subnet = &subnets.body["subnets"][0]["id"];
    let body = |name: &str| json!({"loadbalancer": {"name": name, "vip_subnet_id": subnet}});
    let by_page = browser.send(Method::POST, LISTS, Some(body("of the page"))).await;
    let id = by_page.body["loadbalancer"]["id"].as_str().unwrap().to_owned();
    let mut actions = Vec::new();
    while actions.last().is_none_or(|(_, status)| status != "ACTIVE") {
        let (name, change) = stream.next().await.unwrap();
        assert_eq!((name.as_str(), &change["id"]), ("change", &json!(id)));
        let text = |key: &str| change[key].as_str().unwrap_or_default().to_owned();
        actions.push((text("action"), text("provisioning_status")));
    }
    assert_eq!(actions[0].0, "created");

    // Not by the portal.
    let other = admin.post(LISTS, body("of another client")).await;
    let (name, change) = stream.next().await.unwrap();
    assert_eq!((name.as_str(), &change["id"]), ("change", &other.body["loadbalancer"]["id"]));

    browser.send(Method::DELETE, "/portal/session", None).await;
    while stream.next().await.is_some() {}
    portal.stop().await;
}

/// The embedded server is the cloud: what one page changes, another one sees in its next read.
#[tokio::test]
async fn a_change_by_one_page_is_in_the_next_read_of_another() {
    let server = TestServer::start().await;
    let portal = CloudPortal::start(&format!("{}/identity", server.url), "").await;
    let one = portal.sign_in("admin", PASSWORD).await;
    let other = portal.sign_in("admin", PASSWORD).await;
    let mut streams = Vec::new();
    for browser in [&one, &other] {
        let response = browser.request(Method::GET, "/portal/events").send().await.unwrap();
        let mut stream = Stream::of(response);
        assert_eq!(stream.next().await.unwrap().0, "hello");
        streams.push(stream);
    }
    let subnets = one.get("/networking/v2.0/subnets").await;
    let body = json!({"loadbalancer": {
        "name": "shop", "vip_subnet_id": subnets.body["subnets"][0]["id"],
        "listeners": [{
            "name": "web", "protocol": "HTTP", "protocol_port": 8080,
            "default_pool": {
                "name": "servers", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
                "members": [{"address": "192.0.2.10", "protocol_port": 8080}],
            },
        }],
    }});
    let created = one.send(Method::POST, LISTS, Some(body)).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.body);
    let id = created.body["loadbalancer"]["id"].as_str().unwrap();
    assert_eq!(other.get(LISTS).await.body["loadbalancers"][0]["id"], id);
    other.wait_until_active(id).await;
    let of = format!("?loadbalancer_id={id}");
    let pools = other.get(&format!("/load-balancer/v2/lbaas/pools{of}")).await;
    let pool = pools.body["pools"][0]["id"].as_str().unwrap().to_owned();
    let members = other.get(&format!("/portal/members{of}")).await;
    assert_eq!(members.body["members"][0]["weight"], 1, "{}", members.body);
    let member = members.body["members"][0]["id"].as_str().unwrap().to_owned();

    let path = format!("/load-balancer/v2/lbaas/pools/{pool}/members/{member}");
    for weight in 2..6 {
        other.wait_until_active(id).await;
        let body = json!({"member": {"weight": weight}});
        assert_ok(&one.send(Method::PUT, &path, Some(body)).await);
        let members = other.get(&format!("/portal/members{of}")).await;
        assert_eq!(members.body["members"][0]["weight"], weight, "{}", members.body);
    }
    other.wait_until_active(id).await;
    let renamed = json!({"loadbalancer": {"name": "renamed"}});
    assert_ok(&one.send(Method::PUT, &format!("{LISTS}/{id}"), Some(renamed)).await);
    let read = other.get(&format!("{LISTS}/{id}")).await;
    assert_eq!(read.body["loadbalancer"]["name"], "renamed");
    let listed = other.get(&format!("{LISTS}?sort=created_at:desc&limit=100")).await;
    assert_eq!(listed.body["loadbalancers"][0]["name"], "renamed");

    assert_ok(&one.send(Method::DELETE, &format!("{LISTS}/{id}?cascade=true"), None).await);
    other.wait_until_gone(id).await;
    portal.stop().await;
}

//! Keystone over real HTTP.

mod directory;
mod sign_in;
mod tokens;

use crate::common::{Answer, Client, PASSWORD, TestServer};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

fn project(name: &str) -> Option<Value> {
    Some(json!({"project": {"name": name, "domain": {"id": "default"}}}))
}

/// Sorted, because JSON objects have no order.
fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|entry| entry["name"].as_str().unwrap()).collect()
}

fn assert_unauthorized(answer: &Answer, server: &TestServer) {
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
    assert_eq!(
        answer.headers["www-authenticate"],
        format!("Keystone uri=\"{}/identity/v3\"", server.url).as_str()
    );
    assert_eq!(
        answer.body,
        json!({"error": {
            "code": 401,
            "title": "Unauthorized",
            "message": "The request you have made requires authentication.",
        }})
    );
}

#[tokio::test]
async fn discovery_works_with_and_without_a_slash() {
    let server = TestServer::start().await;
    let client = server.anonymous();
    let here = format!("{}/identity/v3/", server.url);
    for path in ["/identity", "/identity/"] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, StatusCode::MULTIPLE_CHOICES);
        assert_eq!(answer.headers["location"], here.as_str());
        assert_eq!(answer.body["versions"]["values"][0]["links"][0]["href"], here.as_str());
    }
    for path in ["/identity/v3", "/identity/v3/"] {
        let answer = client.get(path).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.body["version"]["id"], "v3.14");
        assert_eq!(answer.body["version"]["links"][0]["href"], here.as_str());
        assert_eq!(answer.headers["vary"], "X-Auth-Token");
        let id = answer.headers["x-openstack-request-id"].to_str().unwrap();
        assert!(id.starts_with("req-") && id.len() == 40, "{id}");
    }
}

#[tokio::test]
async fn a_scoped_token_has_keystones_format() {
    let server = TestServer::start().await;
    let answer = server.anonymous().authenticate("admin", PASSWORD, project("default")).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert!(answer.headers["x-subject-token"].to_str().unwrap().len() >= 43);
    assert_eq!(answer.headers["cache-control"], "no-store");
    let token = &answer.body["token"];
    assert_eq!(
        keys(token),
        [
            "audit_ids",
            "catalog",
            "expires_at",
            "is_domain",
            "issued_at",
            "methods",
            "project",
            "roles",
            "user"
        ]
    );
    assert_eq!(token["methods"], json!(["password"]));
    assert_eq!(names(&token["roles"]), ["reader", "member", "manager", "admin"]);
    assert_eq!(token["project"]["domain"], json!({"id": "default", "name": "Default"}));
    assert_eq!(token["user"]["name"], "admin");
    assert!(token["user"]["password_expires_at"].is_null());
    assert_eq!(names(&token["catalog"]), ["keystone", "octavia", "barbican", "neutron"]);
    for (n, (kind, path)) in [
        ("identity", "/identity/v3"),
        ("load-balancer", "/load-balancer"),
        ("key-manager", "/key-manager"),
        ("network", "/networking"),
    ]
    .into_iter()
    .enumerate()
    {
        let service = &token["catalog"][n];
        assert_eq!(service["type"], kind);
        assert_eq!(service["endpoints"].as_array().unwrap().len(), 3);
        for endpoint in service["endpoints"].as_array().unwrap() {
            assert_eq!(endpoint["url"], format!("{}{path}", server.url));
            assert_eq!(endpoint["region_id"], "RegionOne");
        }
    }
    let time = |name: &str| token[name].as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    assert!(token["expires_at"].as_str().unwrap().ends_with(".000000Z"));
    assert_eq!(time("expires_at").duration_since(time("issued_at")).as_hours(), 12);
    let answer = Client { token: None, ..server.anonymous() }
        .post(
            "/identity/v3/auth/tokens?nocatalog",
            json!({"auth": {
                "identity": {"methods": ["password"], "password": {"user": {
                    "name": "ADMIN", "domain": {"name": "Default"}, "password": PASSWORD,
                }}},
                "scope": project("DEFAULT").unwrap(),
            }}),
        )
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "names differ in case alone");
    assert!(answer.body["token"].get("catalog").is_none());
}

#[tokio::test]
async fn links_use_the_address_of_the_request() {
    let server = TestServer::with_config("[proxy]\ntrusted = [\"127.0.0.1/32\"]").await;
    let request = server
        .anonymous()
        .request(Method::GET, "/identity/v3")
        .header("X-Forwarded-Host", "lb.example.com")
        .header("X-Forwarded-Proto", "https");
    let answer = crate::common::send(request).await;
    assert_eq!(answer.body["version"]["links"][0]["href"], "https://lb.example.com/identity/v3/");
    let server = TestServer::start().await;
    let request = server
        .anonymous()
        .request(Method::GET, "/identity/v3")
        .header("X-Forwarded-Host", "evil.example.com")
        .header("Host", "lb.example.org:8080");
    let answer = crate::common::send(request).await;
    assert_eq!(
        answer.body["version"]["links"][0]["href"],
        "http://lb.example.org:8080/identity/v3/"
    );
}

//! What the portal forwards to a cloud, what it doesn't, and what comes back.

use crate::common::{
    Answer,
    cloud::{Browser, CloudPortal},
    fake_cloud::{FakeCloud, PROJECT, SCOPED, Seen, UNSCOPED, answer, raw, service},
    logged::Logged,
    send,
};
use axum::body::{Body, Bytes};
use futures_util::{StreamExt, stream};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::convert::Infallible;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const LISTS: &str = "/load-balancer/v2/lbaas/loadbalancers";
const ID: &str = "6b0aa4f3-7a1f-4c5c-8d8f-0a6f3f3c2b11";

/// Requests to services, without those of the sign-in.
fn of_services(cloud: &FakeCloud) -> Vec<Seen> {
    let seen = cloud.take_seen().into_iter();
    seen.filter(|seen| !seen.uri.path().starts_with("/v3/auth")).collect()
}

#[tokio::test]
async fn acceptance_10_every_list_is_limited_to_the_project_of_the_session() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "").await;
    let browser = portal.sign_in("admin", "secret").await;
    cloud.take_seen();
    for path in [
        format!("{LISTS}?sort=created_at:desc&limit=100"),
        "/load-balancer/v2/lbaas/listeners?limit=1000".to_owned(),
        format!("/load-balancer/v2/lbaas/pools?loadbalancer_id={ID}"),
        format!("/load-balancer/v2/lbaas/l7policies?listener_id={ID}"),
        "/portal/members".to_owned(),
    ] {
        let listed = browser.get(&path).await;
        assert_eq!(listed.status, StatusCode::OK, "{path} {}", listed.body);
        let seen = of_services(&cloud);
        assert_eq!(seen.len(), 1, "{path} {seen:?}");
        let query = seen[0].uri.query().unwrap();
        let projects: Vec<&str> =
            query.split('&').filter(|pair| pair.starts_with("project_id=")).collect();
        assert_eq!(projects, [format!("project_id={PROJECT}")], "{path}");
    }
    let foreign = browser.get(&format!("{LISTS}?project_id=other")).await;
    assert_eq!(foreign.status, StatusCode::BAD_REQUEST);
    assert!(of_services(&cloud).is_empty());
    portal.stop().await;
}

#[tokio::test]
async fn a_request_reaches_the_cloud_with_the_headers_of_the_portal_alone() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "").await;
    let browser = portal.sign_in("alice", "secret").await;
    cloud.take_seen();
    let body = r#"{ "loadbalancer" : {"name": "a"} }"#;
    let request = browser
        .request(Method::POST, LISTS)
        .header("Content-Type", "application/json")
        .header("X-Roles", "admin")
        .header("X_Roles", "admin")
        .header("X-Project-Id", "other")
        .header("X-Service-Token", "stolen")
        .header("X-Forwarded-For", "192.0.2.1")
        .header("X-Forwarded-Host", "evil.example")
        .header("OpenStack-API-Version", "load-balancer 2.0")
        .header("Idempotency-Key", "1")
        .header("TE", "trailers")
        .body(body);
    assert_eq!(send(request).await.status, StatusCode::OK);
    let seen = of_services(&cloud).pop().unwrap();
    let mut names: Vec<&str> = seen.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    let expected =
        ["accept", "content-length", "content-type", "host", "user-agent", "x-auth-token"];
    assert_eq!(names, expected);
    assert_eq!(seen.headers["x-auth-token"], SCOPED);
    // Not rewritten.
    assert_eq!(seen.body, body);
    assert_eq!(seen.uri.path(), "/octavia/v2.0/lbaas/loadbalancers");
    portal.stop().await;
}

#[tokio::test]
async fn an_answer_reaches_the_browser_without_the_headers_of_the_cloud() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "").await;
    let browser = portal.sign_in("alice", "secret").await;
    let dangerous = [
        ("set-cookie", "lb_portal_session=stolen"),
        ("x-subject-token", SCOPED),
        ("www-authenticate", "Basic"),
        ("access-control-allow-origin", "*"),
        ("strict-transport-security", "max-age=1"),
        ("clear-site-data", "*"),
        ("alt-svc", "h3=\":443\""),
        ("link", "<https://evil.example>; rel=preload"),
        ("location", "https://evil.example/"),
        ("server", "cloud"),
        ("refresh", "0; url=https://evil.example"),
    ];
    cloud.set_answer(move |seen| {
        seen.uri.path().contains("/loadbalancers").then(|| {
            let mut response = answer(200, &json!({"loadbalancers": []}));
            for (name, value) in dangerous {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            let headers = response.headers_mut();
            headers.insert("x-openstack-request-id", "req-1".parse().unwrap());
            headers.insert("content-security-policy", "default-src *".parse().unwrap());
            response
        })
    });
    let listed = browser.get(LISTS).await;
    assert_eq!(listed.status, StatusCode::OK);
    for (name, _) in dangerous {
        assert!(!listed.headers.contains_key(name), "{name}");
    }
    assert_eq!(listed.headers["x-cloud-request-id"], "req-1");
    assert_ne!(listed.headers["x-openstack-request-id"], "req-1");
    assert!(listed.headers["content-security-policy"].to_str().unwrap().contains("'none'"));
    portal.stop().await;
}

#[tokio::test]
async fn acceptance_13_every_kind_of_error_becomes_one_that_the_page_can_read() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "").await;
    let browser = portal.sign_in("alice", "secret").await;
    let cases = [
        ("limit=1", 429, "without a reason"),
        ("limit=2", 429, "slow down"),
        ("limit=3", 503, "without a reason"),
        ("limit=4", 502, "without a reason"),
        ("limit=5", 413, "without a reason"),
        ("limit=6", 500, "without a reason"),
        ("limit=7", 502, "can't read"),
        ("limit=8", 502, "can't read"),
        ("limit=9", 502, "redirect"),
        ("limit=10", 409, "immutable"),
        ("limit=11", 404, "description of pecan"),
        ("limit=12", 404, "message of neutron"),
        ("limit=13", 403, "message of keystone"),
    ];
    cloud.set_answer(|seen| {
        let query = seen.uri.query()?;
        let number = query.split('&').next()?.strip_prefix("limit=")?;
        let mut response = match number {
            "1" => raw(429, "text/plain", "Too many"),
            "2" => answer(429, &json!({"error": {"status": 429, "message": "slow down"}})),
            "3" => raw(503, "text/html", "<html>maintenance</html>"),
            "4" => raw(502, "text/html", "<script>alert(1)</script>"),
            "5" => raw(413, "text/html", "<html>413</html>"),
            "6" => raw(500, "application/json", ""),
            "7" => raw(200, "text/html", "<h1>Sign in</h1>"),
            "8" => raw(200, "application/json", r#"{"loadbalancers": [{"id": "#),
            "9" => raw(302, "text/html", ""),
            "10" => answer(409, &json!({"faultcode": "Client", "faultstring": "Load Balancer 1 is immutable and cannot be updated.", "debuginfo": null})),
            "11" => answer(404, &json!({"code": 404, "title": "Not Found", "description": "description of pecan"})),
            "12" => answer(404, &json!({"NeutronError": {"type": "X", "message": "message of neutron", "detail": ""}})),
            "13" => answer(403, &json!({"error": {"code": 403, "title": "Forbidden", "message": "message of keystone"}})),
            _ => return None,
        };
        if number == "2" || number == "3" {
            response.headers_mut().insert("retry-after", "9".parse().unwrap());
        }
        Some(response)
    });
    for (query, status, text) in cases {
        let refused = browser.get(&format!("{LISTS}?{query}")).await;
        assert_eq!(refused.status.as_u16(), status, "{query} {}", refused.body);
        assert!(refused.headers["content-type"].to_str().unwrap().starts_with("application/json"));
        let parsed = openstack_types::error::ApiError::from_body(status, &refused.body.to_string());
        assert!(parsed.message.contains(text), "{query}: {}", parsed.message);
        let wait = refused.headers.get("retry-after").map(|value| value.to_str().unwrap());
        assert_eq!(wait, matches!(query, "limit=2" | "limit=3").then_some("9"), "{query}");
    }
    portal.stop().await;
}

/// Sends bytes as they are, and reads the status.
async fn raw_request(portal: &CloudPortal, text: &str) -> String {
    let address = portal.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut bytes = Vec::new();
    // A refused connection may be reset.
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn acceptance_19_what_is_not_in_the_table_never_reaches_the_cloud() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "").await;
    let browser = portal.sign_in("alice", "secret").await;
    let cookie = browser.cookie().unwrap();
    cloud.take_seen();
    let paths = [
        "/identity/v3/auth/tokens",
        "/identity/v3/auth/projects",
        "/identity/v3/users/a/credentials",
        "/identity",
        "/load-balancer",
        "/key-manager",
        "/networking",
        "/load-balancer/v2/lbaas/../../identity/v3/auth/tokens",
        "/load-balancer/v2/lbaas/%2e%2e/%2e%2e/v3/auth/tokens",
        "/load-balancer/v2/lbaas/..%2f..%2fv3",
        "/load-balancer//v2/lbaas/loadbalancers",
        "/load-balancer/v2/lbaas/loadbalancers;a=b",
        "/load-balancer/v2/lbaas\\loadbalancers",
        "/load-balancer/v2/lbaas/loadbalancers/%00",
        "/load-balancer/v2.0/lbaas/loadbalancers",
        "/load-balancer/v2/octavia/amphorae",
        "/key-manager/v1/secrets/6b0aa4f3-7a1f-4c5c-8d8f-0a6f3f3c2b11/payload",
        "/networking/v2.0/ports",
        "/load-balancer/v2/lbaas/loadbalancers?fields=id&project_id=x",
        "/portal/handshake",
        "/portal/loadbalancers/6b0aa4f3-7a1f-4c5c-8d8f-0a6f3f3c2b11/metrics",
        "http://169.254.169.254/latest",
        "http://evil.example/load-balancer/v2/lbaas/quotas",
        "*",
    ];
    for method in
        ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "TRACE", "CONNECT", "PROPFIND"]
    {
        for path in paths {
            let text = format!(
                "{method} {path} HTTP/1.1\r\nHost: portal\r\nCookie: {cookie}\r\nSec-Fetch-Site: same-origin\r\n\
                 Connection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"
            );
            let answered = raw_request(&portal, &text).await;
            assert!(!answered.contains("token-of-the-cloud"), "{method} {path}");
            let seen = of_services(&cloud);
            assert!(seen.is_empty(), "{method} {path}: {seen:?}");
        }
    }
    for head in [
        format!("GET {LISTS} HTTP/1.1\r\nHost: a\r\nHost: b\r\n"),
        format!("POST {LISTS} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n"),
        format!(
            "POST {LISTS} HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: xchunked\r\n"
        ),
    ] {
        let text = format!(
            "{head}Sec-Fetch-Site: cross-site\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n{{}}"
        );
        raw_request(&portal, &text).await;
        let seen = of_services(&cloud);
        assert!(seen.is_empty(), "{head}: {seen:?}");
    }
    portal.stop().await;
}

#[tokio::test]
async fn another_site_another_tab_or_no_cookie_reaches_nothing() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "").await;
    let browser = portal.sign_in("alice", "secret").await;
    cloud.take_seen();
    let anonymous = Browser::new(&portal.url);
    let cookie = browser.cookie().unwrap();
    let with_cookie = |method: Method| anonymous_request(&portal, method).header("Cookie", &cookie);
    let second = portal.sign_in("alice", "secret").await.cookie().unwrap();
    let twice = format!("{cookie}; {second}");
    cloud.take_seen();
    for (request, status) in [
        (anonymous.request(Method::GET, LISTS), 401),
        (anonymous.request(Method::GET, LISTS).header("X-Auth-Token", SCOPED), 401),
        (anonymous.request(Method::GET, LISTS).header("Cookie", twice), 401),
        (with_cookie(Method::GET).header("Sec-Fetch-Site", "cross-site"), 401),
        (with_cookie(Method::GET).header("Sec-Fetch-Site", "same-site"), 401),
        (with_cookie(Method::POST).header("Origin", "https://evil.example"), 401),
        (with_cookie(Method::POST), 401),
        (browser.request(Method::GET, LISTS).header("X-Portal-Session", "other/project"), 412),
        (browser.request(Method::GET, "/portal/events?session=other%2Fproject"), 412),
        (browser.request(Method::POST, LISTS).body("name=a"), 415),
        (
            browser
                .request(Method::POST, LISTS)
                .header("Content-Type", "application/json")
                .body("{"),
            400,
        ),
    ] {
        let refused: Answer = send(request).await;
        assert_eq!(refused.status.as_u16(), status, "{}", refused.body);
        let seen = of_services(&cloud);
        assert!(seen.is_empty(), "{seen:?}");
    }
    portal.stop().await;
}

fn anonymous_request(portal: &CloudPortal, method: Method) -> reqwest::RequestBuilder {
    crate::common::http().build().unwrap().request(method, format!("{}{LISTS}", portal.url))
}

#[tokio::test]
async fn acceptance_20_a_catalog_does_not_lead_to_other_places() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "[cloud]\nendpoint_hosts = [\"127.0.0.1\"]").await;
    let port = cloud.url.rsplit(':').next().unwrap().to_owned();
    for url in [
        "http://169.254.169.254/".to_owned(),
        "http://[fe80::1]:9876/".to_owned(),
        "file:///etc/passwd".to_owned(),
        format!("http://user:secret@127.0.0.1:{port}/octavia"),
        format!("http://127.0.0.1:{port}/octavia?a=b"),
        format!("http://localhost:{port}/octavia"),
        // The portal itself.
        portal.url.clone(),
    ] {
        cloud.set_catalog(json!([service("load-balancer", "RegionOne", &url)]));
        let browser = portal.sign_in("alice", "secret").await;
        cloud.take_seen();
        assert_eq!(browser.get(LISTS).await.status, StatusCode::NOT_IMPLEMENTED, "{url}");
        assert!(of_services(&cloud).is_empty(), "{url}");
    }
    portal.stop().await;
}

#[tokio::test]
async fn acceptance_20_an_endless_answer_releases_its_turn() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "").await;
    let browser = portal.sign_in("alice", "secret").await;
    cloud.set_answer(|seen| {
        seen.uri.path().contains("/listeners").then(|| {
            let block = Bytes::from(vec![b' '; 1 << 20]);
            let endless = stream::repeat(block).map(Ok::<_, Infallible>);
            raw(200, "application/json", Body::from_stream(endless))
        })
    });
    // More than a session has turns.
    for _ in 0..10 {
        let refused = browser.get("/load-balancer/v2/lbaas/listeners").await;
        assert_eq!(refused.status, StatusCode::BAD_GATEWAY, "{}", refused.body);
    }
    assert_eq!(browser.get(LISTS).await.status, StatusCode::OK);
    portal.stop().await;
}

#[tokio::test]
async fn a_token_that_the_cloud_revoked_ends_the_session() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "").await;
    let browser = portal.sign_in("alice", "secret").await;
    let refuse = |seen: &Seen| {
        seen.uri
            .path()
            .contains("/lbaas/")
            .then(|| answer(401, &json!({"error": {"message": "no"}})))
    };
    cloud.set_answer(refuse);
    // Keystone accepts the token: only the service has a problem.
    let refused = browser.get(LISTS).await;
    assert_eq!(refused.status, StatusCode::BAD_GATEWAY);
    assert_eq!(browser.get("/portal/session").await.status, StatusCode::OK);
    cloud.set_answer(move |seen| {
        let is_check = seen.method == Method::GET && seen.uri.path() == "/v3/auth/tokens";
        if is_check { Some(answer(404, &json!({}))) } else { refuse(seen) }
    });
    assert_eq!(browser.get(LISTS).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.get("/portal/session").await.status, StatusCode::UNAUTHORIZED);
    portal.stop().await;
}

#[tokio::test]
async fn acceptance_19_the_log_of_a_portal_in_front_of_a_cloud_contains_no_secret() {
    let cloud = FakeCloud::start().await;
    let portal = Logged::start_with(&["--cloud", &cloud.url]).await;
    let browser = Browser::new(&portal.client.base);
    let signed_in = browser.try_sign_in("alice", "pass-of-alice").await;
    assert_eq!(signed_in.status, StatusCode::OK, "{}", signed_in.body);
    let session = browser.cookie().unwrap().split('=').nth(1).unwrap().to_owned();
    let body = json!({"loadbalancer": {"name": "name-in-a-body"}});
    browser.send(Method::POST, LISTS, Some(body)).await;
    browser.get(&format!("{LISTS}?limit=7&marker={ID}")).await;
    cloud.set_answer(|seen| {
        seen.uri.path().contains("/lbaas/").then(|| raw(502, "text/html", "body-of-an-error"))
    });
    browser.get(LISTS).await;
    browser.send(Method::DELETE, "/portal/session", None).await;
    let log = String::from_utf8(portal.stop().await).unwrap();
    assert!(log.contains("answered"), "{log}");
    for secret in
        [UNSCOPED, SCOPED, "pass-of-alice", &session, "name-in-a-body", "body-of-an-error", ID]
    {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

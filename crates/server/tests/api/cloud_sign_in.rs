//! Signing in to a cloud, and what a session says of it.

use crate::common::{
    TestServer,
    cloud::{Browser, CloudPortal, portal_error},
    fake_cloud::{FakeCloud, PROJECT, SCOPED, UNSCOPED, answer, raw, service},
    tls::Authority,
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

const LISTS: &str = "/load-balancer/v2/lbaas/loadbalancers";

/// Of the requests for tokens.
fn is_sign_in(method: &Method, path: &str) -> bool {
    method == Method::POST && path == "/v3/auth/tokens"
}

#[tokio::test]
async fn every_form_of_the_url_of_keystone_signs_in() {
    let server = TestServer::start().await;
    let host = server.url.strip_prefix("http://").unwrap();
    for url in [
        format!("http://{host}/identity"),
        format!("http://{host}/identity/"),
        format!("http://{host}/identity/v3"),
        format!("http://{host}/identity/v3/"),
        format!("http://{host}/identity/v2.0"),
        format!("{host}/identity"),
    ] {
        let portal = CloudPortal::start(&url, "").await;
        let admin = portal.sign_in("admin", crate::common::PASSWORD).await;
        assert_eq!(admin.get(LISTS).await.status, StatusCode::OK, "{url}");
        portal.stop().await;
    }
    let root = FakeCloud::start().await;
    let portal = CloudPortal::start(&root.url, "").await;
    portal.sign_in("alice", "secret").await;
    portal.stop().await;
}

#[tokio::test]
async fn a_url_that_is_no_keystone_is_one_line() {
    let cloud = FakeCloud::start().await;
    cloud.set_answer(|seen| match seen.uri.path() {
        "/v2only/v3" => Some(answer(404, &json!({}))),
        "/v2only/" => Some(answer(300, &json!({"versions": {"values": [{"id": "v2.0"}]}}))),
        "/page/v3" => Some(raw(200, "text/html", "<h1>Welcome</h1>")),
        "/moved/v3" => {
            let mut response = answer(302, &json!({}));
            response
                .headers_mut()
                .insert("location", "https://elsewhere.example/".parse().unwrap());
            Some(response)
        }
        "/octavia/v3" => Some(answer(404, &json!({}))),
        "/octavia/" => Some(answer(200, &json!({"versions": [{"id": "v2.0"}]}))),
        _ => None,
    });
    for (url, text) in [
        (format!("{}/v2only", cloud.url), "it offers v2.0 alone"),
        (format!("{}/page", cloud.url), "is not Keystone v3"),
        (format!("{}/moved", cloud.url), "redirects to https://elsewhere.example/"),
        (format!("{}/octavia", cloud.url), "is not Keystone v3"),
        ("http://127.0.0.1:9".to_owned(), "refused"),
        (cloud.url.replace("http:", "https:"), "--cloud https://"),
        ("ftp://cloud.example".to_owned(), "http:// or https://"),
    ] {
        let error = portal_error(&url, "").await;
        assert!(error.contains(text) && !error.contains('\n'), "{url}: {error}");
    }
    let error = portal_error(&cloud.url, "[cloud]\nca_file = \"/nowhere.pem\"").await;
    assert!(error.contains("/nowhere.pem"), "{error}");
}

#[tokio::test]
async fn a_sign_in_asks_for_an_unscoped_token_and_names_the_client() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "[cloud]\ndefault_domain = \"users\"").await;
    cloud.take_seen();
    let browser = portal.sign_in("alice", "secret").await;
    let seen = cloud.take_seen();
    let tokens: Vec<Value> = seen
        .iter()
        .filter(|request| is_sign_in(&request.method, request.uri.path()))
        .map(|request| serde_json::from_str(&request.body).unwrap())
        .collect();
    assert_eq!(tokens[0]["auth"]["scope"], "unscoped");
    let user = &tokens[0]["auth"]["identity"]["password"]["user"];
    assert_eq!(*user, json!({"name": "alice", "domain": {"name": "users"}, "password": "secret"}));
    assert_eq!(tokens[1]["auth"]["identity"]["token"]["id"], UNSCOPED);
    assert_eq!(tokens[1]["auth"]["scope"], json!({"project": {"id": PROJECT}}));
    assert_eq!(seen[0].headers["forwarded"], "for=127.0.0.1");
    let session = browser.get("/portal/session").await.body;
    // 2.30 is newer than 2.9.
    assert_eq!(session["cloud"]["api_version"], "v2.30");
    assert_eq!(session["roles"], json!(["member", "reader"]));
    assert!(!session.to_string().contains("token-of-the-cloud"), "{session}");

    let out = browser.send(Method::DELETE, "/portal/session", None).await;
    assert_eq!(out.status, StatusCode::NO_CONTENT);
    let revoked: Vec<String> = cloud
        .take_seen()
        .iter()
        .filter(|request| request.method == Method::DELETE)
        .map(|request| request.headers["x-subject-token"].to_str().unwrap().to_owned())
        .collect();
    assert_eq!(revoked, [SCOPED, UNSCOPED]);
    portal.stop().await;
}

#[tokio::test]
async fn each_reason_why_a_sign_in_fails_is_told() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "").await;
    let refuse = |user: &str, message: &str| {
        (
            user.to_owned(),
            json!({"error": {"code": 401, "message": message, "title": "Unauthorized"}}),
        )
    };
    let refusals = [
        refuse("wrong", "The request you have made requires authentication."),
        refuse("expired", "The password is expired and needs to be changed for user: 1."),
        refuse("locked", "The account is locked for user: 1."),
    ];
    cloud.set_answer(move |seen| {
        let body: Value = serde_json::from_str(&seen.body).unwrap_or_default();
        let user = body["auth"]["identity"]["password"]["user"]["name"].as_str()?;
        if user == "totp" {
            let mut response = answer(
                401,
                &json!({"receipt": {}, "required_auth_methods": [["password", "totp"]]}),
            );
            response
                .headers_mut()
                .insert("openstack-auth-receipt", "receipt-of-the-cloud".parse().unwrap());
            return Some(response);
        }
        if user == "limited" {
            let mut response =
                answer(429, &json!({"error": {"status": 429, "message": "slow down"}}));
            response.headers_mut().insert("retry-after", "7".parse().unwrap());
            return Some(response);
        }
        let (_, body) = refusals.iter().find(|(name, _)| name == user)?;
        Some(answer(401, body))
    });
    for (user, status, text) in [
        ("wrong", 401, "requires authentication"),
        ("expired", 403, "password has expired"),
        ("locked", 403, "locked"),
        ("totp", 403, "second factor"),
        ("limited", 429, "for a moment"),
    ] {
        let refused = Browser::new(&portal.url).try_sign_in(user, "secret").await;
        assert_eq!(refused.status.as_u16(), status, "{user} {}", refused.body);
        assert!(
            refused.body["error"]["message"].as_str().unwrap().contains(text),
            "{user}: {}",
            refused.body
        );
        assert!(!refused.headers.contains_key("set-cookie"), "{user}");
        assert!(!format!("{refused:?}").contains("receipt-of-the-cloud"));
        assert_eq!(refused.headers.get("retry-after").is_some(), user == "limited");
    }
    portal.stop().await;
}

#[tokio::test]
async fn a_project_is_chosen_that_the_user_has_a_role_in() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "").await;
    cloud.set_projects(json!([]));
    let none = Browser::new(&portal.url).try_sign_in("alice", "secret").await;
    assert_eq!(none.status, StatusCode::FORBIDDEN);
    assert!(none.body["error"]["message"].as_str().unwrap().contains("no project"));

    cloud.set_projects(json!([
        {"id": "p0", "name": "disabled", "domain_id": "a", "enabled": false},
        {"id": "p1", "name": "refused", "domain_id": "a", "enabled": true},
        {"id": "p2", "name": "web", "domain_id": "a", "enabled": true},
        {"id": "p3", "name": "web", "domain_id": "b", "enabled": true},
    ]));
    cloud.set_answer(|seen| {
        let body: Value = serde_json::from_str(&seen.body).unwrap_or_default();
        (body["auth"]["scope"]["project"]["id"] == "p1")
            .then(|| answer(401, &json!({"error": {"code": 401, "message": "no"}})))
    });
    let browser = portal.sign_in("alice", "secret").await;
    let session = browser.get("/portal/session").await.body;
    assert_eq!(session["project"], json!({"id": "p2", "name": "web (a)"}));
    assert_eq!(session["projects"].as_array().unwrap().len(), 3, "{session}");
    for (project, status) in [("p3", 200), ("web (a)", 200), ("web", 403), ("p0", 403), ("p1", 403)]
    {
        let body = json!({"project": project});
        let switched = browser.send(Method::PUT, "/portal/session", Some(body)).await;
        assert_eq!(switched.status.as_u16(), status, "{project} {}", switched.body);
    }
    assert_eq!(browser.get("/portal/session").await.body["project"]["id"], "p2");
    portal.stop().await;
}

#[tokio::test]
async fn a_service_that_the_region_lacks_is_named_and_the_others_work() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "").await;
    let octavia = |region| service("load-balancer", region, &format!("{}/octavia", cloud.url));
    let neutron = service("network", "RegionOne", &format!("{}/neutron", cloud.url));
    cloud.set_catalog(json!([octavia("RegionOne"), octavia("RegionTwo"), neutron]));
    let browser = portal.sign_in("alice", "secret").await;
    let offered = &browser.get("/portal/session").await.body["cloud"];
    assert_eq!(offered["certificates"], false);
    assert_eq!(offered["regions"], json!(["RegionOne", "RegionTwo"]));
    assert_eq!(browser.get(LISTS).await.status, StatusCode::OK);
    let refused = browser.get("/key-manager/v1/secrets").await;
    assert_eq!(refused.status, StatusCode::NOT_IMPLEMENTED);
    assert!(refused.body["error"]["message"].as_str().unwrap().contains("key-manager"));

    cloud.set_catalog(json!([neutron]));
    let without = portal.sign_in("alice", "secret").await;
    let offered = &without.get("/portal/session").await.body["cloud"];
    assert_eq!((&offered["load_balancers"], &offered["networks"]), (&json!(false), &json!(true)));
    assert_eq!(without.get(LISTS).await.status, StatusCode::NOT_IMPLEMENTED);
    assert_eq!(without.get("/portal/members").await.status, StatusCode::NOT_IMPLEMENTED);
    assert_eq!(without.get("/networking/v2.0/networks").await.status, StatusCode::OK);
    portal.stop().await;
}

#[tokio::test]
async fn many_wrong_passwords_are_stopped_before_they_reach_the_cloud() {
    let cloud = FakeCloud::start().await;
    let portal = CloudPortal::start(&cloud.url, "").await;
    cloud.set_answer(|seen| {
        is_sign_in(&seen.method, seen.uri.path())
            .then(|| answer(401, &json!({"error": {"message": "no"}})))
    });
    let browser = Browser::new(&portal.url);
    let mut statuses = Vec::new();
    for _ in 0..8 {
        statuses.push(browser.try_sign_in("alice", "wrong").await.status.as_u16());
    }
    assert!(statuses.contains(&429), "{statuses:?}");
    let tried =
        cloud.take_seen().iter().filter(|seen| is_sign_in(&seen.method, seen.uri.path())).count();
    assert!(tried < statuses.len(), "{tried} of {statuses:?}");
    portal.stop().await;
}

#[tokio::test]
async fn only_the_authorities_of_the_system_and_of_the_operator_are_trusted() {
    let cloud = FakeCloud::start().await;
    let authority = Authority::new().await;
    let plain = cloud.url.strip_prefix("http://").unwrap().parse().unwrap();
    let tls = authority.tls_proxy("localhost", plain).await;
    let url = format!("https://localhost:{}", tls.port());
    let error = portal_error(&url, "").await;
    assert!(error.contains(&url) && error.contains("ertificate"), "{error}");

    let dir = tempfile::tempdir().unwrap();
    let ca = dir.path().join("ca.pem");
    std::fs::write(&ca, authority.certificate()).unwrap();
    let trusted = format!("[cloud]\nca_file = {:?}\n", ca.to_str().unwrap());
    // The certificate has another name.
    let by_address = portal_error(&format!("https://127.0.0.1:{}", tls.port()), &trusted).await;
    assert!(by_address.contains("ertificate"), "{by_address}");

    let portal = CloudPortal::start(&url, &trusted).await;
    let browser = portal.sign_in("alice", "secret").await;
    // The catalog of a Keystone with https doesn't lead to http.
    assert_eq!(browser.get(LISTS).await.status, StatusCode::NOT_IMPLEMENTED);
    portal.stop().await;
    let configured =
        format!("{trusted}endpoints = {{ load-balancer = \"{}/octavia\" }}", cloud.url);
    let portal = CloudPortal::start(&url, &configured).await;
    let browser = portal.sign_in("alice", "secret").await;
    assert_eq!(browser.get(LISTS).await.status, StatusCode::OK);
    portal.stop().await;
}

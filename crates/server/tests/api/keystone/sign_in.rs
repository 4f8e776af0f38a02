use super::{assert_unauthorized, project};
use crate::common::{Client, PASSWORD, TestServer};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn every_refused_sign_in_has_the_same_response() {
    let server = TestServer::start().await;
    server.add_project("other").await;
    server.add_user("mia", "default", &["member"]).await;
    server.add_user("nobody", "default", &[]).await;
    let client = server.anonymous();
    for (user, password, scope) in [
        ("mia", "wrong", project("default")),
        ("mia", "", project("default")),
        ("unknown", PASSWORD, project("default")),
        ("mia", PASSWORD, project("other")),
        ("mia", PASSWORD, project("missing")),
        ("nobody", PASSWORD, project("default")),
        ("mia", PASSWORD, Some(json!({"domain": {"id": "default"}}))),
        ("mia", PASSWORD, Some(json!({"system": {"all": true}}))),
        (
            "mia",
            PASSWORD,
            Some(json!({"project": {"name": "default", "domain": {"id": "elsewhere"}}})),
        ),
    ] {
        let answer = client.authenticate(user, password, scope.clone()).await;
        assert_unauthorized(&answer, &server);
        assert!(!answer.headers.contains_key("x-subject-token"));
    }
    for identity in [
        json!({"methods": ["totp"], "totp": {}}),
        json!({"methods": [], }),
        json!({"methods": ["token"], "token": {"id": "nonsense"}}),
        json!({"methods": ["password"], "password": {"user": {
            "name": "mia", "domain": {"id": "elsewhere"}, "password": PASSWORD,
        }}}),
        json!({"methods": ["password"], "password": {"user": {
            "id": "0123456789abcdef0123456789abcdef", "password": PASSWORD,
        }}}),
    ] {
        let body = json!({"auth": {"identity": identity}});
        let answer = client.post("/identity/v3/auth/tokens", body).await;
        assert_unauthorized(&answer, &server);
    }
}

#[tokio::test]
async fn an_invalid_request_is_a_400_that_does_not_repeat_the_password() {
    let server = TestServer::start().await;
    let client = server.anonymous();
    let user = json!({"name": "admin", "domain": {"id": "default"}, "password": "hunter2"});
    let identity = json!({"methods": ["password"], "password": {"user": user}});
    for (body, says) in [
        (json!({}), "Expecting to find auth in request body."),
        (json!([]), "Expecting to find valid JSON in request body."),
        (json!({"auth": {}}), "'identity' is a required property"),
        (json!({"auth": {"identity": {}}}), "'methods' is a required property"),
        (json!({"auth": {"identity": {"methods": "password"}}}), "a string is not of type 'array'"),
        (
            json!({"auth": {"identity": {"methods": ["password"], "password": {"user": {
                "name": "admin", "domain": {"id": "default"}, "password": ["hunter2"],
            }}}}}),
            "an array is not of type 'string'",
        ),
        (
            json!({"auth": {"identity": {"methods": ["password"], "password": {"user": {
                "name": "admin", "password": "hunter2",
            }}}}}),
            "Expecting to find domain in user.",
        ),
        (
            json!({"auth": {"identity": {"methods": ["password"]}}}),
            "Expecting to find password in identity.",
        ),
        (
            json!({"auth": {"identity": identity, "scope": {"project": {"name": "default"}}}}),
            "Expecting to find domain in project.",
        ),
        (
            json!({"auth": {"identity": identity, "scope": {}}}),
            "Expecting to find system, project, domain, OS-TRUST:trust or unscoped in scope.",
        ),
    ] {
        let answer = client.post("/identity/v3/auth/tokens", body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{says}");
        assert_eq!(answer.body["error"]["title"], "Bad Request");
        let message = answer.body["error"]["message"].as_str().unwrap();
        assert!(message.starts_with(says), "{message}");
        assert!(!answer.body.to_string().contains("hunter2"));
    }
    let request = client.request(Method::POST, "/identity/v3/auth/tokens").body("{hunter2");
    let answer = crate::common::send(request).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(!answer.body.to_string().contains("hunter2"));
    let request =
        client.request(Method::POST, "/identity/v3/auth/tokens").body("x".repeat(2 << 20));
    assert_eq!(crate::common::send(request).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    let answer = client.get("/identity/v3/nonsense").await;
    assert_eq!(
        (answer.status, answer.body["error"]["code"].as_u64()),
        (StatusCode::NOT_FOUND, Some(404))
    );
    let answer = client.put("/identity/v3/auth/tokens", json!({})).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn failed_sign_ins_are_throttled_by_user_and_address() {
    let server = TestServer::start().await;
    server.add_user("mia", "default", &["member"]).await;
    let client = server.anonymous();
    for _ in 0..5 {
        let answer = client.authenticate("mia", "guess", None).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    // Seven more: with the five above, the wait is at its longest; without, 4 s.
    for _ in 1..=7 {
        let here = std::net::Ipv4Addr::LOCALHOST.into();
        server.app.sign_in_throttle.record_failure("mia", here, std::time::Instant::now());
    }
    let slowed = client.authenticate("mia", PASSWORD, None).await;
    assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = slowed.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((5..=60).contains(&wait), "{wait}");
    let sign_in = json!({"user": "mia", "password": PASSWORD});
    let page = client.post("/portal/session", sign_in).await;
    assert_eq!(page.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(page.headers.contains_key("retry-after"));
    assert_eq!(page.body["error"]["code"], 429);
    let answer = client.authenticate("admin", PASSWORD, None).await;
    assert_eq!(answer.status, StatusCode::CREATED, "others are not slowed");
}

#[tokio::test]
async fn concurrent_sign_ins_all_succeed() {
    let server = TestServer::start().await;
    let tasks: Vec<_> = (0..24)
        .map(|_| {
            let client = server.anonymous();
            tokio::spawn(async move {
                let answer = client.authenticate("admin", PASSWORD, project("default")).await;
                assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
                answer.headers["x-subject-token"].to_str().unwrap().to_owned()
            })
        })
        .collect();
    let mut tokens = Vec::new();
    for task in tasks {
        tokens.push(task.await.unwrap());
    }
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), 24);
    let reads = tokens.into_iter().map(|token| {
        let client = Client { token: Some(token), ..server.anonymous() };
        tokio::spawn(async move { client.get("/identity/v3/auth/projects").await.status })
    });
    for read in reads.collect::<Vec<_>>() {
        assert_eq!(read.await.unwrap(), StatusCode::OK);
    }
}

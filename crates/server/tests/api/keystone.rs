//! Keystone over real HTTP.

mod directory;

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
async fn an_unscoped_token_is_exchanged_for_a_scoped_one() {
    let server = TestServer::start().await;
    server.add_project("second").await;
    server.add_user("mia", "second", &["member"]).await;
    let answer = server.anonymous().authenticate("mia", PASSWORD, Some(json!("unscoped"))).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let first = &answer.body["token"];
    assert_eq!(keys(first), ["audit_ids", "expires_at", "issued_at", "methods", "user"]);
    let text = answer.headers["x-subject-token"].to_str().unwrap().to_owned();
    let client = Client { token: Some(text.clone()), ..server.anonymous() };

    let projects = client.get("/identity/v3/auth/projects").await;
    assert_eq!(names(&projects.body["projects"]), ["second"]);
    assert_eq!(
        keys(&projects.body["projects"][0]),
        [
            "description",
            "domain_id",
            "enabled",
            "id",
            "is_domain",
            "links",
            "name",
            "options",
            "parent_id",
            "tags"
        ]
    );
    assert_eq!(client.get("/identity/v3/auth/catalog").await.status, StatusCode::FORBIDDEN);

    let rescope = |scope: Option<Value>| {
        let mut auth = json!({"identity": {"methods": ["token"], "token": {"id": text}}});
        if let Some(scope) = scope {
            auth["scope"] = scope;
        }
        server.anonymous().post_owned("/identity/v3/auth/tokens", json!({ "auth": auth }))
    };
    let answer = rescope(project("second")).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let second = &answer.body["token"];
    assert_eq!(second["methods"], json!(["password", "token"]));
    assert_eq!(names(&second["roles"]), ["reader", "member"]);
    assert_eq!(second["expires_at"], first["expires_at"], "it cannot be renewed for ever");
    assert_eq!(second["audit_ids"][1], first["audit_ids"][0]);
    assert_unauthorized(&rescope(project("default")).await, &server);
    let answer = rescope(None).await;
    assert!(answer.body["token"].get("project").is_none(), "mia has no default project");
    let answer = server.anonymous().authenticate("admin", PASSWORD, None).await;
    assert_eq!(answer.body["token"]["project"]["name"], "default", "admin has one");
    let answer =
        server.anonymous().authenticate("admin", PASSWORD, Some(json!({"unscoped": {}}))).await;
    assert!(answer.body["token"].get("project").is_none());
}

#[tokio::test]
async fn tokens_are_validated_and_revoked_by_their_owner_or_an_admin() {
    let server = TestServer::start().await;
    server.add_user("mia", "default", &["member"]).await;
    server.add_user("tom", "default", &["manager"]).await;
    let (mia, tom, admin) = (
        server.sign_in("mia", "default").await,
        server.sign_in("tom", "default").await,
        server.admin().await,
    );
    let path = "/identity/v3/auth/tokens";
    let ask = |who: &Client, method: Method, subject: &Client| {
        let request = who.request(method, path);
        crate::common::send(request.header("X-Subject-Token", subject.token.clone().unwrap()))
    };
    for who in [&mia, &admin] {
        let answer = ask(who, Method::GET, &mia).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.body["token"]["user"]["name"], "mia");
        assert_eq!(answer.headers["x-subject-token"], mia.token.as_deref().unwrap());
        let answer = ask(who, Method::HEAD, &mia).await;
        assert_eq!((answer.status, answer.body), (StatusCode::OK, Value::Null));
    }
    assert_eq!(ask(&tom, Method::GET, &mia).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ask(&tom, Method::DELETE, &mia).await.status, StatusCode::FORBIDDEN);
    assert_eq!(mia.get(path).await.status, StatusCode::NOT_FOUND, "no subject");
    let nonsense = Client { token: Some("nonsense".to_owned()), ..server.anonymous() };
    assert_eq!(ask(&mia, Method::GET, &nonsense).await.status, StatusCode::NOT_FOUND);
    assert_unauthorized(&ask(&nonsense, Method::GET, &mia).await, &server);

    assert_eq!(ask(&mia, Method::DELETE, &mia).await.status, StatusCode::NO_CONTENT);
    assert_unauthorized(&mia.get("/identity/v3/auth/projects").await, &server);
    assert_unauthorized(&mia.get("/networking/v2.0/networks").await, &server);
    assert_eq!(ask(&admin, Method::GET, &mia).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ask(&admin, Method::DELETE, &tom).await.status, StatusCode::NO_CONTENT);
    assert_unauthorized(&tom.get("/identity/v3/auth/projects").await, &server);
}

#[tokio::test]
async fn a_token_ends_with_its_lifetime_user_project_or_last_role() {
    let server = TestServer::start().await;
    server.add_project("second").await;
    let path = "/identity/v3/auth/projects";
    for (name, end) in [
        (
            "a",
            "UPDATE token SET expires_at = unixepoch() WHERE user_id = (SELECT id FROM user WHERE name = 'a')",
        ),
        ("b", "UPDATE user SET enabled = 0 WHERE name = 'b'"),
        ("c", "DELETE FROM role_assignment WHERE user_id = (SELECT id FROM user WHERE name = 'c')"),
        ("d", "UPDATE project SET enabled = 0 WHERE name = 'second'"),
    ] {
        server.add_user(name, "second", &["member"]).await;
        let client = server.sign_in(name, "second").await;
        assert_eq!(client.get(path).await.status, StatusCode::OK);
        server.app.store.write(move |tx| tx.execute(end, [])).await.unwrap();
        assert_unauthorized(&client.get(path).await, &server);
    }
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

use super::{assert_unauthorized, keys, names, project};
use crate::common::{Client, PASSWORD, TestServer};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

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

//! Users, services, endpoints, and regions: who sees which.

use super::*;
use crate::common::logged::Logged;

#[tokio::test]
async fn admins_list_all_users_and_others_only_themselves() {
    let server = TestServer::start().await;
    server.add_project("second").await;
    let mia_id = server.add_user("mia", "second", &["manager"]).await;
    let (admin, mia) = (server.admin().await, server.sign_in("mia", "second").await);

    for (path, list, wanted) in [
        ("projects", "projects", vec!["default", "second"]),
        ("projects?name=second", "projects", vec!["second"]),
        ("projects?enabled=false", "projects", vec![]),
        ("users", "users", vec!["admin", "mia"]),
        ("users?name=mia", "users", vec!["mia"]),
        ("roles", "roles", vec!["admin", "manager", "member", "reader"]),
        ("roles?name=member", "roles", vec!["member"]),
        ("domains", "domains", vec!["Default"]),
        ("services", "services", vec!["keystone", "octavia", "barbican", "neutron"]),
    ] {
        let path = format!("/identity/v3/{path}");
        let answer = admin.get(&path).await;
        assert_eq!(names(&answer.body[list]), wanted, "{path}");
        assert_eq!(mia.get(&path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_unauthorized(&server.anonymous().get(&path).await, &server);
    }
    let domain = mia.get("/identity/v3/domains/default").await;
    assert_eq!(domain.body["domain"]["name"], "Default", "{}", domain.body);
    let other = "/identity/v3/domains/other";
    assert_eq!(mia.get(other).await.status, StatusCode::FORBIDDEN);
    assert_eq!(admin.get(other).await.status, StatusCode::NOT_FOUND);
    let me = format!("/identity/v3/users/{mia_id}");
    assert_eq!(mia.get(&me).await.body["user"]["name"], "mia");
    let mine = mia.get(&format!("{me}/projects")).await;
    assert_eq!(names(&mine.body["projects"]), ["second"]);
    let project = mine.body["projects"][0]["id"].as_str().unwrap();
    assert_eq!(
        mia.get(&format!("/identity/v3/projects/{project}")).await.body["project"]["name"],
        "second"
    );
    let all = admin.get("/identity/v3/projects").await;
    let default = all.body["projects"][0]["id"].as_str().unwrap();
    let answer = mia.get(&format!("/identity/v3/projects/{default}")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = mia.get("/identity/v3/projects/missing").await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "what there is not looks the same");
    let answer = admin.get("/identity/v3/projects/missing").await;
    assert_eq!(answer.body["error"]["message"], "Could not find project: missing.");

    let path = "/identity/v3/role_assignments?include_names=True";
    let assignments = admin.get(path).await.body;
    assert_eq!(assignments["role_assignments"].as_array().unwrap().len(), 3);
    let path = format!("/identity/v3/role_assignments?user.id={mia_id}&include_names=True");
    let assignments = admin.get(&path).await.body;
    assert_eq!(assignments["role_assignments"].as_array().unwrap().len(), 1);
    assert_eq!(assignments["role_assignments"][0]["role"]["name"], "manager");
    assert_eq!(assignments["role_assignments"][0]["scope"]["project"]["name"], "second");
}

#[tokio::test]
async fn managers_list_the_users_of_their_project_only() {
    let server = TestServer::start().await;
    server.add_project("ours").await;
    server.add_project("theirs").await;
    let mia = server.add_user("mia", "ours", &["manager"]).await;
    let ben = server.add_user("ben", "ours", &["member"]).await;
    let rita = server.add_user("rita", "ours", &["reader"]).await;
    let zoe = server.add_user("zoe", "theirs", &["manager"]).await;
    let path = |id: &str| format!("/identity/v3/users/{id}");
    for (who, seen, hidden) in [
        ("mia", vec![(&mia, "mia"), (&ben, "ben"), (&rita, "rita")], vec![&zoe]),
        ("ben", vec![(&ben, "ben")], vec![&mia, &rita, &zoe]),
        ("rita", vec![(&rita, "rita")], vec![&mia, &ben, &zoe]),
    ] {
        let client = server.sign_in(who, "ours").await;
        for (id, name) in seen {
            assert_eq!(client.get(&path(id.as_str())).await.body["user"]["name"], name, "{who}");
        }
        for id in hidden {
            let answer = client.get(&path(id.as_str())).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{who} of {id}");
        }
        let answer = client.get(&path("missing")).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "what there is not looks the same");
    }
    let unscoped = server.anonymous().authenticate("mia", PASSWORD, None).await;
    let token = unscoped.headers["x-subject-token"].to_str().unwrap().to_owned();
    let unscoped = Client { token: Some(token), ..server.anonymous() };
    assert_eq!(unscoped.get(&path(ben.as_str())).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn services_endpoints_and_regions_are_found_by_their_ids() {
    let server = TestServer::start().await;
    server.add_user("mia", "default", &["member"]).await;
    let (admin, mia) = (server.admin().await, server.sign_in("mia", "default").await);
    for (kind, plural) in
        [("service", "services"), ("endpoint", "endpoints"), ("region", "regions")]
    {
        let list = admin.get(&format!("/identity/v3/{plural}")).await.body;
        for entry in list[plural].as_array().unwrap() {
            let path = format!("/identity/v3/{plural}/{}", entry["id"].as_str().unwrap());
            assert_eq!(admin.get(&path).await.body, json!({ kind: entry }));
            let link = entry["links"]["self"].as_str().unwrap();
            assert_eq!(link, format!("{}{path}", server.url));
            let expected = if kind == "region" { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(mia.get(&path).await.status, expected);
        }
        let missing = admin.get(&format!("/identity/v3/{plural}/nothing")).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND);
        assert_eq!(missing.body["error"]["message"], format!("Could not find {kind}: nothing."));
    }
}

#[tokio::test]
async fn application_credentials_are_none_and_cannot_be_made() {
    let server = TestServer::start().await;
    let id = server.add_user("mia", "default", &["member"]).await;
    server.add_user("tom", "default", &["member"]).await;
    let (mia, tom) =
        (server.sign_in("mia", "default").await, server.sign_in("tom", "default").await);
    let path = format!("/identity/v3/users/{id}/application_credentials");
    assert_eq!(mia.get(&path).await.body["application_credentials"], json!([]));
    assert_eq!(tom.get(&path).await.status, StatusCode::FORBIDDEN);
    let made = mia.post(&path, json!({"application_credential": {"name": "cli"}})).await;
    assert_eq!(made.status, StatusCode::NOT_IMPLEMENTED, "{}", made.body);
    assert_eq!(mia.get(&format!("{path}/x")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(mia.delete(&format!("{path}/x")).await.status, StatusCode::NOT_FOUND);
}

/// What is not there is an answer, and no fault that an operator has to look at.
#[tokio::test]
async fn what_is_not_implemented_is_no_error_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let server = Logged::start(dir.path()).await;
    let scope = json!({"project": {"name": "default", "domain": {"id": "default"}}});
    let answer = server.client.authenticate("admin", PASSWORD, Some(scope)).await;
    let token = answer.headers["x-subject-token"].to_str().unwrap().to_owned();
    let user = answer.body["token"]["user"]["id"].as_str().unwrap().to_owned();
    let admin = Client { token: Some(token), ..server.client.clone() };
    let path = format!("/identity/v3/users/{user}/application_credentials");
    let made = admin.post(&path, json!({"application_credential": {"name": "cli"}})).await;
    assert_eq!(made.status, StatusCode::NOT_IMPLEMENTED, "{}", made.body);
    let log = String::from_utf8(server.stop().await).unwrap();
    let errors: Vec<_> = log.lines().filter(|line| line.contains("ERROR")).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

use super::{mia, secret};
use crate::common::{
    octavia::{LBAAS, graph},
    send,
};
use lb_portal_server::store::barbican::uses::{self, User};
use openstack_types::{ListenerId, SecretId};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn consumers_protect_a_secret_for_clients_that_support_them() {
    let (_server, mia) = mia().await;
    let id = mia.store("x", b"x").await;
    let at = format!("{}/consumers", secret(&id));
    let consumer = json!({"service": "s", "resource_type": "t", "resource_id": "1"});
    for _ in 0..2 {
        let answer = mia.post(&at, consumer.clone()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.body["consumers"], json!([consumer]));
    }
    let list = mia.get(&at).await.body;
    assert_eq!((&list["total"], &list["consumers"][0]["resource_id"]), (&json!(1), &json!("1")));
    let answer = mia.post(&at, json!({"service": "s", "resource_type": ""})).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);

    let asked = async |method: Method, query: &str, version: &str| {
        let request = mia.request(method, &format!("{}{query}", secret(&id)));
        send(request.header("openstack-api-version", format!("key-manager {version}"))).await
    };
    assert!(mia.get(&secret(&id)).await.body.get("consumers").is_none());
    let shown = asked(Method::GET, "", "1.1").await;
    assert_eq!(shown.body["consumers"], json!([consumer]));
    assert_eq!(shown.headers["openstack-api-version"], "key-manager 1.1");
    assert_eq!(asked(Method::GET, "", "1.9").await.status, StatusCode::NOT_ACCEPTABLE);
    let kept = asked(Method::DELETE, "", "1.2").await;
    assert_eq!(kept.status, StatusCode::BAD_REQUEST);
    let message = kept.body["description"].as_str().unwrap();
    assert!(message.contains("Secret cannot be deleted as it has consumers."), "{message}");
    assert_eq!(asked(Method::DELETE, "?force=x", "1.2").await.status, StatusCode::BAD_REQUEST);

    let gone = send(mia.request(Method::DELETE, &at).json(&consumer)).await;
    assert_eq!(gone.body["consumers"], json!([]));
    let gone = send(mia.request(Method::DELETE, &at).json(&consumer)).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    mia.post(&at, consumer).await;
    assert_eq!(asked(Method::DELETE, "?force=1", "1.2").await.status, StatusCode::NO_CONTENT);
    assert_eq!(mia.get(&at).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_secret_in_use_cannot_be_deleted() {
    let (server, mia) = mia().await;
    let id = mia.store("used", b"x").await;
    let lb = mia.new_lb(graph(18_443, &[])).await;
    let listeners = mia.get(&format!("{LBAAS}/listeners?loadbalancer_id={lb}")).await.body;
    let listener: ListenerId = listeners["listeners"][0]["id"].as_str().unwrap().parse().unwrap();
    let used: SecretId = id.parse().unwrap();
    server
        .app
        .store
        .write(move |tx| uses::set(tx, User::Listener(listener), &[used, used], &[]))
        .await
        .unwrap();
    for (query, version) in [("", "1.0"), ("", "1.2"), ("?force=true", "1.2")] {
        let request = mia.request(Method::DELETE, &format!("{}{query}", secret(&id)));
        let request = request.header("openstack-api-version", format!("key-manager {version}"));
        let answer = send(request).await;
        assert_eq!(answer.status, StatusCode::CONFLICT, "{}", answer.body);
        assert_eq!(answer.body["title"], "Conflict");
        assert!(answer.body["description"].as_str().unwrap().contains("1 listener"));
    }
    assert_eq!(mia.get(&format!("{}/consumers", secret(&id))).await.body["total"], 0);
    let found = server.app.store.read(move |db| uses::of_secret(db, used)).await.unwrap();
    assert_eq!((found.listeners, found.pools), (1, 0));

    assert_eq!(
        mia.delete(&format!("{LBAAS}/listeners/{listener}")).await.status,
        StatusCode::NO_CONTENT
    );
    mia.settled(&lb).await;
    assert_eq!(mia.delete(&secret(&id)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(mia.get(&secret(&id)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(mia.delete(&secret(&id)).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn users_and_projects_with_secrets_cannot_be_deleted() {
    let (server, mia) = mia().await;
    let id = mia.store("x", b"x").await;
    for statement in
        ["DELETE FROM user WHERE name = 'mia'", "DELETE FROM project WHERE name = 'ours'"]
    {
        assert!(server.sql(statement, []).await.is_err(), "{statement}");
    }
    assert_eq!(mia.delete(&secret(&id)).await.status, StatusCode::NO_CONTENT);
    assert!(server.sql("DELETE FROM user WHERE name = 'mia'", []).await.is_ok());
}

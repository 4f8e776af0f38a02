use super::{mia, secret};
use crate::common::send;
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn an_acl_is_stored_as_sent() {
    let (_server, mia) = mia().await;
    let at = format!("{}/acl", secret(&mia.store("x", b"x").await));
    let read = async || mia.get(&at).await.body["read"].clone();
    assert_eq!(read().await, json!({"project-access": true}));
    let answer = mia.patch(&at, json!({"read": {"users": ["u2", "u1", "u1"]}})).await;
    assert!(answer.body["acl_ref"].as_str().unwrap().ends_with(&at), "{}", answer.body);
    let acl = read().await;
    assert_eq!((&acl["project-access"], &acl["users"]), (&json!(true), &json!(["u1", "u2"])));
    mia.patch(&at, json!({"read": {"project-access": false}})).await;
    let acl = read().await;
    assert_eq!((&acl["project-access"], &acl["users"]), (&json!(false), &json!(["u1", "u2"])));
    for nothing in [json!({}), json!({"read": {}})] {
        assert_eq!(mia.patch(&at, nothing).await.status, StatusCode::OK);
        assert_eq!(read().await["users"], json!(["u1", "u2"]));
    }
    mia.put(&at, json!({"read": {"project-access": false}})).await;
    assert_eq!(read().await["users"], json!([]));
    for (body, says) in [
        (json!({"write": {}}), "'write' was unexpected"),
        (json!({"read": {"all": true}}), "Additional properties are not allowed"),
        (json!({"read": {"users": "u1"}}), "not of type 'array'"),
        (json!({"read": {"users": [1]}}), "not of type 'string'"),
        (json!({"read": {"project-access": "yes"}}), "not of type 'boolean'"),
        (json!([]), "not of type 'object'"),
    ] {
        for method in [Method::PUT, Method::PATCH] {
            let answer = send(mia.request(method, &at).json(&body)).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}");
            assert!(answer.body.to_string().contains(says), "{}", answer.body);
        }
    }
    assert_eq!(mia.delete(&at).await.status, StatusCode::OK);
    assert_eq!(read().await, json!({"project-access": true}));
    mia.put(&at, json!({"read": {"users": ["u1"]}})).await;
    mia.put(&at, json!({})).await;
    assert_eq!(read().await, json!({"project-access": true}), "everything is replaced");
}

#[tokio::test]
async fn metadata_of_a_secret() {
    let (_server, mia) = mia().await;
    let at = format!("{}/metadata", secret(&mia.store("x", b"x").await));
    assert_eq!(mia.get(&at).await.body, json!({"metadata": {}}));
    let words = json!({"metadata": {"Description": "for the shop ", "not-after": "2030"}});
    let answer = mia.put(&at, words).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert!(answer.body["metadata_ref"].as_str().unwrap().ends_with(&at));
    let all = json!({"metadata": {"description": "for the shop", "not-after": "2030"}});
    assert_eq!(mia.get(&at).await.body, all);

    let one = |key: &str| format!("{at}/{key}");
    let word = |key: &str, value: &str| json!({"key": key, "value": value});
    let answer = mia.post(&at, word("Subject", "CN=a")).await;
    assert_eq!((answer.status, &answer.body), (StatusCode::CREATED, &word("subject", "CN=a")));
    assert!(answer.headers["location"].to_str().unwrap().ends_with(&one("subject")));
    assert_eq!(mia.post(&at, word("subject", "b")).await.status, StatusCode::CONFLICT);
    assert_eq!(mia.get(&one("subject")).await.body, word("subject", "CN=a"));
    let answer = mia.put(&one("subject"), word("subject", "CN=b")).await;
    assert_eq!((answer.status, answer.body), (StatusCode::OK, word("subject", "CN=b")));
    assert_eq!(mia.put(&one("subject"), word("x", "y")).await.status, StatusCode::CONFLICT);
    let answer = mia.put(&one("none"), word("none", "x")).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(answer.body["description"], "Secret metadata not found.");
    assert_eq!(mia.delete(&one("subject")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(mia.get(&one("subject")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(mia.get(&at).await.body, all);

    for (body, says) in [
        (json!({}), "'metadata' is a required property"),
        (json!({"metadata": []}), "not of type 'object'"),
        (json!({"metadata": {"a": 1}}), "Keys and Values must be Strings"),
        (json!({"metadata": {"a b": "x"}}), "Key must be URL safe"),
    ] {
        let answer = mia.put(&at, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
        assert!(answer.body.to_string().contains(says), "{}", answer.body);
    }
}

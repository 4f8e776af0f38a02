//! Create requests with an `Idempotency-Key`: repeating one creates nothing.

use crate::common::{
    Answer, Client, TestServer,
    octavia::{LBAAS, graph, poll_until},
    send,
    tls::{echo, free_port},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream};

async fn post(client: &Client, path: &str, key: &str, body: &Value) -> Answer {
    let path = format!("{LBAAS}/{path}");
    send(client.request(Method::POST, &path).header("Idempotency-Key", key).json(body)).await
}

async fn load_balancer(client: &Client, name: &str) -> Value {
    let mut load_balancer = graph(free_port().await, &[echo().await]);
    load_balancer["name"] = json!(name);
    load_balancer["vip_subnet_id"] = json!(client.subnet().await);
    json!({ "loadbalancer": load_balancer })
}

async fn count(client: &Client) -> usize {
    let list = client.get(&format!("{LBAAS}/loadbalancers")).await;
    list.body["loadbalancers"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_repeated_create_answers_with_the_object_as_it_is_now() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let body = load_balancer(&client, "once").await;
    let first = post(&client, "loadbalancers", "k-1", &body).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.body);
    let id = first.body["loadbalancer"]["id"].as_str().unwrap();
    client.settled(id).await;
    let path = format!("{LBAAS}/loadbalancers/{id}");
    client.put(&path, json!({"loadbalancer": {"name": "renamed"}})).await;
    client.settled(id).await;

    let again = post(&client, "loadbalancers", "k-1", &body).await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.body);
    let shown = &again.body["loadbalancer"];
    assert_eq!((&shown["id"], &shown["name"]), (&json!(id), &json!("renamed")));
    assert_eq!(shown["provisioning_status"], "ACTIVE");
    assert_eq!(shown["listeners"][0]["id"], first.body["loadbalancer"]["listeners"][0]["id"]);
    assert_eq!(count(&client).await, 1);

    // Another request with the key, and the request with another key.
    let other = post(&client, "loadbalancers", "k-1", &load_balancer(&client, "other").await).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.body);
    let reason = "The Idempotency-Key k-1 was sent with another request before; use a key once.";
    assert_eq!(other.body["faultstring"], reason);
    let other = post(&client, "loadbalancers", "k-2", &body).await;
    assert_eq!(other.status, StatusCode::CREATED, "{}", other.body);
    assert_eq!(count(&client).await, 2);

    client.delete(&format!("{path}?cascade=true")).await;
    client.settled(id).await;
    let deleted = post(&client, "loadbalancers", "k-1", &body).await;
    assert_eq!(deleted.status, StatusCode::CONFLICT, "{}", deleted.body);
    assert!(deleted.body["faultstring"].as_str().unwrap().contains("is deleted"));
    server.stop().await;
}

#[tokio::test]
async fn the_key_of_another_user_is_another_key() {
    let server = TestServer::start().await;
    server.add_user("bob", "default", &["member"]).await;
    let (admin, bob) = (server.admin().await, server.sign_in("bob", "default").await);
    let body = load_balancer(&admin, "mine").await;
    let ids: Vec<Value> = [
        post(&admin, "loadbalancers", "same", &body).await,
        post(&bob, "loadbalancers", "same", &body).await,
    ]
    .into_iter()
    .map(|answer| answer.body["loadbalancer"]["id"].clone())
    .collect();
    assert!(ids.iter().all(Value::is_string), "{ids:?}");
    assert_ne!(ids[0], ids[1]);
    server.stop().await;
}

#[tokio::test]
async fn a_request_whose_answer_was_lost_is_done_once() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let body = load_balancer(&client, "lost").await;
    let text = body.to_string();
    let address = server.url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST {LBAAS}/loadbalancers HTTP/1.1\r\nHost: {address}\r\nX-Auth-Token: {}\r\n\
         Idempotency-Key: lost\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{text}",
        client.token.as_ref().unwrap(),
        text.len(),
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    poll_until(async |_| (count(&client).await == 1).then_some(())).await;
    drop(stream);
    let again = post(&client, "loadbalancers", "lost", &body).await;
    assert_eq!(again.status, StatusCode::CREATED, "{}", again.body);
    assert_eq!(count(&client).await, 1);
    server.stop().await;
}

#[tokio::test]
async fn requests_at_the_same_time_create_one_object() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let body = load_balancer(&client, "together").await;
    let requests: Vec<_> = (0..8)
        .map(|_| {
            let (client, body) = (client.clone(), body.clone());
            tokio::spawn(async move { post(&client, "loadbalancers", "together", &body).await })
        })
        .collect();
    let mut ids = Vec::new();
    for request in requests {
        let answer = request.await.unwrap();
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        ids.push(answer.body["loadbalancer"]["id"].as_str().unwrap().to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1);
    assert_eq!(count(&client).await, 1);
    server.stop().await;
}

#[tokio::test]
async fn every_create_has_keys() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let lb = client.new_lb(json!({})).await;
    let port = free_port().await;
    let mut made = json!({});
    for (path, body) in [
        (
            "listeners",
            json!({"listener": {"loadbalancer_id": lb, "protocol": "HTTP", "protocol_port": port}}),
        ),
        (
            "pools",
            json!({"pool": {"loadbalancer_id": lb, "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}}),
        ),
        ("pools/POOL/members", json!({"member": {"address": "192.0.2.1", "protocol_port": 80}})),
        (
            "healthmonitors",
            json!({"healthmonitor": {"pool_id": "POOL", "type": "TCP", "delay": 5, "timeout": 3,
                "max_retries": 3}}),
        ),
        ("l7policies", json!({"l7policy": {"listener_id": "LISTENER", "action": "REJECT"}})),
        (
            "l7policies/L7POLICY/rules",
            json!({"rule": {"type": "PATH", "compare_type": "EQUAL_TO", "value": "/"}}),
        ),
    ] {
        let fill_in = |text: &str| {
            ["POOL", "LISTENER", "L7POLICY"].iter().fold(text.to_owned(), |text, name| {
                text.replace(name, made[name.to_lowercase()]["id"].as_str().unwrap_or(name))
            })
        };
        let path = fill_in(path);
        let singular = body.as_object().unwrap().keys().next().unwrap().clone();
        let mut body = body;
        for value in body[&singular].as_object_mut().unwrap().values_mut() {
            if let Value::String(text) = value {
                *text = if text == "HTTP" { text.clone() } else { fill_in(text) };
            }
        }
        let first = post(&client, &path, "part", &body).await;
        let key = format!("part-{singular}");
        let again = match first.status {
            // The key was used for another kind of object.
            StatusCode::UNPROCESSABLE_ENTITY => post(&client, &path, &key, &body).await,
            StatusCode::CREATED => first,
            _ => panic!("{path}: {}", first.body),
        };
        assert_eq!(again.status, StatusCode::CREATED, "{path}: {}", again.body);
        made[&singular] = again.body[&singular].clone();
        client.settled(&lb).await;
        let key = if singular == "listener" { "part" } else { key.as_str() };
        let again = post(&client, &path, key, &body).await;
        assert_eq!(again.status, StatusCode::CREATED, "{path}: {}", again.body);
        assert_eq!(again.body[&singular]["id"], made[&singular]["id"], "{path}");
        assert_eq!(again.body[&singular]["provisioning_status"], "ACTIVE", "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_key_is_one_header_of_visible_characters() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let body = load_balancer(&client, "refused").await;
    for keys in [vec![""], vec!["a b"], vec!["a", "b"], vec!["é"]] {
        let path = format!("{LBAAS}/loadbalancers");
        let request = client.request(Method::POST, &path).json(&body);
        let request =
            keys.iter().fold(request, |request, key| request.header("Idempotency-Key", *key));
        let answer = send(request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{keys:?}: {}", answer.body);
    }
    let long = post(&client, "loadbalancers", &"k".repeat(256), &body).await;
    assert_eq!(long.status, StatusCode::BAD_REQUEST);
    assert_eq!(count(&client).await, 0);
    server.stop().await;
}

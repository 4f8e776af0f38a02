//! Bodies that clients send and Octavia accepts, although its reference does not describe them.

use crate::common::{Client, TestServer, octavia::LBAAS, ports::free_port};
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Sends an update of an object of a load balancer, and returns the object or the error.
async fn update(client: &Client, lb: &str, path: &str, kind: &str, change: Value) -> Value {
    let answer = client.put(path, json!({ kind: change })).await;
    client.settled(lb).await;
    match answer.status {
        StatusCode::OK => answer.body[kind].clone(),
        _ => answer.body["faultstring"].clone(),
    }
}

#[tokio::test]
async fn an_update_of_the_session_persistence_may_leave_the_type_out() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let lb = client.new_lb(json!({})).await;
    let pool = json!({"loadbalancer_id": lb, "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"});
    let pools = format!("{LBAAS}/pools");
    let mut without_type = pool.clone();
    without_type["session_persistence"] = json!({"cookie_name": "c"});
    let refused = client.post(&pools, json!({ "pool": without_type })).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let missing = "Invalid input for field/attribute type. Value: 'None'. Mandatory field missing.";
    assert_eq!(refused.body["faultstring"], missing);

    let made = client.post(&pools, json!({ "pool": pool })).await;
    client.settled(&lb).await;
    let path = format!("{pools}/{}", made.body["pool"]["id"].as_str().unwrap());
    let persistence = async |sent: Value| {
        let shown =
            update(&client, &lb, &path, "pool", json!({ "session_persistence": sent })).await;
        if shown.is_object() { shown["session_persistence"].clone() } else { shown }
    };
    assert_eq!(persistence(json!({"cookie_name": "c"})).await, missing);
    persistence(json!({"type": "APP_COOKIE", "cookie_name": "c"})).await;
    let shown = persistence(json!({"cookie_name": "d"})).await;
    assert_eq!((&shown["type"], &shown["cookie_name"]), (&json!("APP_COOKIE"), &json!("d")));
    assert_eq!(
        persistence(json!({})).await,
        "Validation failure: Field \"cookie_name\" must be specified when using the \"APP_COOKIE\" session persistence type."
    );
    persistence(json!({"type": "SOURCE_IP"})).await;
    assert_eq!(
        persistence(json!({"cookie_name": "d"})).await,
        "Validation failure: Field \"cookie_name\" can only be specified with session persistence of type \"APP_COOKIE\"."
    );
    server.stop().await;
}

#[tokio::test]
async fn an_update_with_null_leaves_the_tags() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let lb = client.new_lb(json!({"tags": ["a", "b"]})).await;
    let path = format!("{LBAAS}/loadbalancers/{lb}");
    let shown = update(&client, &lb, &path, "loadbalancer", json!({"tags": null})).await;
    assert_eq!(shown["tags"], json!(["a", "b"]), "{shown}");
    let shown = update(&client, &lb, &path, "loadbalancer", json!({"tags": []})).await;
    assert_eq!(shown["tags"], json!([]), "{shown}");
    server.stop().await;
}

#[tokio::test]
async fn pools_of_a_whole_load_balancer_need_no_name() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let pool = json!({"protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"});
    let mut named = pool.clone();
    named["name"] = json!("p");
    let listener =
        json!({"protocol": "HTTP", "protocol_port": free_port().await, "default_pool": named});
    let made = client.create_lb(json!({"pools": [pool, pool], "listeners": [listener]})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    let pools = made.body["loadbalancer"]["pools"].as_array().unwrap();
    let unnamed = pools.iter().filter(|pool| pool["name"] == "").count();
    assert_eq!((pools.len(), unnamed), (3, 2), "{}", made.body);
    // What a pool has not is null, not absent.
    assert_eq!(pools[0].get("healthmonitor"), Some(&Value::Null));
    let lb = made.body["loadbalancer"]["id"].as_str().unwrap();
    let tree = client.get(&format!("{LBAAS}/loadbalancers/{lb}/status")).await.body;
    let shown = &tree["statuses"]["loadbalancer"]["listeners"][0]["pools"][0];
    assert_eq!(shown.get("health_monitor"), Some(&Value::Null), "{tree}");
    let incomplete = client.create_lb(json!({"pools": [{"protocol": "HTTP"}]})).await;
    assert_eq!(incomplete.status, StatusCode::BAD_REQUEST, "{}", incomplete.body);
    server.stop().await;
}

#[tokio::test]
async fn updates_of_policies_and_rules_are_read_as_octavia_reads_them() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let lb = client.new_lb(json!({})).await;
    let listener =
        json!({"loadbalancer_id": lb, "protocol": "HTTP", "protocol_port": free_port().await});
    let listener = client.post(&format!("{LBAAS}/listeners"), json!({"listener": listener})).await;
    client.settled(&lb).await;
    let mut paths = Vec::new();
    for _ in 0..2 {
        let policy = json!({"listener_id": listener.body["listener"]["id"], "action": "REJECT"});
        let made = client.post(&format!("{LBAAS}/l7policies"), json!({ "l7policy": policy })).await;
        client.settled(&lb).await;
        paths.push(format!("{LBAAS}/l7policies/{}", made.body["l7policy"]["id"].as_str().unwrap()));
    }
    let shown = update(&client, &lb, &paths[0], "l7policy", json!({"position": null})).await;
    assert_eq!(shown["position"], 1, "{shown}");

    let url = json!({"action": "REDIRECT_TO_URL", "redirect_url": "http://a/", "redirect_http_code": "303"});
    let shown = update(&client, &lb, &paths[0], "l7policy", url).await;
    assert_eq!(shown["redirect_http_code"], 303, "{shown}");
    let pool = json!({"action": "REDIRECT_TO_POOL"});
    assert_eq!(
        update(&client, &lb, &paths[0], "l7policy", pool).await,
        "Invalid L7 Policy arguments: redirect_pool_id or redirect_pool must not be None"
    );
    let rule = json!({"type": "PATH", "compare_type": "STARTS_WITH", "value": "/a"});
    let made = client.post(&format!("{}/rules", paths[0]), json!({ "rule": rule })).await;
    client.settled(&lb).await;
    let rule = format!("{}/rules/{}", paths[0], made.body["rule"]["id"].as_str().unwrap());
    assert_eq!(
        update(&client, &lb, &rule, "rule", json!({"type": null})).await,
        "Error parsing L7Rule: Invalid L7 Rule: invalid rule type"
    );
    server.stop().await;
}

#[tokio::test]
async fn an_empty_provider_is_the_default() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let made = client.create_lb(json!({"provider": ""})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    assert_eq!(made.body["loadbalancer"]["provider"], "haproxy");
    server.stop().await;
}

#[tokio::test]
async fn a_name_of_blanks_comes_back_as_sent() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    for name in ["   ", " x ", "\u{200b}", "a\nb\t\u{1b}[0m", ""] {
        let lb = client.new_lb(json!({"name": name, "description": name})).await;
        let shown = client.settled(&lb).await;
        assert_eq!((&shown["name"], &shown["description"]), (&json!(name), &json!(name)));
    }
    server.stop().await;
}

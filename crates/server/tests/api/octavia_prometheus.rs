//! Listeners that serve the metrics of a load balancer.

use crate::common::{
    TestServer,
    octavia::{LBAAS, graph},
    tls::{Authority, NAME, echo, free_port},
};
use reqwest::StatusCode;
use serde_json::json;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

#[tokio::test]
async fn a_prometheus_listener_can_terminate_tls() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let (authority, clients) = (Authority::new().await, Authority::new().await);
    let known = clients.client("prometheus").await;
    let ca = client.text_secret("ca", &clients.certificate()).await;
    let certificate = client.certificate("metrics", &authority.issue(NAME).await).await;
    let port = free_port().await;
    let mut body = graph(free_port().await, &[echo().await]);
    body["listeners"].as_array_mut().unwrap().push(json!({
        "protocol": "PROMETHEUS", "protocol_port": port, "default_tls_container_ref": certificate,
        "client_authentication": "MANDATORY", "client_ca_tls_container_ref": ca,
    }));
    let id = client.new_lb(body).await;
    let lb = client.settled(&id).await;
    assert_eq!(lb["provisioning_status"], "ACTIVE", "{lb}");
    let to = SocketAddr::new(lb["vip_address"].as_str().unwrap().parse().unwrap(), port);
    assert!(authority.ask_as(to, None).await.is_err(), "it sends no certificate");
    let answer = authority.ask_as(to, Some(&known)).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");

    let path = format!("{LBAAS}/listeners?loadbalancer_id={id}&protocol=PROMETHEUS");
    let listener = client.get(&path).await.body["listeners"][0]["id"].clone();
    let path = format!("{LBAAS}/listeners/{}", listener.as_str().unwrap());
    let open = json!({"listener": {"client_authentication": "NONE"}});
    assert_eq!(client.put(&path, open).await.status, StatusCode::OK);
    client.settled(&id).await;
    let mut stream = authority.handshake(to).await.unwrap();
    let request = format!("GET /metrics HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // HAProxy closes without saying so first.
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("haproxy_server_status"));
    assert!(reqwest::get(format!("http://{to}/metrics")).await.is_err(), "not without TLS");
    server.stop().await;
}

#[tokio::test]
async fn a_prometheus_listener_shows_the_metrics_of_its_load_balancer() {
    let server = TestServer::start().await;
    let client = server.admin().await;
    let port = free_port().await;
    let other = client.new_lb(graph(free_port().await, &[echo().await])).await;
    let other = client.settled(&other).await;
    let mut body = graph(free_port().await, &[echo().await]);
    body["name"] = json!("a name");
    body["listeners"].as_array_mut().unwrap().push(json!({"name": "metrics",
        "protocol": "PROMETHEUS", "protocol_port": port, "allowed_cidrs": ["127.0.0.1/32"]}));
    let lb = client.new_lb(body).await;
    let lb = client.settled(&lb).await;
    assert_eq!(lb["provisioning_status"], "ACTIVE", "{lb}");
    let url = format!("http://{}:{port}", lb["vip_address"].as_str().unwrap());
    let metrics = reqwest::get(format!("{url}/metrics")).await.unwrap();
    assert_eq!(metrics.status(), StatusCode::OK);
    let text = metrics.text().await.unwrap();
    for listener in lb["listeners"].as_array().unwrap() {
        let id = listener["id"].as_str().unwrap();
        assert!(text.contains(&format!("haproxy_frontend_http_requests_total{{proxy=\"{id}\"}}")));
    }
    assert!(text.contains("haproxy_server_status"));
    for foreign in [&other["listeners"][0]["id"], &other["pools"][0]["id"], &json!("a name")] {
        assert!(!text.contains(foreign.as_str().unwrap()), "{foreign}");
    }
    assert_eq!(reqwest::get(format!("{url}/")).await.unwrap().status(), StatusCode::NOT_FOUND);

    // It has no children.
    let metrics = lb["listeners"].as_array().unwrap().iter();
    let mut ids = metrics.map(|listener| listener["id"].as_str().unwrap());
    let shown = loop {
        let path = format!("{LBAAS}/listeners/{}", ids.next().unwrap());
        let shown = client.get(&path).await.body["listener"].clone();
        if shown["protocol"] == "PROMETHEUS" {
            break shown;
        }
    };
    let (id, pool) = (&shown["id"], &lb["pools"][0]["id"]);
    let refused = [
        client
            .post(
                &format!("{LBAAS}/l7policies"),
                json!({"l7policy": {"listener_id": id, "action": "REJECT"}}),
            )
            .await,
        client
            .put(
                &format!("{LBAAS}/listeners/{}", id.as_str().unwrap()),
                json!({"listener": {"default_pool_id": pool}}),
            )
            .await,
        client
            .post(
                &format!("{LBAAS}/pools"),
                json!({"pool": {"listener_id": id, "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}}),
            )
            .await,
    ];
    for answer in refused {
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
        let reason = "Protocol PROMETHEUS listeners cannot have child objects.";
        assert_eq!(answer.body["faultstring"], reason);
    }
    server.stop().await;
}

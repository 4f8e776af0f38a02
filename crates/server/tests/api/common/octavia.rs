//! Load balancers for tests: creating them, and waiting for their states.

use super::{Answer, Client};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::Duration;

/// The base path of Octavia's API.
pub const LBAAS: &str = "/load-balancer/v2/lbaas";

impl Client {
    /// The one subnet of the default configuration.
    pub async fn subnet(&self) -> String {
        let answer = self.get("/networking/v2.0/subnets").await;
        answer.body["subnets"][0]["id"].as_str().unwrap().to_owned()
    }

    /// Creates a load balancer with these further fields, and waits until it is no longer pending.
    pub async fn new_lb(&self, more: Value) -> String {
        let answer = self.create_lb(more).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let id = answer.body["loadbalancer"]["id"].as_str().unwrap().to_owned();
        self.settled(&id).await;
        id
    }

    /// Sends the create of a load balancer with these further fields.
    pub async fn create_lb(&self, more: Value) -> Answer {
        let mut body = json!({"vip_subnet_id": self.subnet().await});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.post(&format!("{LBAAS}/loadbalancers"), json!({ "loadbalancer": body })).await
    }

    /// Waits until a load balancer is no longer pending, and returns it; null if it is deleted.
    pub async fn settled(&self, id: &str) -> Value {
        poll_until(async |seen| {
            let answer = self.get(&format!("{LBAAS}/loadbalancers/{id}")).await;
            if answer.status == StatusCode::NOT_FOUND {
                return Some(Value::Null);
            }
            let lb = &answer.body["loadbalancer"];
            let status =
                lb["provisioning_status"].as_str().unwrap_or_else(|| panic!("{}", answer.body));
            *seen = lb.clone();
            (!status.starts_with("PENDING")).then(|| lb.clone())
        })
        .await
    }

    /// Waits until a field of a load balancer has a value.
    pub async fn until(&self, id: &str, field: &str, value: &str) {
        poll_until(async |seen| {
            *seen = self.settled(id).await;
            (seen[field] == value).then_some(())
        })
        .await;
    }
}

/// Calls `poll` until it returns a value. Panics after a minute with the last value of `seen`, so that a
/// failing test does not hang.
pub async fn poll_until<T>(mut poll: impl AsyncFnMut(&mut Value) -> Option<T>) -> T {
    let mut seen = Value::Null;
    for _ in 0..6000 {
        if let Some(answer) = poll(&mut seen).await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("timed out; last seen: {seen}");
}

/// The graph of a load balancer: a listener on `port` and a pool with these members (`ADDRESS:PORT`).
pub fn graph(port: u16, members: &[std::net::SocketAddr]) -> Value {
    let members: Vec<_> = members
        .iter()
        .map(|at| json!({"address": at.ip().to_string(), "protocol_port": at.port()}))
        .collect();
    json!({
        "listeners": [{"name": "l", "protocol": "HTTP", "protocol_port": port, "default_pool": {"name": "p"}}],
        "pools": [{"name": "p", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", "members": members,
            "healthmonitor": {"type": "TCP", "delay": 1, "timeout": 1, "max_retries": 1, "max_retries_down": 1}}],
    })
}

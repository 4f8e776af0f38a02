//! The OpenStack APIs, as far as the measurements need them.

use crate::client::{Answer, Client};
use anyhow::{Context, Result, bail, ensure};
use http_body_util::Full;
use hyper::{Method, Request};
use serde_json::{Value, json};
use std::time::Duration;

/// Where Octavia's load balancers are.
pub const LOAD_BALANCERS: &str = "/load-balancer/v2/lbaas/loadbalancers";

/// Signed in as `admin`.
pub struct Api {
    client: Client,
    address: String,
    /// The token, for clients of one's own.
    pub token: String,
    network: Value,
}

impl Api {
    /// Signs in.
    pub async fn sign_in(address: &str, password: &str) -> Result<Self> {
        let mut api = Self {
            client: Client::new(address),
            address: address.to_owned(),
            token: String::new(),
            network: Value::Null,
        };
        let domain = json!({"id": "default"});
        let user = json!({"name": "admin", "domain": domain, "password": password});
        let body = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": "default", "domain": domain}},
        }});
        let answer = api.exchange(Method::POST, "/identity/v3/auth/tokens", Some(&body)).await?;
        api.token = answer.token.context("Keystone gave no token")?;
        let networks = api.request(Method::GET, "/networking/v2.0/networks", None).await?;
        api.network = networks["networks"][0]["id"].clone();
        Ok(api)
    }

    async fn exchange(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer> {
        let bytes = body.map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(&method)
            .uri(path)
            .header("host", &self.address)
            .header("content-type", "application/json")
            .header("x-auth-token", &self.token)
            .body(Full::from(bytes))?;
        let answer = self.client.send(request).await?;
        ensure!(
            answer.status.is_success(),
            "{method} {path}: {} {}",
            answer.status,
            String::from_utf8_lossy(&answer.body)
        );
        Ok(answer)
    }

    /// A request with a JSON answer; `null` where there is no body.
    pub async fn request(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value> {
        let answer = self.exchange(method, path, body).await?;
        if answer.body.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_slice(&answer.body)?)
    }

    /// Asks for a load balancer; with servers it has an HTTP listener on a port.
    pub async fn create(&mut self, name: &str, servers: &[String], port: u16) -> Result<Value> {
        let mut wanted = json!({"name": name, "vip_network_id": self.network});
        if !servers.is_empty() {
            let members: Vec<Value> = servers
                .iter()
                .filter_map(|server| server.rsplit_once(':'))
                .map(|(address, port)| {
                    json!({"address": address, "protocol_port": port.parse::<u16>().unwrap_or(0)})
                })
                .collect();
            wanted["pools"] = json!([{
                "name": "servers", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
                "members": members,
            }]);
            wanted["listeners"] = json!([{
                "protocol": "HTTP", "protocol_port": port, "default_pool": {"name": "servers"},
            }]);
        }
        let body = json!({"loadbalancer": wanted});
        let mut answer = self.request(Method::POST, LOAD_BALANCERS, Some(&body)).await?;
        Ok(answer["loadbalancer"].take())
    }

    /// Waits until a load balancer is ACTIVE.
    pub async fn active(&mut self, id: &str) -> Result<Value> {
        let path = format!("{LOAD_BALANCERS}/{id}");
        for _ in 0..2000 {
            let mut answer = self.request(Method::GET, &path, None).await?;
            let status = answer["loadbalancer"]["provisioning_status"].as_str().unwrap_or("");
            match status {
                "ACTIVE" => return Ok(answer["loadbalancer"].take()),
                "ERROR" => bail!("load balancer {id} went to ERROR"),
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
        bail!("load balancer {id} did not become ACTIVE")
    }

    /// Deletes a load balancer with all that hangs on it.
    pub async fn delete(&mut self, id: &str) -> Result<()> {
        let path = format!("{LOAD_BALANCERS}/{id}?cascade=true");
        self.request(Method::DELETE, &path, None).await.map(drop)
    }
}

/// A text field of an object.
pub fn text<'a>(object: &'a Value, field: &str) -> Result<&'a str> {
    object[field].as_str().with_context(|| format!("no {field} in the answer"))
}

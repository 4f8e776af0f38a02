//! The requests of the OpenStack APIs that the measurements need.

use crate::client::{Client, Response};
use anyhow::{Context, Result, bail, ensure};
use http_body_util::Full;
use hyper::{Method, Request};
use serde_json::{Value, json};
use std::time::Duration;

pub const LOAD_BALANCERS: &str = "/load-balancer/v2/lbaas/loadbalancers";

/// A session of a user in the project `default`.
pub struct Api {
    client: Client,
    address: String,
    pub token: String,
    network: Value,
}

impl Api {
    /// Signs in as `admin`.
    pub async fn sign_in(address: &str, password: &str) -> Result<Self> {
        Self::sign_in_as(address, "admin", password).await
    }

    pub async fn sign_in_as(address: &str, user: &str, password: &str) -> Result<Self> {
        let mut api = Self {
            client: Client::new(address),
            address: address.to_owned(),
            token: String::new(),
            network: Value::Null,
        };
        let domain = json!({"id": "default"});
        let user = json!({"name": user, "domain": domain, "password": password});
        let body = json!({"auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": {"name": "default", "domain": domain}},
        }});
        let response = api.exchange(Method::POST, "/identity/v3/auth/tokens", Some(&body)).await?;
        api.token = response.token.context("Keystone returned no token")?;
        let networks = api.request(Method::GET, "/networking/v2.0/networks", None).await?;
        api.network = networks["networks"][0]["id"].clone();
        Ok(api)
    }

    async fn exchange(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Response> {
        let bytes = body.map(Value::to_string).unwrap_or_default();
        let request = Request::builder()
            .method(&method)
            .uri(path)
            .header("host", &self.address)
            .header("content-type", "application/json")
            .header("x-auth-token", &self.token)
            .body(Full::from(bytes))?;
        let response = self.client.send(request).await?;
        ensure!(
            response.status.is_success(),
            "{method} {path}: {} {}",
            response.status,
            String::from_utf8_lossy(&response.body)
        );
        Ok(response)
    }

    /// Returns the JSON of the response, or `null` if the body is empty.
    pub async fn request(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value> {
        let response = self.exchange(method, path, body).await?;
        if response.body.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_slice(&response.body)?)
    }

    /// Creates a load balancer. If there are servers, it gets an HTTP listener on the port.
    pub async fn create(&mut self, name: &str, servers: &[String], port: u16) -> Result<Value> {
        let mut spec = json!({"name": name, "vip_network_id": self.network});
        if !servers.is_empty() {
            let members: Vec<Value> = servers
                .iter()
                .filter_map(|server| server.rsplit_once(':'))
                .map(|(address, port)| {
                    json!({"address": address, "protocol_port": port.parse::<u16>().unwrap_or(0)})
                })
                .collect();
            spec["pools"] = json!([{
                "name": "servers", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
                "members": members,
            }]);
            spec["listeners"] = json!([{
                "protocol": "HTTP", "protocol_port": port, "default_pool": {"name": "servers"},
            }]);
        }
        let body = json!({"loadbalancer": spec});
        let mut response = self.request(Method::POST, LOAD_BALANCERS, Some(&body)).await?;
        Ok(response["loadbalancer"].take())
    }

    pub async fn wait_until_active(&mut self, id: &str) -> Result<Value> {
        let path = format!("{LOAD_BALANCERS}/{id}");
        for _ in 0..2000 {
            let mut response = self.request(Method::GET, &path, None).await?;
            let status = response["loadbalancer"]["provisioning_status"].as_str().unwrap_or("");
            match status {
                "ACTIVE" => return Ok(response["loadbalancer"].take()),
                "ERROR" => bail!("load balancer {id} went to ERROR"),
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
        bail!("load balancer {id} did not become ACTIVE")
    }

    /// Deletes a load balancer and its children.
    pub async fn delete(&mut self, id: &str) -> Result<()> {
        let path = format!("{LOAD_BALANCERS}/{id}?cascade=true");
        self.request(Method::DELETE, &path, None).await.map(drop)
    }
}

/// A text field of an object.
pub fn text<'a>(object: &'a Value, field: &str) -> Result<&'a str> {
    object[field].as_str().with_context(|| format!("no {field} in the response"))
}

//! A client of the server's APIs that lives longer than one run of the server.

use crate::{program::PASSWORD, snapshot::Snapshot};
use anyhow::{Context, Result, bail, ensure};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

const LBAAS: &str = "/load-balancer/v2/lbaas";
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// By then every change must be carried out, on a busy machine as well.
const SETTLE_TIMEOUT: Duration = Duration::from_mins(2);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

/// Clones share the address of the server, which changes with every start.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Arc<RwLock<String>>,
    token: String,
    subnet: String,
}

/// What became of a change.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Acknowledged,
    /// The server ended before it answered.
    Lost,
}

/// A load balancer as the server describes it.
pub struct Seen {
    pub provisioning_status: String,
    pub snapshot: Snapshot,
    /// Of the listeners, by port.
    pub listener_ids: Vec<(u16, String)>,
    /// Of the members, by address and port.
    pub member_ids: Vec<((String, u16), String)>,
    pub pool: String,
    pub monitor: Option<String>,
}

impl Client {
    /// Signs in as `admin`.
    pub async fn sign_in(base: &str) -> Result<Self> {
        // reqwest takes the cryptography of the process, for whatever URL. Fails where there is one already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(REQUEST_TIMEOUT).build()?;
        let domain = json!({"id": "default"});
        let body = json!({"auth": {
            "identity": {"methods": ["password"], "password": {
                "user": {"name": "admin", "domain": domain, "password": PASSWORD},
            }},
            "scope": {"project": {"name": "default", "domain": domain}},
        }});
        let url = format!("{base}/identity/v3/auth/tokens");
        let answer = http.post(url).json(&body).send().await?.error_for_status()?;
        let token = answer.headers().get("x-subject-token").context("no token")?.to_str()?;
        let token = token.to_owned();
        let base = Arc::new(RwLock::new(base.to_owned()));
        let mut client = Self { http, base, token, subnet: String::new() };
        let subnets = client.get("/networking/v2.0/subnets").await?.context("no networks")?;
        text(&subnets["subnets"][0]["id"])?.clone_into(&mut client.subnet);
        Ok(client)
    }

    /// Where the server listens after a restart.
    pub fn moved_to(&self, base: &str) {
        base.clone_into(&mut self.base.write().unwrap_or_else(PoisonError::into_inner));
    }

    pub async fn create(&self, name: &str, wanted: &Snapshot) -> Result<Outcome> {
        let body = wanted.create_request(name, &self.subnet);
        self.change(Method::POST, "loadbalancers", Some(body)).await
    }

    /// The id of the load balancer with this name, if there is one.
    pub async fn find(&self, name: &str) -> Result<Option<String>> {
        let list = self.get(&format!("{LBAAS}/loadbalancers?name={name}")).await?;
        let list = list.context("the list is not there")?;
        let ids: Vec<_> = list["loadbalancers"].as_array().into_iter().flatten().collect();
        ensure!(ids.len() <= 1, "{name} was created more than once");
        ids.first().map(|one| text(&one["id"]).map(str::to_owned)).transpose()
    }

    /// Sends one change. A refusal is an error: the campaign sends nothing that may be refused.
    pub async fn change(&self, method: Method, path: &str, body: Option<Value>) -> Result<Outcome> {
        let mut request = self.request(method.clone(), &format!("{LBAAS}/{path}"));
        if let Some(body) = &body {
            request = request.json(body);
        }
        let Ok(answer) = request.send().await else { return Ok(Outcome::Lost) };
        let status = answer.status();
        let Ok(text) = answer.text().await else {
            // The status has arrived: the change was acknowledged or refused all the same.
            ensure!(status.is_success(), "{method} {path}: {status}");
            return Ok(Outcome::Acknowledged);
        };
        ensure!(status.is_success(), "{method} {path}: {status} {text}");
        Ok(Outcome::Acknowledged)
    }

    /// The VIP of a load balancer; `None` if it does not exist.
    pub async fn vip(&self, id: &str) -> Result<Option<String>> {
        let answer = self.get(&format!("{LBAAS}/loadbalancers/{id}")).await?;
        let vip =
            answer.map(|answer| text(&answer["loadbalancer"]["vip_address"]).map(str::to_owned));
        vip.transpose()
    }

    /// Reads a load balancer that is not pending, with all that belongs to it; `None` if it does not exist.
    async fn load_balancer(&self, id: &str) -> Result<Option<Seen>> {
        let Some(answer) = self.get(&format!("{LBAAS}/loadbalancers/{id}")).await? else {
            return Ok(None);
        };
        let seen = &answer["loadbalancer"];
        let listeners = self.list(&format!("listeners?loadbalancer_id={id}"), "listeners").await?;
        let pools = self.list(&format!("pools?loadbalancer_id={id}"), "pools").await?;
        ensure!(pools.len() == 1, "{id} has {} pools", pools.len());
        let pool = text(&pools[0]["id"])?.to_owned();
        let members = self.list(&format!("pools/{pool}/members"), "members").await?;
        let monitor = pools[0]["healthmonitor_id"].as_str().map(str::to_owned);
        let monitor_delay = match &monitor {
            Some(id) => {
                let answer = self.get(&format!("{LBAAS}/healthmonitors/{id}")).await?;
                answer.context("the health monitor is not there")?["healthmonitor"]["delay"]
                    .as_i64()
            }
            None => None,
        };
        let mut snapshot = Snapshot {
            description: text(&seen["description"])?.to_owned(),
            listeners: [].into(),
            members: [].into(),
            monitor_delay,
        };
        let (mut listener_ids, mut member_ids) = (Vec::new(), Vec::new());
        for listener in &listeners {
            let port = port(listener)?;
            let enabled = listener["admin_state_up"].as_bool().context("admin_state_up")?;
            ensure!(listener["default_pool_id"] == pool.as_str(), "a listener has lost its pool");
            ensure!(snapshot.listeners.insert(port, enabled).is_none(), "two listeners on {port}");
            listener_ids.push((port, text(&listener["id"])?.to_owned()));
        }
        for member in &members {
            let key = (text(&member["address"])?.to_owned(), port(member)?);
            let weight = member["weight"].as_i64().context("weight")?;
            ensure!(snapshot.members.insert(key.clone(), weight).is_none(), "a member twice");
            member_ids.push((key, text(&member["id"])?.to_owned()));
        }
        Ok(Some(Seen {
            provisioning_status: text(&seen["provisioning_status"])?.to_owned(),
            snapshot,
            listener_ids,
            member_ids,
            pool,
            monitor,
        }))
    }

    /// Waits until nothing of the load balancer is pending. `None`: it was deleted.
    pub async fn settled(&self, id: &str) -> Result<Option<Seen>> {
        let start = Instant::now();
        loop {
            let Some(answer) = self.get(&format!("{LBAAS}/loadbalancers/{id}")).await? else {
                return Ok(None);
            };
            let status = text(&answer["loadbalancer"]["provisioning_status"])?;
            if !status.starts_with("PENDING") {
                return self.load_balancer(id).await;
            }
            if start.elapsed() > SETTLE_TIMEOUT {
                bail!("{id} stays {status}");
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    async fn list(&self, path: &str, key: &str) -> Result<Vec<Value>> {
        let mut answer =
            self.get(&format!("{LBAAS}/{path}")).await?.context("a list is not there")?;
        match answer[key].take() {
            Value::Array(list) => Ok(list),
            other => bail!("{path} is not a list: {other}"),
        }
    }

    /// `None`: 404.
    async fn get(&self, path: &str) -> Result<Option<Value>> {
        let answer = self.request(Method::GET, path).send().await?;
        if answer.status() == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        Ok(Some(answer.error_for_status()?.json().await?))
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let base = self.base.read().unwrap_or_else(PoisonError::into_inner);
        self.http.request(method, format!("{base}{path}")).header("X-Auth-Token", &self.token)
    }
}

fn text(value: &Value) -> Result<&str> {
    value.as_str().with_context(|| format!("{value} is not a text"))
}

fn port(object: &Value) -> Result<u16> {
    let port = object["protocol_port"].as_u64().context("protocol_port")?;
    u16::try_from(port).context("protocol_port")
}

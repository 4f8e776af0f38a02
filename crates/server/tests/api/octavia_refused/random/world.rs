//! A server whose listeners are broken and repaired.

use super::{
    super::slip_in,
    action::{Action, Damage},
    load::{Load, get},
};
use crate::common::{
    Client, TestServer,
    octavia::{LBAAS, graph, poll_until},
    tls::{Authority, Issued, free_port},
    whoami,
};
use reqwest::StatusCode;
use serde_json::json;
use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};
use tokio::net::TcpListener;

/// The second network is on no interface.
const CONFIG: &str = r#"
[[networks]]
name = "loopback"
cidr = "127.8.0.0/16"

[[networks]]
name = "absent"
cidr = "203.0.113.0/24"
"#;

/// What a listener is expected to do.
pub(super) struct Expected {
    id: String,
    port: u16,
    /// The reference of its own certificate.
    pub(super) certificate: Option<String>,
    /// The pool of its own.
    pub(super) pool: String,
    /// The other program on its port.
    pub(super) taken: Option<TcpListener>,
    pub(super) is_broken: bool,
    pub(super) has_broken_pool: bool,
    /// The policy with the rule that cannot be read.
    pub(super) broken_policy: Option<String>,
}

impl Expected {
    pub(super) fn serves(&self) -> bool {
        !self.is_broken && !self.has_broken_pool && self.broken_policy.is_none()
    }
}

pub(super) struct Bundles {
    pub(super) authority: Authority,
    pub(super) good: Issued,
    pub(super) weak: Vec<u8>,
}

pub(super) struct World {
    server: TestServer,
    client: Client,
    bundles: Arc<Bundles>,
    lb: String,
    vip: IpAddr,
    steady: SocketAddr,
    member: SocketAddr,
    listeners: Vec<Expected>,
    /// Load balancers whose VIP no interface has.
    absent: Vec<String>,
    load: Load,
}

impl World {
    pub(super) async fn new(bundles: Arc<Bundles>) -> Self {
        let server = TestServer::with_config(CONFIG).await;
        let client = server.admin().await;
        let (port, member) = (free_port().await, whoami::start("member").await);
        let subnets = client.get("/networking/v2.0/subnets?name=loopback-subnet").await.body;
        let mut steady = graph(port, &[member]);
        steady["vip_subnet_id"] = subnets["subnets"][0]["id"].clone();
        let lb = client.new_lb(steady).await;
        client.until(&lb, "operating_status", "ONLINE").await;
        let vip = client.settled(&lb).await["vip_address"].as_str().unwrap().parse().unwrap();
        let steady = SocketAddr::new(vip, port);
        let load = Load::on(steady);
        let (listeners, absent) = (Vec::new(), Vec::new());
        Self { server, client, bundles, lb, vip, steady, member, listeners, absent, load }
    }

    fn chosen(&mut self, number: usize) -> Option<&mut Expected> {
        let count = self.listeners.len();
        self.listeners.get_mut(number.checked_rem(count)?)
    }

    async fn add(&mut self, with_certificate: bool, taken: bool) {
        let port = free_port().await;
        let taken = if taken { TcpListener::bind((self.vip, port)).await.ok() } else { None };
        let certificate = if with_certificate {
            Some(self.client.certificate("c", &self.bundles.good).await)
        } else {
            None
        };
        let member =
            json!({"address": self.member.ip().to_string(), "protocol_port": self.member.port()});
        let mut listener = json!({
            "loadbalancer_id": self.lb, "protocol": "HTTP", "protocol_port": port,
            "default_pool": {"protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN", "members": [member]},
        });
        if let Some(certificate) = &certificate {
            listener["protocol"] = json!("TERMINATED_HTTPS");
            listener["default_tls_container_ref"] = json!(certificate);
        }
        let answer =
            self.client.post(&format!("{LBAAS}/listeners"), json!({ "listener": listener })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let listener = &answer.body["listener"];
        self.listeners.push(Expected {
            id: listener["id"].as_str().unwrap().to_owned(),
            port,
            certificate,
            pool: listener["default_pool_id"].as_str().unwrap().to_owned(),
            is_broken: taken.is_some(),
            taken,
            has_broken_pool: false,
            broken_policy: None,
        });
    }

    /// A policy of a listener with a rule that this version cannot read, once.
    async fn break_rule(&mut self, number: usize) {
        let Some(listener) = self.chosen(number) else { return };
        if listener.broken_policy.is_some() {
            return;
        }
        let id = listener.id.clone();
        let rule = json!({"type": "PATH", "compare_type": "EQUAL_TO", "value": "/a"});
        let policy = json!({"listener_id": id, "action": "REJECT", "rules": [rule]});
        let answer =
            self.client.post(&format!("{LBAAS}/l7policies"), json!({ "l7policy": policy })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let policy = answer.body["l7policy"]["id"].as_str().unwrap().to_owned();
        self.client.settled(&self.lb).await;
        let statement = "UPDATE l7rule SET compare_type = 'OF_TOMORROW' WHERE l7policy_id = ?1";
        self.server.sql(statement, [policy.clone()]).await.unwrap();
        if let Some(listener) = self.chosen(number) {
            listener.broken_policy = Some(policy);
        }
        self.edit(&id, json!({"timeout_client_data": 43_000})).await;
    }

    async fn add_on_absent_address(&mut self) {
        let networks = self.client.get("/networking/v2.0/networks?name=absent").await.body;
        let network = &networks["networks"][0]["id"];
        let port = free_port().await;
        let lb = json!({
            "vip_network_id": network,
            "listeners": [{"protocol": "HTTP", "protocol_port": port}],
        });
        let path = format!("{LBAAS}/loadbalancers");
        let answer = self.client.post(&path, json!({ "loadbalancer": lb })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        self.absent.push(answer.body["loadbalancer"]["id"].as_str().unwrap().to_owned());
    }

    async fn edit(&self, id: &str, change: serde_json::Value) {
        let path = format!("{LBAAS}/listeners/{id}");
        let answer = self.client.put(&path, json!({ "listener": change })).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        self.client.settled(&self.lb).await;
    }

    async fn set_algorithm(&self, pool: &str, algorithm: &str) {
        let statement = "UPDATE pool SET lb_algorithm = ?2 WHERE id = ?1";
        self.server.sql(statement, [pool.to_owned(), algorithm.to_owned()]).await.unwrap();
    }

    pub(super) async fn take(mut self, action: Action) -> Self {
        match action {
            Action::AddHttp => self.add(false, false).await,
            Action::AddTls => self.add(true, false).await,
            Action::AddOnTakenPort => self.add(false, true).await,
            Action::BreakCertificate(number, damage) => {
                let Some(listener) = self.chosen(number) else { return self };
                let Some(reference) = listener.certificate.clone() else { return self };
                listener.is_broken = true;
                let id = listener.id.clone();
                let bundles = self.bundles.clone();
                let payload = match damage {
                    Damage::Weak => &bundles.weak[..],
                    Damage::Unreadable => b"no bundle",
                };
                slip_in(&self.server, &reference, payload).await;
                self.edit(&id, json!({"timeout_client_data": 41_000})).await;
            }
            Action::BreakPool(number) => {
                let Some(listener) = self.chosen(number) else { return self };
                listener.has_broken_pool = true;
                let (id, pool) = (listener.id.clone(), listener.pool.clone());
                self.set_algorithm(&pool, "OF_TOMORROW").await;
                self.edit(&id, json!({"timeout_client_data": 42_000})).await;
            }
            Action::BreakRule(number) => self.break_rule(number).await,
            Action::AddOnAbsentAddress => self.add_on_absent_address().await,
            Action::FreePort => {
                for listener in &mut self.listeners {
                    if listener.taken.take().is_some() {
                        listener.is_broken = false;
                    }
                }
            }
            Action::Edit(number) => {
                let limit = 1000 + number % 1000;
                let Some(listener) = self.chosen(number) else { return self };
                let id = listener.id.clone();
                self.edit(&id, json!({"connection_limit": limit})).await;
            }
            Action::Delete(number) => {
                let Some(listener) = self.chosen(number) else { return self };
                let id = listener.id.clone();
                self.listeners.retain(|listener| listener.id != id);
                let deleted = self.client.delete(&format!("{LBAAS}/listeners/{id}")).await;
                assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{}", deleted.body);
            }
            Action::Failover => {
                let path = format!("{LBAAS}/loadbalancers/{}/failover", self.lb);
                assert_eq!(self.client.put(&path, json!({})).await.status, StatusCode::ACCEPTED);
            }
            Action::Restart => return self.restart().await,
        }
        self
    }

    async fn restart(self) -> Self {
        let Self { server, client, load, steady, .. } = self;
        load.finish().await;
        let server = TestServer::on(server.stop().await, CONFIG).await;
        let client = Client { token: client.token, ..server.anonymous() };
        poll_until(async |_| get(steady).await.ok()).await;
        let load = Load::on(steady);
        Self { server, client, load, ..self }
    }

    /// Waits until every listener has the state that is expected of it.
    pub(super) async fn check(&self) {
        let shown = self.client.settled(&self.lb).await;
        assert_eq!(shown["provisioning_status"], "ACTIVE", "{shown}");
        for listener in &self.listeners {
            let path = format!("{LBAAS}/listeners/{}", listener.id);
            poll_until(async |seen| {
                *seen = self.client.get(&path).await.body["listener"].clone();
                let expected = if listener.serves() { "ACTIVE" } else { "ERROR" };
                (seen["provisioning_status"] == expected).then_some(())
            })
            .await;
            let to = SocketAddr::new(self.vip, listener.port);
            match listener.certificate {
                Some(_) if listener.serves() => drop(self.bundles.authority.ask(to).await.unwrap()),
                None if listener.serves() => drop(get(to).await.unwrap()),
                _ => {}
            }
        }
        for lb in &self.absent {
            let shown = self.client.settled(lb).await;
            assert_eq!(shown["provisioning_status"], "ACTIVE", "{shown}");
            let reason = shown["provisioning_reason"].as_str().unwrap_or_default();
            assert!(reason.contains("203.0.113."), "{shown}");
            let path = format!("{LBAAS}/listeners?loadbalancer_id={lb}");
            let listeners = self.client.get(&path).await.body;
            assert_eq!(listeners["listeners"][0]["provisioning_status"], "ERROR", "{listeners}");
        }
        assert!(!self.load.has_failed(), "a request failed");
    }

    /// Repairs every listener by changing it.
    pub(super) async fn repair(mut self) {
        for index in 0..self.listeners.len() {
            let listener = &mut self.listeners[index];
            listener.taken = None;
            listener.is_broken = false;
            let (id, pool) = (listener.id.clone(), listener.pool.clone());
            if std::mem::take(&mut listener.has_broken_pool) {
                self.set_algorithm(&pool, "ROUND_ROBIN").await;
            }
            if let Some(policy) = self.listeners[index].broken_policy.take() {
                let deleted = self.client.delete(&format!("{LBAAS}/l7policies/{policy}")).await;
                assert_eq!(deleted.status, StatusCode::NO_CONTENT, "{}", deleted.body);
                self.client.settled(&self.lb).await;
            }
            let mut change = json!({"connection_limit": -1});
            if self.listeners[index].certificate.is_some() {
                let certificate = self.client.certificate("new", &self.bundles.good).await;
                change["default_tls_container_ref"] = json!(certificate);
            }
            self.edit(&id, change).await;
        }
        self.check().await;
        self.client.until(&self.lb, "operating_status", "ONLINE").await;
        assert_eq!(self.client.settled(&self.lb).await.get("provisioning_reason"), None);
        self.load.finish().await;
        for lb in self.absent.iter().chain([&self.lb]) {
            let path = format!("{LBAAS}/loadbalancers/{lb}?cascade=true");
            assert_eq!(self.client.delete(&path).await.status, StatusCode::NO_CONTENT);
            assert!(self.client.settled(lb).await.is_null());
        }
        self.server.stop().await;
    }
}

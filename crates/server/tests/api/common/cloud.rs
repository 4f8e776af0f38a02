//! A portal in front of a cloud, and browsers with its page.

use super::{Answer, http, send};
use lb_portal_server::{config::Config, serve::CloudServer};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{sync::oneshot, task::JoinHandle};

/// How long a test waits for a condition.
const DEADLINE: Duration = Duration::from_secs(30);

/// A running portal; stops when [`CloudPortal::stop`] is called or the test ends.
pub struct CloudPortal {
    pub url: String,
    /// To be called without a connection.
    pub router: axum::Router,
    stop: oneshot::Sender<()>,
    running: JoinHandle<()>,
}

impl CloudPortal {
    /// In front of a Keystone, with a configuration file of this text.
    pub async fn start(keystone: &str, toml: &str) -> Self {
        let config = Config::parse(toml).unwrap();
        let server = CloudServer::start("127.0.0.1:0", keystone, config).await.unwrap();
        let url = format!("http://{}", server.address());
        let router = server.router();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async move {
            let _ = stopped.await;
        }));
        Self { url, router, stop, running }
    }

    pub async fn stop(self) {
        drop(self.stop);
        self.running.await.unwrap();
    }

    /// A browser that has signed in.
    pub async fn sign_in(&self, user: &str, password: &str) -> Browser {
        let browser = Browser::new(&self.url);
        let answer = browser.try_sign_in(user, password).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        browser
    }
}

/// Why a portal can't start in front of a Keystone, as the command line prints it.
pub async fn portal_error(keystone: &str, toml: &str) -> String {
    let config = Config::parse(toml).unwrap();
    match CloudServer::start("127.0.0.1:0", keystone, config).await {
        Ok(server) => panic!("it starts on {}", server.address()),
        Err(error) => format!("{:#}", anyhow::Error::from(error)),
    }
}

/// A browser with the page: keeps the cookie, and says that requests are of the same origin.
pub struct Browser {
    http: reqwest::Client,
    base: String,
    cookie: Mutex<Option<String>>,
}

impl Browser {
    pub fn new(base: &str) -> Self {
        Self { http: http().build().unwrap(), base: base.to_owned(), cookie: Mutex::default() }
    }

    /// Another tab of the same browser, at this moment.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_cookie(&self, cookie: Option<String>) {
        *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = cookie;
    }

    /// A request of the page.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self
            .http
            .request(method, format!("{}{path}", self.base))
            .header("Sec-Fetch-Site", "same-origin");
        match self.cookie() {
            Some(cookie) => request.header("Cookie", cookie),
            None => request,
        }
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(method, path);
        let answer = send(match body {
            Some(body) => request.json(&body),
            None => request,
        })
        .await;
        if let Some(set) = answer.headers.get("set-cookie") {
            let pair = set.to_str().unwrap().split(';').next().unwrap().to_owned();
            self.set_cookie((!pair.ends_with('=')).then_some(pair));
        }
        answer
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn try_sign_in(&self, user: &str, password: &str) -> Answer {
        let body = json!({"user": user, "password": password});
        self.send(Method::POST, "/portal/session", Some(body)).await
    }

    /// Waits until a load balancer is ACTIVE.
    pub async fn wait_until_active(&self, id: &str) {
        self.wait(id, |answer| answer.body["loadbalancer"]["provisioning_status"] == "ACTIVE")
            .await;
    }

    /// Waits until a load balancer is deleted.
    pub async fn wait_until_gone(&self, id: &str) {
        self.wait(id, |answer| {
            answer.status == StatusCode::NOT_FOUND
                || answer.body["loadbalancer"]["provisioning_status"] == "DELETED"
        })
        .await;
    }

    async fn wait(&self, id: &str, until: impl Fn(&Answer) -> bool) {
        let path = format!("/load-balancer/v2/lbaas/loadbalancers/{id}");
        let start = Instant::now();
        loop {
            let answer = self.get(&path).await;
            if until(&answer) {
                return;
            }
            assert!(start.elapsed() < DEADLINE, "{}", answer.body);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

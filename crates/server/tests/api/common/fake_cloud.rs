//! A cloud whose answers a test decides, and which remembers what it was asked.

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinHandle};

pub const UNSCOPED: &str = "unscoped-token-of-the-cloud";
pub const SCOPED: &str = "scoped-token-of-the-cloud";
pub const USER: &str = "da71e09b6610432dbd3953ea37577518";
pub const PROJECT: &str = "b753798e87284b2eb2f5d47cef6375d8";

/// A request that reached the cloud.
#[derive(Clone, Debug)]
pub struct Seen {
    pub method: Method,
    pub uri: Uri,
    pub headers: HeaderMap,
    pub body: String,
}

type Answer = Box<dyn Fn(&Seen) -> Option<Response> + Send + Sync>;
type Delay = Box<dyn Fn(&Seen) -> Duration + Send + Sync>;

struct Script {
    seen: Mutex<Vec<Seen>>,
    catalog: Mutex<Value>,
    projects: Mutex<Value>,
    /// Decides before Keystone's usual answers.
    answer: Mutex<Answer>,
    /// How long an answer takes.
    delay: Mutex<Delay>,
    /// Roles of users; others are `member` and `reader`. The token of such a user has the user's name.
    roles: Mutex<HashMap<String, Vec<String>>>,
    members_in_flight: AtomicUsize,
    most_members_in_flight: AtomicUsize,
}

pub struct FakeCloud {
    /// `http://127.0.0.1:PORT`, which is Keystone, and with `/octavia` and so on the other services.
    pub url: String,
    script: Arc<Script>,
    running: JoinHandle<()>,
}

impl Drop for FakeCloud {
    fn drop(&mut self) {
        self.running.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An entry of a catalog.
pub fn service(kind: &str, region: &str, url: &str) -> Value {
    json!({"type": kind, "name": kind, "endpoints": [
        {"interface": "public", "region": region, "region_id": region, "url": url},
    ]})
}

/// An answer in JSON.
pub fn answer(status: u16, body: &Value) -> Response {
    (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
}

/// An answer of another type.
pub fn raw(status: u16, kind: &str, body: impl Into<Body>) -> Response {
    (StatusCode::from_u16(status).unwrap(), [(header::CONTENT_TYPE, kind.to_owned())], body.into())
        .into_response()
}

impl FakeCloud {
    /// With Octavia, Barbican and Neutron in `RegionOne`, which answer with empty lists.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let catalog = json!([
            service("load-balancer", "RegionOne", &format!("{url}/octavia")),
            service("key-manager", "RegionOne", &format!("{url}/barbican")),
            service("network", "RegionOne", &format!("{url}/neutron")),
        ]);
        let projects = json!([
            {"id": PROJECT, "name": "web", "domain_id": "default", "enabled": true},
        ]);
        let script = Arc::new(Script {
            seen: Mutex::default(),
            catalog: Mutex::new(catalog),
            projects: Mutex::new(projects),
            answer: Mutex::new(Box::new(|_| None)),
            delay: Mutex::new(Box::new(|_| Duration::ZERO)),
            roles: Mutex::default(),
            members_in_flight: AtomicUsize::new(0),
            most_members_in_flight: AtomicUsize::new(0),
        });
        let router = axum::Router::new().fallback(handle).with_state(script.clone());
        let running = tokio::spawn(async move { axum_serve(listener, router).await });
        Self { url, script, running }
    }

    pub fn set_catalog(&self, catalog: Value) {
        *lock(&self.script.catalog) = catalog;
    }

    pub fn set_projects(&self, projects: Value) {
        *lock(&self.script.projects) = projects;
    }

    /// What to answer; `None`: as usual.
    pub fn set_answer(&self, answer: impl Fn(&Seen) -> Option<Response> + Send + Sync + 'static) {
        *lock(&self.script.answer) = Box::new(answer);
    }

    pub fn set_delay(&self, delay: impl Fn(&Seen) -> Duration + Send + Sync + 'static) {
        *lock(&self.script.delay) = Box::new(delay);
    }

    pub fn set_roles(&self, user: &str, roles: &[&str]) {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        lock(&self.script.roles).insert(user.to_owned(), roles);
    }

    /// How many requests for members were there at the same time.
    pub fn most_members_in_flight(&self) -> usize {
        self.script.most_members_in_flight.load(Ordering::Relaxed)
    }

    /// The requests since the last call.
    pub fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut lock(&self.script.seen))
    }
}

/// axum's own server is not a dependency of this workspace.
async fn axum_serve(listener: TcpListener, router: axum::Router) {
    use hyper_util::{rt::TokioIo, service::TowerToHyperService};
    while let Ok((stream, _)) = listener.accept().await {
        let service = TowerToHyperService::new(router.clone());
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service),
        );
    }
}

async fn handle(State(script): State<Arc<Script>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_else(|_| Bytes::new());
    let seen = Seen {
        method: parts.method,
        uri: parts.uri,
        headers: parts.headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    lock(&script.seen).push(seen.clone());
    let is_of_members = seen.uri.path().ends_with("/members");
    if is_of_members {
        let now = script.members_in_flight.fetch_add(1, Ordering::Relaxed) + 1;
        script.most_members_in_flight.fetch_max(now, Ordering::Relaxed);
    }
    let delay = lock(&script.delay)(&seen);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    let scripted = lock(&script.answer)(&seen);
    if is_of_members {
        script.members_in_flight.fetch_sub(1, Ordering::Relaxed);
    }
    scripted.unwrap_or_else(|| usual(&script, &seen))
}

fn usual(script: &Script, seen: &Seen) -> Response {
    let path = seen.uri.path();
    match (seen.method.as_str(), path) {
        ("GET", "/v3") => answer(200, &json!({"version": {"id": "v3.14", "status": "stable"}})),
        ("POST", "/v3/auth/tokens") => token(script, &seen.body),
        ("GET", "/v3/auth/projects") => {
            answer(200, &json!({"projects": *lock(&script.projects), "links": {}}))
        }
        ("GET", "/v3/auth/tokens") => answer(200, &json!({"token": {}})),
        ("DELETE", "/v3/auth/tokens") => StatusCode::NO_CONTENT.into_response(),
        ("GET", "/octavia/") => {
            answer(200, &json!({"versions": [{"id": "v2.0"}, {"id": "v2.30"}, {"id": "v2.9"}]}))
        }
        ("GET", _) => {
            let list = path.rsplit('/').next().unwrap_or_default();
            answer(200, &json!({list: []}))
        }
        _ => answer(200, &json!({})),
    }
}

fn token(script: &Script, body: &str) -> Response {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let mut token = json!({
        "methods": body["auth"]["identity"]["methods"],
        "user": {"id": USER, "name": "alice", "domain": {"id": "default", "name": "Default"}},
        "expires_at": "2099-01-01T00:00:00.000000Z",
        "issued_at": "2026-01-01T00:00:00.000000Z",
    });
    let name = body["auth"]["identity"]["password"]["user"]["name"].as_str();
    let name = name.or_else(|| {
        body["auth"]["identity"]["token"]["id"].as_str()?.strip_prefix(UNSCOPED)?.strip_prefix('-')
    });
    let roles = name.and_then(|name| lock(&script.roles).get(name).cloned());
    let suffix =
        name.filter(|_| roles.is_some()).map(|name| format!("-{name}")).unwrap_or_default();
    if !suffix.is_empty() {
        token["user"]["id"] = json!(name);
    }
    let mut value = UNSCOPED;
    let wanted = &body["auth"]["scope"]["project"]["id"];
    if let Some(wanted) = wanted.as_str() {
        value = SCOPED;
        let projects = lock(&script.projects);
        let project = projects.as_array().unwrap().iter().find(|project| project["id"] == wanted);
        token["project"] = project.cloned().unwrap_or_default();
        let roles = roles.unwrap_or_else(|| vec!["member".to_owned(), "reader".to_owned()]);
        token["roles"] = roles.iter().map(|role| json!({"id": role, "name": role})).collect();
        token["catalog"] = lock(&script.catalog).clone();
    }
    let mut response = answer(201, &json!({ "token": token }));
    response.headers_mut().insert("x-subject-token", format!("{value}{suffix}").parse().unwrap());
    response
}

//! A real server on a free port with a data directory of its own, and people signed in to it.

pub mod barbican;
pub mod binary;
pub mod cloud;
pub mod edit;
pub mod fake_cloud;
pub mod fake_octavia;
pub mod logged;
pub mod octavia;
pub mod ports;
pub mod recorded;
pub mod stream;
pub mod tls;
pub mod whoami;

use lb_portal_server::{
    app::App,
    config::Config,
    ids, password,
    password::Password,
    serve::{Options, Server},
    store::{
        projects::{self, Project},
        roles,
        users::{self, User},
    },
};
use openstack_types::{ProjectId, UserId};
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use std::sync::Arc;
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle};

/// The password of `admin` and of everybody added by [`TestServer::add_user`].
pub const PASSWORD: &str = "correct horse battery staple";

/// A running server; stops when [`TestServer::stop`] is called or the test ends.
pub struct TestServer {
    /// `http://127.0.0.1:PORT`.
    pub url: String,
    /// What requests reach, to arrange what no API can.
    pub app: Arc<App>,
    /// Where everything is kept.
    pub data_dir: TempDir,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), lb_portal_server::serve::ReconcileEnded>>,
}

impl TestServer {
    /// With the default configuration.
    pub async fn start() -> Self {
        Self::with_config("").await
    }

    /// With a configuration file of this text.
    pub async fn with_config(toml: &str) -> Self {
        Self::on(tempfile::tempdir().unwrap(), toml).await
    }

    /// On a directory that may hold something already.
    pub async fn on(data_dir: TempDir, toml: &str) -> Self {
        let options = Options {
            listen: "127.0.0.1:0".to_owned(),
            data_dir: data_dir.path().to_owned(),
            config: Config::parse(toml).unwrap(),
            admin_password: Some(Password::new(PASSWORD)),
        };
        let server = Server::start(options).await.unwrap();
        let url = format!("http://{}", server.address());
        let app = server.app().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(server.run(async move {
            let _ = stopped.await;
        }));
        Self { url, app, data_dir, stop, running }
    }

    /// Stops it as a signal would, and hands back its directory.
    pub async fn stop(self) -> TempDir {
        drop(self.stop);
        self.running.await.unwrap().unwrap();
        self.data_dir
    }

    /// Makes a project.
    pub async fn add_project(&self, name: &str) -> ProjectId {
        let project = Project {
            id: ProjectId(ids::keystone()),
            name: name.to_owned(),
            description: String::new(),
            enabled: true,
        };
        let id = project.id.clone();
        self.app.store.write(move |tx| projects::insert(tx, &project, 0)).await.unwrap();
        id
    }

    /// Makes a user with [`PASSWORD`] and roles in a project that is there.
    pub async fn add_user(
        &self,
        name: &str,
        project: &str,
        roles: &'static [&'static str],
    ) -> UserId {
        let hash = password::hash(&Password::new(PASSWORD)).unwrap();
        let id = UserId(ids::keystone());
        let user =
            User { id: id.clone(), name: name.to_owned(), default_project_id: None, enabled: true };
        let project = project.to_owned();
        self.app
            .store
            .write(move |tx| {
                let project = projects::by_name(tx, &project)?.unwrap();
                users::insert(tx, &user, &hash, 0)?;
                for role in roles {
                    assert!(roles::assign(tx, &user.id, &project.id, role)?);
                }
                Ok::<_, rusqlite::Error>(())
            })
            .await
            .unwrap();
        id
    }

    /// Runs a statement behind the server's back, for what no API can arrange.
    pub async fn sql<const N: usize>(
        &self,
        statement: &'static str,
        values: [String; N],
    ) -> rusqlite::Result<usize> {
        self.app
            .store
            .write(move |tx| tx.execute(statement, rusqlite::params_from_iter(values)))
            .await
    }

    /// A client without a token.
    pub fn anonymous(&self) -> Client {
        Client { http: crate::common::http().build().unwrap(), base: self.url.clone(), token: None }
    }

    /// A client with a token of `admin` in the project `default`.
    pub async fn admin(&self) -> Client {
        self.sign_in("admin", "default").await
    }

    /// A client with a token of a user with [`PASSWORD`] in a project.
    pub async fn sign_in(&self, user: &str, project: &str) -> Client {
        let scope = json!({"project": {"name": project, "domain": {"id": "default"}}});
        let answer = self.anonymous().authenticate(user, PASSWORD, Some(scope)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let token = answer.headers["x-subject-token"].to_str().unwrap().to_owned();
        Client { token: Some(token), ..self.anonymous() }
    }

    /// Creates a project `a` with the members `alice` and `adam` and the manager `mona`. Returns a client for each,
    /// and one for the admin.
    pub async fn people(&self) -> [Client; 4] {
        self.add_project("a").await;
        self.add_user("alice", "a", &["member"]).await;
        self.add_user("adam", "a", &["member"]).await;
        self.add_user("mona", "a", &["manager"]).await;
        [
            self.sign_in("alice", "a").await,
            self.sign_in("adam", "a").await,
            self.sign_in("mona", "a").await,
            self.admin().await,
        ]
    }
}

/// A client of HTTP. reqwest takes the cryptography of the process, for whatever URL.
pub fn http() -> reqwest::ClientBuilder {
    // Fails where the process has one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
}

/// Somebody who asks.
#[derive(Clone)]
pub struct Client {
    /// What really sends.
    pub http: reqwest::Client,
    /// Paths are appended to it.
    pub base: String,
    /// Sent as `X-Auth-Token`.
    pub token: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// JSON; a string where it was none; null where there was nothing.
    pub body: Value,
}

impl Client {
    /// A request to a path, with the token.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.header("X-Auth-Token", token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    /// POST of JSON.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::POST, path).json(&body)).await
    }

    /// POST of JSON, by a client that is not needed any more.
    pub async fn post_owned(self, path: &'static str, body: Value) -> Answer {
        self.post(path, body).await
    }

    /// PUT of JSON.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::PUT, path).json(&body)).await
    }

    /// PATCH of JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        send(self.request(Method::PATCH, path).json(&body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path)).await
    }

    /// Asks Keystone for a token.
    pub async fn authenticate(&self, user: &str, password: &str, scope: Option<Value>) -> Answer {
        let mut auth = json!({"identity": {
            "methods": ["password"],
            "password": {"user": {"name": user, "domain": {"id": "default"}, "password": password}},
        }});
        if let Some(scope) = scope {
            auth["scope"] = scope;
        }
        self.post("/identity/v3/auth/tokens", json!({ "auth": auth })).await
    }
}

/// Sends and reads.
pub async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    let body = if text.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    };
    Answer { status, headers, body }
}

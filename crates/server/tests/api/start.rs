//! Starting, stopping, and the files on the disk.

use crate::common::{PASSWORD, TestServer};
use lb_portal_server::{
    config::Config,
    password::Password,
    serve::{Options, Server},
};
use reqwest::{Method, StatusCode};
use serde_json::json;
use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Starts a server; an error has the text that the command line prints.
async fn try_start(data_dir: &Path, listen: &str) -> Result<Server, String> {
    Server::start(Options {
        listen: listen.to_owned(),
        data_dir: data_dir.to_owned(),
        config: Config::default(),
        admin_password: Some(Password::new(PASSWORD)),
    })
    .await
    .map_err(|error| format!("{:#}", anyhow::Error::from(error)))
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            found.extend(files(&entry.path()));
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
    found
}

/// The directory and what is in it, in all depths.
fn everything(dir: &Path) -> Vec<PathBuf> {
    let mut found = vec![dir.to_owned()];
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(everything(&path)) } else { found.push(path) }
    }
    found
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn neither_password_nor_token_is_on_the_disk() {
    let server = TestServer::start().await;
    server.add_user("mia", "default", &["member"]).await;
    let token = server.sign_in("mia", "default").await.token.unwrap();
    let answer = server
        .anonymous()
        .post("/portal/session", json!({"user": "mia", "password": PASSWORD}))
        .await;
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    let look = |dir: &Path| {
        let all = files(dir);
        assert!(all.iter().any(|path| path.ends_with("lb-portal.db")));
        for path in all {
            let bytes = std::fs::read(&path).unwrap();
            for secret in [PASSWORD, &token, &cookie] {
                let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
                assert!(!found, "{}", path.display());
            }
        }
    };
    look(server.data_dir.path());
    let dir = server.stop().await;
    look(dir.path());
}

#[tokio::test]
async fn only_the_owner_can_read_the_data() {
    let server = TestServer::start().await;
    let dir = server.data_dir.path();
    let admin = server.admin().await;
    let lb =
        admin.new_lb(json!({"listeners": [{"protocol": "HTTP", "protocol_port": 8000}]})).await;
    assert_eq!(admin.settled(&lb).await["provisioning_status"], "ACTIVE");
    let all = everything(dir);
    assert!(all.iter().any(|path| path.extension().is_some_and(|kind| kind == "pid")), "{all:?}");
    for path in all {
        let kind = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), kind, "{}", path.display());
    }
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let server = TestServer::start().await;
    server.add_project("second").await;
    server.add_user("mia", "second", &["manager"]).await;
    let mia = server.sign_in("mia", "second").await;
    let before = mia.get("/identity/v3/auth/projects").await.body["projects"][0]["id"].clone();
    let dir = server.stop().await;
    let server = TestServer::on(dir, "").await;
    let again = crate::common::Client { token: mia.token, ..server.anonymous() };
    let answer = again.get("/identity/v3/auth/projects").await;
    assert_eq!(answer.status, StatusCode::OK, "the token is still valid");
    assert_eq!(answer.body["projects"][0]["id"], before);
    server.sign_in("mia", "second").await;
}

#[tokio::test]
async fn a_data_directory_has_one_server() {
    let server = TestServer::start().await;
    let Err(why) = try_start(server.data_dir.path(), "127.0.0.1:0").await else {
        panic!("it started")
    };
    assert!(why.contains("another lb-portal serves") && !why.contains('\n'), "{why}");
    server.admin().await;
    let dir = server.stop().await;
    assert!(try_start(dir.path(), "127.0.0.1:0").await.is_ok());
}

#[tokio::test]
async fn a_failed_start_has_a_one_line_error() {
    let server = TestServer::start().await;
    let taken = server.url.strip_prefix("http://").unwrap();
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    std::fs::write(&file, "").unwrap();
    let newer = tempfile::tempdir().unwrap();
    let connection = rusqlite::Connection::open(newer.path().join("lb-portal.db")).unwrap();
    connection.pragma_update(None, "user_version", 1_000_000).unwrap();
    drop(connection);
    let garbage = tempfile::tempdir().unwrap();
    std::fs::write(garbage.path().join("lb-portal.db"), "no database at all".repeat(500)).unwrap();
    for (data_dir, listen, says) in [
        (dir.path(), taken, "cannot listen on"),
        (dir.path(), "nonsense", "cannot listen on nonsense"),
        (&*file.join("below"), "127.0.0.1:0", "cannot use the data directory"),
        (newer.path(), "127.0.0.1:0", "newer version"),
        (garbage.path(), "127.0.0.1:0", "cannot use the database"),
    ] {
        let Err(why) = try_start(data_dir, listen).await else { panic!("{says}: it started") };
        assert!(why.contains(says) && !why.contains('\n'), "{why}");
    }
}

#[tokio::test]
async fn every_response_has_security_headers() {
    let server = TestServer::start().await;
    let client = server.anonymous();
    for path in
        ["/", "/load-balancers/x", "/identity/v3", "/portal/info", "/networking/v2.0/networks"]
    {
        let headers = client.get(path).await.headers;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(headers[name], value, "{path}");
        }
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
        assert!(!headers.contains_key("access-control-allow-origin"));
    }
    let missing = client.get("/old-0123456789abcdef.js").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    let request = client.request(Method::GET, "/identity/v3").header("accept-encoding", "br");
    assert_eq!(crate::common::send(request).await.headers["content-encoding"], "br");
    let request = client
        .request(Method::GET, "/identity/v3")
        .header("x-openstack-request-id", "req-of-the-client");
    let answer = crate::common::send(request).await;
    assert_ne!(answer.headers["x-openstack-request-id"], "req-of-the-client");
}

#[tokio::test]
async fn after_a_stop_the_database_file_is_complete() {
    let server = TestServer::start().await;
    server.add_project("second").await;
    let dir = server.stop().await;
    let copy = tempfile::tempdir().unwrap();
    for name in ["lb-portal.db", "lb-portal.key"] {
        std::fs::copy(dir.path().join(name), copy.path().join(name)).unwrap();
    }
    let server = TestServer::on(copy, "").await;
    let projects = server.admin().await.get("/identity/v3/projects").await.body;
    assert!(projects.to_string().contains("second"), "{projects}");
}

#[tokio::test]
async fn no_new_database_is_made_beside_the_key_of_another() {
    let dir = TestServer::start().await.stop().await;
    let database = dir.path().join("lb-portal.db");
    for content in [None, Some("")] {
        for name in ["lb-portal.db-wal", "lb-portal.db-shm"] {
            let _ = std::fs::remove_file(dir.path().join(name));
        }
        match content {
            None => std::fs::remove_file(&database).unwrap(),
            Some(text) => std::fs::write(&database, text).unwrap(),
        }
        let Err(why) = try_start(dir.path(), "127.0.0.1:0").await else { panic!("it started") };
        assert!(why.contains("is missing or empty") && !why.contains('\n'), "{why}");
    }
    std::fs::remove_file(dir.path().join("lb-portal.key")).unwrap();
    assert!(try_start(dir.path(), "127.0.0.1:0").await.is_ok());
}

#[tokio::test]
async fn a_damaged_database_fails_the_start_with_one_line() {
    use std::io::{Seek, SeekFrom, Write};
    let server = TestServer::start().await;
    for n in 0..50 {
        server.add_project(&format!("project-{n}")).await;
    }
    let dir = server.stop().await;
    let path = dir.path().join("lb-portal.db");
    let length = std::fs::metadata(&path).unwrap().len();
    let mut file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(4096)).unwrap();
    file.write_all(&b"\xA5\x5A\x17".repeat(usize::try_from(length - 4096).unwrap() / 3)).unwrap();
    drop(file);
    let Err(why) = try_start(dir.path(), "127.0.0.1:0").await else { panic!("it started") };
    assert!(why.contains("it is damaged") && why.contains("backup"), "{why}");
    assert!(!why.contains('\n'), "{why}");
}

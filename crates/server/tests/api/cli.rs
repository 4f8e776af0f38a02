//! The real binary.

use crate::common::{Answer, Client, PASSWORD, logged::Logged};
use reqwest::{Method, StatusCode};
use std::{
    path::Path,
    process::{Output, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

const BINARY: &str = env!("CARGO_BIN_EXE_lb-portal");

/// A server in a process of its own; killed when dropped.
struct Process {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    /// The output before the line with the address.
    output: Vec<String>,
    url: String,
}

impl Process {
    async fn start(arguments: &[&str], password: Option<&str>) -> Self {
        let mut command = Command::new(BINARY);
        command.args(arguments).stdout(Stdio::piped()).kill_on_drop(true);
        match password {
            Some(password) => command.env("LB_PORTAL_ADMIN_PASSWORD", password),
            None => command.env_remove("LB_PORTAL_ADMIN_PASSWORD"),
        };
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut output = Vec::new();
        loop {
            let line = lines.next_line().await.unwrap().expect("it ended");
            if let Some(url) = line.strip_prefix("listening on ") {
                return Self { child, lines, output, url: url.to_owned() };
            }
            output.push(line);
        }
    }

    async fn serve(dir: &Path, password: Option<&str>) -> Self {
        let dir = dir.to_str().unwrap();
        Self::start(&["serve", "--listen", "127.0.0.1:0", "--data-dir", dir], password).await
    }

    fn client(&self) -> Client {
        Client { http: crate::common::http().build().unwrap(), base: self.url.clone(), token: None }
    }

    async fn signal(&mut self, name: &str) -> std::process::ExitStatus {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().await.unwrap().success());
        self.child.wait().await.unwrap()
    }
}

async fn run(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(BINARY)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    // The program may exit before it reads its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes()).await;
    // A command that serves instead of failing must not hang the test.
    let output = tokio::time::timeout(Duration::from_secs(60), child.wait_with_output());
    output.await.unwrap_or_else(|_| panic!("{arguments:?} does not end")).unwrap()
}

/// Runs a command that must succeed, and returns its output.
async fn good(dir: &TempDir, arguments: &[&str], input: &str) -> String {
    let dir = dir.path().to_str().unwrap();
    let output = run(&[arguments, &["--data-dir", dir]].concat(), input).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command that must fail with status 1, and returns its one line.
async fn bad(arguments: &[&str]) -> String {
    let output = run(arguments, "").await;
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("lb-portal: ") && text.trim_end().lines().count() == 1, "{text}");
    text
}

async fn sign_in(server: &Process, user: &str, password: &str, project: &str) -> Answer {
    let body = serde_json::json!({"user": user, "password": password, "project": project});
    server.client().post("/portal/session", body).await
}

#[tokio::test]
async fn accounts_are_created_while_the_server_runs() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::serve(dir.path(), Some(PASSWORD)).await;
    assert!(server.output.is_empty(), "a password given is not printed");

    good(&dir, &["project", "add", "web"], "").await;
    let add = ["user", "add", "mia", "--project", "web", "--role", "manager"];
    let printed = good(&dir, &add, "").await;
    let made = printed.lines().find_map(|line| line.strip_prefix("password: ")).unwrap();
    let answer = sign_in(&server, "mia", made, "web").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.body["roles"], serde_json::json!(["reader", "member", "manager"]));

    let add = ["user", "add", "tom", "--project", "web", "--role", "reader", "--password-stdin"];
    let printed = good(&dir, &add, "hunter2 with spaces\nignored").await;
    assert!(!printed.contains("hunter2"));
    let answer = sign_in(&server, "tom", "hunter2 with spaces", "web").await;
    assert_eq!(answer.body["roles"], serde_json::json!(["reader"]));
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    let token = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    let tom = Client { token: Some(token), ..server.client() };
    assert_eq!(tom.get("/portal/session").await.status, StatusCode::OK);

    good(&dir, &["user", "grant", "tom", "--project", "default", "--role", "member"], "").await;
    let answer = sign_in(&server, "tom", "hunter2 with spaces", "default").await;
    assert_eq!(answer.body["projects"].as_array().unwrap().len(), 2);

    // Revokes the role of the current session.
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    let token = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    let there = Client { token: Some(token), ..server.client() };
    good(&dir, &["user", "revoke", "tom", "--project", "default", "--role", "member"], "").await;
    let answer = there.get("/portal/session").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "without a role there is no session");
    assert_eq!(tom.get("/portal/session").await.status, StatusCode::OK, "in the other project");

    good(&dir, &["user", "passwd", "tom", "--password-stdin"], "another\n").await;
    let answer = sign_in(&server, "tom", "hunter2 with spaces", "web").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(sign_in(&server, "tom", "another", "web").await.status, StatusCode::OK);
    let answer = tom.get("/portal/session").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "a new password ends old sessions");

    let there = dir.path().to_str().unwrap();
    for (arguments, says) in [
        (vec!["project", "add", "WEB"], "there is a project called WEB already"),
        (vec!["project", "add", " "], "must not be empty"),
        (vec!["user", "add", "mia", "--project", "web", "--role", "member"], "called mia already"),
        (vec!["user", "add", "x", "--project", "no", "--role", "member"], "no project called no"),
        (vec!["user", "passwd", "x"], "no user called x"),
        (vec!["user", "passwd", "mia", "--password-stdin"], "must not be empty"),
        (vec!["user", "grant", "x", "--project", "web", "--role", "member"], "no user called x"),
        (vec!["user", "revoke", "x", "--project", "web", "--role", "member"], "no user called x"),
        (
            vec!["user", "revoke", "mia", "--project", "web", "--role", "reader"],
            "mia is not reader",
        ),
    ] {
        let text = bad(&[arguments.as_slice(), &["--data-dir", there]].concat()).await;
        assert!(text.contains(says), "{text}");
    }
}

/// A client with the session of a user.
async fn session(server: &Process, user: &str, project: &str) -> Client {
    let answer = sign_in(server, user, PASSWORD, project).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let cookie = answer.headers["set-cookie"].to_str().unwrap();
    let token = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
    Client { token: Some(token), ..server.client() }
}

#[tokio::test]
async fn users_are_disabled_removed_and_lose_the_role_admin() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::serve(dir.path(), Some(PASSWORD)).await;
    for name in ["mia", "tom"] {
        let add =
            ["user", "add", name, "--project", "default", "--role", "member", "--password-stdin"];
        good(&dir, &add, PASSWORD).await;
    }
    let mia = session(&server, "mia", "default").await;
    let stream = mia.request(Method::GET, "/portal/events").send().await.unwrap();
    good(&dir, &["user", "disable", "mia"], "").await;
    assert_eq!(mia.get("/portal/session").await.status, StatusCode::UNAUTHORIZED);
    tokio::time::timeout(Duration::from_secs(60), stream.text()).await.unwrap().unwrap();
    let answer = sign_in(&server, "mia", PASSWORD, "default").await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    good(&dir, &["user", "enable", "mia"], "").await;
    assert_eq!(mia.get("/portal/session").await.status, StatusCode::UNAUTHORIZED, "it has ended");
    let mia = session(&server, "mia", "default").await;

    let there = dir.path().to_str().unwrap();
    let secret = serde_json::json!({
        "name": "mine", "payload": "x", "payload_content_type": "text/plain",
    });
    let stored = mia.post("/key-manager/v1/secrets", secret).await;
    assert_eq!(stored.status, StatusCode::CREATED, "{}", stored.body);
    let text = bad(&["user", "remove", "mia", "--data-dir", there]).await;
    assert!(text.contains("mia has 1 certificates or other secrets"), "{text}");
    let tom = session(&server, "tom", "default").await;
    good(&dir, &["user", "remove", "tom"], "").await;
    assert_eq!(tom.get("/portal/session").await.status, StatusCode::UNAUTHORIZED);

    let admin = ["--project", "default", "--role", "admin"];
    for last in [
        [["user", "revoke", "admin"].as_slice(), &admin].concat(),
        vec!["user", "disable", "admin"],
        vec!["user", "remove", "admin"],
    ] {
        let text = bad(&[last.as_slice(), &["--data-dir", there]].concat()).await;
        assert!(text.contains("admin is the only enabled user with the role admin"), "{text}");
    }
    good(&dir, &[["user", "grant", "mia"].as_slice(), &admin].concat(), "").await;
    good(&dir, &[["user", "revoke", "admin"].as_slice(), &admin].concat(), "").await;
    let roles = sign_in(&server, "admin", PASSWORD, "default").await.body["roles"].clone();
    assert_eq!(roles, serde_json::json!(["reader", "member", "manager"]));
}

#[tokio::test]
async fn concurrent_commands_beside_a_busy_server_succeed() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::serve(dir.path(), Some(PASSWORD)).await;
    let commands: Vec<_> = (0..8)
        .map(|n| {
            let (dir, name) = (dir.path().to_str().unwrap().to_owned(), format!("project-{n}"));
            tokio::spawn(async move {
                run(&["project", "add", &name, "--data-dir", &dir], "").await.status.success()
            })
        })
        .collect();
    for _ in 0..8 {
        assert_eq!(sign_in(&server, "admin", PASSWORD, "default").await.status, StatusCode::OK);
    }
    for command in commands {
        assert!(command.await.unwrap());
    }
}

#[tokio::test]
async fn a_first_start_prints_a_password_once() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Process::serve(dir.path(), None).await;
    let password = server.output[0].rsplit(' ').next().unwrap().to_owned();
    assert_eq!(sign_in(&server, "admin", &password, "default").await.status, StatusCode::OK);
    assert!(server.signal("TERM").await.success());
    let server = Process::serve(dir.path(), Some("not looked at")).await;
    assert!(server.output.is_empty());
    assert_eq!(sign_in(&server, "admin", &password, "default").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_signal_stops_the_server_gracefully() {
    for signal in ["TERM", "INT"] {
        let dir = tempfile::tempdir().unwrap();
        let mut server = Process::serve(dir.path(), Some(PASSWORD)).await;
        let answer = sign_in(&server, "admin", PASSWORD, "default").await;
        let cookie = answer.headers["set-cookie"].to_str().unwrap();
        let token = cookie.split(['=', ';']).nth(1).unwrap().to_owned();
        let client = Client { token: Some(token), ..server.client() };
        let mut stream = client.request(Method::GET, "/portal/events").send().await.unwrap();
        assert!(stream.chunk().await.unwrap().is_some());
        assert!(server.signal(signal).await.success(), "{signal}");
        while let Some(chunk) = stream.chunk().await.expect("ended, not cut off") {
            assert!(!chunk.is_empty());
        }
        assert_eq!(server.lines.next_line().await.unwrap(), None);
    }
}

#[tokio::test]
async fn a_failed_command_prints_one_line_and_exits_with_1() {
    let dir = tempfile::tempdir().unwrap();
    let server = Process::serve(dir.path(), Some(PASSWORD)).await;
    let here = dir.path().to_str().unwrap();
    let other = tempfile::tempdir().unwrap();
    let other = other.path().to_str().unwrap();
    let taken = server.url.strip_prefix("http://").unwrap();
    let config = dir.path().join("bad.toml");
    std::fs::write(&config, "colour = \"red\"\n").unwrap();
    let config = config.to_str().unwrap();
    let no_haproxy = dir.path().join("no-haproxy.toml");
    std::fs::write(&no_haproxy, "haproxy = \"/nowhere/haproxy\"\n").unwrap();
    let no_haproxy = no_haproxy.to_str().unwrap();
    let free = "127.0.0.1:0";
    for (arguments, says) in [
        (vec!["serve", "--listen", free, "--data-dir", here], "another lb-portal serves"),
        (vec!["serve", "--listen", taken, "--data-dir", other], "cannot listen on"),
        (
            vec!["serve", "--listen", free, "--data-dir", "/dev/null/x"],
            "cannot use the data directory",
        ),
        (vec!["serve", "--listen", free, "--data-dir", other, "--config", config], "colour"),
        (vec!["serve", "--listen", free, "--data-dir", other, "--config", "/nowhere"], "/nowhere"),
        (vec!["serve", "--listen", free, "--data-dir", other, "--config", no_haproxy], "haproxy"),
        (
            vec!["serve", "--listen", free, "--cloud", "http://127.0.0.1:9"],
            "--cloud http://127.0.0.1:9: ",
        ),
        (vec!["project", "add", "x", "--data-dir", "/nowhere"], "nothing in /nowhere yet"),
        (vec!["whoami", "--listen", taken, "--name", "x"], "cannot listen on"),
    ] {
        let text = bad(&arguments).await;
        assert!(text.contains(says), "{text}");
    }
    drop(server);
}

#[tokio::test]
async fn the_log_contains_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let server = Logged::start(dir.path()).await;
    let client = server.client.clone();
    let answer = client.authenticate("admin", PASSWORD, None).await;
    let token = answer.headers["x-subject-token"].to_str().unwrap().to_owned();
    client.authenticate("admin", "wrong password", None).await;
    let signed_in = Client { token: Some(token.clone()), ..client.clone() };
    signed_in.get("/identity/v3/auth/projects?name=query-text").await;
    let request = client.request(Method::GET, "/portal/session");
    let request = request.header("cookie", format!("lb_portal_session={token}"));
    assert_eq!(crate::common::send(request).await.status, StatusCode::OK);
    let log = String::from_utf8(server.stop().await).unwrap();
    assert!(log.contains("/identity/v3/auth/tokens"), "it did log");
    for secret in [PASSWORD, "wrong password", &token, "query-text"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[tokio::test]
async fn whoami_reports_the_requests_of_one_connection() {
    let mut server =
        Process::start(&["whoami", "--listen", "127.0.0.1:0", "--name", "web-1"], None).await;
    let client = server.client();
    for path in ["/", "/a/b?c=d"] {
        let request = client.request(Method::POST, path).header("X-Test", "yes").body("body");
        let answer = crate::common::send(request).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.headers["x-whoami"], "web-1");
        let text = answer.body.as_str().unwrap();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("web-1"));
        assert_eq!(lines.next(), Some(format!("POST {path} HTTP/1.1").as_str()));
        assert!(lines.any(|line| line == "x-test: yes"), "{text}");
    }
    // Two requests on one connection.
    let mut stream =
        tokio::net::TcpStream::connect(server.url.strip_prefix("http://").unwrap()).await.unwrap();
    let (read, mut write) = stream.split();
    let mut lines = BufReader::new(read).lines();
    for _ in 0..2 {
        write.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        assert_eq!(lines.next_line().await.unwrap().unwrap(), "HTTP/1.1 200 OK");
        while lines.next_line().await.unwrap().unwrap() != "host: x" {}
    }
    let status = tokio::time::timeout(Duration::from_secs(60), server.signal("TERM")).await;
    assert!(status.unwrap().success());
}

#[tokio::test]
async fn a_signal_stops_the_server_whatever_clients_hold() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Process::serve(dir.path(), Some(PASSWORD)).await;
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    let mut held = Vec::new();
    for begin in ["", "GET / HT", "POST /portal/session HTTP/1.1\r\nContent-Length: 9\r\n\r\n{"] {
        for _ in 0..20 {
            let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
            stream.write_all(begin.as_bytes()).await.unwrap();
            held.push(stream);
        }
    }
    let mut sign_ins = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let client = server.client();
        let body = serde_json::json!({"user": "admin", "password": PASSWORD});
        let request = client.request(Method::POST, "/portal/session").json(&body);
        sign_ins.spawn(request.send());
    }
    assert!(sign_ins.join_next().await.unwrap().unwrap().is_ok());
    let ended = tokio::time::timeout(Duration::from_secs(60), server.signal("TERM")).await;
    assert!(ended.expect("it ends in its time").success());
    sign_ins.shutdown().await;
}

//! How much one server carries: sign-ins at the same time, open event streams, load balancers, members.

use crate::{
    api::{Api, LOAD_BALANCERS, text},
    client::Client,
    options::Options,
    program::Program,
    report::Report,
};
use anyhow::{Context, Result, ensure};
use http_body_util::{BodyExt, Empty};
use hyper::{Method, Request, body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use serde_json::json;
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpSocket, TcpStream},
    process::Command,
    sync::{Semaphore, mpsc},
    task::JoinSet,
};

const PASSWORD: &str = "only for this measurement";
const CONFIG: &str = r#"
[[networks]]
name = "scale"
cidr = "127.248.0.0/16"

[limits]
load_balancers_per_project = 50000
connections = 2000
connections_per_address = 2000
event_streams = 10500
"#;
const PORT: u16 = 8080;
const MAX_MEMORY: f64 = 60.0;
const MAX_STREAM_MEMORY: f64 = 30.0;
const MAX_EVENT_LATENCY: Duration = Duration::from_millis(250);
const MAX_BATCH_LATENCY: Duration = Duration::from_secs(1);
/// Sign-ins and connections that the load generator has under way at the same time.
const CONCURRENT: usize = 200;
/// The time for an event to reach every stream.
const EVENT_TIMEOUT: Duration = Duration::from_secs(30);

/// A server of its own: what the other measurements leave behind would be counted as well.
struct Portal {
    program: Program,
    address: String,
    bin: PathBuf,
    directory: tempfile::TempDir,
}

pub async fn run_all(options: &Options, report: &mut Report) -> Result<()> {
    let portal = Portal::start(&options.bin).await?;
    let mut api = Api::sign_in(&portal.address, PASSWORD).await?;
    report.add("memory after one sign-in", portal.memory()?, "MiB");
    sign_ins(&portal, report).await.context("concurrent sign-ins")?;
    event_streams(&portal, &mut api, options, report).await.context("event streams")?;
    members(&mut api, options, report).await.context("members")?;
    drop(portal);

    let portal = Portal::start(&options.bin).await?;
    let mut api = Api::sign_in(&portal.address, PASSWORD).await?;
    load_balancers(&portal, &mut api, options, report).await.context("load balancers")
}

impl Portal {
    async fn start(bin: &Path) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let config = directory.path().join("portal.toml");
        std::fs::write(&config, CONFIG)?;
        let data = directory.path().join("data");
        let (data, config) = (data.to_string_lossy(), config.to_string_lossy());
        let arguments =
            ["serve", "--listen", "127.0.0.1:0", "--data-dir", &data, "--config", &config];
        let env = [("LB_PORTAL_ADMIN_PASSWORD", PASSWORD), ("RUST_LOG", "error")];
        let (program, address) = Program::start_listening(bin, &arguments, &env).await?;
        Ok(Self { program, address, bin: bin.to_owned(), directory })
    }

    /// The resident memory of the server's process, in MiB.
    fn memory(&self) -> Result<f64> {
        let id = self.program.id().context("the server has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib: f64 = line.context("no VmRSS")?.trim_end_matches("kB").trim().parse()?;
        Ok(kib / 1024.0)
    }

    /// Adds a reader of the project `default`, who hears of everything in it.
    async fn add_user(&self, name: &str) -> Result<()> {
        let mut child = Command::new(&self.bin)
            .args(["user", "add", name, "--project", "default", "--role", "reader"])
            .args(["--password-stdin", "--data-dir"])
            .arg(self.directory.path().join("data"))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        child.stdin.take().context("no input")?.write_all(PASSWORD.as_bytes()).await?;
        ensure!(child.wait().await?.success(), "{name} was not added");
        Ok(())
    }
}

/// Memory must not grow with the number of people who sign in at the same time.
async fn sign_ins(portal: &Portal, report: &mut Report) -> Result<()> {
    let mut clients = JoinSet::new();
    for _ in 0..CONCURRENT {
        let address = portal.address.clone();
        clients.spawn(async move {
            let start = Instant::now();
            // Many at a time: the server may ask to come again.
            while Api::sign_in(&address, PASSWORD).await.is_err() {
                ensure!(start.elapsed() < Duration::from_mins(2), "no sign-in in two minutes");
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Ok(start.elapsed())
        });
    }
    let mut durations = Vec::new();
    while let Some(done) = clients.join_next().await {
        durations.push(done??);
    }
    report.add_latencies(&format!("{CONCURRENT} sign-ins at the same time"), durations);
    let what = format!("memory after {CONCURRENT} sign-ins at the same time");
    let memory = portal.memory()?;
    report.add_required(what, memory, "MiB", memory <= MAX_MEMORY);
    Ok(())
}

/// Opens the streams of many users and measures when a change reaches all of them.
async fn event_streams(
    portal: &Portal,
    api: &mut Api,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let made = api.create("watched", &[], PORT).await?;
    let id = text(&made, "id")?.to_owned();
    api.wait_until_active(&id).await?;
    let tokens = users(portal, options.stream_users).await?;
    let before = portal.memory()?;
    let (arrivals, mut arrived) = mpsc::unbounded_channel();
    let permits = Arc::new(Semaphore::new(CONCURRENT));
    let mut opening = JoinSet::new();
    for n in 0..options.streams {
        let token = Arc::clone(&tokens[n % tokens.len()]);
        let (address, arrivals, permits) =
            (portal.address.clone(), arrivals.clone(), Arc::clone(&permits));
        opening.spawn(async move {
            let _permit = permits.acquire().await;
            open_stream(n, &address, &token, arrivals).await
        });
    }
    while let Some(opened) = opening.join_next().await {
        opened??;
    }
    let each = (portal.memory()? - before) * 1024.0 / options.streams as f64;

    let path = format!("{LOAD_BALANCERS}/{id}");
    let mut latencies = Vec::new();
    for n in 0..options.events {
        while arrived.try_recv().is_ok() {}
        let body = json!({"loadbalancer": {"description": format!("change {n}")}});
        let sent = Instant::now();
        api.request(Method::PUT, &path, Some(&body)).await?;
        // The first event of a change is its commit.
        let mut seen = vec![false; options.streams];
        let mut missing = options.streams;
        while missing > 0 {
            let next = tokio::time::timeout(EVENT_TIMEOUT, arrived.recv()).await;
            let (stream, at): (usize, Instant) = next
                .with_context(|| format!("{missing} streams received nothing"))?
                .context("ended")?;
            if !std::mem::replace(&mut seen[stream], true) {
                latencies.push(at.saturating_duration_since(sent));
                missing -= 1;
            }
        }
        api.wait_until_active(&id).await?;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let what = format!("change to event on {} streams", options.streams);
    report.add_bounded_latencies(&what, latencies, MAX_EVENT_LATENCY);
    report.add_required("memory of a stream", each, "KiB", each <= MAX_STREAM_MEMORY);
    Ok(())
}

/// Adds users and returns a token of each.
async fn users(portal: &Portal, count: usize) -> Result<Vec<Arc<str>>> {
    let mut tokens = Vec::new();
    for n in 0..count {
        let name = format!("user-{n}");
        portal.add_user(&name).await?;
        let api = Api::sign_in_as(&portal.address, &name, PASSWORD).await?;
        tokens.push(api.token.into());
    }
    Ok(tokens)
}

/// Opens a stream, and sends the time of each change that it hears.
async fn open_stream(
    number: usize,
    address: &str,
    token: &str,
    arrivals: mpsc::UnboundedSender<(usize, Instant)>,
) -> Result<()> {
    let stream = connect(number, address).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let request = Request::get("/portal/events")
        .header("host", address)
        .header("x-auth-token", token)
        .body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    ensure!(response.status().is_success(), "{}", response.status());
    let mut body = response.into_body();
    body.frame().await.context("the stream ended")??;
    tokio::spawn(async move {
        // Dropping the sender would close the connection.
        let _sender = sender;
        while let Some(Ok(frame)) = body.frame().await {
            let is_change = frame.data_ref().is_some_and(|data| {
                data.windows(b"event: change".len()).any(|bytes| bytes == b"event: change")
            });
            if is_change && arrivals.send((number, Instant::now())).is_err() {
                break;
            }
        }
    });
    Ok(())
}

/// One address has fewer ports than streams are wanted, on some machines.
async fn connect(number: usize, address: &str) -> Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    let host = u8::try_from(number % 200)? + 10;
    socket.bind(([127, 0, 79, host], 0).into())?;
    Ok(socket.connect(address.parse()?).await?)
}

/// Replaces the members of a pool by many in one request.
async fn members(api: &mut Api, options: &Options, report: &mut Report) -> Result<()> {
    let made = api.create("many-members", &["127.0.78.9:1".to_owned()], PORT).await?;
    let id = text(&made, "id")?.to_owned();
    let made = api.wait_until_active(&id).await?;
    let pool = text(&made["pools"][0], "id")?.to_owned();
    let members: Vec<_> = (0..options.members)
        .map(|n| {
            let (high, low) = (n / 250, n % 250 + 1);
            json!({"address": format!("10.9.{high}.{low}"), "protocol_port": 80})
        })
        .collect();
    let path = format!("/load-balancer/v2/lbaas/pools/{pool}/members");
    let start = Instant::now();
    api.request(Method::PUT, &path, Some(&json!({ "members": members }))).await?;
    let took = start.elapsed();
    let what = format!("batch of {} members", options.members);
    let milliseconds = took.as_secs_f64() * 1000.0;
    report.add_required(what, milliseconds, "ms", took <= MAX_BATCH_LATENCY);
    Ok(())
}

/// The memory of a server with many load balancers that serve.
async fn load_balancers(
    portal: &Portal,
    api: &mut Api,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let server = Program::start_listening(
        &portal.bin,
        &["whoami", "--listen", "127.0.78.3:0", "--name", "one"],
        &[],
    );
    let (_server, address) = server.await?;
    let mut last = None;
    for n in 0..options.serving {
        let made =
            api.create(&format!("serving-{n}"), std::slice::from_ref(&address), PORT).await?;
        last = Some((text(&made, "id")?.to_owned(), text(&made, "vip_address")?.to_owned()));
    }
    if let Some((id, vip)) = last {
        api.wait_until_active(&id).await?;
        let answer = Client::new(format!("{vip}:{PORT}")).get("/", "").await?;
        ensure!(answer.status.is_success(), "{vip} answers {}", answer.status);
    }
    let memory = portal.memory()?;
    let what = format!("memory with {} load balancers that serve", options.serving);
    report.add_required(what, memory, "MiB", memory <= MAX_MEMORY);
    Ok(())
}

//! What the tests share: addresses of their own, HTTP servers that answer with their name, clients
//! that can choose their address, and an engine that must leave nothing behind.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

pub mod tls;

use engine::{
    Engine, EngineConfig,
    report::{Health, Report},
    spec::*,
};
use openstack_types::{ListenerId, LoadBalancerId, MemberId, PoolId};
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener as StdListener},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU16, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::mpsc,
    task::JoinHandle,
    time::timeout,
};
use uuid::Uuid;

/// Longest wait for something that must come; never how long something should take.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A /24 of 127.21.0.0/16 that no other test has, in this process or another.
pub struct Net {
    third: u8,
    next: AtomicU16,
    _claim: StdListener,
}

impl Net {
    pub fn claim() -> Self {
        let (third, claim) = (1..=254)
            .find_map(|third| {
                StdListener::bind((Ipv4Addr::new(127, 21, third, 254), 10_001))
                    .ok()
                    .map(|c| (third, c))
            })
            .expect("a /24 that nobody uses");
        Self { third, next: AtomicU16::new(1), _claim: claim }
    }

    pub fn address(&self) -> IpAddr {
        let last = self.next.fetch_add(1, Ordering::Relaxed);
        Ipv4Addr::new(127, 21, self.third, u8::try_from(last).unwrap()).into()
    }
}

/// An HTTP server that answers with its name, the client's address and the request's head.
pub struct Member {
    pub id: MemberId,
    pub name: String,
    pub at: SocketAddr,
    pub requests: Arc<AtomicUsize>,
    pub connections: Arc<AtomicUsize>,
    /// The status of `/health`.
    pub health: Arc<AtomicU16>,
    task: JoinHandle<()>,
}

impl Drop for Member {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Member {
    pub async fn start(net: &Net, name: &str) -> Self {
        Self::start_at(SocketAddr::new(net.address(), 9001), name).await
    }

    pub async fn start_at(at: SocketAddr, name: &str) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        socket.bind(at).unwrap();
        let listener: TcpListener = socket.listen(1024).unwrap();
        let requests = Arc::new(AtomicUsize::new(0));
        let connections = Arc::new(AtomicUsize::new(0));
        let health = Arc::new(AtomicU16::new(200));
        let (served, opened, state) = (requests.clone(), connections.clone(), health.clone());
        let named = name.to_owned();
        let task = tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            loop {
                let Ok((stream, from)) = listener.accept().await else { continue };
                opened.fetch_add(1, Ordering::Relaxed);
                open.spawn(serve(stream, from, named.clone(), served.clone(), state.clone()));
            }
        });
        let id = Uuid::new_v4().into();
        Self { id, name: name.to_owned(), at, requests, connections, health, task }
    }

    pub fn spec(&self) -> MemberSpec {
        member_at(self.id, self.at)
    }
}

async fn serve(
    mut stream: TcpStream,
    from: SocketAddr,
    name: String,
    requests: Arc<AtomicUsize>,
    health: Arc<AtomicU16>,
) {
    let mut read = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = read.windows(4).position(|w| w == b"\r\n\r\n") {
                break end + 4;
            }
            match stream.read_buf(&mut read).await {
                Ok(n) if n > 0 => {}
                _ => return,
            }
        };
        let head = String::from_utf8_lossy(&read[..end]).into_owned();
        read.drain(..end);
        // After a PROXY header the request begins in the next line.
        let line = head.lines().find(|l| l.contains(" HTTP/1.")).unwrap_or_default().to_owned();
        let path = line.split(' ').nth(1).unwrap_or("/").to_owned();
        let mut status = 200;
        let mut extra = String::new();
        if path == "/health" {
            status = health.load(Ordering::Relaxed);
        } else {
            requests.fetch_add(1, Ordering::Relaxed);
            if let Some(millis) = path.strip_prefix("/slow/") {
                tokio::time::sleep(Duration::from_millis(millis.parse().unwrap())).await;
            }
            if let Some(session) = path.strip_prefix("/login/") {
                extra = format!("Set-Cookie: APPSESSION={session}; Path=/\r\n");
            }
        }
        let body = format!("{name}\n{from}\n{head}");
        let answer = format!(
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nX-Member: {name}\r\n{extra}\r\n{body}",
            body.len()
        );
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

pub fn member_at(id: MemberId, at: SocketAddr) -> MemberSpec {
    MemberSpec {
        id,
        address: at.ip(),
        port: at.port(),
        weight: 1,
        backup: false,
        enabled: true,
        monitor_address: None,
        monitor_port: None,
    }
}

pub fn listener(mode: ListenerMode, port: u16, pool: Option<PoolId>) -> ListenerSpec {
    ListenerSpec {
        id: ListenerId(Uuid::new_v4()),
        mode,
        port,
        connection_limit: None,
        default_pool: pool,
        policies: Vec::new(),
        allowed_cidrs: Vec::new(),
        timeout_client: Duration::from_secs(50),
        timeout_connect: Duration::from_secs(5),
        timeout_server: Duration::from_secs(50),
        insert_headers: InsertHeaders::default(),
    }
}

pub fn pool(members: impl IntoIterator<Item = MemberSpec>) -> PoolSpec {
    PoolSpec {
        id: PoolId(Uuid::new_v4()),
        mode: PoolMode::Http,
        balance: Balance::RoundRobin,
        persistence: None,
        members: members.into_iter().collect(),
        monitor: None,
    }
}

/// One HTTP listener on port 8000, which needs no right, with one pool.
pub fn balancer(vip: IpAddr, pool: PoolSpec) -> LoadBalancerSpec {
    LoadBalancerSpec {
        id: LoadBalancerId(Uuid::new_v4()),
        vip,
        listeners: vec![listener(ListenerMode::Http, 8000, Some(pool.id))],
        pools: vec![pool],
    }
}

pub fn monitor(kind: MonitorKind) -> MonitorSpec {
    MonitorSpec {
        kind,
        delay: Duration::from_millis(300),
        // Long enough for a loaded machine: only what never answers may time out.
        timeout: Duration::from_secs(2),
        rise: 2,
        fall: 2,
    }
}

pub fn http_check() -> HttpCheck {
    HttpCheck {
        method: "GET".parse().unwrap(),
        path: "/health".parse().unwrap(),
        expected: "200".parse().unwrap(),
        host: None,
    }
}

/// An engine, the addresses of its test, and what it reported.
pub struct Fixture {
    pub engine: Engine,
    pub net: Net,
    pub run_dir: PathBuf,
    reports: mpsc::UnboundedReceiver<Report>,
    pub seen: Vec<Report>,
    used: Vec<LoadBalancerId>,
}

impl Fixture {
    pub async fn start() -> Self {
        let run_dir = std::env::temp_dir().join(format!("lb-engine-{}", Uuid::new_v4()));
        Self::start_in(run_dir, Net::claim()).await
    }

    pub async fn start_in(run_dir: PathBuf, net: Net) -> Self {
        let config = EngineConfig { run_dir: run_dir.clone(), haproxy: None };
        let (engine, reports) = Engine::start(config).await.unwrap();
        Self { engine, net, run_dir, reports, seen: Vec::new(), used: Vec::new() }
    }

    pub async fn members<const N: usize>(&self, names: [&str; N]) -> [Member; N] {
        let mut members = Vec::new();
        for name in names {
            members.push(Member::start(&self.net, name).await);
        }
        members.try_into().unwrap_or_else(|_| unreachable!())
    }

    pub async fn apply(&mut self, spec: &LoadBalancerSpec) -> Result<(), engine::ApplyError> {
        self.used.push(spec.id);
        self.engine.apply(spec.clone()).await
    }

    /// The next report that `wanted` takes.
    pub async fn report<T>(&mut self, mut wanted: impl FnMut(&Report) -> Option<T>) -> T {
        let seen = &mut self.seen;
        let reports = &mut self.reports;
        let found = timeout(PATIENCE, async {
            loop {
                let report = reports.recv().await.unwrap();
                let found = wanted(&report);
                seen.push(report);
                if let Some(found) = found {
                    return found;
                }
            }
        });
        match found.await {
            Ok(found) => found,
            Err(_) => panic!("never reported; seen: {:#?}", self.seen),
        }
    }

    /// Waits until what was last told of a member is so.
    pub async fn health(&mut self, id: MemberId, wanted: impl Fn(&Health) -> bool) -> Health {
        let told = |report: &Report| match report {
            Report::MemberHealth { member, health, .. } if *member == id => Some(health.clone()),
            _ => None,
        };
        if let Some(health) = self.seen.iter().rev().find_map(told).filter(&wanted) {
            return health;
        }
        self.report(|report| told(report).filter(&wanted)).await
    }

    pub async fn down(&mut self, id: MemberId) -> String {
        match self.health(id, |health| matches!(health, Health::Down { .. })).await {
            Health::Down { reason } => reason,
            _ => unreachable!(),
        }
    }

    /// Ends the engine; no process of a load balancer of this test may be left.
    pub async fn finish(mut self) {
        self.engine.shutdown().await;
        self.used.dedup();
        eventually("no haproxy is left", || self.used.iter().all(|id| processes(*id).is_empty()))
            .await;
        let _ = std::fs::remove_dir_all(&self.run_dir);
    }
}

/// Processes of HAProxy for a load balancer, but for those that are dead already.
pub fn processes(id: LoadBalancerId) -> Vec<i32> {
    let id = id.to_string();
    std::fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid: &i32| {
            let command = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            command.split(|byte| *byte == 0).any(|word| word == id.as_bytes())
        })
        .collect()
}

pub async fn eventually(what: &str, mut done: impl FnMut() -> bool) {
    let all = timeout(PATIENCE, async {
        while !done() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(all.await.is_ok(), "never: {what}");
}

/// An answer as far as the tests look at it.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    /// The member that answered.
    pub fn member(&self) -> &str {
        self.body.lines().next().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// A header of the request as the member saw it.
    pub fn seen(&self, name: &str) -> Option<&str> {
        header(&self.body, name)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(": ")?;
        key.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

/// What a client speaks over.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A connection of a client.
pub struct Client {
    stream: Box<dyn Stream>,
    read: Vec<u8>,
}

impl Client {
    pub async fn connect(to: impl Into<SocketAddr>) -> std::io::Result<Self> {
        Self::connect_from(None, to).await
    }

    pub async fn connect_from(
        from: Option<IpAddr>,
        to: impl Into<SocketAddr>,
    ) -> std::io::Result<Self> {
        let to = to.into();
        let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(from) = from {
            socket.bind(SocketAddr::new(from, 0))?;
        }
        let stream = timeout(PATIENCE, socket.connect(to)).await??;
        stream.set_nodelay(true)?;
        Ok(Self::over(stream))
    }

    pub fn over(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self { stream: Box::new(stream), read: Vec::new() }
    }

    pub async fn get(&mut self, path: &str, headers: &str) -> std::io::Result<Answer> {
        timeout(PATIENCE, self.get_inner(path, headers)).await?
    }

    async fn get_inner(&mut self, path: &str, headers: &str) -> std::io::Result<Answer> {
        let request = format!("GET {path} HTTP/1.1\r\nHost: test\r\n{headers}\r\n");
        self.stream.write_all(request.as_bytes()).await?;
        let gone = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let end = loop {
            if let Some(end) = self.read.windows(4).position(|w| w == b"\r\n\r\n") {
                break end + 4;
            }
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(gone());
            }
        };
        let head = String::from_utf8_lossy(&self.read[..end]).into_owned();
        self.read.drain(..end);
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(gone)?;
        let length = header(&head, "content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
        while self.read.len() < length {
            if self.stream.read_buf(&mut self.read).await? == 0 {
                return Err(gone());
            }
        }
        let body = String::from_utf8_lossy(&self.read[..length]).into_owned();
        self.read.drain(..length);
        Ok(Answer { status, head, body })
    }
}

/// One request on a connection of its own.
pub async fn get(to: impl Into<SocketAddr>, path: &str) -> std::io::Result<Answer> {
    Client::connect(to).await?.get(path, "Connection: close\r\n").await
}

/// Which member answered how often.
pub async fn count(to: (IpAddr, u16), requests: usize) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for _ in 0..requests {
        let answer = get(to, "/").await.unwrap();
        assert_eq!(answer.status, 200, "{answer:?}");
        *counts.entry(answer.member().to_owned()).or_default() += 1;
    }
    counts
}

pub fn counts<const N: usize>(expected: [(&str, usize); N]) -> BTreeMap<String, usize> {
    expected.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

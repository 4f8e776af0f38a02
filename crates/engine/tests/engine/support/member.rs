//! HTTP servers behind a load balancer.

use super::{addresses::TestNetwork, eventually, specs::member_at};
use engine::spec::MemberSpec;
use openstack_types::MemberId;
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU16, AtomicUsize, Ordering},
    },
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    sync::Notify,
    task::JoinHandle,
};
use uuid::Uuid;

/// An HTTP server. The body of its responses has its name, the client's address and the head of the request.
pub struct Member {
    pub id: MemberId,
    pub name: String,
    pub at: SocketAddr,
    pub requests: Arc<AtomicUsize>,
    pub connections: Arc<AtomicUsize>,
    /// Requests for `/hold` wait for this notification.
    pub release: Arc<Notify>,
    /// The status code of `/health`.
    pub health: Arc<AtomicU16>,
    task: JoinHandle<()>,
}

impl Drop for Member {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Member {
    pub async fn start(net: &TestNetwork, name: &str) -> Self {
        Self::start_at(SocketAddr::new(net.address(), 9001), name).await
    }

    pub async fn start_at(at: SocketAddr, name: &str) -> Self {
        let listener = listen(at).await;
        let requests = Arc::new(AtomicUsize::new(0));
        let connections = Arc::new(AtomicUsize::new(0));
        let health = Arc::new(AtomicU16::new(200));
        let release = Arc::new(Notify::new());
        let (served, opened) = (requests.clone(), connections.clone());
        let (state, released) = (health.clone(), release.clone());
        let named = name.to_owned();
        let task = tokio::spawn(async move {
            let mut open = tokio::task::JoinSet::new();
            loop {
                let Ok((stream, from)) = listener.accept().await else { continue };
                opened.fetch_add(1, Ordering::Relaxed);
                open.spawn(serve(
                    stream,
                    from,
                    named.clone(),
                    served.clone(),
                    released.clone(),
                    state.clone(),
                ));
            }
        });
        let id = Uuid::new_v4().into();
        Self { id, name: name.to_owned(), at, requests, connections, release, health, task }
    }

    pub fn spec(&self) -> MemberSpec {
        member_at(self.id, self.at)
    }
}

/// An earlier test of the same network may still be closing its server.
async fn listen(at: SocketAddr) -> TcpListener {
    let mut listener = None;
    eventually("the address of the server is free", || {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_reuseaddr(true).unwrap();
        listener = socket.bind(at).and_then(|()| socket.listen(1024)).ok();
        listener.is_some()
    })
    .await;
    listener.unwrap()
}

async fn serve(
    mut stream: TcpStream,
    from: SocketAddr,
    name: String,
    requests: Arc<AtomicUsize>,
    release: Arc<Notify>,
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
        // With a PROXY header, the request line is the second line.
        let line = head.lines().find(|l| l.contains(" HTTP/1.")).unwrap_or_default().to_owned();
        let path = line.split(' ').nth(1).unwrap_or("/").to_owned();
        let mut status = 200;
        let mut extra = String::new();
        if path == "/health" {
            status = health.load(Ordering::Relaxed);
        } else {
            requests.fetch_add(1, Ordering::Relaxed);
            if path == "/hold" {
                release.notified().await;
            }
            if let Some(session) = path.strip_prefix("/login/") {
                extra = format!("Set-Cookie: APPSESSION={session}; Path=/\r\n");
            }
        }
        let body = format!("{name}\n{from}\n{head}");
        let response = format!(
            "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nX-Member: {name}\r\n{extra}\r\n{body}",
            body.len()
        );
        if stream.write_all(response.as_bytes()).await.is_err() {
            return;
        }
    }
}

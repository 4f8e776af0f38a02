//! Servers to balance to, and requests through a load balancer.

pub use super::ports::free_port;

use reqwest::StatusCode;
use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

/// A tiny HTTP server that answers with its name.
pub async fn start(name: &'static str) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            tokio::spawn(async move {
                let mut request = [0; 4096];
                let _ = stream.read(&mut request).await;
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{name}",
                    name.len()
                );
                let _ = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    address
}

/// One request on a connection of its own; its body when it was answered well.
pub async fn get(to: SocketAddr, path: &str) -> Option<String> {
    let client = crate::common::http().timeout(Duration::from_secs(3)).build().unwrap();
    let answer = client.get(format!("http://{to}{path}")).send().await.ok()?;
    (answer.status() == StatusCode::OK).then_some(())?;
    answer.text().await.ok()
}

/// A server whose answers change, and that can go and come back.
pub struct Fickle {
    /// Where it is, or was.
    pub at: SocketAddr,
    status: Arc<AtomicU16>,
    serving: Option<JoinHandle<()>>,
}

impl Fickle {
    /// Answers 200 from now on.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let mut fickle = Self { at, status: Arc::new(AtomicU16::new(200)), serving: None };
        fickle.serve(listener);
        fickle
    }

    /// Answers with this status from now on.
    pub fn answer(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// Refuses connections from now on.
    pub async fn stop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
    }

    /// Is there again.
    pub async fn again(&mut self) {
        self.serve(TcpListener::bind(self.at).await.unwrap());
    }

    fn serve(&mut self, listener: TcpListener) {
        let status = self.status.clone();
        self.serving = Some(tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let status = status.load(Ordering::Relaxed);
                tokio::spawn(async move {
                    let mut request = [0; 4096];
                    let _ = stream.read(&mut request).await;
                    let answer = format!(
                        "HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                    );
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        }));
    }
}

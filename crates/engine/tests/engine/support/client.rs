//! HTTP clients that can choose their source address.

use super::TIMEOUT;
use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpSocket,
    time::timeout,
};

#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Response {
    /// The name of the member that sent the response.
    pub fn member(&self) -> &str {
        self.body.lines().next().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.head, name)
    }

    /// A header of the request that the member received.
    pub fn request_header(&self, name: &str) -> Option<&str> {
        header(&self.body, name)
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(": ")?;
        key.eq_ignore_ascii_case(name).then_some(value.trim())
    })
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A client connection.
pub struct Client {
    stream: Box<dyn Stream>,
    received: Vec<u8>,
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
        let stream = timeout(TIMEOUT, socket.connect(to)).await??;
        stream.set_nodelay(true)?;
        Ok(Self::from_stream(stream))
    }

    pub fn from_stream(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        Self { stream: Box::new(stream), received: Vec::new() }
    }

    pub async fn get(&mut self, path: &str, headers: &str) -> std::io::Result<Response> {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: test\r\n{headers}\r\n")).await
    }

    /// Whether the other end closes the connection without another byte.
    pub async fn closed(&mut self) -> bool {
        matches!(
            timeout(TIMEOUT, self.stream.read_buf(&mut self.received)).await,
            Ok(Ok(0) | Err(_))
        )
    }

    /// Sends the head of a request as it is.
    pub async fn send(&mut self, request: &str) -> std::io::Result<Response> {
        timeout(TIMEOUT, self.exchange(request)).await?
    }

    async fn exchange(&mut self, request: &str) -> std::io::Result<Response> {
        self.stream.write_all(request.as_bytes()).await?;
        let closed = || std::io::Error::from(std::io::ErrorKind::UnexpectedEof);
        let end = loop {
            if let Some(end) = self.received.windows(4).position(|w| w == b"\r\n\r\n") {
                break end + 4;
            }
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(closed());
            }
        };
        let head = String::from_utf8_lossy(&self.received[..end]).into_owned();
        self.received.drain(..end);
        let status = head.split(' ').nth(1).and_then(|s| s.parse().ok()).ok_or_else(closed)?;
        let length = header(&head, "content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
        while self.received.len() < length {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(closed());
            }
        }
        let body = String::from_utf8_lossy(&self.received[..length]).into_owned();
        self.received.drain(..length);
        Ok(Response { status, head, body })
    }
}

/// Sends one request on a new connection.
pub async fn get(to: impl Into<SocketAddr>, path: &str) -> std::io::Result<Response> {
    Client::connect(to).await?.get(path, "Connection: close\r\n").await
}

/// The number of responses from each member.
pub async fn count_by_member(to: (IpAddr, u16), requests: usize) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for _ in 0..requests {
        let response = get(to, "/").await.unwrap();
        assert_eq!(response.status, 200, "{response:?}");
        *counts.entry(response.member().to_owned()).or_default() += 1;
    }
    counts
}

pub fn counts<const N: usize>(expected: [(&str, usize); N]) -> BTreeMap<String, usize> {
    expected.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

//! A small HTTP/1.1 client with one persistent connection.

use anyhow::{Context, Result};
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use std::time::Duration;
use tokio::{net::TcpStream, time::timeout};

const RESPONSE_TIMEOUT: Duration = Duration::from_secs(10);

pub struct Response {
    pub status: StatusCode,
    /// The header `X-Subject-Token` of Keystone.
    pub token: Option<String>,
    pub body: Bytes,
}

pub struct Client {
    address: String,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Client {
    /// Connects with the first request.
    pub fn new(address: impl Into<String>) -> Self {
        Self { address: address.into(), sender: None }
    }

    /// Uses the open connection, or a new one if the server closed it.
    pub async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Response> {
        timeout(RESPONSE_TIMEOUT, self.exchange(request)).await.context("no response in 10 s")?
    }

    pub async fn get(&mut self, path: &str, token: &str) -> Result<Response> {
        let request = Request::get(path)
            .header("host", &self.address)
            .header("x-auth-token", token)
            .body(Full::default())?;
        self.send(request).await
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Response> {
        let mut sender = match self.sender.take() {
            Some(sender) => sender,
            None => connect(&self.address).await?,
        };
        // A server may close an idle connection at any time.
        if sender.ready().await.is_err() {
            sender = connect(&self.address).await?;
        }
        let response = sender.send_request(request).await?;
        let status = response.status();
        let token = response
            .headers()
            .get("x-subject-token")
            .and_then(|token| token.to_str().ok())
            .map(str::to_owned);
        let body = response.into_body().collect().await?.to_bytes();
        self.sender = Some(sender);
        Ok(Response { status, token, body })
    }
}

async fn connect(address: &str) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

//! A small HTTP/1.1 client: one connection, used as often as the server lets it.

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

/// No answer takes longer on a machine that works.
const PATIENCE: Duration = Duration::from_secs(10);

/// What came back.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// The token in it, from Keystone.
    pub token: Option<String>,
    /// Its body.
    pub body: Bytes,
}

/// A client of one address.
pub struct Client {
    address: String,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Client {
    /// Connects with the first request.
    pub fn new(address: impl Into<String>) -> Self {
        Self { address: address.into(), sender: None }
    }

    /// Sends a request on the open connection, or on a new one where there is none any more.
    pub async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Answer> {
        timeout(PATIENCE, self.exchange(request)).await.context("no answer in 10 s")?
    }

    /// `GET` without anything else.
    pub async fn get(&mut self, path: &str, token: &str) -> Result<Answer> {
        let request = Request::get(path)
            .header("host", &self.address)
            .header("x-auth-token", token)
            .body(Full::default())?;
        self.send(request).await
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Answer> {
        let mut sender = match self.sender.take() {
            Some(sender) => sender,
            None => connect(&self.address).await?,
        };
        // A server may close an idle connection at any time; clients look before they send.
        if sender.ready().await.is_err() {
            sender = connect(&self.address).await?;
        }
        let answer = sender.send_request(request).await?;
        let status = answer.status();
        let token = answer
            .headers()
            .get("x-subject-token")
            .and_then(|token| token.to_str().ok())
            .map(str::to_owned);
        let body = answer.into_body().collect().await?.to_bytes();
        self.sender = Some(sender);
        Ok(Answer { status, token, body })
    }
}

async fn connect(address: &str) -> Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    Ok(sender)
}

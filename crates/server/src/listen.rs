//! Accepts connections, limits their number, and closes them at shutdown.
//!
//! A client that is slow, or that opens connections without using them, holds up nobody else: it has
//! deadlines for a head, a body, and the reading of a response, and at a limit the oldest idle
//! connection gives way.

mod bodies;
mod connections;
mod timed_io;

use crate::{client_network::ClientNetwork, config::Config};
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, StatusCode, Version},
    response::{IntoResponse, Response},
};
use bodies::{Outcome, RequestBody, ResponseBody, is_short};
use connections::{Connection, Connections, Phase};
use hyper::{
    body::Incoming,
    header::{CONNECTION, CONTENT_TYPE, HOST, HeaderValue},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use timed_io::TimedIo;
use tokio::{
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::{Layer, ServiceExt};
use tower_http::normalize_path::{NormalizePath, NormalizePathLayer};

/// How long pending requests may take when the server stops.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(10);
/// How long sent bytes may stay unacknowledged: the client has disappeared.
const ACKNOWLEDGE_TIMEOUT: Duration = Duration::from_secs(60);
/// Limit of a request's head. Every connection may hold one.
const MAX_HEAD_BYTES: usize = 64 * 1024;
/// What a client at its limit reads, before the connection closes.
const REFUSAL: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nRetry-After: 5\r\n\
    Connection: close\r\n\r\n";

/// Serves until `shutdown`, then completes pending requests.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    config: Arc<Config>,
    shutdown: CancellationToken,
) {
    // Octavia and Keystone accept paths with and without a trailing slash.
    let service = NormalizePathLayer::trim_trailing_slash().layer(router);
    let limits = &config.limits;
    let connections = Connections::new(limits.connections, limits.connections_per_address);
    let pending = GracefulShutdown::new();
    while let Some((stream, peer)) = accept(&listener, &shutdown).await {
        let is_proxy = config.proxy.trusts(peer.ip());
        let client = (!is_proxy).then(|| ClientNetwork::from(peer.ip()));
        let Some(connection) = connections.admit(client) else {
            tracing::debug!(%peer, "refusing a connection: the limit is reached");
            let _ = stream.try_write(REFUSAL);
            continue;
        };
        set_options(&stream);
        let connection = Arc::new(connection);
        let served = pending.watch(http(stream, connection.clone(), &config, &service, peer));
        tokio::spawn(async move {
            tokio::select! {
                result = served => {
                    if let Err(error) = result {
                        tracing::debug!(%peer, %error, "a connection failed");
                    }
                }
                () = connection.closed() => tracing::debug!(%peer, "closed an idle connection"),
            }
        });
    }
    drop(listener);
    if timeout(SHUTDOWN_TIMEOUT, pending.shutdown()).await.is_err() {
        tracing::warn!("pending requests are aborted");
        connections.close_all();
    }
}

/// The next connection; `None` when the server stops.
async fn accept(
    listener: &TcpListener,
    shutdown: &CancellationToken,
) -> Option<(TcpStream, SocketAddr)> {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => return None,
        };
        match accepted {
            Ok(connection) => return Some(connection),
            Err(error) if is_connection_error(&error) => {}
            Err(error) => {
                // Most likely out of file descriptors. Wait until some are free.
                tracing::error!(%error, "accepting a connection failed");
                sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

fn is_connection_error(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

/// A socket that does not have an option works without it.
fn set_options(stream: &TcpStream) {
    // Sends small responses immediately.
    let _ = stream.set_nodelay(true);
    let _ = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(ACKNOWLEDGE_TIMEOUT));
}

type Service = NormalizePath<Router>;

fn http(
    stream: TcpStream,
    connection: Arc<Connection>,
    config: &Config,
    service: &Service,
    peer: SocketAddr,
) -> impl hyper_util::server::graceful::GracefulConnection<Error = hyper::Error> + Send + use<> {
    let limits = &config.limits;
    let (head, body) = (limits.head_timeout(), limits.body_timeout());
    // Set when the connection has to end before the client has sent all of a body.
    let unread = Arc::<AtomicBool>::default();
    let io = TimedIo::new(stream, connection.clone(), head, limits.write_timeout(), unread.clone());
    let service = service.clone();
    http1::Builder::new()
        .timer(TokioTimer::new())
        .max_buf_size(MAX_HEAD_BYTES)
        // Of an idle connection. `TimedIo` has the shorter deadline of a head that has begun.
        .header_read_timeout(limits.idle_timeout().max(head))
        .serve_connection(
            TokioIo::new(io),
            service_fn(move |request| {
                let exchange =
                    Exchange { connection: connection.clone(), unread: unread.clone(), body };
                exchange.handle(service.clone(), request, peer)
            }),
        )
}

/// Whether everybody who reads the request takes it for the same host (RFC 9112, 3.2).
fn has_one_host<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), None) => true,
        (None, _) => request.version() < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

/// One request of a connection.
struct Exchange {
    connection: Arc<Connection>,
    unread: Arc<AtomicBool>,
    /// The deadline for the body.
    body: Duration,
}

impl Exchange {
    async fn handle(
        self,
        service: Service,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Result<Response<ResponseBody>, Infallible> {
        if !has_one_host(&request) {
            self.unread.store(true, Ordering::Relaxed);
            let close = [(CONNECTION, HeaderValue::from_static("close"))];
            let text = "a request of HTTP/1.1 has one Host header\n";
            let response = (StatusCode::BAD_REQUEST, close, text).into_response();
            return Ok(
                response.map(|body| ResponseBody::new(body, Phase::Sending, self.connection))
            );
        }
        let (mut parts, incoming) = request.into_parts();
        let is_short = is_short(&parts.headers);
        parts.extensions.insert(ConnectInfo(peer));
        let (body, outcome) = RequestBody::new(incoming, self.body, self.connection.clone());
        let request = Request::from_parts(parts, Body::new(body));
        let Ok(mut response) = service.oneshot(request).await;
        let outcome = Outcome::take(&outcome);
        if matches!(outcome, Outcome::TimedOut) {
            response = (StatusCode::REQUEST_TIMEOUT, "the body took too long\n").into_response();
        }
        if !outcome.finish(is_short).await {
            // Without this header, a proxy would send the next request on a connection that closes.
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            self.unread.store(true, Ordering::Relaxed);
        }
        let is_stream = response
            .headers()
            .get(CONTENT_TYPE)
            .is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
        let phase = if is_stream { Phase::Streaming } else { Phase::Sending };
        Ok(response.map(|body| ResponseBody::new(body, phase, self.connection)))
    }
}

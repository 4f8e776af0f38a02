//! Connections: taken, bounded, and ended.

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tower::{Layer, ServiceExt};
use tower_http::normalize_path::{NormalizePath, NormalizePathLayer};

/// Connections at a time; more wait to be taken. Each costs a file descriptor and some 10 KB.
const MOST_CONNECTIONS: usize = 4096;
/// How long a request's head may take to come, also the first byte of the next one on a connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(75);
/// How long requests under way may take to finish when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until `stopping`, then finishes what is under way.
pub async fn serve(listener: TcpListener, router: Router, stopping: CancellationToken) {
    // Octavia and Keystone take paths with and without a slash at the end.
    let service = NormalizePathLayer::trim_trailing_slash().layer(router);
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let connections = GracefulShutdown::new();
    while let Some((stream, peer)) = next(&listener, &stopping).await {
        let place = tokio::select! {
            place = places.clone().acquire_owned() => place,
            () = stopping.cancelled() => break,
        };
        // Small answers go out at once.
        let _ = stream.set_nodelay(true);
        let service = service.clone();
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_TIMEOUT)
            .serve_connection(
                TokioIo::new(stream),
                service_fn(move |request| answer(service.clone(), request, peer)),
            );
        let connection = connections.watch(connection);
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "a connection broke off");
            }
        });
    }
    drop(listener);
    if timeout(GRACE, connections.shutdown()).await.is_err() {
        tracing::warn!("requests still under way are cut off");
    }
}

/// The next connection; `None` when the server stops.
async fn next(
    listener: &TcpListener,
    stopping: &CancellationToken,
) -> Option<(TcpStream, SocketAddr)> {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = stopping.cancelled() => return None,
        };
        match accepted {
            Ok(connection) => return Some(connection),
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                // Out of file descriptors, most likely: some will come back.
                tracing::error!(%error, "taking a connection failed");
                sleep(Duration::from_millis(200)).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
    )
}

async fn answer(
    service: NormalizePath<Router>,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> Result<axum::response::Response, std::convert::Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    service.oneshot(request).await
}

//! Requests to the cloud: one client with timeouts, limits, and checked addresses.

use super::{
    endpoint_policy::{EndpointPolicy, RefusedEndpoint},
    token::CloudToken,
};
use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
};
use reqwest::{
    Certificate, Url,
    dns::{Addrs, Name, Resolve, Resolving},
    redirect, tls,
};
use serde::de::DeserializeOwned;
use std::{
    error::Error,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::sync::Semaphore;

pub(super) const AUTH_TOKEN: HeaderName = HeaderName::from_static("x-auth-token");

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);
/// Shorter than the page's own limits, so that the page gets an answer that says what happened.
const READ_TIMEOUT: Duration = Duration::from_secs(25);
const WRITE_TIMEOUT: Duration = Duration::from_secs(55);
/// Limit of an answer.
const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;
/// Requests to the cloud at the same time.
const REQUESTS: usize = 64;
/// How long a request waits for its turn.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(10);

/// Why the client cannot be made. The message is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("cannot read the certificates of cloud.ca_file {}", path.display())]
    UnreadableCa { path: PathBuf, source: io::Error },
    #[error("cloud.ca_file {} has no certificate (PEM)", path.display())]
    NoCertificate { path: PathBuf },
    #[error("TLS cannot be set up for the cloud")]
    Tls(#[source] reqwest::Error),
}

/// Why there is no answer of the cloud.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum UpstreamError {
    #[error("too many requests to the cloud are in progress")]
    Busy,
    #[error("the cloud did not answer in time")]
    TimedOut,
    /// With the causes, without the URL.
    #[error("no connection to the cloud: {0}")]
    Unreachable(String),
    #[error("the cloud closed the connection without an answer")]
    Reset,
    #[error("the answer is longer than the portal reads")]
    TooLong,
    #[error("the answer is not what this request is answered with")]
    Unexpected,
}

/// A request to a URL that the portal has built.
pub(super) struct UpstreamRequest<'a> {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) token: Option<&'a CloudToken>,
    /// JSON.
    pub(super) body: Option<Bytes>,
    pub(super) headers: HeaderMap,
}

impl<'a> UpstreamRequest<'a> {
    pub(super) fn get(url: Url, token: Option<&'a CloudToken>) -> Self {
        Self { method: Method::GET, url, token, body: None, headers: HeaderMap::new() }
    }
}

#[derive(Clone)]
pub(super) struct UpstreamAnswer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl UpstreamAnswer {
    /// Whether the body is said to be JSON.
    pub(super) fn is_json(&self) -> bool {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json")
    }

    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, UpstreamError> {
        serde_json::from_slice(&self.body).map_err(|_| UpstreamError::Unexpected)
    }
}

pub(super) struct Upstream {
    http: reqwest::Client,
    slots: Semaphore,
}

impl Upstream {
    /// # Errors
    /// The CA file cannot be used.
    pub(super) fn new(
        policy: Arc<EndpointPolicy>,
        ca_file: Option<&Path>,
    ) -> Result<Self, ClientError> {
        use_ring();
        let builder = reqwest::Client::builder()
            .user_agent(concat!("lb-portal/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .http1_only()
            .retry(reqwest::retry::never())
            .connect_timeout(CONNECT_TIMEOUT)
            // Shorter than servers keep idle connections, so that none ends under a change.
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tls_version_min(tls::Version::TLS_1_2)
            .dns_resolver(CheckedResolver(policy));
        let builder = match ca_file {
            Some(path) => builder.tls_certs_merge(certificates(path)?),
            None => builder,
        };
        let http = builder.build().map_err(ClientError::Tls)?;
        Ok(Self { http, slots: Semaphore::new(REQUESTS) })
    }

    /// Sends a request and reads the whole answer. A read is sent again, once, if its connection was reset; a change
    /// never, since it may have been made.
    pub(super) async fn send(
        &self,
        request: UpstreamRequest<'_>,
    ) -> Result<UpstreamAnswer, UpstreamError> {
        let slot = tokio::time::timeout(QUEUE_TIMEOUT, self.slots.acquire()).await;
        let _slot = slot.ok().and_then(Result::ok).ok_or(UpstreamError::Busy)?;
        let limit = if request.method == Method::GET { READ_TIMEOUT } else { WRITE_TIMEOUT };
        let exchange = async {
            match self.exchange(&request).await {
                Err(UpstreamError::Reset) if request.method == Method::GET => {
                    self.exchange(&request).await
                }
                result => result,
            }
        };
        let exchange = tokio::time::timeout(limit, exchange);
        exchange.await.unwrap_or(Err(UpstreamError::TimedOut))
    }

    async fn exchange(
        &self,
        request: &UpstreamRequest<'_>,
    ) -> Result<UpstreamAnswer, UpstreamError> {
        let UpstreamRequest { method, url, token, body, headers } = request;
        let mut headers = headers.clone();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(token) = token {
            headers.insert(AUTH_TOKEN, token.header());
        }
        let mut request = self.http.request(method.clone(), url.clone()).headers(headers);
        if let Some(body) = body {
            let json = HeaderValue::from_static("application/json");
            request = request.header(header::CONTENT_TYPE, json).body(body.clone());
        }
        let mut response = request.send().await.map_err(failure)?;
        let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failure)? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Err(UpstreamError::TooLong);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(UpstreamAnswer { status, headers, body: body.into() })
    }
}

/// reqwest takes the cryptography of the process.
fn use_ring() {
    // Fails where the process has one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, ClientError> {
    let pem = std::fs::read(path)
        .map_err(|source| ClientError::UnreadableCa { path: path.to_owned(), source })?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(ClientError::NoCertificate { path: path.to_owned() }),
    }
}

/// The causes in one line. The URL may contain names of the user, so it is left out.
fn failure(error: reqwest::Error) -> UpstreamError {
    if error.is_timeout() {
        return UpstreamError::TimedOut;
    }
    let error = error.without_url();
    if is_reset(&error) {
        return UpstreamError::Reset;
    }
    let mut causes = Vec::new();
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(current) = cause {
        causes.push(current.to_string());
        cause = current.source();
    }
    // The last cause is the reason; those before it say where it arose.
    UpstreamError::Unreachable(causes.pop().unwrap_or_else(|| error.to_string()))
}

/// Whether there was a connection, and it ended before the answer did.
fn is_reset(error: &reqwest::Error) -> bool {
    if error.is_connect() {
        return false;
    }
    let mut next = error.source();
    let mut causes = std::iter::from_fn(|| {
        let cause = next?;
        next = cause.source();
        Some(cause)
    });
    causes.any(|cause| {
        let closed = cause.downcast_ref().is_some_and(hyper::Error::is_incomplete_message);
        closed
            || cause.downcast_ref().is_some_and(|error: &io::Error| {
                use io::ErrorKind::{
                    BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof,
                };
                matches!(
                    error.kind(),
                    ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof
                )
            })
    })
}

/// Resolves names to the addresses that the policy allows. A name that leads to a refused address is refused
/// as a whole.
struct CheckedResolver(Arc<EndpointPolicy>);

impl Resolve for CheckedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0.clone();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses: Vec<SocketAddr> = found.collect();
            let refused: Result<Vec<()>, RefusedEndpoint> =
                addresses.iter().map(|address| policy.check_address(*address)).collect();
            match refused {
                Ok(_) => Ok(Box::new(addresses.into_iter()) as Addrs),
                Err(refused) => {
                    tracing::warn!(host = name.as_str(), %refused, "an endpoint of the cloud is refused");
                    Err(refused.into())
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address_policy::AddressPolicy;

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_refused_when_it_is_resolved() {
        for (allow_loopback, refused) in [(false, true), (true, false)] {
            let policy = EndpointPolicy::new(AddressPolicy::default(), allow_loopback, false, &[]);
            let resolver = CheckedResolver(Arc::new(policy));
            let found = resolver.resolve("localhost".parse().unwrap()).await;
            match found {
                Ok(addresses) => assert!(!refused && addresses.count() > 0),
                Err(error) => assert!(refused, "{error}"),
            }
        }
    }
}

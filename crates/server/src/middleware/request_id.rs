//! An id for each request, in the log and in the response.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use uuid::Uuid;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-openstack-request-id");

/// Sends `x-openstack-request-id: req-UUID` and logs with that id. Ignores an id of the client. Does not
/// log query, headers or bodies, because they contain names and secrets.
pub async fn layer(request: Request, next: Next) -> Response {
    let id = format!("req-{}", Uuid::new_v4());
    let span = tracing::info_span!(
        "request",
        id,
        method = %request.method(),
        path = request.uri().path(),
    );
    let mut response = async {
        let response = next.run(request).await;
        let status = response.status();
        // 501 is the answer to a request for what this server does not offer.
        if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED {
            tracing::error!(status = status.as_u16(), "failed");
        } else {
            tracing::info!(status = status.as_u16(), "answered");
        }
        response
    }
    .instrument(span)
    .await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

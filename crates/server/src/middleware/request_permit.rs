//! Holds the user's permit while a request is in progress.

use crate::auth::RequestPermit;
use axum::{extract::Request, middleware::Next, response::Response};

/// The extractor that authenticates a request puts the permit here. It is released with the response,
/// before its body is sent.
pub async fn layer(mut request: Request, next: Next) -> Response {
    let permit = RequestPermit::default();
    request.extensions_mut().insert(permit.clone());
    let response = next.run(request).await;
    permit.release();
    response
}

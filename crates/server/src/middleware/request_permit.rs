//! Holds the user's permit while a request is in progress, and lets the request take the user's turns at the database.

use crate::{auth::RequestPermit, store::turns};
use axum::{extract::Request, middleware::Next, response::Response};

/// The extractor that authenticates a request puts the permit here. It is released with the response,
/// before its body is sent.
pub async fn layer(mut request: Request, next: Next) -> Response {
    let permit = RequestPermit::default();
    request.extensions_mut().insert(permit.clone());
    let response = turns::of_request(next.run(request)).await;
    permit.release();
    response
}

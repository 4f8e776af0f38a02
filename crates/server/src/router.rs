//! All routes of the server.

use crate::{
    app::App,
    assets, barbican, keystone,
    middleware::{request_id, request_permit, security_headers, session_cookie},
    neutron, octavia, portal,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
};
use std::sync::Arc;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, limit::RequestBodyLimitLayer,
};

/// A request passes the layers from the last to the first.
pub fn router(app: Arc<App>) -> Router {
    let max_body_bytes = app.config.limits.request_body_bytes;
    Router::new()
        .nest("/identity", keystone::router())
        .nest("/load-balancer", octavia::router())
        .nest("/key-manager", barbican::router())
        .nest("/networking", neutron::router())
        .nest("/portal", portal::router())
        .fallback(assets::serve)
        .layer(from_fn_with_state(app.clone(), session_cookie::layer))
        .layer(from_fn(request_permit::layer))
        .layer(DefaultBodyLimit::max(max_body_bytes))
        .layer(RequestBodyLimitLayer::new(max_body_bytes))
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new())
        .layer(from_fn(security_headers::layer))
        .layer(from_fn(request_id::layer))
        .with_state(app)
}

//! All routes of the server.

use crate::{
    app::App,
    assets, barbican,
    cloud::{self, Cloud},
    config::Config,
    keystone,
    middleware::{request_id, request_permit, security_headers, session_cookie},
    neutron, octavia, portal,
};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue},
    middleware::{from_fn, from_fn_with_state},
};
use std::{sync::Arc, time::Duration};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    cors::{AllowHeaders, AllowMethods, CorsLayer},
    limit::RequestBodyLimitLayer,
};

/// Headers of answers that pages of other origins can read.
const EXPOSED_HEADERS: [HeaderName; 3] = [
    HeaderName::from_static("x-auth-token"),
    HeaderName::from_static("x-openstack-request-id"),
    HeaderName::from_static("x-subject-token"),
];
/// How long a browser remembers the answer to a preflight request.
const PREFLIGHT_AGE: Duration = Duration::from_secs(3600);

/// The OpenStack APIs. Pages of the origins that the operator allows can call them, with a token: the session
/// cookie is for the same origin only.
fn apis(config: &Config) -> Router<Arc<App>> {
    let apis = Router::new()
        .nest("/identity", keystone::router())
        .nest("/load-balancer", octavia::router())
        .nest("/key-manager", barbican::router())
        .nest("/networking", neutron::router());
    let origins: Vec<HeaderValue> =
        config.cors.allowed_origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    if origins.is_empty() {
        return apis;
    }
    apis.layer(
        CorsLayer::new()
            .allow_origin(origins)
            .allow_methods(AllowMethods::mirror_request())
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(EXPOSED_HEADERS)
            .max_age(PREFLIGHT_AGE),
    )
}

/// The page and the APIs that this server implements.
pub fn router(app: Arc<App>) -> Router {
    let routes = apis(&app.config)
        .nest("/portal", portal::router())
        .fallback(assets::serve)
        .layer(from_fn_with_state(app.clone(), session_cookie::layer))
        .layer(from_fn(request_permit::layer));
    with_layers(routes, &app.config).with_state(app)
}

/// The page in front of a cloud.
pub fn cloud_router(cloud: Arc<Cloud>) -> Router {
    let routes = cloud::router().fallback(assets::serve);
    with_layers(routes, &cloud.config).with_state(cloud)
}

/// A request passes the layers from the last to the first.
fn with_layers<S: Clone + Send + Sync + 'static>(routes: Router<S>, config: &Config) -> Router<S> {
    let max_body_bytes = config.limits.request_body_bytes;
    routes
        .layer(DefaultBodyLimit::max(max_body_bytes))
        .layer(RequestBodyLimitLayer::new(max_body_bytes))
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new())
        .layer(from_fn(security_headers::layer))
        .layer(from_fn(request_id::layer))
}

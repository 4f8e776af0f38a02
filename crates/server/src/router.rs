//! Every door of the server.

use crate::{app::App, keystone, octavia};
use axum::Router;
use std::sync::Arc;

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .nest("/identity", keystone::router())
        .nest("/load-balancer", octavia::router())
        .with_state(app)
}

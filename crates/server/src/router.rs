//! Every door of the server.

use crate::{app::App, octavia};
use axum::Router;
use std::sync::Arc;

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    Router::new().nest("/load-balancer", octavia::router()).with_state(app)
}

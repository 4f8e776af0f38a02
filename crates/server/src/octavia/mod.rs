//! Octavia v2.

use crate::app::App;
use axum::Router;
use std::sync::Arc;

/// Everything below `/load-balancer`.
pub fn router() -> Router<Arc<App>> {
    Router::new()
}

//! The portal's own few doors, which no OpenStack service has.

mod error;
mod events;
mod info;
mod session;

pub use error::PortalError;

use crate::{app::App, barbican, octavia};
use axum::{
    Router,
    routing::{get, post},
};
use std::sync::Arc;

/// Everything below `/portal`.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(
            "/session",
            get(session::show)
                .post(session::sign_in)
                .put(session::switch)
                .delete(session::sign_out),
        )
        .route("/info", get(info::info))
        .route("/members", get(octavia::portal_members))
        .route("/loadbalancers/{id}/metrics", get(octavia::portal_metrics))
        .route("/certificates", get(barbican::portal_certificates))
        .route("/handshake", post(octavia::portal_handshake))
        .route("/events", get(events::events))
        .fallback(error::no_such_path)
        .method_not_allowed_fallback(error::no_such_method)
}

//! `/portal`: the endpoints of the page that no OpenStack service has.

mod certificates;
mod error;
mod events;
mod handshake;
mod info;
mod members;
mod metrics;
mod session;

use crate::{app::App, sign_in};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use std::sync::Arc;

pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route(
            "/session",
            get(session::show)
                .post(session::sign_in)
                .put(session::switch_project)
                .delete(session::sign_out)
                .layer(DefaultBodyLimit::max(sign_in::MAX_BODY_BYTES)),
        )
        .route("/info", get(info::info))
        .route("/members", get(members::list))
        .route("/loadbalancers/{id}/metrics", get(metrics::show))
        .route("/certificates", get(certificates::list))
        .route("/handshake", post(handshake::handshake))
        .route("/events", get(events::stream))
        .fallback(error::not_found)
        .method_not_allowed_fallback(error::method_not_allowed)
}

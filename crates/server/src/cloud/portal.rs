//! `/portal` in front of a cloud: the session, and what would take the page a request for each object.

mod certificates;
mod events;
mod members;
mod session;

use super::{error::CloudError, state::Cloud};
use crate::sign_in;
use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    routing::get,
};
use openstack_types::portal::{Features, Info, Mode};
use std::sync::Arc;

pub(super) fn router() -> Router<Arc<Cloud>> {
    Router::new()
        .route(
            "/session",
            get(session::show)
                .post(session::sign_in)
                .put(session::switch_project)
                .delete(session::sign_out)
                .layer(DefaultBodyLimit::max(sign_in::MAX_BODY_BYTES)),
        )
        .route("/info", get(info))
        .route("/members", get(members::list))
        .route("/certificates", get(certificates::list))
        .route("/events", get(events::stream))
        // There is no `/handshake`: users choose the addresses of load balancers, and the portal would connect to
        // them from its own network.
        .fallback(not_found)
        .method_not_allowed_fallback(not_found)
}

async fn not_found() -> CloudError {
    CloudError::NotFound
}

/// `GET /portal/info`: needs no session.
async fn info(State(cloud): State<Arc<Cloud>>) -> Json<Info> {
    Json(Info {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        mode: Mode::Cloud,
        tls_versions: cloud.config.tls.versions.clone(),
        secret_max_bytes: cloud.config.limits.secret_bytes,
        features: Features {
            health_reasons: false,
            traffic: false,
            created_by: false,
            certificates: true,
        },
    })
}

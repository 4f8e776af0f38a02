//! `GET /portal/info`: version, limits and features. Needs no session.

use crate::app::App;
use axum::{Json, extract::State};
use openstack_types::portal::{Features, Info, Mode};
use std::sync::Arc;

pub(super) async fn info(State(app): State<Arc<App>>) -> Json<Info> {
    Json(Info {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        mode: Mode::Embedded,
        tls_versions: app.config.tls.versions.clone(),
        secret_max_bytes: app.config.limits.secret_bytes,
        features: Features {
            health_reasons: true,
            traffic: true,
            created_by: true,
            certificates: true,
        },
    })
}

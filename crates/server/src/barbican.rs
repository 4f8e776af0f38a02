//! Barbican v1: secrets. On this server only the creator can use a secret ([`crate::secrets`]), and a
//! secret cannot be deleted while a listener uses it. Everything else behaves as in Barbican.

pub mod access;
mod acl;
mod body;
mod consumers;
mod containers;
pub mod error;
mod list_query;
mod metadata;
mod microversion;
pub(crate) mod new_secret;
mod orders;
mod payload;
mod quotas;
mod schema;
mod secrets;
mod versions;
mod view;

use crate::app::App;
use axum::{Router, middleware::from_fn, routing::get};
use std::sync::Arc;

/// Everything below `/key-manager`.
pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(versions::all))
        .nest("/v1", v1())
        .fallback(error::unknown_path)
        .method_not_allowed_fallback(error::unknown_method)
        .layer(from_fn(microversion::layer))
}

fn v1() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(versions::v1))
        .route("/secrets", get(secrets::list).post(secrets::create))
        .route("/secrets/{id}", get(secrets::show).put(payload::put).delete(secrets::delete))
        .route("/secrets/{id}/payload", get(payload::get))
        .route(
            "/secrets/{id}/acl",
            get(acl::get).put(acl::put).patch(acl::patch).delete(acl::delete),
        )
        .route(
            "/secrets/{id}/metadata",
            get(metadata::all).put(metadata::replace).post(metadata::add),
        )
        .route(
            "/secrets/{id}/metadata/{key}",
            get(metadata::one).put(metadata::change).delete(metadata::delete),
        )
        .route(
            "/secrets/{id}/consumers",
            get(consumers::list).post(consumers::add).delete(consumers::remove),
        )
        .route("/containers", get(containers::list).post(containers::create))
        .route("/containers/{id}", get(containers::show).delete(containers::delete))
        .route("/orders", get(orders::list).post(orders::create))
        .route("/orders/{id}", get(orders::one).delete(orders::one))
        .route("/quotas", get(quotas::quotas))
        .fallback(error::unknown_path)
}

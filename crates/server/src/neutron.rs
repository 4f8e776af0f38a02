//! Neutron v2.0: the networks and subnets of the configuration, which VIPs are allocated from, and ports with
//! their addresses. Networks and subnets are read only.

mod error;
mod extensions;
mod list;
mod networks;
mod port_changes;
mod ports;

use crate::app::App;
use axum::{Router, routing::get};
use std::sync::Arc;

pub fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(extensions::versions))
        .route("/v2.0", get(extensions::resources))
        .route("/v2.0/extensions", get(extensions::extensions))
        .route("/v2.0/extensions/{alias}", get(extensions::extension))
        .route("/v2.0/networks", get(networks::networks))
        .route("/v2.0/networks/{id}", get(networks::network))
        .route("/v2.0/subnets", get(networks::subnets))
        .route("/v2.0/subnets/{id}", get(networks::subnet))
        .route("/v2.0/ports", get(ports::ports).post(port_changes::create))
        .route(
            "/v2.0/ports/{id}",
            get(ports::port).put(port_changes::update).delete(port_changes::delete),
        )
        .fallback(error::unknown_path)
        .method_not_allowed_fallback(error::unknown_method)
}

//! In front of a real OpenStack cloud: `lb-portal serve --cloud KEYSTONE_URL`.
//!
//! The page signs in to the cloud with the user's own password. Tokens stay in memory here; the browser has the id of
//! a session. What the page requests is forwarded to the services of the user's catalog, if
//! [`allowed_requests`] has it.

mod allowed_requests;
mod answers;
mod auth;
mod backoff;
mod catalog;
mod discover;
mod endpoint_policy;
mod error;
mod forward;
mod keystone;
mod networks;
mod object;
mod poller;
mod portal;
mod reading;
mod scope;
mod session;
mod shown_version;
mod sign_in;
mod snapshot;
mod start;
mod state;
mod token;
mod upstream;

pub use start::{StartError, connect};
pub use state::Cloud;

use axum::{
    Router,
    routing::{any, get},
};
use std::sync::Arc;

/// The paths of the services and of the portal.
pub fn router() -> Router<Arc<Cloud>> {
    let services = ["/load-balancer", "/key-manager", "/networking", "/identity"];
    let mut router = Router::new().nest("/portal", portal::router());
    for service in services {
        router = router
            .route(service, get(forward::forward))
            .route(&format!("{service}/{{*path}}"), any(forward::forward));
    }
    router
}

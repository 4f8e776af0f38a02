//! Keystone v3: tokens, the catalog, and read access to projects, users and roles. The command line
//! changes these.

mod auth;
pub mod catalog;
mod directory;
mod error;
pub(crate) mod request;
mod token;
mod versions;

pub use error::error_response;

use crate::{app::App, sign_in};
use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderValue, header},
    routing::get,
};
use std::sync::Arc;
use tower_http::set_header::SetResponseHeaderLayer;

pub fn router() -> Router<Arc<App>> {
    let v3 = Router::new()
        .route("/", get(versions::v3))
        .route(
            "/auth/tokens",
            get(auth::validate)
                .post(auth::authenticate)
                .delete(auth::revoke)
                .layer(DefaultBodyLimit::max(sign_in::MAX_BODY_BYTES)),
        )
        .route("/auth/projects", get(auth::my_projects))
        .route("/auth/catalog", get(auth::my_catalog))
        .route("/projects", get(directory::projects))
        .route("/projects/{id}", get(directory::project))
        .route("/users", get(directory::users))
        .route("/users/{id}", get(directory::user))
        .route("/users/{id}/projects", get(directory::projects_of_user))
        .route("/roles", get(directory::roles))
        .route("/roles/{id}", get(directory::role))
        .route("/role_assignments", get(directory::role_assignments))
        .route("/domains", get(directory::domains))
        .route("/domains/{id}", get(directory::domain))
        .route(
            "/users/{id}/application_credentials",
            get(directory::application_credentials).post(directory::create_application_credential),
        )
        .route(
            "/users/{id}/application_credentials/{credential}",
            get(directory::application_credential).delete(directory::application_credential),
        )
        .route("/services", get(directory::services))
        .route("/services/{id}", get(directory::service))
        .route("/endpoints", get(directory::endpoints))
        .route("/endpoints/{id}", get(directory::endpoint))
        .route("/regions", get(directory::regions))
        .route("/regions/{id}", get(directory::region));
    Router::new()
        .route("/", get(versions::all))
        .nest("/v3", v3)
        .fallback(error::unknown_path)
        .method_not_allowed_fallback(error::unknown_method)
        .layer(SetResponseHeaderLayer::overriding(
            header::VARY,
            HeaderValue::from_static("X-Auth-Token"),
        ))
}

//! What this server offers, and what of Octavia it does not: lists that stay empty, and creations
//! that say so.

use super::{access::Actor, error::OctaviaError, load_balancers::PROVIDERS};
use crate::app::App;
use axum::{Json, Router, extract::Path, routing::get};
use serde_json::{Value, json};
use std::sync::Arc;

/// Everything beside load balancers and their parts.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/providers", get(providers))
        .route("/providers/{name}/flavor_capabilities", get(flavor_capabilities))
        .route("/providers/{name}/availability_zone_capabilities", get(zone_capabilities))
        .route("/flavors", get(flavors).post(admin_not_offered))
        .route("/flavors/{id}", get(no_flavor).put(admin_not_offered).delete(admin_not_offered))
        .route("/flavorprofiles", get(flavor_profiles).post(admin_not_offered))
        .route("/availabilityzones", get(zones).post(admin_not_offered))
        .route(
            "/availabilityzones/{name}",
            get(no_zone).put(admin_not_offered).delete(admin_not_offered),
        )
        .route("/availabilityzoneprofiles", get(zone_profiles).post(admin_not_offered))
}

async fn providers(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.known()?;
    let providers: Vec<_> = PROVIDERS
        .iter()
        .map(|(name, description)| json!({"name": name, "description": description}))
        .collect();
    Ok(Json(json!({"providers": providers})))
}

fn is_provider(name: &str) -> Result<(), OctaviaError> {
    if PROVIDERS.iter().any(|(known, _)| *known == name) {
        Ok(())
    } else {
        Err(OctaviaError::bad(format!("Provider '{name}' is not enabled.")))
    }
}

async fn flavor_capabilities(
    actor: Actor,
    Path(name): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    actor.admin()?;
    is_provider(&name)?;
    Ok(Json(json!({"flavor_capabilities": []})))
}

async fn zone_capabilities(
    actor: Actor,
    Path(name): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    actor.admin()?;
    is_provider(&name)?;
    Ok(Json(json!({"availability_zone_capabilities": []})))
}

fn empty(plural: &str) -> Json<Value> {
    Json(json!({plural: [], format!("{plural}_links"): []}))
}

async fn flavors(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.known()?;
    Ok(empty("flavors"))
}

async fn zones(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.known()?;
    Ok(empty("availability_zones"))
}

async fn flavor_profiles(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.admin()?;
    Ok(empty("flavorprofiles"))
}

async fn zone_profiles(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.admin()?;
    Ok(empty("availability_zone_profiles"))
}

/// `/octavia/amphorae`: there are none, and only admins may know.
pub async fn amphorae(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.admin()?;
    Ok(empty("amphorae"))
}

async fn no_flavor(actor: Actor, Path(id): Path<String>) -> Result<Json<Value>, OctaviaError> {
    actor.known()?;
    Err(OctaviaError::not_found("Flavor", id))
}

async fn no_zone(actor: Actor, Path(name): Path<String>) -> Result<Json<Value>, OctaviaError> {
    actor.known()?;
    Err(OctaviaError::not_found("Availability Zone", name))
}

async fn admin_not_offered(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.admin()?;
    Err(OctaviaError::unsupported("flavors, availability zones and amphorae are not managed here"))
}

/// A path that there is not, for whom has a good token.
pub async fn unknown(_who: Actor) -> OctaviaError {
    super::error::unknown_path().await
}

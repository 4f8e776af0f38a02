//! What this server offers, and what of Octavia it does not: lists that stay empty, and creations
//! that say so.

use super::{access::Who, fault::Fault, load_balancers::PROVIDERS};
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

async fn providers(who: Who) -> Result<Json<Value>, Fault> {
    who.known()?;
    let providers: Vec<_> = PROVIDERS
        .iter()
        .map(|(name, description)| json!({"name": name, "description": description}))
        .collect();
    Ok(Json(json!({"providers": providers})))
}

fn is_provider(name: &str) -> Result<(), Fault> {
    if PROVIDERS.iter().any(|(known, _)| *known == name) {
        Ok(())
    } else {
        Err(Fault::bad(format!("Provider '{name}' is not enabled.")))
    }
}

async fn flavor_capabilities(who: Who, Path(name): Path<String>) -> Result<Json<Value>, Fault> {
    who.admin()?;
    is_provider(&name)?;
    Ok(Json(json!({"flavor_capabilities": []})))
}

async fn zone_capabilities(who: Who, Path(name): Path<String>) -> Result<Json<Value>, Fault> {
    who.admin()?;
    is_provider(&name)?;
    Ok(Json(json!({"availability_zone_capabilities": []})))
}

fn empty(plural: &str) -> Json<Value> {
    Json(json!({plural: [], format!("{plural}_links"): []}))
}

async fn flavors(who: Who) -> Result<Json<Value>, Fault> {
    who.known()?;
    Ok(empty("flavors"))
}

async fn zones(who: Who) -> Result<Json<Value>, Fault> {
    who.known()?;
    Ok(empty("availability_zones"))
}

async fn flavor_profiles(who: Who) -> Result<Json<Value>, Fault> {
    who.admin()?;
    Ok(empty("flavorprofiles"))
}

async fn zone_profiles(who: Who) -> Result<Json<Value>, Fault> {
    who.admin()?;
    Ok(empty("availability_zone_profiles"))
}

/// `/octavia/amphorae`: there are none, and only admins may know.
pub async fn amphorae(who: Who) -> Result<Json<Value>, Fault> {
    who.admin()?;
    Ok(empty("amphorae"))
}

async fn no_flavor(who: Who, Path(id): Path<String>) -> Result<Json<Value>, Fault> {
    who.known()?;
    Err(Fault::not_found("Flavor", id))
}

async fn no_zone(who: Who, Path(name): Path<String>) -> Result<Json<Value>, Fault> {
    who.known()?;
    Err(Fault::not_found("Availability Zone", name))
}

async fn admin_not_offered(who: Who) -> Result<Json<Value>, Fault> {
    who.admin()?;
    Err(Fault::unsupported("flavors, availability zones and amphorae are not managed here"))
}

/// A path that there is not, for whom has a good token.
pub async fn unknown(_who: Who) -> Fault {
    super::fault::unknown_path().await
}

//! Providers, and the Octavia resources that this provider does not offer: flavors, availability zones
//! and amphorae. Their lists are empty, and creating one is an error.

use super::{access::Actor, error::OctaviaError, query::RequestedFields};
use crate::app::App;
use axum::{
    Json,
    extract::{OriginalUri, Path},
    routing::{MethodRouter, get},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// The provider of every load balancer, with its description. It has no flavors, amphorae or zones, so it
/// does not go by the name of Octavia's own driver.
const PROVIDERS: [(&str, &str); 1] = [("haproxy", "One HAProxy process on this machine.")];

pub(super) fn require_enabled(provider: &str) -> Result<(), OctaviaError> {
    if PROVIDERS.iter().any(|(name, _)| *name == provider) {
        Ok(())
    } else {
        Err(OctaviaError::bad(format!("Provider '{provider}' is not enabled.")))
    }
}

/// The paths below `/load-balancer/v2`.
pub(super) fn routes() -> Vec<(&'static str, MethodRouter<Arc<App>>)> {
    vec![
        ("/lbaas/providers", get(providers)),
        ("/lbaas/providers/{name}/flavor_capabilities", get(flavor_capabilities)),
        ("/lbaas/providers/{name}/availability_zone_capabilities", get(zone_capabilities)),
        ("/lbaas/flavors", get(flavors).post(not_offered)),
        ("/lbaas/flavors/{id}", get(flavor).put(not_offered).delete(not_offered)),
        ("/lbaas/flavorprofiles", get(flavor_profiles).post(not_offered)),
        ("/lbaas/availabilityzones", get(zones).post(not_offered)),
        ("/lbaas/availabilityzones/{name}", get(zone).put(not_offered).delete(not_offered)),
        ("/octavia/amphorae", get(amphorae)),
        ("/lbaas/availabilityzoneprofiles", get(zone_profiles).post(not_offered)),
    ]
}

/// `GET` of the providers, with `fields` and with `name` and `description` as filters.
async fn providers(
    actor: Actor,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, OctaviaError> {
    actor.require_role()?;
    let query = uri.query().unwrap_or_default();
    let fields = RequestedFields::parse(query);
    let filters: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let matches = |name: &str, description: &str| {
        filters.iter().all(|(key, wanted)| match key.as_str() {
            "name" => wanted == name,
            "description" => wanted == description,
            _ => true,
        })
    };
    let providers: Vec<_> = PROVIDERS
        .iter()
        .filter(|(name, description)| matches(name, description))
        .map(|(name, description)| json!({"name": name, "description": description}))
        .map(|provider| fields.select(provider))
        .collect();
    Ok(Json(json!({"providers": providers})))
}

async fn flavor_capabilities(
    actor: Actor,
    Path(name): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    actor.require_admin()?;
    require_enabled(&name)?;
    Ok(Json(json!({"flavor_capabilities": []})))
}

async fn zone_capabilities(
    actor: Actor,
    Path(name): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    actor.require_admin()?;
    require_enabled(&name)?;
    Ok(Json(json!({"availability_zone_capabilities": []})))
}

fn empty_list(plural: &str) -> Json<Value> {
    Json(json!({plural: [], format!("{plural}_links"): []}))
}

async fn flavors(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.require_role()?;
    Ok(empty_list("flavors"))
}

async fn zones(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.require_role()?;
    Ok(empty_list("availability_zones"))
}

async fn flavor_profiles(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.require_admin()?;
    Ok(empty_list("flavorprofiles"))
}

async fn zone_profiles(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.require_admin()?;
    Ok(empty_list("availability_zone_profiles"))
}

/// `/octavia/amphorae`, an API for admins.
async fn amphorae(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.require_admin()?;
    Ok(empty_list("amphorae"))
}

async fn flavor(actor: Actor, Path(id): Path<String>) -> Result<Json<Value>, OctaviaError> {
    actor.require_role()?;
    Err(OctaviaError::not_found("Flavor", id))
}

async fn zone(actor: Actor, Path(name): Path<String>) -> Result<Json<Value>, OctaviaError> {
    actor.require_role()?;
    Err(OctaviaError::not_found("Availability Zone", name))
}

async fn not_offered(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.require_admin()?;
    Err(OctaviaError::unsupported("flavors, availability zones and amphorae are not managed here"))
}

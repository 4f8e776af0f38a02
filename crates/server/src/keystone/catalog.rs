//! The service catalog, with URLs for the host that the client used.

use crate::public_url::PublicUrl;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The one region.
pub const REGION: &str = "RegionOne";

const INTERFACES: [&str; 3] = ["public", "internal", "admin"];

struct Service {
    kind: &'static str,
    name: &'static str,
    url: fn(&PublicUrl) -> String,
}

const SERVICES: [Service; 4] = [
    Service { kind: "identity", name: "keystone", url: PublicUrl::identity },
    Service { kind: "load-balancer", name: "octavia", url: PublicUrl::load_balancer },
    Service { kind: "key-manager", name: "barbican", url: PublicUrl::key_manager },
    Service { kind: "network", name: "neutron", url: PublicUrl::networking },
];

/// A stable id, the same in every installation.
fn id(parts: &[&str]) -> String {
    let digest = Sha256::digest(parts.join(" ").as_bytes());
    hex::encode(&digest[..16])
}

fn endpoints(service: &Service, url: &PublicUrl) -> Vec<Value> {
    INTERFACES
        .iter()
        .map(|interface| {
            json!({
                "id": id(&["endpoint", service.name, interface]),
                "interface": interface,
                "region_id": REGION,
                "url": (service.url)(url),
                "region": REGION,
            })
        })
        .collect()
}

/// `catalog` of a token.
pub fn catalog(url: &PublicUrl) -> Value {
    SERVICES
        .iter()
        .map(|service| {
            json!({
                "endpoints": endpoints(service, url),
                "id": id(&["service", service.name]),
                "type": service.kind,
                "name": service.name,
            })
        })
        .collect()
}

/// `services` of `GET /v3/services`.
pub fn services(url: &PublicUrl) -> Vec<Value> {
    SERVICES
        .iter()
        .map(|service| {
            let id = id(&["service", service.name]);
            json!({
                "links": {"self": format!("{}/services/{id}", url.identity())},
                "id": id,
                "type": service.kind,
                "name": service.name,
                "enabled": true,
                "description": "",
            })
        })
        .collect()
}

/// `endpoints` of `GET /v3/endpoints`.
pub fn all_endpoints(url: &PublicUrl) -> Vec<Value> {
    SERVICES
        .iter()
        .flat_map(|service| {
            endpoints(service, url).into_iter().map(|mut endpoint| {
                let path = format!("{}/endpoints/{}", url.identity(), text(&endpoint["id"]));
                endpoint["service_id"] = id(&["service", service.name]).into();
                endpoint["enabled"] = true.into();
                endpoint["links"] = json!({ "self": path });
                endpoint
            })
        })
        .collect()
}

/// The region, as `GET /v3/regions` shows it.
pub fn region(url: &PublicUrl) -> Value {
    json!({
        "id": REGION,
        "description": "",
        "parent_region_id": null,
        "links": {"self": format!("{}/regions/{REGION}", url.identity())},
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

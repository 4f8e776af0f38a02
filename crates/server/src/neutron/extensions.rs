//! Versions, resources and extensions.

use super::error::NeutronError;
use crate::{public_url::PublicUrl, rights::Caller};
use axum::{Json, extract::Path};
use serde_json::{Value, json};

struct Extension {
    alias: &'static str,
    name: &'static str,
    description: &'static str,
}

/// The extensions whose attributes are in the responses.
const EXTENSIONS: [Extension; 4] = [
    Extension {
        alias: "provider",
        name: "Provider Network",
        description: "Expose mapping of virtual networks to physical networks",
    },
    Extension {
        alias: "standard-attr-timestamp",
        name: "Resource timestamps",
        description: "Adds created_at and updated_at fields to all Neutron resources that have Neutron standard attributes.",
    },
    Extension {
        alias: "pagination",
        name: "Pagination support",
        description: "Extension that indicates that pagination is enabled.",
    },
    Extension {
        alias: "sorting",
        name: "Sorting support",
        description: "Extension that indicates that sorting is enabled.",
    },
];

fn body(extension: &Extension) -> Value {
    json!({
        "alias": extension.alias,
        "name": extension.name,
        "description": extension.description,
        "updated": "2016-06-12T00:00:00-00:00",
        "links": [],
    })
}

/// `GET /networking`.
pub(super) async fn versions(url: PublicUrl) -> Json<Value> {
    Json(json!({"versions": [{
        "id": "v2.0",
        "status": "CURRENT",
        "links": [{"rel": "self", "href": format!("{}/v2.0/", url.networking())}],
    }]}))
}

/// `GET /networking/v2.0`.
pub(super) async fn resources(_: Caller, url: PublicUrl) -> Json<Value> {
    let resource = |name: &str, collection: &str| {
        json!({
            "name": name,
            "collection": collection,
            "links": [{
                "rel": "self",
                "href": format!("{}/v2.0/{collection}", url.networking()),
            }],
        })
    };
    Json(json!({"resources": [
        resource("network", "networks"),
        resource("subnet", "subnets"),
        resource("port", "ports"),
        resource("extension", "extensions"),
    ]}))
}

/// `GET /networking/v2.0/extensions`.
pub(super) async fn extensions(_: Caller) -> Json<Value> {
    Json(json!({"extensions": EXTENSIONS.iter().map(body).collect::<Value>()}))
}

/// `GET /networking/v2.0/extensions/{alias}`.
pub(super) async fn extension(
    _: Caller,
    Path(alias): Path<String>,
) -> Result<Json<Value>, NeutronError> {
    let found = EXTENSIONS.iter().find(|extension| extension.alias == alias);
    let found = found.ok_or(NeutronError::ExtensionNotFound(alias))?;
    Ok(Json(json!({"extension": body(found)})))
}

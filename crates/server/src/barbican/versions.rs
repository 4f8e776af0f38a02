//! Version discovery.

use super::{access::Actor, microversion::Microversion};
use crate::public_url::PublicUrl;
use axum::{Json, http::StatusCode, response::IntoResponse};
use serde_json::{Value, json};

fn version(url: &PublicUrl, microversion: Microversion) -> Value {
    let links = json!([
        {"rel": "self", "href": format!("{}/v1/", url.key_manager())},
        {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
    ]);
    // The format without microversions, for clients that do not know them.
    if microversion == Microversion::OLDEST {
        return json!({
            "id": "v1",
            "status": "stable",
            "links": links,
            "media-types": [{
                "base": "application/json",
                "type": "application/vnd.openstack.key-manager-v1+json",
            }],
        });
    }
    json!({
        "id": "v1",
        "status": "CURRENT",
        "min_version": Microversion::OLDEST.text(),
        "max_version": Microversion::NEWEST.text(),
        "links": links,
    })
}

/// `GET /key-manager`. Needs no token.
pub(super) async fn all(url: PublicUrl, microversion: Microversion) -> impl IntoResponse {
    let version = version(&url, microversion);
    let versions = if microversion == Microversion::OLDEST {
        json!({"values": [version]})
    } else {
        json!([version])
    };
    (StatusCode::MULTIPLE_CHOICES, Json(json!({ "versions": versions })))
}

/// `GET /key-manager/v1`.
pub(super) async fn v1(_: Actor, url: PublicUrl, microversion: Microversion) -> Json<Value> {
    Json(json!({"version": version(&url, microversion)}))
}

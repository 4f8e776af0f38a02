//! Which versions of the API there are.

use super::{access::Actor, microversion::Microversion};
use crate::public_url::PublicUrl;
use axum::{Json, http::StatusCode, response::IntoResponse};
use serde_json::{Value, json};

fn version(url: &PublicUrl, asked: Microversion) -> Value {
    let links = json!([
        {"rel": "self", "href": format!("{}/v1/", url.key_manager())},
        {"rel": "describedby", "type": "text/html", "href": "https://docs.openstack.org/"},
    ]);
    // Clients of old are told nothing of microversions.
    if asked == Microversion::OLDEST {
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
pub async fn all(url: PublicUrl, asked: Microversion) -> impl IntoResponse {
    let version = version(&url, asked);
    let versions =
        if asked == Microversion::OLDEST { json!({"values": [version]}) } else { json!([version]) };
    (StatusCode::MULTIPLE_CHOICES, Json(json!({ "versions": versions })))
}

/// `GET /key-manager/v1`.
pub async fn v1(_: Actor, url: PublicUrl, asked: Microversion) -> Json<Value> {
    Json(json!({"version": version(&url, asked)}))
}

//! Version discovery.

use crate::public_url::PublicUrl;
use axum::{
    Json,
    http::{StatusCode, header},
    response::IntoResponse,
};
use serde_json::{Value, json};

fn version(url: &PublicUrl) -> Value {
    json!({
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": format!("{}/", url.identity())}],
        "media-types": [{
            "base": "application/json",
            "type": "application/vnd.openstack.identity-v3+json",
        }],
    })
}

/// `GET /identity`.
pub(super) async fn all(url: PublicUrl) -> impl IntoResponse {
    (
        StatusCode::MULTIPLE_CHOICES,
        [(header::LOCATION, format!("{}/", url.identity()))],
        Json(json!({"versions": {"values": [version(&url)]}})),
    )
}

/// `GET /identity/v3`.
pub(super) async fn v3(url: PublicUrl) -> Json<Value> {
    Json(json!({"version": version(&url)}))
}

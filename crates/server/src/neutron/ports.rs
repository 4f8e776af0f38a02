//! Ports. The only ports are those of VIPs.

use super::{error::NeutronError, list::ListQuery};
use crate::{
    app::App,
    rights::{Caller, Visibility},
    store::octavia::vips::{self, VipPort},
};
use axum::{
    Json,
    extract::{Path, Query, State},
};
use serde_json::{Value, json};
use std::sync::Arc;

type JsonResult = Result<Json<Value>, NeutronError>;
type Parameters = Query<Vec<(String, String)>>;

const ATTRIBUTES: [&str; 12] = [
    "id",
    "name",
    "project_id",
    "tenant_id",
    "network_id",
    "device_id",
    "device_owner",
    "mac_address",
    "admin_state_up",
    "status",
    "description",
    "tags",
];

fn body(port: &VipPort) -> Value {
    json!({
        "id": port.id,
        "name": format!("octavia-lb-{}", port.loadbalancer_id),
        "project_id": port.project_id,
        "tenant_id": port.project_id,
        "network_id": port.network_id,
        "device_id": format!("lb-{}", port.loadbalancer_id),
        "device_owner": "Octavia",
        // The interface of this machine has the address.
        "mac_address": "",
        "admin_state_up": true,
        "status": "ACTIVE",
        "fixed_ips": [{"subnet_id": port.subnet_id, "ip_address": port.address}],
        "allowed_address_pairs": [],
        "security_groups": [],
        "description": "",
        "tags": [],
        "created_at": format!("{}Z", port.created_at),
        "updated_at": format!("{}Z", port.created_at),
        "revision_number": 1,
    })
}

/// The ports of the load balancers that the caller sees.
async fn visible(app: &App, caller: &Caller) -> Result<Vec<Value>, NeutronError> {
    let visibility = caller.visibility();
    if visibility == Visibility::Nothing {
        return Err(NeutronError::Forbidden("get_port"));
    }
    let ports = app.store.read(vips::ports).await?;
    let seen = ports.iter().filter(|port| visibility.covers(&port.project_id, Some(&port.creator)));
    Ok(seen.map(body).collect())
}

/// `GET /networking/v2.0/ports`.
pub(super) async fn ports(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(pairs): Parameters,
) -> JsonResult {
    let query = ListQuery::parse(&pairs, &ATTRIBUTES)?;
    let entries = visible(&app, &caller).await?;
    Ok(Json(json!({"ports": query.apply(entries)?})))
}

/// `GET /networking/v2.0/ports/{id}`.
pub(super) async fn port(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Query(pairs): Parameters,
) -> JsonResult {
    let query = ListQuery::parse(&pairs, &[])?;
    let entries = visible(&app, &caller).await?;
    let found = entries.into_iter().find(|port| port["id"] == *id);
    let port = found.ok_or(NeutronError::PortNotFound(id))?;
    Ok(Json(json!({"port": query.only_fields(port)})))
}

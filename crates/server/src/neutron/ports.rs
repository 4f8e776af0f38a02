//! Ports: those of VIPs, and those that users make to have an address before its load balancer.

use super::{error::NeutronError, list::ListQuery};
use crate::{
    app::App,
    public_url::PublicUrl,
    rights::{Caller, Visibility},
    store::octavia::vips::{self, Port},
};
use axum::{
    Json,
    extract::{Path, Query, State},
};
use serde_json::{Value, json};
use std::sync::Arc;

type JsonResult = Result<Json<Value>, NeutronError>;
type Parameters = Query<Vec<(String, String)>>;

const ATTRIBUTES: [&str; 13] = [
    "id",
    "name",
    "project_id",
    "tenant_id",
    "network_id",
    "device_id",
    "device_owner",
    "mac_address",
    "security_groups",
    "admin_state_up",
    "status",
    "description",
    "tags",
];

pub(super) fn body(port: &Port) -> Value {
    let device = port.loadbalancer_id.as_ref();
    json!({
        "id": port.id,
        "name": port.name,
        "project_id": port.project_id,
        "tenant_id": port.project_id,
        "network_id": port.network_id,
        "device_id": device.map(|id| format!("lb-{id}")).unwrap_or_default(),
        "device_owner": device.map(|_| "Octavia").unwrap_or_default(),
        // The interface of this machine has the address.
        "mac_address": "",
        "admin_state_up": port.admin_state_up,
        "status": if device.is_some() { "ACTIVE" } else { "DOWN" },
        "fixed_ips": [{"subnet_id": port.subnet_id, "ip_address": port.address}],
        "allowed_address_pairs": [],
        "security_groups": [],
        "description": port.description,
        "tags": [],
        "created_at": format!("{}Z", port.created_at),
        "updated_at": format!("{}Z", port.updated_at.as_ref().unwrap_or(&port.created_at)),
        "revision_number": 1,
    })
}

/// A condition on the address of a port: `fixed_ips=ip_address=192.0.2.1`.
struct FixedIpFilter<'q> {
    attribute: &'q str,
    value: &'q str,
}

impl<'q> FixedIpFilter<'q> {
    fn parse(condition: &'q str) -> Result<Self, NeutronError> {
        match condition.split_once('=') {
            Some((attribute @ ("ip_address" | "subnet_id" | "ip_address_substr"), value)) => {
                Ok(Self { attribute, value })
            }
            _ => Err(NeutronError::BadRequest(format!(
                "Invalid filter fixed_ips: '{condition}' should be like ip_address=192.0.2.1, \
                 ip_address_substr=192.0 or subnet_id=ID"
            ))),
        }
    }

    /// Whether an address meets one condition for each attribute that the filters name.
    fn all_match(filters: &[Self], address: &Value) -> bool {
        filters.iter().all(|one| {
            filters.iter().filter(|other| other.attribute == one.attribute).any(|other| {
                let text = |name: &str| address[name].as_str().unwrap_or_default();
                match other.attribute {
                    "ip_address_substr" => text("ip_address").contains(other.value),
                    name => text(name) == other.value,
                }
            })
        })
    }
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
    url: PublicUrl,
    Query(pairs): Parameters,
) -> JsonResult {
    let (fixed_ips, others): (Vec<_>, Vec<_>) =
        pairs.iter().cloned().partition(|(name, _)| name == "fixed_ips");
    let fixed_ips = fixed_ips
        .iter()
        .map(|(_, condition)| FixedIpFilter::parse(condition))
        .collect::<Result<Vec<_>, _>>()?;
    let query = ListQuery::parse(&others, &ATTRIBUTES)?;
    let mut entries = visible(&app, &caller).await?;
    entries.retain(|port| FixedIpFilter::all_match(&fixed_ips, &port["fixed_ips"][0]));
    Ok(Json(query.body("ports", &url, &pairs, entries)?))
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

//! Networks and subnets.

use super::{error::NeutronError, list::ListQuery};
use crate::{
    app::App,
    networks::VirtualNetwork,
    public_url::PublicUrl,
    rights::{Caller, Role},
    time,
};
use axum::{
    Json,
    extract::{Path, Query, State},
};
use openstack_types::{NetworkId, SubnetId};
use serde_json::{Value, json};
use std::sync::Arc;

type JsonResult = Result<Json<Value>, NeutronError>;
type Parameters = Query<Vec<(String, String)>>;

const NETWORK_ATTRIBUTES: [&str; 19] = [
    "id",
    "name",
    "project_id",
    "tenant_id",
    "admin_state_up",
    "mtu",
    "status",
    "subnets",
    "shared",
    "router:external",
    "is_default",
    "description",
    "tags",
    "created_at",
    "updated_at",
    "revision_number",
    "provider:network_type",
    "provider:physical_network",
    "provider:segmentation_id",
];

const SUBNET_ATTRIBUTES: [&str; 19] = [
    "id",
    "name",
    "project_id",
    "tenant_id",
    "network_id",
    "ip_version",
    "subnetpool_id",
    "enable_dhcp",
    "gateway_ip",
    "cidr",
    "ipv6_address_mode",
    "ipv6_ra_mode",
    "service_types",
    "description",
    "tags",
    "created_at",
    "updated_at",
    "revision_number",
    "router:external",
];

/// The networks that the caller may use. Admins see all.
fn visible<'a>(
    app: &'a App,
    caller: &'a Caller,
    rule: &'static str,
) -> Result<impl Iterator<Item = &'a VirtualNetwork>, NeutronError> {
    let role = caller.role().ok_or(NeutronError::Forbidden(rule))?;
    Ok(app.networks.iter().filter(move |network| {
        role == Role::Admin || network.usable_by(caller.project_id.as_ref())
    }))
}

fn network_body(network: &VirtualNetwork, caller: &Caller) -> Value {
    // A shared network belongs to no project.
    let owner = network.project.as_ref().map_or("", |project| project.as_str());
    let created_at = time::neutron(network.created_at);
    let mut body = json!({
        "id": network.id,
        "name": network.name,
        "project_id": owner,
        "tenant_id": owner,
        "admin_state_up": true,
        "mtu": 1500,
        "status": "ACTIVE",
        "subnets": [network.subnet.id],
        "shared": network.project.is_none(),
        "availability_zone_hints": [],
        "availability_zones": [],
        "ipv4_address_scope": null,
        "ipv6_address_scope": null,
        "router:external": false,
        "description": "",
        "port_security_enabled": false,
        "tags": [],
        "created_at": created_at,
        "updated_at": created_at,
        "revision_number": 1,
    });
    if caller.role() == Some(Role::Admin) {
        body["provider:network_type"] = "flat".into();
        body["provider:physical_network"] = json!(network.interface);
        body["provider:segmentation_id"] = Value::Null;
    }
    body
}

fn subnet_body(network: &VirtualNetwork) -> Value {
    let subnet = &network.subnet;
    let owner = network.project.as_ref().map_or("", |project| project.as_str());
    let created_at = time::neutron(network.created_at);
    json!({
        "id": subnet.id,
        "name": subnet.name,
        "project_id": owner,
        "network_id": subnet.network_id,
        "ip_version": subnet.ip_version,
        "subnetpool_id": null,
        "enable_dhcp": false,
        "ipv6_ra_mode": null,
        "ipv6_address_mode": null,
        "gateway_ip": network.gateway,
        "cidr": subnet.cidr,
        "allocation_pools": subnet.allocation_pools,
        "host_routes": [],
        "dns_nameservers": [],
        "description": "",
        "router:external": false,
        "service_types": [],
        "tags": [],
        "created_at": created_at,
        "updated_at": created_at,
        "revision_number": 0,
        "tenant_id": owner,
    })
}

/// `GET /networking/v2.0/networks`.
pub(super) async fn networks(
    State(app): State<Arc<App>>,
    caller: Caller,
    url: PublicUrl,
    Query(pairs): Parameters,
) -> JsonResult {
    let query = ListQuery::parse(&pairs, &NETWORK_ATTRIBUTES)?;
    let entries =
        visible(&app, &caller, "get_network")?.map(|network| network_body(network, &caller));
    Ok(Json(query.body("networks", &url, &pairs, entries.collect())?))
}

/// `GET /networking/v2.0/networks/{id}`.
pub(super) async fn network(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Query(pairs): Parameters,
) -> JsonResult {
    let query = ListQuery::parse(&pairs, &[])?;
    let wanted: Option<NetworkId> = id.parse().ok();
    let network = visible(&app, &caller, "get_network")?
        .find(|network| Some(network.id) == wanted)
        .ok_or(NeutronError::NetworkNotFound(id))?;
    Ok(Json(json!({"network": query.only_fields(network_body(network, &caller))})))
}

/// `GET /networking/v2.0/subnets`.
pub(super) async fn subnets(
    State(app): State<Arc<App>>,
    caller: Caller,
    url: PublicUrl,
    Query(pairs): Parameters,
) -> JsonResult {
    let query = ListQuery::parse(&pairs, &SUBNET_ATTRIBUTES)?;
    let entries = visible(&app, &caller, "get_subnet")?.map(subnet_body);
    Ok(Json(query.body("subnets", &url, &pairs, entries.collect())?))
}

/// `GET /networking/v2.0/subnets/{id}`.
pub(super) async fn subnet(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    Query(pairs): Parameters,
) -> JsonResult {
    let query = ListQuery::parse(&pairs, &[])?;
    let wanted: Option<SubnetId> = id.parse().ok();
    let network = visible(&app, &caller, "get_subnet")?
        .find(|network| Some(network.subnet.id) == wanted)
        .ok_or(NeutronError::SubnetNotFound(id))?;
    Ok(Json(json!({"subnet": query.only_fields(subnet_body(network))})))
}

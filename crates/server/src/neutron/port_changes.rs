//! `POST`, `PUT` and `DELETE` of ports.

use super::{error::NeutronError, ports::body};
use crate::{
    addresses::{self, AddressError},
    app::App,
    ids,
    networks::VirtualNetwork,
    rights::{Caller, Role},
    store::octavia::vips::{self, Port},
    time,
};
use axum::{
    Json,
    extract::{Path, State, rejection::JsonRejection},
    http::StatusCode,
};
use openstack_types::ProjectId;
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{net::IpAddr, sync::Arc};

const MAX_TEXT: usize = 255;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Body {
    port: Fields,
}

/// What a request may send. Terraform sends the empty values of what this server has not.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Fields {
    network_id: Option<String>,
    name: Option<String>,
    description: Option<String>,
    admin_state_up: Option<bool>,
    fixed_ips: Option<Vec<FixedIp>>,
    project_id: Option<String>,
    tenant_id: Option<String>,
    device_id: Option<String>,
    device_owner: Option<String>,
    security_groups: Option<Vec<String>>,
    allowed_address_pairs: Option<Vec<Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FixedIp {
    subnet_id: Option<String>,
    ip_address: Option<String>,
}

impl Fields {
    fn of(body: Result<Json<Body>, JsonRejection>) -> Result<Self, NeutronError> {
        let Json(Body { port: fields }) =
            body.map_err(|error| NeutronError::BadRequest(error.body_text()))?;
        let is_long = |text: &Option<String>| {
            text.as_ref().is_some_and(|text| text.chars().count() > MAX_TEXT)
        };
        if is_long(&fields.name) || is_long(&fields.description) {
            return Err(NeutronError::BadRequest(format!(
                "Invalid input for name or description: it exceeds the maximum length of {MAX_TEXT}."
            )));
        }
        let is_set = |text: &Option<String>| text.as_ref().is_some_and(|text| !text.is_empty());
        let unsupported = [
            ("device_id", is_set(&fields.device_id)),
            ("device_owner", is_set(&fields.device_owner)),
            ("security_groups", fields.security_groups.iter().any(|list| !list.is_empty())),
            ("allowed_address_pairs", fields.allowed_address_pairs.iter().any(|l| !l.is_empty())),
        ];
        match unsupported.into_iter().find(|(_, is_sent)| *is_sent) {
            Some((name, _)) => Err(NeutronError::BadRequest(format!(
                "Invalid input for {name}: ports are for load balancers and have none."
            ))),
            None => Ok(fields),
        }
    }

    /// Writes what both requests can set.
    fn apply(&self, port: &mut Port) {
        if let Some(name) = &self.name {
            port.name.clone_from(name);
        }
        if let Some(description) = &self.description {
            port.description.clone_from(description);
        }
        port.admin_state_up = self.admin_state_up.unwrap_or(port.admin_state_up);
    }
}

/// `POST /networking/v2.0/ports`
pub(super) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<(StatusCode, Json<Value>), NeutronError> {
    let fields = Fields::of(body)?;
    let inner = app.clone();
    let port = app.store.write(move |tx| {
        let port = new_port(tx, &inner, &caller, &fields)?;
        inner.disk_reserve.require()?;
        let made = vips::count_made_by_users(tx, &port.project_id)?;
        if made >= inner.config.limits.ports_per_project {
            return Err(NeutronError::OverQuota("port"));
        }
        if !vips::insert_port(tx, &port, true)? {
            return Err(NeutronError::Conflict(format!(
                "IP address {} already allocated in subnet {}",
                port.address, port.subnet_id
            )));
        }
        Ok(port)
    });
    Ok((StatusCode::CREATED, Json(json!({ "port": self::body(&port.await?) }))))
}

fn new_port(
    db: &Connection,
    app: &App,
    caller: &Caller,
    fields: &Fields,
) -> Result<Port, NeutronError> {
    let own = caller.project_id.clone().ok_or(NeutronError::Forbidden("create_port"))?;
    let sent = fields.project_id.clone().or(fields.tenant_id.clone()).map(ProjectId);
    let project = sent.unwrap_or_else(|| own.clone());
    let may_create = match caller.role() {
        Some(Role::Admin) => true,
        Some(Role::Manager | Role::Member) => project == own,
        _ => false,
    };
    if !may_create {
        return Err(NeutronError::Forbidden("create_port"));
    }
    let (network, requested) = place(app, &project, fields)?;
    let subnet = &network.subnet;
    let address = match requested {
        Some(address) => {
            addresses::require_usable(db, &app.address_policy, subnet, address).map(|()| address)
        }
        None => addresses::first_free(db, &app.address_policy, subnet),
    };
    let address = address.map_err(|error| match error {
        AddressError::Database(error) => NeutronError::from(error),
        AddressError::InUse { .. } | AddressError::NoneFree { .. } => {
            NeutronError::Conflict(error.to_string())
        }
        other => NeutronError::BadRequest(format!("Invalid input for fixed_ips: {other}")),
    })?;
    let mut port = Port {
        id: ids::uuid().to_string(),
        loadbalancer_id: None,
        project_id: project,
        creator: caller.user_id.clone(),
        name: String::new(),
        description: String::new(),
        admin_state_up: true,
        address: address.to_string(),
        subnet_id: subnet.id.to_string(),
        network_id: network.id.to_string(),
        created_at: time::octavia_now(),
        updated_at: None,
    };
    fields.apply(&mut port);
    Ok(port)
}

/// The network of a new port, and the address that the request names.
fn place<'a>(
    app: &'a App,
    project: &ProjectId,
    fields: &Fields,
) -> Result<(&'a VirtualNetwork, Option<IpAddr>), NeutronError> {
    let id = fields.network_id.clone().unwrap_or_default();
    let network = id.parse().ok().and_then(|id| app.networks.network(id));
    let network = network.filter(|network| network.usable_by(Some(project)));
    let network = network.ok_or(NeutronError::NetworkNotFound(id))?;
    let fixed_ip = match fields.fixed_ips.as_deref().unwrap_or_default() {
        [] => return Ok((network, None)),
        [one] => one,
        _ => {
            return Err(NeutronError::BadRequest(
                "Invalid input for fixed_ips: a port has one address here.".to_owned(),
            ));
        }
    };
    if let Some(subnet) = &fixed_ip.subnet_id
        && *subnet != network.subnet.id.to_string()
    {
        return Err(NeutronError::BadRequest(format!(
            "Invalid input for operation: Failed to create port on network {}, because fixed_ips included \
             invalid subnet {subnet}.",
            network.id
        )));
    }
    let address = fixed_ip.ip_address.as_ref().map(|text| {
        text.parse().map_err(|_| {
            let reason =
                format!("Invalid input for fixed_ips: '{text}' is not a valid IP address.");
            NeutronError::BadRequest(reason)
        })
    });
    Ok((network, address.transpose()?))
}

/// A port that the caller may change.
fn find(
    db: &Connection,
    caller: &Caller,
    id: &str,
    rule: &'static str,
) -> Result<Port, NeutronError> {
    let visibility = caller.visibility();
    let port = vips::port(db, id)?;
    let port = port.filter(|port| visibility.covers(&port.project_id, Some(&port.creator)));
    let port = port.ok_or_else(|| NeutronError::PortNotFound(id.to_owned()))?;
    if caller.role() < Some(Role::Member) {
        return Err(NeutronError::Forbidden(rule));
    }
    Ok(port)
}

/// `PUT /networking/v2.0/ports/{id}`: name, description and admin state.
pub(super) async fn update(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
    body: Result<Json<Body>, JsonRejection>,
) -> Result<Json<Value>, NeutronError> {
    let fields = Fields::of(body)?;
    if fields.network_id.is_some() || fields.project_id.is_some() || fields.tenant_id.is_some() {
        return Err(NeutronError::BadRequest(
            "Cannot update read-only attributes network_id, project_id, tenant_id".to_owned(),
        ));
    }
    let port = app.store.write(move |tx| {
        let mut port = find(tx, &caller, &id, "update_port")?;
        let is_same = |sent: &FixedIp| {
            sent.subnet_id.as_ref().is_none_or(|subnet| *subnet == port.subnet_id)
                && sent.ip_address.as_ref().is_none_or(|address| *address == port.address)
        };
        if fields.fixed_ips.as_ref().is_some_and(|ips| ips.len() != 1 || !ips.iter().all(is_same)) {
            return Err(NeutronError::BadRequest(
                "Invalid input for fixed_ips: the address of a port cannot be changed.".to_owned(),
            ));
        }
        fields.apply(&mut port);
        port.updated_at = Some(time::octavia_now());
        vips::update_port(tx, &port)?;
        Ok(port)
    });
    Ok(Json(json!({ "port": self::body(&port.await?) })))
}

/// `DELETE /networking/v2.0/ports/{id}`
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, NeutronError> {
    app.store
        .write(move |tx| {
            let port = find(tx, &caller, &id, "delete_port")?;
            if port.loadbalancer_id.is_some() {
                return Err(NeutronError::PortInUse(id));
            }
            Ok(vips::delete_port(tx, &id)?)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

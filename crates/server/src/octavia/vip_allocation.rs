//! VIP allocation: the addresses that the request names, or the first free one of each subnet.

use super::{change::Change, error::OctaviaError};
use crate::{
    addresses::{self, AddressError},
    ids,
    model::{
        ID, PROJECT_ID, Row,
        load_balancer::{
            ADDITIONAL_VIPS, USER_ID, VIP_ADDRESS, VIP_NETWORK_ID, VIP_PORT_ID, VIP_SUBNET_ID,
        },
    },
    networks::VirtualNetwork,
    store::octavia::vips::{self, Port},
};
use openstack_types::{ProjectId, UserId, neutron::Subnet, octavia::AdditionalVip};
use std::{collections::HashSet, net::IpAddr};

/// Sets the VIPs of a new load balancer: address, port, subnet and network.
///
/// # Errors
/// 400 for a network, subnet or port that does not exist, for an address outside of the subnet and for
/// that of the portal; 409 if the address, or every address, is in use.
pub(super) fn allocate(
    change: &Change<'_>,
    load_balancer: &mut Row,
    project: &ProjectId,
) -> Result<(), OctaviaError> {
    if let Some(id) = sent(load_balancer.get(VIP_PORT_ID)).map(str::to_owned) {
        adopt_port(change, load_balancer, project, &id)?;
    } else {
        let network = network(change, load_balancer, project)?;
        let requested = sent(load_balancer.get(VIP_ADDRESS));
        let address = address(change, &network.subnet, VIP_ADDRESS.name(), requested)?;
        load_balancer.set(VIP_ADDRESS, &address);
        load_balancer.set(VIP_PORT_ID, &ids::uuid().to_string());
        load_balancer.set(VIP_SUBNET_ID, &network.subnet.id.to_string());
        load_balancer.set(VIP_NETWORK_ID, &network.id.to_string());
    }
    let mut subnets = HashSet::from([load_balancer.get(VIP_SUBNET_ID).to_owned()]);
    let mut vips = load_balancer.get(ADDITIONAL_VIPS);
    for vip in &mut vips {
        complete_additional(change, project, vip)?;
        if !subnets.insert(vip.subnet_id.clone()) {
            return Err(OctaviaError::validation(
                "Duplicate VIP subnet(s) specified. Only one IP can be bound per subnet.",
            ));
        }
    }
    load_balancer.set(ADDITIONAL_VIPS, vips);
    Ok(())
}

/// Writes the ports of a new load balancer, which has its id.
pub(super) fn record_ports(change: &Change<'_>, load_balancer: &Row) -> Result<(), OctaviaError> {
    let vip = AdditionalVip {
        subnet_id: load_balancer.get(VIP_SUBNET_ID).to_owned(),
        ip_address: Some(load_balancer.get(VIP_ADDRESS).to_owned()),
        port_id: Some(load_balancer.get(VIP_PORT_ID).to_owned()),
    };
    let id = load_balancer.get(ID);
    for vip in std::iter::once(vip).chain(load_balancer.get(ADDITIONAL_VIPS)) {
        let port_id = vip.port_id.unwrap_or_default();
        if vips::port(change.tx, &port_id)?.is_some() {
            vips::attach(change.tx, &port_id, id)?;
            continue;
        }
        let subnet = vip.subnet_id.parse().ok();
        let network = subnet.and_then(|id| change.app.networks.of_subnet(id));
        let port = Port {
            id: port_id,
            loadbalancer_id: Some(id.to_owned()),
            project_id: ProjectId(load_balancer.get(PROJECT_ID).to_owned()),
            creator: UserId(load_balancer.get(USER_ID).to_owned()),
            name: format!("octavia-lb-{id}"),
            description: String::new(),
            admin_state_up: true,
            address: vip.ip_address.unwrap_or_default(),
            subnet_id: vip.subnet_id,
            network_id: network.map(|network| network.id.to_string()).unwrap_or_default(),
            created_at: crate::time::octavia_now(),
            updated_at: None,
        };
        if !vips::insert_port(change.tx, &port, false)? {
            return Err(OctaviaError::conflict(format!(
                "The VIP IP address is already in use: IP address {} already allocated in subnet {}",
                port.address, port.subnet_id
            )));
        }
    }
    Ok(())
}

/// Takes address, subnet and network from a port of the project that nothing uses.
fn adopt_port(
    change: &Change<'_>,
    load_balancer: &mut Row,
    project: &ProjectId,
    id: &str,
) -> Result<(), OctaviaError> {
    let port = usable_port(change, project, id)?;
    let subnet = sent(load_balancer.get(VIP_SUBNET_ID));
    if subnet.is_some_and(|subnet| subnet != port.subnet_id) {
        return Err(OctaviaError::validation(
            "No VIP address found on the specified VIP port within the specified subnet.",
        ));
    }
    let address = sent(load_balancer.get(VIP_ADDRESS)).map(str::parse::<IpAddr>);
    if address.is_some_and(|address| address.ok() != port.address.parse().ok()) {
        return Err(OctaviaError::validation(
            "Specified VIP address not found on the specified VIP port.",
        ));
    }
    if sent(load_balancer.get(VIP_ADDRESS)).is_none() {
        load_balancer.set(VIP_ADDRESS, &port.address);
    }
    load_balancer.set(VIP_SUBNET_ID, &port.subnet_id);
    load_balancer.set(VIP_NETWORK_ID, &port.network_id);
    Ok(())
}

/// A port that the caller sees, of the project of the load balancer, that nothing uses.
fn usable_port(change: &Change<'_>, project: &ProjectId, id: &str) -> Result<Port, OctaviaError> {
    let visibility = change.actor.caller().visibility();
    let is_seen = |port: &Port| {
        port.project_id == *project && visibility.covers(&port.project_id, Some(&port.creator))
    };
    let port = vips::port(change.tx, id)?.filter(is_seen);
    let port = port.ok_or_else(|| OctaviaError::no_such("Port", id))?;
    match &port.loadbalancer_id {
        Some(user) => {
            Err(OctaviaError::validation(format!("Port {id} is already used by device lb-{user} ")))
        }
        None => Ok(port),
    }
}

/// Unlike Octavia, subnets of other networks are allowed: a network has one subnet here.
fn complete_additional(
    change: &Change<'_>,
    project: &ProjectId,
    vip: &mut AdditionalVip,
) -> Result<(), OctaviaError> {
    let network = of_subnet(change, project, &vip.subnet_id)?;
    if let Some(id) = &vip.port_id {
        let port = usable_port(change, project, id)?;
        let address = vip.ip_address.as_deref().map(str::parse::<IpAddr>);
        if port.subnet_id != vip.subnet_id
            || address.is_some_and(|address| address.ok() != port.address.parse().ok())
        {
            return Err(OctaviaError::validation(
                "Specified VIP address not found on the specified VIP port.",
            ));
        }
        vip.ip_address.get_or_insert(port.address);
        return Ok(());
    }
    let address = address(change, &network.subnet, "ip_address", vip.ip_address.as_deref())?;
    vip.ip_address = Some(address);
    vip.port_id = Some(ids::uuid().to_string());
    Ok(())
}

/// The address that the request names, as it was sent, or the first free one.
fn address(
    change: &Change<'_>,
    subnet: &Subnet,
    field: &str,
    requested: Option<&str>,
) -> Result<String, OctaviaError> {
    let policy = &change.app.address_policy;
    let Some(requested) = requested else {
        return match addresses::first_free(change.tx, policy, subnet) {
            Ok(address) => Ok(address.to_string()),
            Err(error) => Err(refusal(error, field, "")),
        };
    };
    let address: IpAddr = requested.parse().map_err(|_| {
        OctaviaError::field(field, requested, "Value should be IPv4 or IPv6 format")
    })?;
    addresses::require_usable(change.tx, policy, subnet, address)
        .map_err(|error| refusal(error, field, requested))?;
    Ok(requested.to_owned())
}

fn refusal(error: AddressError, field: &str, requested: &str) -> OctaviaError {
    match error {
        AddressError::NotInSubnet { .. } | AddressError::Portal => {
            OctaviaError::field(field, requested, error)
        }
        AddressError::InUse { address, subnet } => OctaviaError::conflict(format!(
            "The VIP IP address is already in use: IP address {address} already allocated in subnet {subnet}"
        )),
        AddressError::NoneFree { .. } => OctaviaError::conflict(error.to_string()),
        AddressError::Database(error) => error.into(),
    }
}

/// The network of the subnet, or the network itself, that the request names.
fn network<'a>(
    change: &'a Change<'_>,
    load_balancer: &Row,
    project: &ProjectId,
) -> Result<&'a VirtualNetwork, OctaviaError> {
    let networks = &change.app.networks;
    let by_subnet = sent(load_balancer.get(VIP_SUBNET_ID)).map(|id| of_subnet(change, project, id));
    let network = sent(load_balancer.get(VIP_NETWORK_ID));
    let by_network = network.map(|id| {
        id.parse()
            .ok()
            .and_then(|id| networks.network(id))
            .filter(|network| network.usable_by(Some(project)))
            .ok_or_else(|| OctaviaError::no_such("Network", id))
    });
    match (by_subnet.transpose()?, by_network.transpose()?) {
        (Some(subnet), Some(network)) if subnet.id != network.id => {
            Err(OctaviaError::no_such("Subnet", subnet.subnet.id))
        }
        (Some(network), _) | (None, Some(network)) => Ok(network),
        (None, None) => Err(OctaviaError::validation(
            "VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.",
        )),
    }
}

/// The network of a subnet that a project may use.
fn of_subnet<'a>(
    change: &'a Change<'_>,
    project: &ProjectId,
    id: &str,
) -> Result<&'a VirtualNetwork, OctaviaError> {
    id.parse()
        .ok()
        .and_then(|id| change.app.networks.of_subnet(id))
        .filter(|network| network.usable_by(Some(project)))
        .ok_or_else(|| OctaviaError::no_such("Subnet", id))
}

/// A create may leave the fields of the VIP out, but every load balancer has them.
fn sent(value: &str) -> Option<&str> {
    Some(value).filter(|value| !value.is_empty())
}

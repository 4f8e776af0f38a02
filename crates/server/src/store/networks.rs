//! The ids of networks and subnets, generated once for each name in the configuration.

use crate::{
    config, ids,
    networks::{VirtualNetwork, allocation_pools},
    store::projects,
};
use jiff::Timestamp;
use openstack_types::{NetworkId, SubnetId, neutron::Subnet};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

/// Why a network of the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    #[error(
        "network {network} is for the project {project}, which there is not; add it with `lb-portal project add {project}`"
    )]
    NoProject { network: String, project: String },
    #[error("reading the networks failed")]
    Database(#[from] rusqlite::Error),
}

/// The networks of the configuration with their stored ids.
pub fn load(
    db: &Connection,
    networks: &[config::Network],
    now: Timestamp,
) -> Result<Vec<VirtualNetwork>, NetworkError> {
    networks.iter().map(|network| load_one(db, network, now)).collect()
}

fn load_one(
    db: &Connection,
    network: &config::Network,
    now: Timestamp,
) -> Result<VirtualNetwork, NetworkError> {
    let project = match &network.project {
        Some(name) => Some(
            projects::by_name(db, name)?
                .ok_or_else(|| NetworkError::NoProject {
                    network: network.name.clone(),
                    project: name.clone(),
                })?
                .id,
        ),
        None => None,
    };
    let (id, created_at) = network_id(db, &network.name, now)?;
    let subnet_name = format!("{}-subnet", network.name);
    let subnet = Subnet {
        id: subnet_id(db, id, &subnet_name, now)?,
        name: subnet_name,
        network_id: id,
        project_id: project.clone(),
        ip_version: if network.cidr.network().is_ipv4() { 4 } else { 6 },
        cidr: network.cidr.trunc(),
        allocation_pools: allocation_pools(network),
    };
    Ok(VirtualNetwork {
        id,
        name: network.name.clone(),
        project,
        interface: network.interface.clone(),
        gateway: network.gateway,
        subnet,
        created_at,
    })
}

fn network_id(
    db: &Connection,
    name: &str,
    now: Timestamp,
) -> rusqlite::Result<(NetworkId, Timestamp)> {
    let known: Option<(Uuid, i64)> = db
        .query_row("SELECT id, created_at FROM network WHERE name = ?1", [name], |row| {
            Ok((uuid(row, 0)?, row.get(1)?))
        })
        .optional()?;
    match known {
        Some((id, created_at)) => {
            Ok((id.into(), Timestamp::from_second(created_at).unwrap_or(now)))
        }
        None => {
            let id = ids::uuid();
            db.execute(
                "INSERT INTO network (name, id, created_at) VALUES (?1, ?2, ?3)",
                (name, id.to_string(), now.as_second()),
            )?;
            Ok((id.into(), now))
        }
    }
}

fn subnet_id(
    db: &Connection,
    network: NetworkId,
    name: &str,
    now: Timestamp,
) -> rusqlite::Result<SubnetId> {
    let known: Option<Uuid> = db
        .query_row(
            "SELECT id FROM subnet WHERE network_id = ?1 AND name = ?2",
            [network.to_string().as_str(), name],
            |row| uuid(row, 0),
        )
        .optional()?;
    match known {
        Some(id) => Ok(id.into()),
        None => {
            let id = ids::uuid();
            db.execute(
                "INSERT INTO subnet (network_id, name, id, created_at) VALUES (?1, ?2, ?3, ?4)",
                (network.to_string(), name, id.to_string(), now.as_second()),
            )?;
            Ok(id.into())
        }
    }
}

fn uuid(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    let text: String = row.get(column)?;
    text.parse().map_err(|why| {
        rusqlite::Error::FromSqlConversionFailure(
            column,
            rusqlite::types::Type::Text,
            Box::new(why),
        )
    })
}

//! The ids of networks and subnets, made once for each name.

use crate::{
    config, ids,
    networks::{VirtualNetwork, allocation_pools},
    store::projects,
};
use jiff::Timestamp;
use openstack_types::{NetworkId, SubnetId, neutron::Subnet};
use rusqlite::{Connection, OptionalExtension};
use uuid::Uuid;

/// Why the networks of the configuration cannot be taken.
#[derive(Debug)]
pub enum LoadError {
    /// Its network is for a project that there is not: network, project.
    NoProject(String, String),
    /// The database failed.
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for LoadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoProject(network, project) => write!(
                f,
                "network {network} is for the project {project}, which there is not; add it with `lb-portal project add {project}`"
            ),
            Self::Database(error) => write!(f, "reading the networks failed: {error}"),
        }
    }
}

/// The networks of the configuration, with ids of their own.
pub fn load(
    db: &Connection,
    networks: &[config::Network],
    now: Timestamp,
) -> Result<Vec<VirtualNetwork>, LoadError> {
    networks.iter().map(|network| load_one(db, network, now)).collect()
}

fn load_one(
    db: &Connection,
    network: &config::Network,
    now: Timestamp,
) -> Result<VirtualNetwork, LoadError> {
    let project = match &network.project {
        Some(name) => Some(
            projects::by_name(db, name)?
                .ok_or_else(|| LoadError::NoProject(network.name.clone(), name.clone()))?
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

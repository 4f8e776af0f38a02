//! VIP addresses: which are in use, and the first that is free.

use openstack_types::{ProjectId, UserId, neutron::AllocationPool};
use rusqlite::{Connection, OptionalExtension};
use std::{collections::HashSet, net::IpAddr};

/// The port that holds a load balancer's VIP.
#[derive(Clone, Debug)]
pub struct VipPort {
    pub id: String,
    pub loadbalancer_id: String,
    pub project_id: ProjectId,
    /// The user who created the load balancer.
    pub creator: UserId,
    pub address: String,
    pub subnet_id: String,
    pub network_id: String,
    /// UTC in Octavia's format, `2026-11-23T03:40:39`.
    pub created_at: String,
}

pub fn ports(db: &Connection) -> rusqlite::Result<Vec<VipPort>> {
    db.prepare_cached(
        "SELECT vip_port_id, id, project_id, user_id, vip_address, vip_subnet_id, vip_network_id,
                created_at
         FROM loadbalancer ORDER BY vip_port_id",
    )?
    .query_map([], |row| {
        Ok(VipPort {
            id: row.get(0)?,
            loadbalancer_id: row.get(1)?,
            project_id: ProjectId(row.get(2)?),
            creator: UserId(row.get(3)?),
            address: row.get(4)?,
            subnet_id: row.get(5)?,
            network_id: row.get(6)?,
            created_at: row.get(7)?,
        })
    })?
    .collect()
}

pub fn is_in_use(db: &Connection, address: IpAddr) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT 1 FROM loadbalancer WHERE vip_address = ?1")?
        .query_row([address.to_string()], |_| Ok(()))
        .optional()
        .map(|row| row.is_some())
}

/// The first free address of the ranges; `None` if all are in use.
pub fn first_free(db: &Connection, ranges: &[AllocationPool]) -> rusqlite::Result<Option<IpAddr>> {
    let taken = db
        .prepare_cached("SELECT vip_address FROM loadbalancer")?
        .query_map([], |row| row.get::<_, String>(0))?
        .filter_map(|address| address.map(|text| text.parse::<IpAddr>().ok()).transpose())
        .collect::<Result<HashSet<_>, _>>()?;
    Ok(ranges.iter().flat_map(addresses).find(|address| !taken.contains(address)))
}

fn addresses(range: &AllocationPool) -> Box<dyn Iterator<Item = IpAddr>> {
    match (range.start, range.end) {
        (IpAddr::V4(start), IpAddr::V4(end)) => {
            Box::new((u32::from(start)..=u32::from(end)).map(|n| IpAddr::V4(n.into())))
        }
        (IpAddr::V6(start), IpAddr::V6(end)) => {
            Box::new((u128::from(start)..=u128::from(end)).map(|n| IpAddr::V6(n.into())))
        }
        _ => Box::new(std::iter::empty()),
    }
}

//! VIP addresses: which are in use, and the first that is free.

use super::address_keys::{self, key};
use openstack_types::{ProjectId, UserId, neutron::AllocationPool};
use rusqlite::Connection;
use std::net::IpAddr;

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

/// Whether a load balancer has the address, in whatever spelling.
pub fn is_in_use(db: &Connection, address: IpAddr) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT EXISTS (SELECT 1 FROM loadbalancer WHERE vip_key = ?1)")?
        .query_row([key(address)], |row| row.get(0))
}

/// The first free address of the ranges that is not `excluded`; `None` if there is none. Reads the VIPs before
/// it, in their order.
pub fn first_free(
    db: &Connection,
    ranges: &[AllocationPool],
    excluded: impl Fn(IpAddr) -> bool,
) -> rusqlite::Result<Option<IpAddr>> {
    let mut statement = db.prepare_cached(
        "SELECT vip_key FROM loadbalancer WHERE vip_key BETWEEN ?1 AND ?2 ORDER BY vip_key",
    )?;
    for range in ranges {
        let mut taken = statement.query([key(range.start), key(range.end)])?;
        let mut next_taken = || -> rusqlite::Result<Option<IpAddr>> {
            match taken.next()? {
                Some(row) => Ok(address_keys::address(row.get_ref(0)?.as_str()?)),
                None => Ok(None),
            }
        };
        let mut used = next_taken()?;
        for address in addresses(range) {
            if used == Some(address) {
                used = next_taken()?;
            } else if !excluded(address) {
                return Ok(Some(address));
            }
        }
    }
    Ok(None)
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

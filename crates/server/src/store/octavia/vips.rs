//! Ports: the addresses of the virtual networks that load balancers have, or that users made for them.

use super::address_keys::{self, key};
use openstack_types::{ProjectId, UserId, neutron::AllocationPool};
use rusqlite::{Connection, OptionalExtension};
use std::net::IpAddr;

/// A port with its one address.
#[derive(Clone, Debug)]
pub struct Port {
    pub id: String,
    /// The load balancer that has the address.
    pub loadbalancer_id: Option<String>,
    pub project_id: ProjectId,
    /// The user who created the port, or the load balancer that it was created with.
    pub creator: UserId,
    pub name: String,
    pub description: String,
    pub admin_state_up: bool,
    pub address: String,
    pub subnet_id: String,
    pub network_id: String,
    /// UTC in Octavia's format, `2026-11-23T03:40:39`.
    pub created_at: String,
    pub updated_at: Option<String>,
}

const COLUMNS: &str =
    "id, loadbalancer_id, project_id, user_id, name, description, admin_state_up, ip_address,
                       subnet_id, network_id, created_at, updated_at";

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Port> {
    Ok(Port {
        id: row.get(0)?,
        loadbalancer_id: row.get(1)?,
        project_id: ProjectId(row.get(2)?),
        creator: UserId(row.get(3)?),
        name: row.get(4)?,
        description: row.get(5)?,
        admin_state_up: row.get(6)?,
        address: row.get(7)?,
        subnet_id: row.get(8)?,
        network_id: row.get(9)?,
        created_at: row.get(10)?,
        updated_at: row.get(11)?,
    })
}

pub fn ports(db: &Connection) -> rusqlite::Result<Vec<Port>> {
    let sql = format!("SELECT {COLUMNS} FROM port ORDER BY id");
    db.prepare_cached(&sql)?.query_map([], read)?.collect()
}

pub fn port(db: &Connection, id: &str) -> rusqlite::Result<Option<Port>> {
    let sql = format!("SELECT {COLUMNS} FROM port WHERE id = ?1");
    db.prepare_cached(&sql)?.query_row([id], read).optional()
}

/// Inserts a port. Returns false if its address is in use, in whatever spelling. A port that a user makes stays
/// when its load balancer is deleted.
pub fn insert_port(db: &Connection, port: &Port, made_by_user: bool) -> rusqlite::Result<bool> {
    let Ok(address) = port.address.parse::<IpAddr>() else { return Ok(false) };
    let sql = format!(
        "INSERT INTO port ({COLUMNS}, address_key, made_by_user)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT (address_key) DO NOTHING"
    );
    let inserted = db.prepare_cached(&sql)?.execute(rusqlite::params![
        port.id,
        port.loadbalancer_id,
        port.project_id.as_str(),
        port.creator.as_str(),
        port.name,
        port.description,
        port.admin_state_up,
        port.address,
        port.subnet_id,
        port.network_id,
        port.created_at,
        port.updated_at,
        key(address),
        made_by_user,
    ])?;
    Ok(inserted == 1)
}

/// How many ports users made in a project.
pub fn count_made_by_users(db: &Connection, project: &ProjectId) -> rusqlite::Result<usize> {
    db.prepare_cached("SELECT COUNT(*) FROM port WHERE project_id = ?1 AND made_by_user = 1")?
        .query_row([project.as_str()], |row| row.get(0))
        .map(isize::unsigned_abs)
}

/// Writes what a user can change of a port.
pub fn update_port(db: &Connection, port: &Port) -> rusqlite::Result<()> {
    db.prepare_cached(
        "UPDATE port SET name = ?2, description = ?3, admin_state_up = ?4, updated_at = ?5 WHERE id = ?1",
    )?
    .execute((&port.id, &port.name, &port.description, port.admin_state_up, &port.updated_at))?;
    Ok(())
}

pub fn delete_port(db: &Connection, id: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM port WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Gives the address of a port to a load balancer.
pub fn attach(db: &Connection, port: &str, load_balancer: &str) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE port SET loadbalancer_id = ?2 WHERE id = ?1")?
        .execute([port, load_balancer])?;
    Ok(())
}

/// Writes the ports of load balancers from versions without them.
pub(in crate::store) fn fill_in(db: &Connection) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO port (id, loadbalancer_id, project_id, user_id, name, description, admin_state_up,
                           ip_address, subnet_id, network_id, created_at, address_key, made_by_user)
         SELECT vip_port_id, id, project_id, user_id, 'octavia-lb-' || id, '', 1, vip_address, vip_subnet_id,
                vip_network_id, created_at, vip_key, 0
         FROM loadbalancer
         WHERE vip_key IS NOT NULL AND NOT EXISTS (SELECT 1 FROM port WHERE port.id = vip_port_id)",
        [],
    )?;
    Ok(())
}

/// Whether a port has the address, in whatever spelling.
pub fn is_in_use(db: &Connection, address: IpAddr) -> rusqlite::Result<bool> {
    db.prepare_cached("SELECT EXISTS (SELECT 1 FROM port WHERE address_key = ?1)")?
        .query_row([key(address)], |row| row.get(0))
}

/// The first free address of the ranges that is not `excluded`; `None` if there is none. Reads the ports before
/// it, in the order of their addresses.
pub fn first_free(
    db: &Connection,
    ranges: &[AllocationPool],
    excluded: impl Fn(IpAddr) -> bool,
) -> rusqlite::Result<Option<IpAddr>> {
    let mut statement = db.prepare_cached(
        "SELECT address_key FROM port WHERE address_key BETWEEN ?1 AND ?2 ORDER BY address_key",
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

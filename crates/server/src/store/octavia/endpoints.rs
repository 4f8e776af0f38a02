//! Addresses with ports: which are taken, and where members lead to.

use super::address_keys::key;
use rusqlite::{Connection, OptionalExtension};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    net::{IpAddr, SocketAddr},
};

/// Whether a pool has a member with this address, in whatever spelling, and port.
pub fn has_member(
    db: &Connection,
    pool: &str,
    address: IpAddr,
    port: i64,
) -> rusqlite::Result<bool> {
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM member
                        WHERE pool_id = ?1 AND address_key = ?2 AND protocol_port = ?3)",
    )?
    .query_row((pool, key(address), port), |row| row.get(0))
}

/// What load balancers connect to at a port, health checks included.
pub fn targets_at_port(db: &Connection, port: u16) -> rusqlite::Result<Vec<(String, IpAddr)>> {
    let mut statement = db.prepare_cached(
        "SELECT loadbalancer_id, address FROM member WHERE ?1 IN (protocol_port, monitor_port)
         UNION
         SELECT loadbalancer_id, monitor_address FROM member
         WHERE monitor_address IS NOT NULL AND ?1 IN (protocol_port, monitor_port)",
    )?;
    let rows = statement.query_map([port], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let mut found = Vec::new();
    for row in rows {
        let (load_balancer, address): (String, String) = row?;
        // Stored addresses have been parsed.
        found.extend(address.parse().ok().map(|address| (load_balancer, address)));
    }
    Ok(found)
}

/// The protocol of the listener on a port of a load balancer.
pub fn listener_protocol(
    db: &Connection,
    load_balancer: &str,
    port: i64,
) -> rusqlite::Result<Option<String>> {
    db.prepare_cached(
        "SELECT protocol FROM listener WHERE loadbalancer_id = ?1 AND protocol_port = ?2",
    )?
    .query_row((load_balancer, port), |row| row.get(0))
    .optional()
}

/// A member that leads to a load balancer of this server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    pub address: String,
    pub port: u16,
    /// The load balancer whose VIP and listener the member is.
    target: String,
}

impl Hop {
    pub fn socket(&self) -> Option<SocketAddr> {
        let address: IpAddr = self.address.parse().ok()?;
        Some(SocketAddr::new(address.to_canonical(), self.port))
    }
}

/// The members through which a load balancer sends traffic to itself, directly or through others.
pub fn hops_of_loops(db: &Connection, load_balancer: &str) -> rusqlite::Result<Vec<Hop>> {
    let mut leads_back = HashMap::new();
    let mut found = Vec::new();
    for hop in hops(db, load_balancer)? {
        let known = leads_back.get(&hop.target).copied();
        let leads = match known {
            Some(known) => known,
            None => reaches(db, &hop.target, load_balancer)?,
        };
        leads_back.insert(hop.target.clone(), leads);
        if leads {
            found.push(hop);
        }
    }
    Ok(found)
}

/// Whether traffic to one load balancer can get to another, or whether both are the same.
fn reaches(db: &Connection, from: &str, to: &str) -> rusqlite::Result<bool> {
    let mut seen = HashSet::from([from.to_owned()]);
    let mut queue = VecDeque::from([from.to_owned()]);
    while let Some(id) = queue.pop_front() {
        if id == to {
            return Ok(true);
        }
        for next in hops(db, &id)? {
            if seen.insert(next.target.clone()) {
                queue.push_back(next.target);
            }
        }
    }
    Ok(false)
}

/// The members of a load balancer that are listeners of load balancers.
fn hops(db: &Connection, load_balancer: &str) -> rusqlite::Result<Vec<Hop>> {
    db.prepare_cached(
        "SELECT DISTINCT m.address, m.protocol_port, l.loadbalancer_id
         FROM member AS m
         JOIN port AS p ON p.address_key = m.address_key
         JOIN listener AS l ON l.loadbalancer_id = p.loadbalancer_id AND l.protocol_port = m.protocol_port
         WHERE m.loadbalancer_id = ?1
           AND m.provisioning_status <> 'PENDING_DELETE' AND l.provisioning_status <> 'PENDING_DELETE'",
    )?
    .query_map([load_balancer], |row| {
        Ok(Hop { address: row.get(0)?, port: row.get(1)?, target: row.get(2)? })
    })?
    .collect()
}

//! Addresses with ports: which are taken, and where members lead to.

use super::address_keys::key;
use rusqlite::{Connection, OptionalExtension};
use std::{
    collections::{HashSet, VecDeque},
    net::IpAddr,
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

/// The member through which a load balancer sends traffic to itself, directly or through others.
pub fn first_hop_of_loop(db: &Connection, load_balancer: &str) -> rusqlite::Result<Option<Hop>> {
    for hop in hops(db, load_balancer)? {
        let mut seen = HashSet::from([hop.target.clone()]);
        let mut queue = VecDeque::from([hop.target.clone()]);
        while let Some(id) = queue.pop_front() {
            if id == load_balancer {
                return Ok(Some(hop));
            }
            for next in hops(db, &id)? {
                if seen.insert(next.target.clone()) {
                    queue.push_back(next.target);
                }
            }
        }
    }
    Ok(None)
}

/// The members of a load balancer that are listeners of load balancers, one for each of those.
fn hops(db: &Connection, load_balancer: &str) -> rusqlite::Result<Vec<Hop>> {
    db.prepare_cached(
        "SELECT m.address, m.protocol_port, l.loadbalancer_id
         FROM member AS m
         JOIN port AS p ON p.address_key = m.address_key
         JOIN listener AS l ON l.loadbalancer_id = p.loadbalancer_id AND l.protocol_port = m.protocol_port
         WHERE m.loadbalancer_id = ?1
           AND m.provisioning_status <> 'PENDING_DELETE' AND l.provisioning_status <> 'PENDING_DELETE'
         GROUP BY l.loadbalancer_id",
    )?
    .query_map([load_balancer], |row| {
        Ok(Hop { address: row.get(0)?, port: row.get(1)?, target: row.get(2)? })
    })?
    .collect()
}

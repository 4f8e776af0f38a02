//! Addresses as keys: equal for all spellings of one address, and in the order of addresses.

use crate::model::{LOAD_BALANCER, MEMBER, Resource, load_balancer::VIP_ADDRESS, member::ADDRESS};
use rusqlite::Connection;
use std::net::{IpAddr, Ipv6Addr};

/// The columns with a key, and the fields that they are made of.
const KEYS: [(&Resource, &str, &str); 2] =
    [(&LOAD_BALANCER, "vip_key", VIP_ADDRESS.name()), (&MEMBER, "address_key", ADDRESS.name())];

/// The key of an address.
pub fn key(address: IpAddr) -> String {
    let address = match address {
        IpAddr::V4(ipv4) => ipv4.to_ipv6_mapped(),
        IpAddr::V6(ipv6) => ipv6,
    };
    format!("{:032x}", u128::from(address))
}

/// The address of a key.
pub(super) fn address(key: &str) -> Option<IpAddr> {
    let bits = u128::from_str_radix(key, 16).ok()?;
    Some(IpAddr::V6(Ipv6Addr::from(bits)).to_canonical())
}

/// The column of a resource with the key of one of its fields.
pub(super) fn column_of(resource: &Resource) -> Option<(&'static str, &'static str)> {
    let keys = KEYS.iter().find(|(of, ..)| *of == resource);
    keys.map(|(_, column, field)| (*column, *field))
}

/// Writes the keys of rows from versions without them.
pub(in crate::store) fn fill_in(db: &Connection) -> rusqlite::Result<()> {
    for (resource, column, field) in KEYS {
        let table = resource.name;
        let rows: Vec<(String, String)> = db
            .prepare(&format!("SELECT id, {field} FROM {table} WHERE {column} IS NULL"))?
            .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let mut update = db.prepare(&format!("UPDATE {table} SET {column} = ?2 WHERE id = ?1"))?;
        for (id, text) in rows {
            if let Ok(address) = text.parse() {
                update.execute([id, key(address)])?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_have_one_key() {
        let key_of = |text: &str| key(text.parse().unwrap());
        assert_eq!(key_of("2001:DB8:0:0:0:0:0:1"), key_of("2001:db8::1"));
        assert_eq!(key_of("::ffff:192.0.2.1"), key_of("192.0.2.1"));
        assert_ne!(key_of("192.0.2.1"), key_of("192.0.2.2"));
        assert!(key_of("192.0.2.9") < key_of("192.0.2.10"));
        for text in ["192.0.2.1", "2001:db8::1", "::1"] {
            assert_eq!(address(&key_of(text)), Some(text.parse().unwrap()));
        }
    }
}

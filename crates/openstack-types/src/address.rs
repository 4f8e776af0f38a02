//! Which addresses the servers of a load balancer cannot have.
//!
//! An IPv6 address can carry an IPv4 address, and a connection to it ends there. A check of the outer address
//! alone lets every refused IPv4 address in by another spelling, so checks go over all [`targets`].

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use thiserror::Error;

/// A class of addresses that are refused as servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum AddressClass {
    /// On Linux a connection to it ends on the machine itself.
    #[error("unspecified")]
    Unspecified,
    #[error("a multicast address")]
    Multicast,
    #[error("a broadcast address")]
    Broadcast,
    #[error("a link-local address")]
    LinkLocal,
    /// It gives credentials of the machine to everybody who can reach it.
    #[error("the metadata service of a cloud")]
    CloudMetadata,
}

impl AddressClass {
    /// Whether no server can ever have such an address, so that an operator cannot allow it.
    pub fn is_impossible(self) -> bool {
        matches!(self, Self::Unspecified | Self::Multicast | Self::Broadcast)
    }
}

/// Metadata services outside of the link-local ranges.
const METADATA_IPV4: [Ipv4Addr; 3] = [
    // Alibaba Cloud.
    Ipv4Addr::new(100, 100, 100, 200),
    // Azure.
    Ipv4Addr::new(168, 63, 129, 16),
    // Oracle Cloud.
    Ipv4Addr::new(192, 0, 0, 192),
];
const METADATA_IPV6: [Ipv6Addr; 2] = [
    // Google Cloud.
    Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254),
    // Scaleway.
    Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42),
];

/// The class of an address that is refused. Does not look at what the address carries.
pub fn class(address: IpAddr) -> Option<AddressClass> {
    match address {
        IpAddr::V4(address) => class_of_ipv4(address),
        IpAddr::V6(address) => class_of_ipv6(address),
    }
}

fn class_of_ipv4(address: Ipv4Addr) -> Option<AddressClass> {
    match address.octets() {
        // All of 0.0.0.0/8 is "this network".
        [0, ..] => Some(AddressClass::Unspecified),
        [255, 255, 255, 255] => Some(AddressClass::Broadcast),
        [169, 254, 169, 254] => Some(AddressClass::CloudMetadata),
        _ if address.is_multicast() => Some(AddressClass::Multicast),
        _ if address.is_link_local() => Some(AddressClass::LinkLocal),
        _ if METADATA_IPV4.contains(&address) => Some(AddressClass::CloudMetadata),
        _ => None,
    }
}

fn class_of_ipv6(address: Ipv6Addr) -> Option<AddressClass> {
    if address.is_unspecified() {
        Some(AddressClass::Unspecified)
    } else if address.is_multicast() {
        Some(AddressClass::Multicast)
    } else if address.is_unicast_link_local() {
        Some(AddressClass::LinkLocal)
    // All of fd00:ec2::/32 belongs to services of Amazon's cloud.
    } else if METADATA_IPV6.contains(&address) || address.segments()[..2] == [0xfd00, 0xec2] {
        Some(AddressClass::CloudMetadata)
    } else {
        None
    }
}

/// The addresses that a connection to `address` can end at: itself, and those that it carries.
pub fn targets(address: IpAddr) -> impl Iterator<Item = IpAddr> {
    let carried = match address {
        IpAddr::V4(_) => [None; 4],
        IpAddr::V6(address) => carried(address),
    };
    std::iter::once(address).chain(carried.into_iter().flatten().map(IpAddr::V4))
}

/// The class of an address that is refused, and which of its [`targets`] has that class.
pub fn refused(address: IpAddr) -> Option<(AddressClass, IpAddr)> {
    targets(address).find_map(|target| Some((class(target)?, target)))
}

/// The IPv4 addresses that an IPv6 address carries. Local-use NAT64 prefixes differ in length, so that several
/// readings of one address are possible.
fn carried(address: Ipv6Addr) -> [Option<Ipv4Addr>; 4] {
    let octets = address.octets();
    let at = |places: [usize; 4]| Some(Ipv4Addr::from(places.map(|place| octets[place])));
    let last = at([12, 13, 14, 15]);
    let one = |ipv4| [ipv4, None, None, None];
    match address.segments() {
        // Unspecified and loopback; of the rest of ::/96, IPv4-compatible (RFC 4291).
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => [None; 4],
        [0, 0, 0, 0, 0, 0, ..] => one(last),
        // IPv4-mapped (RFC 4291).
        [0, 0, 0, 0, 0, 0xffff, ..] => one(last),
        // IPv4-translated (RFC 7915).
        [0, 0, 0, 0, 0xffff, 0, ..] => one(last),
        // NAT64 (RFC 6052).
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => one(last),
        // NAT64 of a local network (RFC 8215): /48, /56, /64 or /96.
        [0x64, 0xff9b, 1, ..] => local_nat64(octets),
        // Teredo (RFC 4380): the server, and the client, inverted.
        [0x2001, 0, ..] => {
            [at([4, 5, 6, 7]), last.map(|ipv4| Ipv4Addr::from(!u32::from(ipv4))), None, None]
        }
        // 6to4 (RFC 3056).
        [0x2002, ..] => one(at([2, 3, 4, 5])),
        _ => [None; 4],
    }
}

/// Octet 8 is skipped, and what follows the IPv4 address is zero (RFC 6052, 2.2).
fn local_nat64(octets: [u8; 16]) -> [Option<Ipv4Addr>; 4] {
    let at = |places: [usize; 4]| Ipv4Addr::from(places.map(|place| octets[place]));
    let ends_at = |end: usize| octets[8] == 0 && octets[end..].iter().all(|octet| *octet == 0);
    let mut found = [
        ends_at(11).then(|| at([6, 7, 9, 10])),
        ends_at(12).then(|| at([7, 9, 10, 11])),
        ends_at(13).then(|| at([9, 10, 11, 12])),
        Some(at([12, 13, 14, 15])),
    ];
    // Zeros are what another reading leaves over, unless there is no other.
    if found.iter().flatten().any(|ipv4| !ipv4.is_unspecified()) {
        for ipv4 in &mut found {
            *ipv4 = ipv4.filter(|ipv4| ipv4.octets()[0] != 0);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use AddressClass::{Broadcast, CloudMetadata, LinkLocal, Multicast, Unspecified};

    fn refused_as(text: &str) -> Option<AddressClass> {
        refused(text.parse().unwrap()).map(|(class, _)| class)
    }

    #[test]
    fn refused_addresses_have_a_class() {
        for (text, class) in [
            ("0.0.0.0", Unspecified),
            ("0.1.2.3", Unspecified),
            ("::", Unspecified),
            ("224.0.0.1", Multicast),
            ("ff02::1", Multicast),
            ("255.255.255.255", Broadcast),
            ("169.254.1.1", LinkLocal),
            ("fe80::1", LinkLocal),
            ("169.254.169.254", CloudMetadata),
            ("100.100.100.200", CloudMetadata),
            ("168.63.129.16", CloudMetadata),
            ("192.0.0.192", CloudMetadata),
            ("fd00:ec2::254", CloudMetadata),
            ("fd20:ce::254", CloudMetadata),
            ("fd00:42::42", CloudMetadata),
        ] {
            assert_eq!(refused_as(text), Some(class), "{text}");
        }
    }

    #[test]
    fn ordinary_addresses_are_not_refused() {
        for text in [
            "127.0.0.1",
            "::1",
            "10.0.0.1",
            "192.0.2.1",
            "100.100.100.201",
            "2001:db8::1",
            "fd00:1::254",
            "::ffff:192.0.2.1",
            "::127.0.0.1",
            "64:ff9b::c000:201",
            "64:ff9b:1::a00:1",
            "64:ff9b:1:a00:0:100::",
            "2002:c000:201::1",
        ] {
            assert_eq!(refused_as(text), None, "{text}");
        }
    }

    #[test]
    fn no_spelling_hides_a_refused_address() {
        for (text, class) in [
            ("::ffff:a9fe:a9fe", CloudMetadata),
            ("::ffff:169.254.1.1", LinkLocal),
            ("::ffff:0.0.0.0", Unspecified),
            ("::ffff:224.0.0.1", Multicast),
            ("::ffff:255.255.255.255", Broadcast),
            ("::169.254.169.254", CloudMetadata),
            ("::ffff:0:169.254.169.254", CloudMetadata),
            ("64:ff9b::a9fe:a9fe", CloudMetadata),
            ("64:ff9b::6464:64c8", CloudMetadata),
            ("64:ff9b:1::a9fe:a9fe", CloudMetadata),
            ("64:ff9b:1:7::a9fe:a9fe", CloudMetadata),
            // RFC 6052 with a prefix of 64, 56 and 48 bits.
            ("64:ff9b:1:7:a9:fea9:fe00:0", CloudMetadata),
            ("64:ff9b:1:a9:fe:a9fe::", CloudMetadata),
            ("64:ff9b:1:a9fe:a9:fe00::", CloudMetadata),
            ("64:ff9b:1::", Unspecified),
            ("2002:a9fe:a9fe::1", CloudMetadata),
            // 169.254.169.254, inverted.
            ("2001:0:c000:201:0:0:5601:5601", CloudMetadata),
            ("2001:0:a9fe:a9fe::", CloudMetadata),
        ] {
            assert_eq!(refused_as(text), Some(class), "{text}");
        }
    }
}

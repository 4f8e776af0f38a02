//! What members may be, and what the server itself may connect to.
//!
//! Every address that HAProxy or the server connects to is judged here and nowhere else. The address that the
//! connection ends at is judged, not its spelling ([`openstack_types::address`]).

use crate::config;
use ipnet::IpNet;
use openstack_types::address::{self, AddressClass};
use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
};

/// The origin of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// A load balancer to a member, or its health check. Members on this machine and in private networks are
    /// what the product is for.
    Member,
    /// The server to an address that a user or another server names, such as a webhook. Refuses this machine
    /// and private networks too, unless the operator allows them.
    Outgoing,
}

/// Why a connection is refused. `target` is the address that it would end at.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RefusedAddress {
    #[error("{target} is {class}")]
    Class { target: IpAddr, class: AddressClass },
    #[error("{target} is in {range}, which the operator of this portal denies")]
    Denied { target: IpAddr, range: IpNet },
    #[error("{target} is an address of this portal itself")]
    Portal { target: SocketAddr },
    #[error("{target} is the load balancer itself")]
    LoadBalancer { target: SocketAddr },
    #[error("{target} is a load balancer that sends traffic back to this one")]
    Loop { target: SocketAddr },
    #[error("{target} is an address of this machine")]
    Loopback { target: IpAddr },
    #[error("{target} is an address of a private network")]
    Private { target: IpAddr },
}

/// The operator's rules and the addresses of the server.
#[derive(Clone, Debug, Default)]
pub struct AddressPolicy {
    deny: Vec<IpNet>,
    allow: Vec<IpNet>,
    /// Where this server listens.
    own: Vec<SocketAddr>,
}

impl AddressPolicy {
    pub fn new(rules: &config::Members, own: Vec<SocketAddr>) -> Self {
        Self { deny: rules.deny.clone(), allow: rules.allow.clone(), own }
    }

    /// Judges a connection.
    ///
    /// # Errors
    /// Says which address is refused, and why.
    pub fn check(&self, connection: Connection, to: SocketAddr) -> Result<(), RefusedAddress> {
        for target in address::targets(to.ip()) {
            let end = SocketAddr::new(target, to.port());
            if self.own.iter().any(|own| is_served_by(end, *own)) {
                return Err(RefusedAddress::Portal { target: end });
            }
            self.check_target(connection, target)?;
        }
        Ok(())
    }

    fn check_target(&self, connection: Connection, target: IpAddr) -> Result<(), RefusedAddress> {
        let class = address::class(target);
        if let Some(class) = class.filter(|class| class.is_impossible()) {
            return Err(RefusedAddress::Class { target, class });
        }
        if self.allow.iter().any(|range| range.contains(&target)) {
            return Ok(());
        }
        if let Some(range) = self.deny.iter().find(|range| range.contains(&target)) {
            return Err(RefusedAddress::Denied { target, range: *range });
        }
        if let Some(class) = class {
            return Err(RefusedAddress::Class { target, class });
        }
        match connection {
            Connection::Member => Ok(()),
            Connection::Outgoing if target.is_loopback() => {
                Err(RefusedAddress::Loopback { target })
            }
            Connection::Outgoing if is_private(target) => Err(RefusedAddress::Private { target }),
            Connection::Outgoing => Ok(()),
        }
    }

    /// Whether the server listens on this address, on any port. A browser sends the cookies of a host to all of
    /// its ports, so such an address must not belong to a load balancer.
    pub fn is_own_address(&self, address: IpAddr) -> bool {
        self.own.iter().any(|own| own.ip().to_canonical() == address.to_canonical())
    }

    /// Whether the server listens on every address of the machine.
    pub fn listens_everywhere(&self) -> bool {
        self.own.iter().any(|own| own.ip().to_canonical().is_unspecified())
    }

    /// The ports of this server on every address of the machine, whose addresses can change.
    pub fn ports_everywhere(&self) -> impl Iterator<Item = u16> {
        let everywhere = self.own.iter().filter(|own| own.ip().to_canonical().is_unspecified());
        everywhere.map(SocketAddr::port)
    }

    /// The ranges that the operator allows.
    pub fn allowed(&self) -> &[IpNet] {
        &self.allow
    }
}

/// Whether a connection to `end` reaches a socket that listens on `own`.
fn is_served_by(end: SocketAddr, own: SocketAddr) -> bool {
    if end.port() != own.port() {
        return false;
    }
    let (end, own) = (end.ip().to_canonical(), own.ip().to_canonical());
    end == own || (own.is_unspecified() && is_local(end))
}

/// Whether an address belongs to this machine, now.
fn is_local(address: IpAddr) -> bool {
    address.is_loopback()
        || address.is_unspecified()
        || routes_to_itself(address)
        || (!binds_anything(address) && UdpSocket::bind((address, 0)).is_ok())
}

/// Whether the kernel lets sockets bind addresses that are not of this machine, as keepalived asks for. Otherwise
/// a bind finds every local address, also that of a whole subnet on the loopback interface.
fn binds_anything(address: IpAddr) -> bool {
    let setting = match address {
        IpAddr::V4(_) => "/proc/sys/net/ipv4/ip_nonlocal_bind",
        IpAddr::V6(_) => "/proc/sys/net/ipv6/ip_nonlocal_bind",
    };
    fs::read_to_string(setting).is_ok_and(|setting| setting.trim() != "0")
}

/// For an address of its own, the kernel chooses the same address as the source. Sends nothing.
fn routes_to_itself(address: IpAddr) -> bool {
    const ANY_PORT: u16 = 9;
    let any: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let source = UdpSocket::bind((any, 0)).and_then(|socket| {
        socket.connect((address, ANY_PORT))?;
        socket.local_addr()
    });
    source.is_ok_and(|source| source.ip() == address)
}

/// Ranges that are not reachable from the Internet: RFC 1918, 6598, 4193 and the deprecated site-local one.
fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ipv4) => {
            let [a, b, ..] = ipv4.octets();
            ipv4.is_private() || (a == 100 && (64..128).contains(&b))
        }
        IpAddr::V6(ipv6) => ipv6.is_unique_local() || ipv6.segments()[0] & 0xffc0 == 0xfec0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(rules: &str, own: &[&str]) -> AddressPolicy {
        let rules = toml::from_str(rules).unwrap();
        AddressPolicy::new(&rules, own.iter().map(|own| own.parse().unwrap()).collect())
    }

    fn judge(policy: &AddressPolicy, connection: Connection, to: &str) -> String {
        match policy.check(connection, to.parse().unwrap()) {
            Ok(()) => String::new(),
            Err(refused) => refused.to_string(),
        }
    }

    #[test]
    fn a_member_is_not_the_portal_in_any_spelling() {
        let one = policy("", &["127.0.0.1:8080"]);
        for to in ["127.0.0.1:8080", "[::ffff:127.0.0.1]:8080", "[::127.0.0.1]:8080"] {
            assert!(judge(&one, Connection::Member, to).contains("this portal itself"), "{to}");
        }
        for to in ["127.0.0.1:8081", "127.0.0.2:8080", "[::1]:8080", "192.0.2.1:8080"] {
            assert_eq!(judge(&one, Connection::Member, to), "", "{to}");
        }
        for everywhere in ["0.0.0.0:8080", "[::]:8080"] {
            let everywhere = policy("", &[everywhere]);
            for to in ["127.0.0.1:8080", "127.77.0.1:8080", "[::1]:8080", "[::ffff:127.9.9.9]:8080"]
            {
                let reason = judge(&everywhere, Connection::Member, to);
                assert!(reason.contains("this portal itself"), "{to}");
            }
            for to in ["127.0.0.1:8081", "192.0.2.1:8080", "[2001:db8::1]:8080"] {
                assert_eq!(judge(&everywhere, Connection::Member, to), "", "{to}");
            }
        }
    }

    #[test]
    fn the_operator_denies_and_allows() {
        let denied = policy("deny = [\"10.0.0.0/8\", \"2001:db8::/32\"]", &[]);
        for to in
            ["10.1.2.3:80", "[::ffff:10.1.2.3]:80", "[64:ff9b::a01:203]:80", "[2001:db8::1]:80"]
        {
            assert!(judge(&denied, Connection::Member, to).contains("denies"), "{to}");
        }
        let allowed = policy(
            "deny = [\"10.0.0.0/8\"]\nallow = [\"10.1.0.0/16\", \"169.254.7.0/24\", \"0.0.0.0/8\"]",
            &["10.1.0.1:8080"],
        );
        for to in ["10.1.2.3:80", "169.254.7.1:80", "[::ffff:169.254.7.1]:80", "10.1.0.1:80"] {
            assert_eq!(judge(&allowed, Connection::Member, to), "", "{to}");
        }
        for to in ["10.2.0.1:80", "169.254.8.1:80", "10.1.0.1:8080", "0.0.0.0:80"] {
            assert_ne!(judge(&allowed, Connection::Member, to), "", "{to}");
        }
    }

    #[test]
    fn outgoing_connections_stay_away_from_this_machine_and_private_networks() {
        let strict = policy("allow = [\"10.1.0.0/16\"]", &[]);
        for to in [
            "127.0.0.1:443",
            "[::1]:443",
            "10.0.0.1:443",
            "192.168.1.1:443",
            "100.64.0.1:443",
            "[fd00::1]:443",
            "[::ffff:127.0.0.1]:443",
            "[2002:c0a8:101::]:443",
            "169.254.1.1:443",
        ] {
            assert_ne!(judge(&strict, Connection::Outgoing, to), "", "{to}");
        }
        for to in ["192.0.2.1:443", "[2001:db8::1]:443", "10.1.0.1:443"] {
            assert_eq!(judge(&strict, Connection::Outgoing, to), "", "{to}");
        }
    }

    #[test]
    fn an_address_of_the_server_is_known_on_every_port() {
        let one = policy("", &["192.0.2.5:8080"]);
        assert!(one.is_own_address("192.0.2.5".parse().unwrap()));
        assert!(one.is_own_address("::ffff:192.0.2.5".parse().unwrap()));
        assert!(!one.is_own_address("192.0.2.6".parse().unwrap()));
        assert!(policy("", &["0.0.0.0:80"]).listens_everywhere());
    }
}

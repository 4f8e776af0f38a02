//! The configuration file: what the operator decides. Every field has a default.

use ipnet::IpNet;
use openstack_types::neutron::AllocationPool;
use serde::Deserialize;
use std::{fmt, net::IpAddr, path::Path};

/// What the operator decides.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The virtual networks; without any, `loopback` with 127.8.0.0/16.
    pub networks: Vec<Network>,
    /// TLS of listeners.
    pub tls: Tls,
    /// Bounds.
    pub limits: Limits,
    /// The proxy in front of this server.
    pub proxy: Proxy,
    /// The HAProxy to run; found on PATH and in the usual places without one.
    pub haproxy: Option<std::path::PathBuf>,
}

/// A virtual network with its one subnet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// What people call it; its ids hang on this name.
    pub name: String,
    /// Its addresses. They must be addresses of this machine, or become so, for VIPs to serve.
    pub cidr: IpNet,
    /// What VIPs are taken from; without any, all of `cidr` but its first and last address.
    #[serde(default)]
    pub allocation_pools: Vec<AllocationPool>,
    /// The router's address, shown to clients.
    #[serde(default)]
    pub gateway: Option<IpAddr>,
    /// The machine's interface that has the addresses; admins see it as
    /// `provider:physical_network`.
    #[serde(default)]
    pub interface: Option<String>,
    /// Name of the only project that may use it; without one, every project may.
    #[serde(default)]
    pub project: Option<String>,
}

/// TLS of listeners.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// Versions that listeners may speak, as Octavia writes them: `TLSv1.2`, `TLSv1.3`.
    pub versions: Vec<String>,
}

impl Default for Tls {
    fn default() -> Self {
        Self { versions: vec!["TLSv1.2".to_owned()] }
    }
}

/// Bounds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes that a request's body may have.
    pub request_body_bytes: usize,
    /// Bytes that a secret's payload may have, as it is sent: of base64, the text's.
    pub secret_bytes: u64,
    /// Hours until a token ends.
    pub token_hours: u32,
    /// Pages that may listen to `/portal/events` at a time.
    pub event_streams: usize,
    /// Sign-ins whose password is checked at a time; each takes 19 MiB and a core.
    pub password_checks: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_body_bytes: 1024 * 1024,
            secret_bytes: 20_000,
            token_hours: 12,
            event_streams: 1000,
            password_checks: 2,
        }
    }
}

/// The proxy in front of this server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Proxy {
    /// Addresses whose `X-Forwarded-For`, `-Host` and `-Proto` are believed.
    pub trusted: Vec<IpNet>,
}

impl Proxy {
    /// Whether this peer is one of them.
    pub fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.trusted.iter().any(|range| range.contains(&peer))
    }
}

/// Why a configuration is not taken. `Display` is one clear line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError(String);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ConfigError {}

impl Default for Config {
    fn default() -> Self {
        Self {
            networks: vec![Network::loopback()],
            tls: Tls::default(),
            limits: Limits::default(),
            proxy: Proxy::default(),
            haproxy: None,
        }
    }
}

impl Network {
    /// 127.8.0.0/16: on Linux all of 127.0.0.0/8 is local, so its VIPs serve without any set-up.
    fn loopback() -> Self {
        let cidr = ipnet::Ipv4Net::new_assert(std::net::Ipv4Addr::new(127, 8, 0, 0), 16);
        Self {
            name: "loopback".to_owned(),
            cidr: cidr.into(),
            allocation_pools: Vec::new(),
            gateway: None,
            interface: None,
            project: None,
        }
    }
}

impl Config {
    /// Reads and checks a file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|why| {
            ConfigError(format!("cannot read the configuration {}: {why}", path.display()))
        })?;
        Self::parse(&text)
            .map_err(|ConfigError(why)| ConfigError(format!("{}: {why}", path.display())))
    }

    /// Reads and checks a text.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let mut config: Self =
            toml::from_str(text).map_err(|why| ConfigError(one_line(&why.to_string())))?;
        if config.networks.is_empty() {
            config.networks.push(Network::loopback());
        }
        config.check().map_err(ConfigError)?;
        Ok(config)
    }

    fn check(&self) -> Result<(), String> {
        for (i, network) in self.networks.iter().enumerate() {
            let name = &network.name;
            if name.trim().is_empty() {
                return Err("a network has no name".to_owned());
            }
            if self.networks[..i].iter().any(|other| other.name == *name) {
                return Err(format!("two networks are called {name}"));
            }
            if let Some(other) =
                self.networks[..i].iter().find(|other| overlap(&other.cidr, &network.cidr))
            {
                return Err(format!("the networks {} and {name} overlap", other.name));
            }
            for pool in &network.allocation_pools {
                let inside = network.cidr.contains(&pool.start) && network.cidr.contains(&pool.end);
                if !inside || pool.start > pool.end {
                    return Err(format!(
                        "network {name}: {} to {} is no range inside of {}",
                        pool.start, pool.end, network.cidr
                    ));
                }
            }
        }
        if let Some(unknown) =
            self.tls.versions.iter().find(|v| !["TLSv1.2", "TLSv1.3"].contains(&v.as_str()))
        {
            return Err(format!("tls.versions: {unknown} is neither TLSv1.2 nor TLSv1.3"));
        }
        if self.tls.versions.is_empty() {
            return Err("tls.versions must name at least one version".to_owned());
        }
        let limits = &self.limits;
        for (name, value) in [
            ("request_body_bytes", limits.request_body_bytes),
            ("token_hours", limits.token_hours as usize),
            ("event_streams", limits.event_streams),
            ("password_checks", limits.password_checks),
        ] {
            if value == 0 {
                return Err(format!("limits.{name} must be at least 1"));
            }
        }
        Ok(())
    }
}

fn overlap(a: &IpNet, b: &IpNet) -> bool {
    a.contains(&b.network()) || b.contains(&a.network())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_said_is_the_loopback_network() {
        let config = Config::parse("").unwrap();
        assert_eq!(config.networks, [Network::loopback()]);
        assert_eq!(config.tls.versions, ["TLSv1.2"]);
    }

    #[test]
    fn a_full_file_is_read() {
        let config = Config::parse(
            r#"
            haproxy = "/usr/sbin/haproxy"
            [[networks]]
            name = "lan"
            cidr = "192.0.2.0/24"
            gateway = "192.0.2.1"
            interface = "eth0"
            project = "web"
            allocation_pools = [{ start = "192.0.2.10", end = "192.0.2.20" }]
            [tls]
            versions = ["TLSv1.2", "TLSv1.3"]
            [limits]
            token_hours = 1
            [proxy]
            trusted = ["127.0.0.1/32"]
            "#,
        )
        .unwrap();
        assert_eq!(config.networks[0].name, "lan");
        assert_eq!(config.limits.token_hours, 1);
        assert_eq!(config.limits.secret_bytes, 20_000);
        assert!(config.proxy.trusts("::ffff:127.0.0.1".parse().unwrap()));
        assert!(!config.proxy.trusts("127.0.0.2".parse().unwrap()));
    }

    #[test]
    fn what_cannot_work_is_refused_in_one_line() {
        let network = |name: &str, cidr: &str, more: &str| {
            format!("[[networks]]\nname = \"{name}\"\ncidr = \"{cidr}\"\n{more}\n")
        };
        let twice = network("a", "192.0.2.0/24", "") + &network("a", "198.51.100.0/24", "");
        let overlapping = network("a", "10.0.0.0/8", "") + &network("b", "10.1.0.0/16", "");
        let outside = network(
            "a",
            "192.0.2.0/24",
            r#"allocation_pools = [{ start = "192.0.2.9", end = "192.0.3.1" }]"#,
        );
        for (text, says) in [
            (twice.as_str(), "two networks are called a"),
            (&overlapping, "overlap"),
            (&outside, "no range"),
            ("colour = 1", "colour"),
            ("[tls]\nversions = [\"SSLv3\"]", "SSLv3"),
            ("[tls]\nversions = []", "at least one"),
            ("[limits]\ntoken_hours = 0", "token_hours"),
            ("not toml", ""),
        ] {
            let error = Config::parse(text).unwrap_err().to_string();
            assert!(error.contains(says) && !error.contains('\n'), "{text}: {error}");
        }
    }
}

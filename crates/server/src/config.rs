//! The configuration file. Every field has a default.

mod cloud;
mod limits;
mod server;

pub use cloud::{Cloud, CloudService, Interface, ServiceUrl, ServiceUrlError, is_version};
pub use limits::{LimitError, Limits};
pub use server::{FixedUrl, Server, is_authority};

use ipnet::IpNet;
use openstack_types::neutron::AllocationPool;
use serde::Deserialize;
use std::{
    io,
    net::IpAddr,
    path::{Path, PathBuf},
};

#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The networks that VIPs are allocated from. Default: `loopback` with 127.8.0.0/16.
    pub networks: Vec<Network>,
    pub tls: Tls,
    pub limits: Limits,
    pub server: Server,
    pub proxy: Proxy,
    pub cors: Cors,
    pub members: Members,
    pub engine: EngineOptions,
    /// The cloud of `--cloud`.
    pub cloud: Cloud,
    /// The HAProxy binary. Default: found on PATH and in the usual directories.
    pub haproxy: Option<PathBuf>,
}

/// How HAProxy runs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EngineOptions {
    /// The user that HAProxy runs as. Default: `haproxy` if the server runs as root, and otherwise the
    /// server's user.
    pub user: Option<String>,
    /// HAProxy reaches no file and no other process, where the kernel supports that (Landlock).
    pub sandbox: bool,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self { user: None, sandbox: true }
    }
}

/// A network with one subnet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Network {
    /// The ids in the database belong to this name.
    pub name: String,
    /// A VIP serves only if its address is an address of this machine.
    pub cidr: IpNet,
    /// Where VIPs are allocated. Default: all of `cidr` except its first and last address.
    #[serde(default)]
    pub allocation_pools: Vec<AllocationPool>,
    /// The address of the router, shown to clients.
    #[serde(default)]
    pub gateway: Option<IpAddr>,
    /// The interface of this machine with the addresses. Admins see it as
    /// `provider:physical_network`.
    #[serde(default)]
    pub interface: Option<String>,
    /// Name of the only project that may use the network. Default: all projects.
    #[serde(default)]
    pub project: Option<String>,
}

/// TLS of listeners.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// Versions that listeners may use, in Octavia's notation: `TLSv1.2`, `TLSv1.3`.
    pub versions: Vec<String>,
}

impl Default for Tls {
    fn default() -> Self {
        Self { versions: vec!["TLSv1.2".to_owned()] }
    }
}

/// Pages of other origins that may call the OpenStack APIs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cors {
    /// As browsers send them: `https://dashboard.example.com`.
    pub allowed_origins: Vec<String>,
}

/// What the members of load balancers may be. See [`crate::address_policy`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Members {
    /// Ranges that are refused, besides link-local addresses, metadata services of clouds, and this server.
    pub deny: Vec<IpNet>,
    /// Ranges that are allowed although they are refused otherwise.
    pub allow: Vec<IpNet>,
}

impl Members {
    /// What is allowed, as texts.
    pub fn allowed_servers(&self) -> Vec<String> {
        self.allow.iter().map(ToString::to_string).collect()
    }
}

/// The proxy in front of this server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Proxy {
    /// Addresses whose `X-Forwarded-For`, `-Host` and `-Proto` headers are trusted.
    pub trusted: Vec<IpNet>,
}

impl Proxy {
    pub fn trusts(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        self.trusted.iter().any(|range| range.contains(&peer))
    }
}

/// Why a configuration cannot be used. The message is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration {}", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    /// The configuration file has the error `source`.
    #[error("{}", path.display())]
    File { path: PathBuf, source: Box<ConfigError> },
    #[error("{0}")]
    Syntax(String),
    #[error("a network has no name")]
    UnnamedNetwork,
    #[error("two networks are called {0}")]
    DuplicateNetwork(String),
    #[error("the networks {0} and {1} overlap")]
    OverlappingNetworks(String, String),
    #[error("network {network}: {} to {} is no range inside of {cidr}", pool.start, pool.end)]
    InvalidPool { network: String, pool: AllocationPool, cidr: IpNet },
    #[error("tls.versions: {0} is neither TLSv1.2 nor TLSv1.3")]
    UnknownTlsVersion(String),
    #[error("cors.allowed_origins: {0} is not an origin such as https://dashboard.example.com")]
    InvalidOrigin(String),
    #[error("tls.versions must name at least one version")]
    NoTlsVersion,
    #[error(transparent)]
    Limit(#[from] LimitError),
}

impl Default for Config {
    fn default() -> Self {
        Self {
            networks: vec![Network::loopback()],
            tls: Tls::default(),
            limits: Limits::default(),
            server: Server::default(),
            proxy: Proxy::default(),
            cors: Cors::default(),
            members: Members::default(),
            engine: EngineOptions::default(),
            cloud: Cloud::default(),
            haproxy: None,
        }
    }
}

impl Network {
    /// 127.8.0.0/16: on Linux all of 127.0.0.0/8 is local, so VIPs work without any setup.
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
    /// Reads and validates a file.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&text)
            .map_err(|error| ConfigError::File { path: path.to_owned(), source: Box::new(error) })
    }

    /// Parses and validates the text of a file.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let mut config: Self = toml::from_str(text)
            .map_err(|error| ConfigError::Syntax(one_line(&error.to_string())))?;
        if config.networks.is_empty() {
            config.networks.push(Network::loopback());
        }
        config.validate()?;
        Ok(config)
    }

    fn validate(&self) -> Result<(), ConfigError> {
        for (i, network) in self.networks.iter().enumerate() {
            network.validate(&self.networks[..i])?;
        }
        self.tls.validate()?;
        self.cors.validate()?;
        Ok(self.limits.validate()?)
    }
}

impl Network {
    fn validate(&self, others: &[Network]) -> Result<(), ConfigError> {
        if self.name.trim().is_empty() {
            return Err(ConfigError::UnnamedNetwork);
        }
        if others.iter().any(|other| other.name == self.name) {
            return Err(ConfigError::DuplicateNetwork(self.name.clone()));
        }
        if let Some(other) = others.iter().find(|other| overlap(&other.cidr, &self.cidr)) {
            return Err(ConfigError::OverlappingNetworks(other.name.clone(), self.name.clone()));
        }
        for pool in &self.allocation_pools {
            let inside = self.cidr.contains(&pool.start) && self.cidr.contains(&pool.end);
            if !inside || pool.start > pool.end {
                return Err(ConfigError::InvalidPool {
                    network: self.name.clone(),
                    pool: *pool,
                    cidr: self.cidr,
                });
            }
        }
        Ok(())
    }
}

impl Cors {
    fn validate(&self) -> Result<(), ConfigError> {
        match self.allowed_origins.iter().find(|origin| !is_origin(origin)) {
            Some(invalid) => Err(ConfigError::InvalidOrigin(invalid.clone())),
            None => Ok(()),
        }
    }
}

/// A scheme, a host and maybe a port, without a path. `*` would be every page.
fn is_origin(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        let is_host = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-.:[]".contains(c);
        !host.is_empty() && host.chars().all(is_host)
    })
}

impl Tls {
    fn validate(&self) -> Result<(), ConfigError> {
        const KNOWN: [&str; 2] = ["TLSv1.2", "TLSv1.3"];
        if let Some(unknown) = self.versions.iter().find(|v| !KNOWN.contains(&v.as_str())) {
            return Err(ConfigError::UnknownTlsVersion(unknown.clone()));
        }
        if self.versions.is_empty() { Err(ConfigError::NoTlsVersion) } else { Ok(()) }
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
    fn an_empty_file_means_the_loopback_network() {
        let config = Config::parse("").unwrap();
        assert_eq!(config.networks, [Network::loopback()]);
        assert_eq!(config.tls.versions, ["TLSv1.2"]);
    }

    #[test]
    fn every_field_is_read() {
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
            [server]
            public_url = "https://LB.example.com:8443/"
            [proxy]
            trusted = ["127.0.0.1/32"]
            [members]
            deny = ["198.51.100.0/24"]
            allow = ["169.254.7.0/24"]
            [cloud]
            region = "RegionTwo"
            interface = "internal"
            ca_file = "/etc/ssl/cloud.pem"
            default_domain = "users"
            endpoints = { load-balancer = "https://lb.example.com:9876/v2.0" }
            endpoint_hosts = ["lb.example.com"]
            "#,
        )
        .unwrap();
        assert_eq!(config.networks[0].name, "lan");
        assert_eq!(config.limits.token_hours, 1);
        let url = config.server.public_url.unwrap();
        assert_eq!((url.https, url.authority.as_str()), (true, "lb.example.com:8443"));
        assert_eq!(config.limits.secret_bytes, 20_000);
        assert_eq!(config.members.deny, ["198.51.100.0/24".parse().unwrap()]);
        assert_eq!(config.members.allow, ["169.254.7.0/24".parse().unwrap()]);
        assert!(config.proxy.trusts("::ffff:127.0.0.1".parse().unwrap()));
        assert!(!config.proxy.trusts("127.0.0.2".parse().unwrap()));
        assert_eq!(config.cloud.region.as_deref(), Some("RegionTwo"));
        assert_eq!(config.cloud.interface, Interface::Internal);
        assert_eq!(config.cloud.endpoints[&CloudService::LoadBalancer].host(), "lb.example.com");
    }

    #[test]
    fn an_invalid_configuration_is_rejected_with_one_line() {
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
        for (text, expected) in [
            (twice.as_str(), "two networks are called a"),
            (&overlapping, "overlap"),
            (&outside, "no range"),
            ("colour = 1", "colour"),
            ("[tls]\nversions = [\"SSLv3\"]", "SSLv3"),
            ("[tls]\nversions = []", "at least one"),
            ("[cors]\nallowed_origins = [\"*\"]", "is not an origin"),
            ("[cors]\nallowed_origins = [\"https://a.example/\"]", "is not an origin"),
            ("[limits]\ntoken_hours = 0", "token_hours"),
            ("[limits]\ntoken_hours = 4294967295", "limits.token_hours must be at most"),
            (
                "[limits]\nevent_streams = 9223372036854775807",
                "limits.event_streams must be at most",
            ),
            ("[limits]\npassword_checks = 9223372036854775807", "limits.password_checks must be"),
            ("[server]\npublic_url = \"lb.example.com\"", "https://"),
            ("[server]\npublic_url = \"https://lb.example.com/portal\"", "without a path"),
            ("[server]\npublic_url = \"https://user@lb.example.com\"", "https://"),
            ("[cloud]\nendpoints = { load-balancer = \"ftp://c\" }", "http://"),
            ("[cloud]\nendpoints = { compute = \"https://c\" }", "compute"),
            ("not toml", ""),
        ] {
            let error = Config::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains('\n'), "{text}: {error}");
        }
    }
}

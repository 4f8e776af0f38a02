//! What the portal may connect to on behalf of a cloud's catalog.

use crate::{
    address_policy::{AddressPolicy, Connection, RefusedAddress},
    config::ServiceUrl,
};
use openstack_types::address;
use std::net::{IpAddr, SocketAddr};

/// Why an endpoint is not used. Names the endpoint's host, and never a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum RefusedEndpoint {
    #[error(transparent)]
    Address(#[from] RefusedAddress),
    #[error("{0} is an address of this machine, and Keystone is not on this machine")]
    Loopback(IpAddr),
    #[error("it is http, and Keystone is https; cloud.endpoints can set it nevertheless")]
    NotHttps,
    #[error("its host is not in cloud.endpoint_hosts")]
    UnknownHost,
}

pub(super) struct EndpointPolicy {
    addresses: AddressPolicy,
    /// Keystone is on this machine.
    allow_loopback: bool,
    https_only: bool,
    /// Empty: every host.
    hosts: Vec<String>,
}

impl EndpointPolicy {
    pub(super) fn new(
        addresses: AddressPolicy,
        allow_loopback: bool,
        https_only: bool,
        hosts: &[String],
    ) -> Self {
        let hosts = hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        Self { addresses, allow_loopback, https_only, hosts }
    }

    /// Judges a URL of the catalog. Names are judged again when they are resolved.
    pub(super) fn check_url(&self, url: &ServiceUrl) -> Result<(), RefusedEndpoint> {
        if self.https_only && !url.is_https() {
            return Err(RefusedEndpoint::NotHttps);
        }
        let host = url.host().to_ascii_lowercase();
        if !self.hosts.is_empty() && !self.hosts.contains(&host) {
            return Err(RefusedEndpoint::UnknownHost);
        }
        match url.address() {
            Some(address) => self.check_address(SocketAddr::new(address, url.port())),
            None => Ok(()),
        }
    }

    /// Judges the address that a connection ends at.
    pub(super) fn check_address(&self, address: SocketAddr) -> Result<(), RefusedEndpoint> {
        self.addresses.check(Connection::Member, address)?;
        let loopback = address::targets(address.ip()).find(|ip| ip.is_loopback());
        match loopback {
            Some(ip) if !self.allow_loopback => Err(RefusedEndpoint::Loopback(ip)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(policy: &EndpointPolicy, url: &str) -> String {
        match policy.check_url(&ServiceUrl::parse(url).unwrap()) {
            Ok(()) => String::new(),
            Err(refused) => refused.to_string(),
        }
    }

    #[test]
    fn a_catalog_cannot_lead_to_metadata_services_or_this_machine() {
        let policy = EndpointPolicy::new(AddressPolicy::default(), false, false, &[]);
        for url in [
            "http://169.254.169.254/",
            "http://[::ffff:169.254.169.254]/",
            "http://[fe80::1]/",
            "http://100.100.100.200/",
            "http://127.0.0.1:9876/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.0.0.1/",
            "http://[::1]:9876/",
            "http://[::ffff:127.0.0.1]/",
            "http://0.0.0.0/",
        ] {
            assert_ne!(judge(&policy, url), "", "{url}");
        }
        for url in ["http://10.0.0.1:9876/", "https://192.0.2.1/", "http://octavia.example/"] {
            assert_eq!(judge(&policy, url), "", "{url}");
        }
    }

    #[test]
    fn loopback_endpoints_are_for_a_keystone_on_this_machine() {
        let local = EndpointPolicy::new(AddressPolicy::default(), true, false, &[]);
        assert_eq!(judge(&local, "http://127.0.0.1:9876/"), "");
        assert_ne!(judge(&local, "http://169.254.169.254/"), "");
    }

    #[test]
    fn plain_http_and_other_hosts_are_refused_where_they_are_worse_than_keystone() {
        let hosts = ["Octavia.example".to_owned()];
        let strict = EndpointPolicy::new(AddressPolicy::default(), false, true, &hosts);
        assert_eq!(judge(&strict, "https://octavia.EXAMPLE:9876/"), "");
        assert!(judge(&strict, "http://octavia.example/").contains("http"));
        assert!(judge(&strict, "https://evil.example/").contains("endpoint_hosts"));
        assert!(judge(&strict, "https://octavia.example.evil.example/").contains("endpoint_hosts"));
    }
}

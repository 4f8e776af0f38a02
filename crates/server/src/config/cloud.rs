//! `[cloud]`: the OpenStack cloud that `--cloud` forwards to.

use reqwest::Url;
use serde::Deserialize;
use std::{collections::BTreeMap, fmt, net::IpAddr, path::PathBuf};

/// A service that the page uses, beside Keystone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CloudService {
    LoadBalancer,
    KeyManager,
    Network,
}

impl CloudService {
    pub const ALL: [Self; 3] = [Self::LoadBalancer, Self::KeyManager, Self::Network];

    /// The type in Keystone's catalog.
    pub fn catalog_type(self) -> &'static str {
        match self {
            Self::LoadBalancer => "load-balancer",
            Self::KeyManager => "key-manager",
            Self::Network => "network",
        }
    }
}

impl fmt::Display for CloudService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.catalog_type())
    }
}

/// Which of the URLs of a service the portal uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Interface {
    #[default]
    Public,
    Internal,
    Admin,
}

impl Interface {
    /// The word in Keystone's catalog.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Admin => "admin",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Cloud {
    /// Default: the first region with load balancers.
    pub region: Option<String>,
    pub interface: Interface,
    /// Certificates (PEM) of authorities that are trusted beside those of the system.
    pub ca_file: Option<PathBuf>,
    /// The domain of users who type none.
    pub default_domain: String,
    /// URLs that replace those of the catalog, in every region.
    pub endpoints: BTreeMap<CloudService, ServiceUrl>,
    /// The only hosts that the catalog may name. Empty: every host.
    pub endpoint_hosts: Vec<String>,
    /// Whether sessions with the same roles in a project share what is read of the cloud. Not for a cloud whose
    /// policies of Octavia depend on the user.
    pub share: bool,
}

impl Default for Cloud {
    fn default() -> Self {
        Self {
            region: None,
            interface: Interface::default(),
            ca_file: None,
            default_domain: "Default".to_owned(),
            endpoints: BTreeMap::new(),
            endpoint_hosts: Vec::new(),
            share: true,
        }
    }
}

/// The URL of a service: `http` or `https`, a host, and a path; no user, query or fragment.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct ServiceUrl(Url);

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not an http:// or https:// URL with a host and without user, query or fragment")]
pub struct ServiceUrlError;

impl TryFrom<String> for ServiceUrl {
    type Error = ServiceUrlError;

    fn try_from(text: String) -> Result<Self, ServiceUrlError> {
        Self::parse(&text)
    }
}

impl fmt::Display for ServiceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Debug for ServiceUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl ServiceUrl {
    pub fn parse(text: &str) -> Result<Self, ServiceUrlError> {
        let url = Url::parse(text.trim()).map_err(|_| ServiceUrlError)?;
        let is_valid = matches!(url.scheme(), "http" | "https")
            && url.host_str().is_some_and(|host| !host.is_empty())
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if is_valid { Ok(Self(url)) } else { Err(ServiceUrlError) }
    }

    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The host without brackets.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default().trim_matches(['[', ']'])
    }

    pub fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or_default()
    }

    /// The address, where the host is one and no name.
    pub fn address(&self) -> Option<IpAddr> {
        self.host().parse().ok()
    }

    /// Without the version and the project at the end of the path, which catalogs may have in any
    /// combination: `/v2.0/PROJECT`, `/v3/`. Also accepts Swift's `AUTH_PROJECT`.
    #[must_use]
    pub fn without_version(&self, project: Option<&str>) -> Self {
        let mut segments: Vec<&str> = self.segments().collect();
        let is_project = |segment: &str| {
            let bare = segment.strip_prefix("AUTH_").unwrap_or(segment);
            project.is_some_and(|project| bare == project)
        };
        if segments.last().is_some_and(|last| is_project(last)) {
            segments.pop();
        }
        if segments.last().is_some_and(|last| is_version(last)) {
            segments.pop();
        }
        let mut url = self.0.clone();
        url.set_path(&segments.join("/"));
        Self(url)
    }

    /// With a path below that of this URL. `path` starts with `/`.
    pub fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let below = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&below);
        url
    }

    /// The parts of the path that are not empty.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.path().split('/').filter(|segment| !segment.is_empty())
    }
}

/// `v2`, `v2.0`, `v3`.
pub fn is_version(segment: &str) -> bool {
    let Some(number) = segment.strip_prefix('v') else { return false };
    let mut parts = number.split('.');
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_digit());
    parts.clone().count() <= 2 && parts.all(is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_of_every_form_of_url_in_catalogs_is_found() {
        for (url, base) in [
            ("http://c:9876", "http://c:9876"),
            ("http://c:9876/", "http://c:9876"),
            ("http://c:9876/v2", "http://c:9876"),
            ("http://c:9876/v2.0/", "http://c:9876"),
            ("http://c/load-balancer", "http://c/load-balancer"),
            ("http://c/load-balancer/v2.0/p1", "http://c/load-balancer"),
            ("http://c/load-balancer/p1/", "http://c/load-balancer"),
            ("https://c/a/b/v1", "https://c/a/b"),
            ("https://c/v2.0/other", "https://c/v2.0/other"),
            ("https://c/versions", "https://c/versions"),
            ("https://[2001:db8::1]:9876/v2", "https://[2001:db8::1]:9876"),
        ] {
            let parsed = ServiceUrl::parse(url).unwrap();
            assert_eq!(parsed.without_version(Some("p1")).to_string(), base, "{url}");
        }
    }

    #[test]
    fn a_url_with_a_user_a_query_or_another_scheme_is_refused() {
        for url in [
            "ftp://c/",
            "file:///etc/passwd",
            "http://user@c/",
            "http://user:secret@c/",
            "http://c/?a=b",
            "http://c/#a",
            "c:9876",
            "",
            "/v2",
        ] {
            assert!(ServiceUrl::parse(url).is_err(), "{url}");
        }
    }

    #[test]
    fn a_path_is_appended_below_the_prefix() {
        let base = ServiceUrl::parse("http://c/load-balancer/").unwrap();
        assert_eq!(base.join("/v2.0/lbaas").as_str(), "http://c/load-balancer/v2.0/lbaas");
        let root = ServiceUrl::parse("http://c").unwrap();
        assert_eq!(root.join("/v3").as_str(), "http://c/v3");
    }
}

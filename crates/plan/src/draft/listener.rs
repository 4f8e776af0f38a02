//! The form of a listener.

use super::{
    keys::{OptionsScope, RowKey},
    policy::PolicyDraft,
};
use openstack_types::{
    octavia::{self, ClientAuthentication, Listener, ListenerProtocol},
    tls::AlpnProtocol,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListenerDraft {
    pub key: RowKey,
    /// Empty for a generated name.
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub enabled: bool,
    pub protocol: ListenerProtocol,
    /// 1 to 65535.
    pub port: String,
    /// URL of the certificate's secret, with `HTTPS with SSL` and for metrics.
    #[serde(default)]
    pub certificate: Option<String>,
    /// The most connections at a time; empty for no limit.
    pub connection_limit: String,
    /// The default group.
    pub group: Option<RowKey>,
    /// URLs of the secrets of further certificates, selected by server name (SNI).
    #[serde(default)]
    pub sni: Vec<String>,
    /// With HTTP and `HTTPS with SSL`, in the order of evaluation within each kind of action.
    #[serde(default)]
    pub policies: Vec<PolicyDraft>,
    /// With HTTP and `HTTPS with SSL`.
    pub forwarded: ForwardedHeaders,
    /// Further headers added to requests, name to `"true"`; see [`ClientCertificateHeader`](openstack_types::octavia::ClientCertificateHeader).
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// With `HTTPS with SSL`.
    #[serde(default)]
    pub tls: TlsSettings,
    #[serde(default)]
    pub tags: Vec<String>,
    /// `None` for the shared options.
    #[serde(default)]
    pub own_options: Option<ListenerOptions>,
}

impl ListenerDraft {
    /// Whether a header of [`ListenerDraft::headers`] is added to requests.
    pub fn adds_header(&self, name: &str) -> bool {
        self.headers.get(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    pub fn set_header(&mut self, name: &str, added: bool) {
        if added {
            self.headers.insert(name.to_owned(), "true".to_owned());
        } else {
            self.headers.remove(name);
        }
    }

    /// Whether it terminates TLS.
    pub fn ends_tls(&self) -> bool {
        let has_certificate = self.certificate.is_some() || !self.sni.is_empty();
        octavia::ends_tls(&self.protocol, has_certificate)
    }

    /// The scope of the options that apply to it.
    pub(crate) fn options_scope(&self) -> OptionsScope {
        match self.own_options {
            Some(_) => OptionsScope::Listener(self.key),
            None => OptionsScope::Shared,
        }
    }
}

/// Headers that tell servers about the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForwardedHeaders {
    /// `X-Forwarded-For`: the client's address.
    pub address: bool,
    /// `X-Forwarded-Port`: the listener's port.
    pub port: bool,
    /// `X-Forwarded-Proto`: `http` or `https`.
    pub protocol: bool,
}

impl Default for ForwardedHeaders {
    fn default() -> Self {
        Self { address: true, port: true, protocol: true }
    }
}

impl ForwardedHeaders {
    const NAMES: [&str; 3] = ["X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"];

    /// Reads a listener's `insert_headers`.
    pub(crate) fn from_headers(headers: &BTreeMap<String, String>) -> Self {
        let has = |name: &str| headers.get(name).is_some_and(|v| v.eq_ignore_ascii_case("true"));
        let [address, port, protocol] = Self::NAMES.map(has);
        Self { address, port, protocol }
    }

    /// The entries of a listener's `insert_headers` that are not forwarded headers, and those that say `false`,
    /// which has no effect.
    pub(crate) fn other_headers(headers: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let is_other = |(name, value): &(&String, &String)| {
            !Self::NAMES.contains(&name.as_str()) || !value.eq_ignore_ascii_case("true")
        };
        headers.iter().filter(is_other).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Each header, and whether it is added.
    pub(crate) fn entries(self) -> [(&'static str, bool); 3] {
        let [address, port, protocol] = Self::NAMES;
        [(address, self.address), (port, self.port), (protocol, self.protocol)]
    }
}

/// TLS settings of a listener.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TlsSettings {
    /// `TLSv1.2` and the like; `None` for the service's default.
    pub versions: Option<Vec<String>>,
    /// OpenSSL cipher list; empty for the service's default.
    pub ciphers: String,
    /// `None` for the service's default.
    pub alpn: Option<Vec<AlpnProtocol>>,
    pub hsts: Option<Hsts>,
    pub clients: Option<ClientCertificates>,
}

/// HTTP Strict Transport Security (RFC 6797).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hsts {
    /// Seconds; two years by default.
    pub max_age: String,
    pub include_subdomains: bool,
    pub preload: bool,
}

impl Default for Hsts {
    fn default() -> Self {
        Self { max_age: "63072000".into(), include_subdomains: false, preload: false }
    }
}

/// Client certificate authentication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientCertificates {
    pub authentication: ClientAuthentication,
    /// URL of the secret of the CA certificates.
    pub ca: Option<String>,
    /// URL of the secret of the revocation list.
    pub crl: Option<String>,
}

impl TlsSettings {
    pub(crate) fn from_listener(listener: &Listener) -> Self {
        if !listener.ends_tls() {
            return Self::default();
        }
        let authentication = listener.client_authentication.clone();
        let authentication = authentication.unwrap_or(ClientAuthentication::None);
        let (ca, crl) = (&listener.client_ca_tls_container_ref, &listener.client_crl_container_ref);
        let has_clients =
            authentication != ClientAuthentication::None || ca.is_some() || crl.is_some();
        Self {
            versions: listener.tls_versions.clone().filter(|versions| !versions.is_empty()),
            ciphers: listener.tls_ciphers.clone().unwrap_or_default(),
            alpn: listener.alpn_protocols.clone(),
            hsts: listener.hsts_max_age.map(|max_age| Hsts {
                max_age: max_age.to_string(),
                include_subdomains: listener.hsts_include_subdomains,
                preload: listener.hsts_preload,
            }),
            clients: has_clients.then(|| ClientCertificates {
                authentication,
                ca: ca.clone(),
                crl: crl.clone(),
            }),
        }
    }
}

/// Access control and timeouts of a listener.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListenerOptions {
    /// Separated by lines, commas or white space; empty to allow every client.
    pub allowed_cidrs: String,
    /// Seconds that a client may be idle; empty for the service's default.
    pub timeout_client_data: String,
    /// Seconds until a server must accept a connection; empty for the service's default.
    pub timeout_member_connect: String,
    /// Seconds that a server may be idle; empty for the service's default.
    pub timeout_member_data: String,
    /// Seconds to wait for content to inspect; empty for the service's default, 0.
    #[serde(default)]
    pub timeout_tcp_inspect: String,
}

//! The form of a listener.

use super::keys::{OptionsScope, RowKey};
use openstack_types::{
    octavia::{ClientAuthentication, Listener, ListenerProtocol},
    tls::{AlpnProtocol, TlsCiphers},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListenerDraft {
    pub key: RowKey,
    /// Empty for a generated name.
    pub name: String,
    /// Carried.
    #[serde(default)]
    pub description: String,
    pub protocol: ListenerProtocol,
    /// 1 to 65535.
    pub port: String,
    /// URL of the certificate's secret, with `HTTPS with SSL` only.
    #[serde(default)]
    pub certificate: Option<String>,
    /// The most connections at a time; empty for no limit.
    pub connection_limit: String,
    /// The default group.
    pub group: Option<RowKey>,
    /// URLs of the secrets of further certificates, selected by server name (SNI); carried.
    #[serde(default)]
    pub sni: Vec<String>,
    /// The URL that every request is redirected to: `https://www.example.com`. HTTP only.
    #[serde(default)]
    pub redirect: Option<String>,
    /// Carried.
    #[serde(default)]
    pub redirect_policy: RedirectPolicy,
    /// Not with TCP.
    pub forwarded: ForwardedHeaders,
    /// Further headers added to requests, name to `"true"`; carried.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Carried.
    #[serde(default)]
    pub tls: TlsSettings,
    /// Milliseconds to wait for content inspection; carried.
    #[serde(default)]
    pub tcp_inspect: Option<u64>,
    /// Carried.
    #[serde(default)]
    pub tags: Vec<String>,
    /// `None` for the shared options.
    #[serde(default)]
    pub own_options: Option<ListenerOptions>,
}

impl ListenerDraft {
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

    /// The entries of a listener's `insert_headers` that are not forwarded headers.
    pub(crate) fn other_headers(headers: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let is_other = |(name, _): &(&String, &String)| !Self::NAMES.contains(&name.as_str());
        headers.iter().filter(is_other).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// Each header, and whether it is added.
    pub(crate) fn entries(self) -> [(&'static str, bool); 3] {
        let [address, port, protocol] = Self::NAMES;
        [(address, self.address), (port, self.port), (protocol, self.protocol)]
    }
}

/// The fields of the redirect policy that no form shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedirectPolicy {
    /// `None` for the service's default.
    pub http_code: Option<u16>,
    pub description: String,
    pub tags: Vec<String>,
}

/// TLS settings that no form shows; `None` for the service's defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TlsSettings {
    /// `TLSv1.2` and the like.
    pub versions: Option<Vec<String>>,
    pub ciphers: Option<TlsCiphers>,
    pub alpn: Option<Vec<AlpnProtocol>>,
    pub hsts: Option<Hsts>,
    pub clients: Option<ClientCertificates>,
}

/// HTTP Strict Transport Security (RFC 6797).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hsts {
    /// Seconds.
    pub max_age: u32,
    pub include_subdomains: bool,
    pub preload: bool,
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
    /// The settings of an existing listener. Unknown ciphers are left to the service.
    pub(crate) fn from_listener(listener: &Listener) -> Self {
        if listener.protocol != ListenerProtocol::TerminatedHttps {
            return Self::default();
        }
        Self {
            versions: listener.tls_versions.clone().filter(|versions| !versions.is_empty()),
            ciphers: listener.tls_ciphers.as_deref().and_then(|ciphers| ciphers.parse().ok()),
            alpn: listener.alpn_protocols.clone().filter(|protocols| !protocols.is_empty()),
            hsts: listener.hsts_max_age.map(|max_age| Hsts {
                max_age,
                include_subdomains: listener.hsts_include_subdomains,
                preload: listener.hsts_preload,
            }),
            clients: listener
                .client_authentication
                .clone()
                .filter(|authentication| *authentication != ClientAuthentication::None)
                .map(|authentication| ClientCertificates {
                    authentication,
                    ca: listener.client_ca_tls_container_ref.clone(),
                    crl: listener.client_crl_container_ref.clone(),
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
}

//! Listeners.

use super::{l7policy::CreateL7Policy, patch::Patch, pool::PoolByName, reference::Ref};
use crate::{
    L7PolicyId, ListenerId, LoadBalancerId, OperatingStatus, PoolId, ProvisioningStatus,
    tls::AlpnProtocol, wire_enum::wire_enum,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

wire_enum! {
    /// The protocol between clients and a listener.
    ListenerProtocol {
        Http = "HTTP",
        /// TLS terminated at the load balancer; `HTTPS with SSL` in the page.
        TerminatedHttps = "TERMINATED_HTTPS",
        Tcp = "TCP",
        /// TLS passthrough.
        Https = "HTTPS",
        Udp = "UDP",
        Sctp = "SCTP",
        /// Serves metrics of the load balancer.
        Prometheus = "PROMETHEUS",
    }
}

wire_enum! {
    /// Client certificate authentication of a listener.
    ClientAuthentication {
        None = "NONE",
        /// Requests a certificate, and accepts clients without one.
        Optional = "OPTIONAL",
        /// Refuses clients without certificate.
        Mandatory = "MANDATORY",
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listener {
    pub id: ListenerId,
    /// May be empty.
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub provisioning_status: ProvisioningStatus,
    pub operating_status: OperatingStatus,
    pub admin_state_up: bool,
    pub protocol: ListenerProtocol,
    /// 1 to 65535.
    pub protocol_port: u16,
    /// -1 for no limit.
    #[serde(default = "unlimited")]
    pub connection_limit: i64,
    /// URL of the secret of the certificate.
    #[serde(default)]
    pub default_tls_container_ref: Option<String>,
    /// URLs of the secrets of further certificates, selected by server name (SNI).
    #[serde(default)]
    pub sni_container_refs: Vec<String>,
    #[serde(default)]
    pub default_pool_id: Option<PoolId>,
    /// Headers added to requests; name to `"true"`.
    #[serde(default)]
    pub insert_headers: BTreeMap<String, String>,
    /// Exactly one.
    #[serde(default)]
    pub loadbalancers: Vec<Ref<LoadBalancerId>>,
    /// Milliseconds.
    #[serde(default)]
    pub timeout_client_data: Option<u64>,
    /// Milliseconds.
    #[serde(default)]
    pub timeout_member_connect: Option<u64>,
    /// Milliseconds.
    #[serde(default)]
    pub timeout_member_data: Option<u64>,
    /// Milliseconds; 0 to not wait.
    #[serde(default)]
    pub timeout_tcp_inspect: Option<u64>,
    /// Null to allow every client.
    #[serde(default)]
    pub allowed_cidrs: Option<Vec<String>>,
    /// `TLSv1.2` and the like.
    #[serde(default)]
    pub tls_versions: Option<Vec<String>>,
    /// OpenSSL cipher names separated by colons; see [`crate::tls::TlsCiphers`].
    #[serde(default)]
    pub tls_ciphers: Option<String>,
    #[serde(default)]
    pub alpn_protocols: Option<Vec<AlpnProtocol>>,
    /// Seconds (RFC 6797); null to send no HSTS header.
    #[serde(default)]
    pub hsts_max_age: Option<u32>,
    #[serde(default)]
    pub hsts_include_subdomains: bool,
    #[serde(default)]
    pub hsts_preload: bool,
    #[serde(default)]
    pub client_authentication: Option<ClientAuthentication>,
    /// URL of the secret of the CA certificates.
    #[serde(default)]
    pub client_ca_tls_container_ref: Option<String>,
    /// URL of the secret of the revocation list.
    #[serde(default)]
    pub client_crl_container_ref: Option<String>,
    #[serde(default)]
    pub l7policies: Vec<Ref<L7PolicyId>>,
    /// UTC; null until the first change.
    #[serde(default)]
    pub updated_at: Option<String>,
    #[serde(default)]
    pub tags: Vec<String>,
}

impl Listener {
    /// The URLs of the secrets or containers of its certificates, the default one first.
    pub fn certificate_refs(&self) -> impl Iterator<Item = &String> {
        self.default_tls_container_ref.iter().chain(&self.sni_container_refs)
    }

    /// Whether it terminates TLS: a listener with metrics does if it has a certificate.
    pub fn ends_tls(&self) -> bool {
        let has_certificate =
            self.default_tls_container_ref.is_some() || !self.sni_container_refs.is_empty();
        ends_tls(&self.protocol, has_certificate)
    }
}

/// Whether a listener of a protocol terminates TLS.
pub fn ends_tls(protocol: &ListenerProtocol, has_certificate: bool) -> bool {
    match protocol {
        ListenerProtocol::TerminatedHttps => true,
        ListenerProtocol::Prometheus => has_certificate,
        _ => false,
    }
}

fn unlimited() -> i64 {
    -1
}

/// A listener in the create request of a load balancer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateListener {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub admin_state_up: Option<bool>,
    pub protocol: ListenerProtocol,
    /// 1 to 65535.
    pub protocol_port: u16,
    /// -1 for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_limit: Option<i64>,
    /// URL of the secret of the certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_tls_container_ref: Option<String>,
    /// URLs of the secrets of further certificates, selected by server name (SNI).
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub sni_container_refs: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_versions: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_ciphers: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpn_protocols: Option<Vec<AlpnProtocol>>,
    /// Seconds (RFC 6797).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hsts_max_age: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hsts_include_subdomains: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hsts_preload: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_authentication: Option<ClientAuthentication>,
    /// URL of the secret of the CA certificates.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_ca_tls_container_ref: Option<String>,
    /// URL of the secret of the revocation list.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub client_crl_container_ref: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub l7policies: Vec<CreateL7Policy>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub insert_headers: BTreeMap<String, String>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_client_data: Option<u64>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_member_connect: Option<u64>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_member_data: Option<u64>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub timeout_tcp_inspect: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_cidrs: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_pool: Option<PoolByName>,
}

/// Body of `POST /v2/lbaas/listeners`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewListener {
    pub loadbalancer_id: LoadBalancerId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_pool_id: Option<PoolId>,
    #[serde(flatten)]
    pub listener: CreateListener,
}

/// Body of `PUT /v2/lbaas/listeners/{id}`. Octavia cannot change protocol and port.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateListener {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_state_up: Option<bool>,
    /// -1 for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_limit: Option<i64>,
    /// Clear to serve the SNI certificates alone: a listener that terminates TLS needs one.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub default_tls_container_ref: Patch<String>,
    /// The complete list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sni_container_refs: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub default_pool_id: Patch<PoolId>,
    /// The complete set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub insert_headers: Option<BTreeMap<String, String>>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub timeout_client_data: Patch<u64>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub timeout_member_connect: Patch<u64>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub timeout_member_data: Patch<u64>,
    /// Clear to allow every client.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub allowed_cidrs: Patch<Vec<String>>,
    /// Milliseconds.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub timeout_tcp_inspect: Patch<u64>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub tls_versions: Patch<Vec<String>>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub tls_ciphers: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub alpn_protocols: Patch<Vec<AlpnProtocol>>,
    /// Seconds (RFC 6797). Clear to send no HSTS header, which clears its options too.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub hsts_max_age: Patch<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hsts_include_subdomains: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hsts_preload: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_authentication: Option<ClientAuthentication>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub client_ca_tls_container_ref: Patch<String>,
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub client_crl_container_ref: Patch<String>,
    /// The complete list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::octavia::UpdatePool;
    use serde_json::json;

    #[test]
    fn kept_fields_are_absent_and_cleared_fields_are_null() {
        let update = UpdateListener {
            timeout_client_data: Patch::Clear,
            timeout_member_data: Patch::Set(1000),
            ..Default::default()
        };
        let body = json!({"timeout_client_data": null, "timeout_member_data": 1000});
        assert_eq!(serde_json::to_value(&update).unwrap(), body);
        assert_eq!(serde_json::from_value::<UpdateListener>(body).unwrap(), update);
        assert_eq!(serde_json::to_value(UpdatePool::default()).unwrap(), json!({}));
    }
}

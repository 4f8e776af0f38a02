//! The portal's own API, for what no OpenStack service has.

use crate::{
    ListenerId, LoadBalancerId, MemberId, OperatingStatus, PoolId, ProjectId, ProvisioningStatus,
    SecretId, SubnetId, UserId, wire_enum::wire_enum,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Header with the [`expected_session`] of a page. If its cookie belongs to another session, the
/// response is 412 and the request has no effect.
pub const EXPECTED_SESSION_HEADER: &str = "x-portal-session";
/// Query parameter of `GET /portal/events` with the same value: `EventSource` cannot send headers.
pub const EXPECTED_SESSION_PARAMETER: &str = "session";

/// The user and project that a page is signed in to: `USER_ID/PROJECT_ID`.
pub fn expected_session(user: &UserId, project: &ProjectId) -> String {
    format!("{user}/{project}")
}

/// Body of `POST /portal/session`. Deliberately not `Debug`: it holds a password.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignIn {
    pub user: String,
    /// Never logged.
    pub password: String,
    /// Name or id; by default the user's first project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Name; by default `Default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named<I> {
    pub id: I,
    pub name: String,
}

/// Response of `POST` and `GET /portal/session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub user: Named<UserId>,
    pub project: Named<ProjectId>,
    /// The projects that the user can switch to.
    #[serde(default)]
    pub projects: Vec<Named<ProjectId>>,
    /// Keystone roles in the project, including implied ones.
    pub roles: Vec<String>,
    /// UTC, RFC 3339.
    pub expires_at: String,
    /// Ranges of addresses that servers may have although they are link-local or a metadata service.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed_servers: Vec<String>,
    /// What the cloud offers in this project; absent where this server implements the APIs itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud: Option<Capabilities>,
}

/// What a cloud offers to a session.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// Name of the user's domain.
    pub domain: String,
    /// May be empty.
    pub region: String,
    /// The regions with load balancers.
    #[serde(default)]
    pub regions: Vec<String>,
    /// Whether the region has Octavia.
    pub load_balancers: bool,
    /// Whether the region has a key manager for certificates.
    pub certificates: bool,
    /// Whether the region has Neutron.
    pub networks: bool,
    /// Of Octavia's API: `v2.30`. `None` where the cloud hides it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// Names of Octavia's providers. Empty where they are unknown.
    #[serde(default)]
    pub providers: Vec<String>,
}

/// Response of `GET /portal/info`, which needs no authentication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    pub version: String,
    pub mode: Mode,
    /// TLS versions that listeners may use.
    pub tls_versions: Vec<String>,
    /// The longest payload of a secret in bytes, as sent: that of the base64 text.
    pub secret_max_bytes: u64,
    /// Features beyond the OpenStack APIs.
    pub features: Features,
}

wire_enum! {
    Mode {
        /// This server implements the OpenStack APIs.
        Embedded = "embedded",
        /// This server forwards to an OpenStack cloud.
        Cloud = "cloud",
    }
}

/// Features beyond the OpenStack APIs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Features {
    /// `GET /portal/members` has the reason why a member is down.
    #[serde(default)]
    pub health_reasons: bool,
    #[serde(default)]
    pub traffic: bool,
    /// Load balancers have a `user_id`.
    #[serde(default)]
    pub created_by: bool,
    /// There is a key manager for certificates.
    #[serde(default)]
    pub certificates: bool,
}

wire_enum! {
    /// The kind of the changed object.
    EventKind {
        LoadBalancer = "loadbalancer",
        Listener = "listener",
        Pool = "pool",
        Member = "member",
        HealthMonitor = "healthmonitor",
        L7Policy = "l7policy",
        L7Rule = "l7rule",
        Secret = "secret",
    }
}

wire_enum! {
    EventAction {
        Created = "created",
        /// A field other than its statuses changed: read it again.
        Updated = "updated",
        /// Only fields in the event changed.
        Status = "status",
        Deleted = "deleted",
    }
}

/// Data of the server-sent event `change` of `GET /portal/events`, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub kind: EventKind,
    pub action: EventAction,
    /// The id of the object.
    pub id: Uuid,
    /// The load balancer of the object, or the object itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loadbalancer_id: Option<LoadBalancerId>,
    pub project_id: ProjectId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioning_status: Option<ProvisioningStatus>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operating_status: Option<OperatingStatus>,
    /// UTC; null until the first change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// Why a member is down, or a load balancer in ERROR.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// UTC; the start of a member's operating status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// An entry of `GET /portal/members` (`{"members": […]}`): all members that the caller can see, so that a
/// list of load balancers does not need a request for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberSummary {
    pub id: MemberId,
    pub pool_id: PoolId,
    pub loadbalancer_id: LoadBalancerId,
    /// May be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// IPv4 or IPv6.
    pub address: String,
    /// 1 to 65535.
    pub protocol_port: u16,
    /// 0 to 256; 0 to drain.
    pub weight: u16,
    /// Used only if all other members are down.
    #[serde(default)]
    pub backup: bool,
    pub admin_state_up: bool,
    pub operating_status: OperatingStatus,
    /// A [`HealthReason`](crate::HealthReason), if it is down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// UTC; the start of its operating status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subnet_id: Option<SubnetId>,
    /// The address of health checks, if it is not `address`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitor_address: Option<String>,
    /// The port of health checks, if it is not `protocol_port`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitor_port: Option<u16>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// An entry of `GET /portal/certificates` (`{"certificates": […]}`): the metadata of all secrets of the
/// caller, so that a list of certificates does not need a request for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateSummary {
    pub id: SecretId,
    /// As in `GET /key-manager/v1/secrets/{id}/metadata`. The server adds missing metadata of a
    /// certificate.
    pub metadata: BTreeMap<String, String>,
}

/// Body of `POST /portal/handshake`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandshakeRequest {
    pub listener_id: ListenerId,
    /// The server name to send (SNI).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
}

/// Response of `POST /portal/handshake`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handshake {
    /// SHA-256 of the listener's certificate, `0A:1B:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// `TLSv1.2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Why the handshake failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

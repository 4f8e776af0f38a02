//! The portal's own few doors, which no OpenStack service has.

use crate::{
    ListenerId, LoadBalancerId, MemberId, OperatingStatus, PoolId, ProjectId, ProvisioningStatus,
    SecretId, UserId, wire_enum::wire_enum,
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
    /// User name.
    pub user: String,
    /// Never logged.
    pub password: String,
    /// Project name or id; without one, the user's first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Domain name; `Default` without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
}

/// A name with its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named<I> {
    /// The id.
    pub id: I,
    /// What people call it.
    pub name: String,
}

/// Answer of `POST` and `GET /portal/session`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Who is signed in.
    pub user: Named<UserId>,
    /// Where.
    pub project: Named<ProjectId>,
    /// Every project the user may switch to.
    #[serde(default)]
    pub projects: Vec<Named<ProjectId>>,
    /// Keystone roles in the project, implied ones included.
    pub roles: Vec<String>,
    /// UTC, RFC 3339.
    pub expires_at: String,
}

/// Answer of `GET /portal/info`, readable without signing in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// Version of the server.
    pub version: String,
    /// Who answers the OpenStack APIs.
    pub mode: Mode,
    /// TLS versions that listeners may speak.
    pub tls_versions: Vec<String>,
    /// Bytes that a secret's payload may have, as it is sent: of base64, the text's.
    pub secret_max_bytes: u64,
    /// What the page may show beyond OpenStack's own.
    pub features: Features,
}

wire_enum! {
    /// Who answers the OpenStack APIs.
    Mode {
        /// This server.
        Embedded = "embedded",
        /// A real cloud behind it.
        Cloud = "cloud",
    }
}

/// What the page may show beyond OpenStack's own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Features {
    /// `GET /portal/members` tells why a member is down.
    #[serde(default)]
    pub health_reasons: bool,
    /// Traffic metrics over time.
    #[serde(default)]
    pub traffic: bool,
    /// Load balancers tell who created them.
    #[serde(default)]
    pub created_by: bool,
    /// Certificates can be stored (`key-manager`).
    #[serde(default)]
    pub certificates: bool,
}

wire_enum! {
    /// What an event is about.
    EventKind {
        /// A load balancer.
        LoadBalancer = "loadbalancer",
        /// A listener.
        Listener = "listener",
        /// A pool.
        Pool = "pool",
        /// A member.
        Member = "member",
        /// A health monitor.
        HealthMonitor = "healthmonitor",
        /// An L7 policy.
        L7Policy = "l7policy",
        /// An L7 rule.
        L7Rule = "l7rule",
        /// A secret.
        Secret = "secret",
    }
}

wire_enum! {
    /// What happened to it.
    EventAction {
        /// It is new.
        Created = "created",
        /// A field other than its statuses changed; read it anew.
        Updated = "updated",
        /// Only what the event itself carries changed.
        Status = "status",
        /// It is gone.
        Deleted = "deleted",
    }
}

/// One server-sent event of `GET /portal/events` (event name `change`, data this as JSON).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// What it is about.
    pub kind: EventKind,
    /// What happened.
    pub action: EventAction,
    /// Id of the object.
    pub id: Uuid,
    /// The load balancer it hangs on, or is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loadbalancer_id: Option<LoadBalancerId>,
    /// The project it belongs to.
    pub project_id: ProjectId,
    /// Whether the last change has been carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provisioning_status: Option<ProvisioningStatus>,
    /// Whether traffic flows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operating_status: Option<OperatingStatus>,
    /// UTC; null until the first change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// With a member that is down, or a load balancer in ERROR: why, in the engine's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// With a member whose operating status is new: since when. UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// One entry of `GET /portal/members` (`{"members": […]}`): every member the caller may see, in one
/// request, so that a list of load balancers needs no request a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberSummary {
    /// Its id.
    pub id: MemberId,
    /// The pool it is in.
    pub pool_id: PoolId,
    /// The load balancer it serves.
    pub loadbalancer_id: LoadBalancerId,
    /// Its name, perhaps empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// IPv4 or IPv6.
    pub address: String,
    /// 1 to 65535.
    pub protocol_port: u16,
    /// 0 to 256; 0 drains.
    pub weight: u16,
    /// Serves only when no other does.
    #[serde(default)]
    pub backup: bool,
    /// Switched on.
    pub admin_state_up: bool,
    /// Whether it serves.
    pub operating_status: OperatingStatus,
    /// Why it is down, in the engine's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// UTC; since when it has this status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// One entry of `GET /portal/certificates` (`{"certificates": […]}`): the metadata of every secret of
/// the caller's, in one request, so that a list of certificates needs no request a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateSummary {
    /// The secret's id.
    pub id: SecretId,
    /// As `GET /key-manager/v1/secrets/{id}/metadata` tells it. Where nobody wrote down what the
    /// certificate is, the server has looked.
    pub metadata: BTreeMap<String, String>,
}

/// Body of `POST /portal/handshake`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskHandshake {
    /// The listener to shake hands with.
    pub listener_id: ListenerId,
    /// The name to ask for, as a browser does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
}

/// What a handshake came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handshake {
    /// SHA-256 of the certificate that was shown, `0A:1B:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// `TLSv1.2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Why there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

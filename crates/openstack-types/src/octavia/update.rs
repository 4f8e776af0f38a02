//! Bodies of updates, and of creates under a load balancer that is there. What is kept is absent:
//! only [`Patch::Clear`] is a null.

use super::{CreateHealthMonitor, CreateListener, LbAlgorithm, PoolProtocol, SessionPersistence};
use crate::{LoadBalancerId, PoolId};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeMap;

/// What an update does to a field that can be without value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// Nothing: the field is absent from the body.
    #[default]
    Keep,
    /// Takes its value away: null, which Octavia reads as its default.
    Clear,
    /// Gives it a value.
    Set(T),
}

impl<T> Patch<T> {
    /// Leaves the field alone.
    pub fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }

    /// A value, or none.
    pub fn set_or_clear(value: Option<T>) -> Self {
        value.map_or(Self::Clear, Self::Set)
    }
}

impl<T: Serialize> Serialize for Patch<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Set(value) => value.serialize(serializer),
            Self::Clear | Self::Keep => serializer.serialize_none(),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::set_or_clear)
    }
}

/// Body of `PUT /v2/lbaas/loadbalancers/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateLoadBalancer {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Body of `POST /v2/lbaas/listeners`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewListener {
    /// Where it listens.
    pub loadbalancer_id: LoadBalancerId,
    /// The pool that serves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_pool_id: Option<PoolId>,
    /// All else.
    #[serde(flatten)]
    pub listener: CreateListener,
}

/// Body of `PUT /v2/lbaas/listeners/{id}`. Protocol and port cannot change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateListener {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Connections at a time; -1 is no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_limit: Option<i64>,
    /// URL of the certificate's secret. Never cleared: a listener that ends TLS needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_tls_container_ref: Option<String>,
    /// URLs of the secrets of further certificates, chosen by the names in them: all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sni_container_refs: Option<Vec<String>>,
    /// The pool that serves it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub default_pool_id: Patch<PoolId>,
    /// All headers added to requests: Octavia replaces the set.
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
    /// Who may connect; none is everybody.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub allowed_cidrs: Patch<Vec<String>>,
}

/// Body of `POST /v2/lbaas/pools`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewPool {
    /// Where it serves.
    pub loadbalancer_id: LoadBalancerId,
    /// Its name.
    pub name: String,
    /// Free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What it speaks to members.
    pub protocol: PoolProtocol,
    /// How a member is chosen.
    pub lb_algorithm: LbAlgorithm,
    /// How a client is kept on one member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_persistence: Option<SessionPersistence>,
    /// Words of the users'.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// Body of `PUT /v2/lbaas/pools/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdatePool {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How a member is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lb_algorithm: Option<LbAlgorithm>,
    /// How a client is kept on one member.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub session_persistence: Patch<SessionPersistence>,
}

/// Body of `PUT /v2/lbaas/pools/{pool}/members/{id}`. Address and port cannot change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateMember {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// 0 to 256; 0 drains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u16>,
    /// Serves only when no other does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<bool>,
    /// Switched on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub admin_state_up: Option<bool>,
}

/// Body of `POST /v2/lbaas/healthmonitors`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewHealthMonitor {
    /// Whose members it checks.
    pub pool_id: PoolId,
    /// Switched on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_state_up: Option<bool>,
    /// All else.
    #[serde(flatten)]
    pub monitor: CreateHealthMonitor,
}

/// Body of `PUT /v2/lbaas/healthmonitors/{id}`. Its type cannot change.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UpdateHealthMonitor {
    /// Seconds from check to check.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay: Option<u32>,
    /// Seconds until a check counts as failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// Checks in a row before a member is up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u8>,
    /// Checks in a row before a member is down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries_down: Option<u8>,
    /// With HTTP and HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_method: Option<String>,
    /// With HTTP and HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_path: Option<String>,
    /// With HTTP and HTTPS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_codes: Option<String>,
    /// Host header of the check; Octavia wants `http_version` 1.1 with it.
    #[serde(skip_serializing_if = "Patch::is_keep")]
    pub domain_name: Patch<String>,
    /// 1.0 or 1.1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_version: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_kept_is_absent_and_only_what_is_cleared_is_null() {
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

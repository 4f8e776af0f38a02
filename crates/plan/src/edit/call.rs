//! Octavia API calls that may refer to objects that earlier calls create.

use crate::RowKey;
use openstack_types::{
    HealthMonitorId, L7PolicyId, L7RuleId, ListenerId, LoadBalancerId, MemberId, PoolId,
    octavia::{
        CreateHealthMonitor, CreateL7Policy, CreateL7Rule, CreateListener, CreateMember,
        NewHealthMonitor, NewListener, NewPool, Patch, UpdateHealthMonitor, UpdateL7Policy,
        UpdateL7Rule, UpdateListener, UpdateLoadBalancer, UpdateMember, UpdatePool,
    },
};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolRef {
    Existing(PoolId),
    /// The pool of an earlier [`Call::CreatePool`] for this group.
    New(RowKey),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenerRef {
    Existing(ListenerId),
    /// The listener of an earlier [`Call::CreateListener`] for this row.
    New(RowKey),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyRef {
    Existing(L7PolicyId),
    /// The policy of an earlier [`Call::CreatePolicy`] for this row.
    New(RowKey),
}

/// The ids of the objects that earlier calls created.
#[derive(Clone, Debug, Default)]
pub struct CreatedIds {
    /// By group.
    pub pools: BTreeMap<RowKey, PoolId>,
    pub listeners: BTreeMap<RowKey, ListenerId>,
    pub policies: BTreeMap<RowKey, L7PolicyId>,
}

impl CreatedIds {
    fn pool(&self, pool: PoolRef) -> Option<PoolId> {
        match pool {
            PoolRef::Existing(id) => Some(id),
            PoolRef::New(group) => self.pools.get(&group).copied(),
        }
    }

    /// `None` if there is a pool and it is unknown.
    fn optional_pool(&self, pool: Option<PoolRef>) -> Option<Option<PoolId>> {
        match pool {
            Some(pool) => self.pool(pool).map(Some),
            None => Some(None),
        }
    }

    fn listener(&self, listener: ListenerRef) -> Option<ListenerId> {
        match listener {
            ListenerRef::Existing(id) => Some(id),
            ListenerRef::New(row) => self.listeners.get(&row).copied(),
        }
    }

    fn policy(&self, policy: PolicyRef) -> Option<L7PolicyId> {
        match policy {
            PolicyRef::Existing(id) => Some(id),
            PolicyRef::New(row) => self.policies.get(&row).copied(),
        }
    }
}

/// An API call. Bodies of updates hold edited fields only.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    CreatePool {
        group: RowKey,
        body: Box<NewPool>,
    },
    UpdatePool {
        id: PoolId,
        body: Box<UpdatePool>,
    },
    /// Also deletes its members and health monitor.
    DeletePool {
        id: PoolId,
    },
    CreateMember {
        pool: PoolRef,
        body: CreateMember,
    },
    /// Adds several members in one call (`additive_only`).
    CreateMembers {
        pool: PoolRef,
        body: Vec<CreateMember>,
    },
    UpdateMember {
        pool: PoolId,
        id: MemberId,
        body: UpdateMember,
    },
    DeleteMember {
        pool: PoolId,
        id: MemberId,
    },
    CreateHealthMonitor {
        pool: PoolRef,
        body: CreateHealthMonitor,
    },
    UpdateHealthMonitor {
        id: HealthMonitorId,
        body: UpdateHealthMonitor,
    },
    DeleteHealthMonitor {
        id: HealthMonitorId,
    },
    CreateListener {
        row: RowKey,
        pool: Option<PoolRef>,
        body: Box<CreateListener>,
    },
    UpdateListener {
        id: ListenerId,
        /// Its new default pool.
        pool: Patch<PoolRef>,
        /// Everything else; `default_pool_id` is ignored in favour of `pool`.
        body: Box<UpdateListener>,
    },
    DeleteListener {
        id: ListenerId,
    },
    /// Creates a policy; without rules it matches no request.
    CreatePolicy {
        row: RowKey,
        listener: ListenerRef,
        pool: Option<PoolRef>,
        body: Box<CreateL7Policy>,
    },
    UpdatePolicy {
        policy: PolicyRef,
        /// The pool that it leads to.
        pool: Option<PoolRef>,
        /// Everything else; `redirect_pool_id` is ignored in favour of `pool`.
        body: UpdateL7Policy,
    },
    /// Also deletes its rules.
    DeletePolicy {
        id: L7PolicyId,
    },
    CreateRule {
        policy: PolicyRef,
        body: CreateL7Rule,
    },
    UpdateRule {
        policy: L7PolicyId,
        id: L7RuleId,
        body: UpdateL7Rule,
    },
    DeleteRule {
        policy: L7PolicyId,
        id: L7RuleId,
    },
    UpdateLoadBalancer {
        body: UpdateLoadBalancer,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Post,
    Put,
    Delete,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// An HTTP request to Octavia.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    pub method: Method,
    /// Relative to `/v2/lbaas`, with its query: `/pools/{id}/members?additive_only=true`.
    pub path: String,
    pub body: Option<Value>,
}

impl Call {
    /// The request of a call; `None` if it refers to an object that is not in `created`.
    pub fn request(
        &self,
        loadbalancer_id: LoadBalancerId,
        created: &CreatedIds,
    ) -> Option<Request> {
        Some(match self {
            Self::CreatePool { body, .. } => post("/pools", "pool", body),
            Self::UpdatePool { id, body } => put(format!("/pools/{id}"), "pool", body),
            Self::DeletePool { id } => delete(format!("/pools/{id}")),
            Self::CreateMember { pool, body } => {
                post(&format!("/pools/{}/members", created.pool(*pool)?), "member", body)
            }
            Self::CreateMembers { pool, body } => {
                let path = format!("/pools/{}/members?additive_only=true", created.pool(*pool)?);
                put(path, "members", body)
            }
            Self::UpdateMember { pool, id, body } => {
                put(format!("/pools/{pool}/members/{id}"), "member", body)
            }
            Self::DeleteMember { pool, id } => delete(format!("/pools/{pool}/members/{id}")),
            Self::CreateHealthMonitor { pool, body } => {
                let body =
                    NewHealthMonitor { pool_id: created.pool(*pool)?, monitor: body.clone() };
                post("/healthmonitors", "healthmonitor", &body)
            }
            Self::UpdateHealthMonitor { id, body } => {
                put(format!("/healthmonitors/{id}"), "healthmonitor", body)
            }
            Self::DeleteHealthMonitor { id } => delete(format!("/healthmonitors/{id}")),
            Self::CreateListener { pool, body, .. } => {
                let default_pool_id = created.optional_pool(*pool)?;
                let body =
                    NewListener { loadbalancer_id, default_pool_id, listener: *body.clone() };
                post("/listeners", "listener", &body)
            }
            Self::UpdateListener { id, pool, body } => {
                let default_pool_id = match pool {
                    Patch::Set(pool) => Patch::Set(created.pool(*pool)?),
                    Patch::Clear => Patch::Clear,
                    Patch::Keep => Patch::Keep,
                };
                let body = UpdateListener { default_pool_id, ..*body.clone() };
                put(format!("/listeners/{id}"), "listener", &body)
            }
            Self::DeleteListener { id } => delete(format!("/listeners/{id}")),
            Self::CreatePolicy { listener, pool, body, .. } => {
                let body = CreateL7Policy {
                    listener_id: Some(created.listener(*listener)?),
                    redirect_pool_id: created.optional_pool(*pool)?,
                    ..*body.clone()
                };
                post("/l7policies", "l7policy", &body)
            }
            Self::UpdatePolicy { policy, pool, body } => {
                let path = format!("/l7policies/{}", created.policy(*policy)?);
                let redirect_pool_id = created.optional_pool(*pool)?;
                put(path, "l7policy", &UpdateL7Policy { redirect_pool_id, ..body.clone() })
            }
            Self::DeletePolicy { id } => delete(format!("/l7policies/{id}")),
            Self::CreateRule { policy, body } => {
                post(&format!("/l7policies/{}/rules", created.policy(*policy)?), "rule", body)
            }
            Self::UpdateRule { policy, id, body } => {
                put(format!("/l7policies/{policy}/rules/{id}"), "rule", body)
            }
            Self::DeleteRule { policy, id } => delete(format!("/l7policies/{policy}/rules/{id}")),
            Self::UpdateLoadBalancer { body } => {
                put(format!("/loadbalancers/{loadbalancer_id}"), "loadbalancer", body)
            }
        })
    }
}

fn post<B: Serialize>(path: &str, key: &str, body: &B) -> Request {
    Request { method: Method::Post, path: path.to_owned(), body: Some(json!({ key: body })) }
}

fn put<B: Serialize>(path: String, key: &str, body: &B) -> Request {
    Request { method: Method::Put, path, body: Some(json!({ key: body })) }
}

fn delete(path: String) -> Request {
    Request { method: Method::Delete, path, body: None }
}

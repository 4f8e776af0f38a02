//! Octavia API calls that may refer to objects that earlier calls create.

use crate::RowKey;
use openstack_types::{
    HealthMonitorId, L7PolicyId, ListenerId, LoadBalancerId, MemberId, PoolId,
    field::RedirectUrl,
    octavia::{
        CreateHealthMonitor, CreateL7Policy, CreateL7Rule, CreateListener, CreateMember,
        NewHealthMonitor, NewListener, NewPool, Patch, UpdateHealthMonitor, UpdateListener,
        UpdateLoadBalancer, UpdateMember, UpdatePool,
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

/// A policy that redirects every request to HTTPS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectRef {
    Existing(L7PolicyId),
    /// The policy of an earlier [`Call::CreateRedirect`] for the listener in this row.
    New(RowKey),
}

/// The ids of the objects that earlier calls created.
#[derive(Clone, Debug, Default)]
pub struct CreatedIds {
    /// By group.
    pub pools: BTreeMap<RowKey, PoolId>,
    pub listeners: BTreeMap<RowKey, ListenerId>,
    /// By the row of the listener.
    pub redirects: BTreeMap<RowKey, L7PolicyId>,
}

impl CreatedIds {
    fn pool(&self, pool: PoolRef) -> Option<PoolId> {
        match pool {
            PoolRef::Existing(id) => Some(id),
            PoolRef::New(group) => self.pools.get(&group).copied(),
        }
    }

    fn listener(&self, listener: ListenerRef) -> Option<ListenerId> {
        match listener {
            ListenerRef::Existing(id) => Some(id),
            ListenerRef::New(row) => self.listeners.get(&row).copied(),
        }
    }

    fn redirect(&self, redirect: RedirectRef) -> Option<L7PolicyId> {
        match redirect {
            RedirectRef::Existing(id) => Some(id),
            RedirectRef::New(row) => self.redirects.get(&row).copied(),
        }
    }
}

/// An API call. Bodies of updates hold edited fields only.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    CreatePool {
        group: RowKey,
        body: NewPool,
    },
    UpdatePool {
        id: PoolId,
        body: UpdatePool,
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
        /// `Some(false)` to replace a disabled health monitor.
        enabled: Option<bool>,
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
        body: UpdateListener,
    },
    DeleteListener {
        id: ListenerId,
    },
    /// Creates a policy that will redirect every request; without rules it matches none.
    CreateRedirect {
        row: RowKey,
        listener: ListenerRef,
        url: RedirectUrl,
    },
    /// Adds the rule that matches every request.
    ActivateRedirect {
        redirect: RedirectRef,
    },
    UpdateRedirect {
        id: L7PolicyId,
        url: RedirectUrl,
    },
    DeleteRedirect {
        id: L7PolicyId,
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
            Self::CreateHealthMonitor { pool, enabled, body } => {
                let body = NewHealthMonitor {
                    pool_id: created.pool(*pool)?,
                    admin_state_up: *enabled,
                    monitor: body.clone(),
                };
                post("/healthmonitors", "healthmonitor", &body)
            }
            Self::UpdateHealthMonitor { id, body } => {
                put(format!("/healthmonitors/{id}"), "healthmonitor", body)
            }
            Self::DeleteHealthMonitor { id } => delete(format!("/healthmonitors/{id}")),
            Self::CreateListener { pool, body, .. } => {
                let default_pool_id = match pool {
                    Some(pool) => Some(created.pool(*pool)?),
                    None => None,
                };
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
                let body = UpdateListener { default_pool_id, ..body.clone() };
                put(format!("/listeners/{id}"), "listener", &body)
            }
            Self::DeleteListener { id } => delete(format!("/listeners/{id}")),
            Self::CreateRedirect { listener, url, .. } => {
                let body = CreateL7Policy {
                    listener_id: Some(created.listener(*listener)?),
                    rules: Vec::new(),
                    ..CreateL7Policy::redirect_to_https(url.clone())
                };
                post("/l7policies", "l7policy", &body)
            }
            Self::ActivateRedirect { redirect } => {
                let path = format!("/l7policies/{}/rules", created.redirect(*redirect)?);
                post(&path, "rule", &CreateL7Rule::every_request())
            }
            Self::UpdateRedirect { id, url } => {
                put(format!("/l7policies/{id}"), "l7policy", &json!({ "redirect_prefix": url }))
            }
            Self::DeleteRedirect { id } => delete(format!("/l7policies/{id}")),
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

//! A plan: calls of Octavia in order, each with what to say of it while it runs.

use crate::RowKey;
use openstack_types::{
    HealthMonitorId, L7PolicyId, ListenerId, LoadBalancerId, MemberId, PoolId,
    field::RedirectUrl,
    octavia::{
        CreateHealthMonitor, CreateL7Policy, CreateL7Rule, CreateListener, CreateMember,
        ListenerProtocol, NewHealthMonitor, NewListener, NewPool, Patch, UpdateHealthMonitor,
        UpdateListener, UpdateLoadBalancer, UpdateMember, UpdatePool,
    },
};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Steps in the order in which they must be taken: what is new first, what goes last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
}

/// One call.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What is called.
    pub call: Call,
    /// What a person is told of it.
    pub what: StepWhat,
}

/// A pool that is there, or that a step before makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolRef {
    /// It is there.
    There(PoolId),
    /// That of a [`Call::CreatePool`] of this group.
    New(RowKey),
}

/// A listener that is there, or that a step before makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenerRef {
    /// It is there.
    There(ListenerId),
    /// That of a [`Call::CreateListener`] of this row.
    New(RowKey),
}

/// A redirect to HTTPS that is there, or that a step before makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectRef {
    /// It is there.
    There(L7PolicyId),
    /// That of a [`Call::CreateRedirect`] of this listener's row.
    New(RowKey),
}

/// What steps have made, for those that refer to it.
#[derive(Clone, Debug, Default)]
pub struct Made {
    /// Pools, by their group.
    pub pools: BTreeMap<RowKey, PoolId>,
    /// Listeners, by their row.
    pub listeners: BTreeMap<RowKey, ListenerId>,
    /// Redirects, by the row of their listener.
    pub redirects: BTreeMap<RowKey, L7PolicyId>,
}

/// A call of Octavia. Bodies hold what was touched, and nothing else.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// A pool without members.
    CreatePool {
        /// The group it is made for; what [`PoolRef::New`] refers to.
        group: RowKey,
        /// The pool.
        body: NewPool,
    },
    /// Changes a pool.
    UpdatePool {
        /// Which.
        id: PoolId,
        /// How.
        body: UpdatePool,
    },
    /// Deletes a pool with its members and health monitor.
    DeletePool {
        /// Which.
        id: PoolId,
    },
    /// Adds a member.
    CreateMember {
        /// Where.
        pool: PoolRef,
        /// The member.
        body: CreateMember,
    },
    /// Adds several members in one call, and leaves all others alone (`additive_only`).
    CreateMembers {
        /// Where.
        pool: PoolRef,
        /// The members.
        body: Vec<CreateMember>,
    },
    /// Changes one member.
    UpdateMember {
        /// Where it is.
        pool: PoolId,
        /// Which.
        id: MemberId,
        /// How.
        body: UpdateMember,
    },
    /// Takes one member away.
    DeleteMember {
        /// Where it is.
        pool: PoolId,
        /// Which.
        id: MemberId,
    },
    /// Has the members of a pool checked.
    CreateHealthMonitor {
        /// Whose.
        pool: PoolRef,
        /// `Some(false)` where another is replaced that was switched off.
        enabled: Option<bool>,
        /// The health monitor.
        body: CreateHealthMonitor,
    },
    /// Changes how members are checked.
    UpdateHealthMonitor {
        /// Which.
        id: HealthMonitorId,
        /// How.
        body: UpdateHealthMonitor,
    },
    /// Has members checked no more.
    DeleteHealthMonitor {
        /// Which.
        id: HealthMonitorId,
    },
    /// Adds a listener.
    CreateListener {
        /// The row it is made for; what [`ListenerRef::New`] refers to.
        row: RowKey,
        /// The pool that serves it.
        pool: Option<PoolRef>,
        /// The listener.
        body: Box<CreateListener>,
    },
    /// Changes a listener.
    UpdateListener {
        /// Which.
        id: ListenerId,
        /// The pool that serves it from now on.
        pool: Patch<PoolRef>,
        /// What else changes; its `default_pool_id` is left to `pool`.
        body: UpdateListener,
    },
    /// Takes a listener away.
    DeleteListener {
        /// Which.
        id: ListenerId,
    },
    /// Adds a policy that will send everything to HTTPS: not before it has a rule.
    CreateRedirect {
        /// The row of its listener; what [`RedirectRef::New`] refers to.
        row: RowKey,
        /// Its listener.
        listener: ListenerRef,
        /// Where to.
        to: RedirectUrl,
    },
    /// Gives such a policy the rule that holds for every request.
    BeginRedirect {
        /// Which.
        redirect: RedirectRef,
    },
    /// Sends everything elsewhere.
    UpdateRedirect {
        /// Which.
        id: L7PolicyId,
        /// Where to.
        to: RedirectUrl,
    },
    /// Sends nothing elsewhere any more.
    DeleteRedirect {
        /// Which.
        id: L7PolicyId,
    },
    /// Changes the load balancer itself.
    UpdateLoadBalancer {
        /// How.
        body: UpdateLoadBalancer,
    },
}

/// What a step does, for a person. The page has words for each in every language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepWhat {
    /// A server is added; `server` is `192.0.2.10:80`.
    AddServer {
        /// Address and port.
        server: String,
        /// The name of its group.
        group: String,
    },
    /// Several servers are added at once.
    AddServers {
        /// How many.
        count: usize,
        /// The name of their group.
        group: String,
    },
    /// A server is changed.
    ChangeServer {
        /// Address and port.
        server: String,
        /// The name of its group.
        group: String,
        /// How.
        how: ServerChange,
    },
    /// A server is removed.
    RemoveServer {
        /// Address and port.
        server: String,
        /// The name of its group.
        group: String,
    },
    /// A server group is created.
    AddGroup {
        /// Its name.
        group: String,
    },
    /// Method, session persistence or name of a group.
    ChangeGroup {
        /// Its name.
        group: String,
    },
    /// A server group is removed.
    RemoveGroup {
        /// Its name.
        group: String,
    },
    /// A health check begins.
    AddCheck {
        /// The name of the group.
        group: String,
    },
    /// A health check is changed.
    ChangeCheck {
        /// The name of the group.
        group: String,
    },
    /// A health check ends.
    RemoveCheck {
        /// The name of the group.
        group: String,
    },
    /// A listener is added.
    AddListener {
        /// What it speaks.
        protocol: ListenerProtocol,
        /// Its port.
        port: u16,
    },
    /// A listener is changed.
    ChangeListener {
        /// What it speaks.
        protocol: ListenerProtocol,
        /// Its port.
        port: u16,
    },
    /// A listener is removed.
    RemoveListener {
        /// What it speaks.
        protocol: ListenerProtocol,
        /// Its port.
        port: u16,
    },
    /// A redirect to HTTPS is made, which does nothing yet.
    AddRedirect {
        /// The port of its listener.
        port: u16,
    },
    /// It begins to send everything to HTTPS.
    BeginRedirect {
        /// The port of its listener.
        port: u16,
    },
    /// It sends everything elsewhere.
    ChangeRedirect {
        /// The port of its listener.
        port: u16,
    },
    /// It ends.
    RemoveRedirect {
        /// The port of its listener.
        port: u16,
    },
    /// Name and description.
    ChangeLoadBalancer,
}

/// How a server is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerChange {
    /// It takes no new connections.
    Drain,
    /// It is switched on.
    Enable,
    /// It is switched off.
    Disable,
    /// Anything else.
    Other,
}

/// A method of HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Makes.
    Post,
    /// Changes.
    Put,
    /// Deletes.
    Delete,
}

impl Method {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A call as it goes over the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The path below `/v2/lbaas`, with its query: `/pools/{id}/members?additive_only=true`.
    pub path: String,
    /// The body, where there is one.
    pub body: Option<Value>,
}

impl Call {
    /// The request of a call; `made` tells what steps before have made. `None` if it refers to
    /// something that none has.
    pub fn request(&self, loadbalancer_id: LoadBalancerId, made: &Made) -> Option<Request> {
        let pool_id = |pool: &PoolRef| match pool {
            PoolRef::There(id) => Some(*id),
            PoolRef::New(group) => made.pools.get(group).copied(),
        };
        Some(match self {
            Self::CreatePool { body, .. } => post("/pools", "pool", body),
            Self::UpdatePool { id, body } => put(format!("/pools/{id}"), "pool", body),
            Self::DeletePool { id } => delete(format!("/pools/{id}")),
            Self::CreateMember { pool, body } => {
                post(&format!("/pools/{}/members", pool_id(pool)?), "member", body)
            }
            Self::CreateMembers { pool, body } => {
                let path = format!("/pools/{}/members?additive_only=true", pool_id(pool)?);
                put(path, "members", body)
            }
            Self::UpdateMember { pool, id, body } => {
                put(format!("/pools/{pool}/members/{id}"), "member", body)
            }
            Self::DeleteMember { pool, id } => delete(format!("/pools/{pool}/members/{id}")),
            Self::CreateHealthMonitor { pool, enabled, body } => {
                let body = NewHealthMonitor {
                    pool_id: pool_id(pool)?,
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
                    Some(pool) => Some(pool_id(pool)?),
                    None => None,
                };
                let body =
                    NewListener { loadbalancer_id, default_pool_id, listener: *body.clone() };
                post("/listeners", "listener", &body)
            }
            Self::UpdateListener { id, pool, body } => {
                let default_pool_id = match pool {
                    Patch::Set(pool) => Patch::Set(pool_id(pool)?),
                    Patch::Clear => Patch::Clear,
                    Patch::Keep => Patch::Keep,
                };
                let body = UpdateListener { default_pool_id, ..body.clone() };
                put(format!("/listeners/{id}"), "listener", &body)
            }
            Self::DeleteListener { id } => delete(format!("/listeners/{id}")),
            Self::CreateRedirect { listener, to, .. } => {
                let listener = match listener {
                    ListenerRef::There(id) => *id,
                    ListenerRef::New(row) => made.listeners.get(row).copied()?,
                };
                let body = CreateL7Policy {
                    listener_id: Some(listener),
                    rules: Vec::new(),
                    ..CreateL7Policy::redirect_to_https(to.clone())
                };
                post("/l7policies", "l7policy", &body)
            }
            Self::BeginRedirect { redirect } => {
                let id = match redirect {
                    RedirectRef::There(id) => *id,
                    RedirectRef::New(row) => made.redirects.get(row).copied()?,
                };
                post(&format!("/l7policies/{id}/rules"), "rule", &CreateL7Rule::every_request())
            }
            Self::UpdateRedirect { id, to } => {
                put(format!("/l7policies/{id}"), "l7policy", &json!({ "redirect_prefix": to }))
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

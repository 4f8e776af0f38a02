//! Octavia v2: load balancers and their parts.
//!
//! Source: Octavia API reference v2, recorded from API v2.30. Objects have the fields that the portal
//! uses; other fields of a response are ignored. Requests leave out fields that are `None`: null means
//! "reset to the default", see [`Patch`].

mod client_certificate_header;
mod health_monitor;
mod l7policy;
mod l7rule;
mod listener;
mod load_balancer;
mod member;
mod patch;
mod pool;
mod reference;

pub use crate::field::DnField;
pub use client_certificate_header::ClientCertificateHeader;
pub use health_monitor::{
    CreateHealthMonitor, HealthMonitor, HealthMonitorType, HttpVersion, NewHealthMonitor,
    UpdateHealthMonitor,
};
pub use l7policy::{CreateL7Policy, L7Policy, L7PolicyAction, UpdateL7Policy};
pub use l7rule::{
    CreateL7Rule, L7Rule, L7RuleCompareType, L7RuleType, UpdateL7Rule, check_rule_value,
    is_every_request, verify_result,
};
pub use listener::{
    ClientAuthentication, CreateListener, Listener, ListenerProtocol, NewListener, UpdateListener,
    ends_tls,
};
pub use load_balancer::{
    AdditionalVip, CreateLoadBalancer, LoadBalancer, Stats, UpdateLoadBalancer,
};
pub use member::{CreateMember, Member, UpdateMember};
pub use patch::Patch;
pub use pool::{
    CreatePool, LbAlgorithm, NewPool, Pool, PoolByName, PoolProtocol, SessionPersistence,
    SessionPersistenceType, UpdatePool,
};
pub use reference::Ref;

//! Request bodies become rows: the rules of each resource, and the inserts of a create.
//!
//! A file imports only files below it: load_balancer → listener → l7policy → l7rule, pool;
//! pool → member, health_monitor. Each `insert` function requires that the load balancer is locked.

pub(super) mod health_monitor;
pub(super) mod l7policy;
pub(super) mod l7rule;
pub(super) mod listener;
pub(super) mod load_balancer;
pub(super) mod member;
pub(super) mod pool;
mod pool_tls;
pub(super) mod tls;

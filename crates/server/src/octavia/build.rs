//! Request bodies become rows: the rules of each resource, and the inserts of a create.
//!
//! A file imports only files below it: load_balancer → listener → l7policy → l7rule, pool;
//! pool → member, health_monitor. Each `insert` function requires that the load balancer is locked.

pub mod health_monitor;
pub mod l7policy;
pub mod l7rule;
pub mod listener;
pub mod load_balancer;
pub mod member;
pub mod pool;
pub mod tls;

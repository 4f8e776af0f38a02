//! The resources of the load-balancing API as pure data: one table each, which the checks of request
//! bodies, the lists and the database read.
//!
//! Source: Octavia API reference v2. The order of words in an error text is that of a recorded
//! Octavia.

/// The fields of a table, from typed constants.
macro_rules! fields {
    ($($field:expr),+ $(,)?) => {
        &[$($field.spec()),+]
    };
}

mod common;
mod field;
pub mod health_monitor;
pub mod l7policy;
pub mod l7rule;
pub mod listener;
pub mod load_balancer;
pub mod member;
pub mod pool;
pub mod quota;
mod resource;
mod row;
mod tables;
mod value;

pub use common::*;
pub use field::{DefaultValue, Field, FieldSpec, Kind, Nested, Presence, ResourceName, Shown};
pub use health_monitor::HEALTH_MONITOR;
pub use l7policy::L7POLICY;
pub use l7rule::L7RULE;
pub use listener::LISTENER;
pub use load_balancer::LOAD_BALANCER;
pub use member::MEMBER;
pub use pool::POOL;
pub use quota::QUOTA;
pub use resource::{Relation, RelationKind, Resource};
pub use row::Row;
pub use tables::resource;
pub use value::FieldType;

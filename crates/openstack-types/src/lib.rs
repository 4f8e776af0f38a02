//! Wire types, statuses and rules of Octavia v2, Barbican v1, Neutron v2.0, and the portal's own API.
//!
//! Pure: no IO, no clock, no randomness. The page and the server share this crate, so that a form and
//! its API agree on what is valid.

#![warn(unreachable_pub)]

pub mod address;
pub mod barbican;
pub mod error;
pub mod field;
pub mod health_reason;
pub mod id;
pub mod metrics;
pub mod neutron;
pub mod octavia;
pub mod portal;
pub mod rules;
pub mod status;
pub mod support;
pub mod tls;
mod wire_enum;

pub use health_reason::HealthReason;
pub use id::{
    ContainerId, HealthMonitorId, L7PolicyId, L7RuleId, ListenerId, LoadBalancerId, MemberId,
    NetworkId, PoolId, PortId, ProjectId, SecretId, SubnetId, UserId,
};
pub use status::{OperatingStatus, ProvisioningStatus};

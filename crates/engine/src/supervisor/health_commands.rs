//! Health that this program finds out itself, as commands for HAProxy.

use crate::{
    render::backends,
    report::Health,
    spec::{LoadBalancerSpec, MonitorKind},
};
use openstack_types::PoolId;

/// The admin commands that set the health of a member in every backend of its pool.
pub(super) fn health_commands(
    spec: &LoadBalancerSpec,
    pool: PoolId,
    member: &str,
    health: &Health,
) -> Vec<String> {
    let state = match health {
        Health::Up => "up",
        Health::Down { .. } => "down",
        Health::NoMonitor | Health::Draining | Health::Disabled => return Vec::new(),
    };
    backends(spec)
        .filter(|(_, candidate, _)| candidate.id == pool)
        .filter(|(_, pool, _)| pool.monitor.as_ref().is_some_and(|m| m.kind == MonitorKind::Ping))
        .map(|(_, _, backend)| format!("set server {backend}/{member} health {state}"))
        .collect()
}

//! Compares the settings of two versions of a load balancer.

use crate::store::{Graph, PoolGraph};
use openstack_types::octavia::{HealthMonitor, Listener};

/// Whether two graphs differ only in status. Health monitors are compared where both graphs have them.
pub(super) fn has_same_settings(a: &Graph, b: &Graph) -> bool {
    let balancer = |g: &Graph| (g.balancer.name.clone(), g.balancer.description.clone());
    let listeners = |g: &Graph| {
        let one = |l: &Listener| {
            (
                (l.id, l.name.clone(), l.connection_limit, l.default_pool_id),
                (l.timeout_client_data, l.timeout_member_connect, l.timeout_member_data),
                (l.allowed_cidrs.clone(), l.default_tls_container_ref.clone()),
            )
        };
        g.listeners.iter().map(one).collect::<Vec<_>>()
    };
    let pools = |g: &Graph| {
        let one = |p: &PoolGraph| {
            let members = p.members.iter().map(|m| (m.id, m.weight, m.backup, m.admin_state_up));
            (
                (p.pool.id, p.pool.lb_algorithm.clone(), p.pool.session_persistence.clone()),
                (members.collect::<Vec<_>>(), p.pool.healthmonitor_id),
            )
        };
        g.pools.iter().map(one).collect::<Vec<_>>()
    };
    // A graph from the list has no health monitors.
    let checks = a.pools.iter().zip(&b.pools).all(|(a, b)| match (&a.monitor, &b.monitor) {
        (Some(a), Some(b)) => {
            let fields = |m: &HealthMonitor| {
                (m.delay, m.timeout, m.max_retries, m.max_retries_down, m.url_path.clone())
            };
            fields(a) == fields(b)
        }
        _ => true,
    });
    balancer(a) == balancer(b) && listeners(a) == listeners(b) && pools(a) == pools(b) && checks
}

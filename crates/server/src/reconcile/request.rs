//! A load balancer to apply.

use openstack_types::LoadBalancerId;

#[derive(Clone, Copy, Debug)]
pub(super) struct Request {
    pub(super) id: LoadBalancerId,
    /// Replaces the process even if nothing has changed.
    pub(super) new_process: bool,
}

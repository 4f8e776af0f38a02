//! What the edit dialog shows.

use openstack_types::{ProvisioningStatus, error::ApiError};

/// What the dialog shows.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::pages::load_balancers) enum Stage {
    /// The user may not change anything.
    ReadOnly,
    /// The load balancer is in a state that cannot be edited.
    Waiting(ProvisioningStatus),
    Reading,
    ReadFailed(ApiError),
    Form,
    /// The plan runs, or has stopped.
    Progress,
}

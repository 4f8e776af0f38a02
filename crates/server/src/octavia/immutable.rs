//! The 409 rule: while a load balancer is PENDING_* it is immutable, and so are its parts.
//!
//! Every change locks the load balancer first, by setting it to PENDING_*.

use super::{change::Change, error::OctaviaError};
use crate::{
    model::{ID, LOAD_BALANCER, PROVISIONING_STATUS, Row},
    store::octavia::provisioning,
};
use openstack_types::{ProvisioningStatus, portal::EventAction, rules};

impl Change<'_> {
    /// Locks a load balancer for an update or the deletion of itself.
    ///
    /// # Errors
    /// 409 if it is immutable.
    pub fn lock_load_balancer(
        &self,
        load_balancer: &mut Row,
        pending: ProvisioningStatus,
    ) -> Result<(), OctaviaError> {
        let status = load_balancer.get(PROVISIONING_STATUS);
        let allowed = match pending {
            ProvisioningStatus::PendingDelete => rules::may_delete(&status),
            _ => rules::may_change(&status),
        };
        allowed.map_err(|_| invalid_state(&status, load_balancer))?;
        self.lock(load_balancer, pending)
    }

    /// Locks a load balancer for a failover, which also repairs one in ERROR.
    ///
    /// # Errors
    /// 409 if it is immutable.
    pub fn lock_for_failover(&self, load_balancer: &mut Row) -> Result<(), OctaviaError> {
        let status = load_balancer.get(PROVISIONING_STATUS);
        if !matches!(status, ProvisioningStatus::Active | ProvisioningStatus::Error) {
            return Err(invalid_state(&status, load_balancer));
        }
        provisioning::set_pending(self.tx, load_balancer, ProvisioningStatus::PendingUpdate)?;
        self.enqueue_failover(load_balancer);
        Ok(())
    }

    /// Locks a load balancer for a change of one of its parts.
    ///
    /// # Errors
    /// 409 if it is immutable.
    pub fn lock_for_part(&self, load_balancer: &mut Row) -> Result<(), OctaviaError> {
        rules::may_change(&load_balancer.get(PROVISIONING_STATUS)).map_err(|_| {
            let id = load_balancer.get(ID);
            OctaviaError::conflict(format!(
                "Load Balancer {id} is immutable and cannot be updated."
            ))
        })?;
        self.lock(load_balancer, ProvisioningStatus::PendingUpdate)?;
        self.emit(&LOAD_BALANCER, EventAction::Status, load_balancer, load_balancer);
        Ok(())
    }

    fn lock(
        &self,
        load_balancer: &mut Row,
        pending: ProvisioningStatus,
    ) -> Result<(), OctaviaError> {
        provisioning::set_pending(self.tx, load_balancer, pending)?;
        self.enqueue(load_balancer);
        Ok(())
    }
}

fn invalid_state(status: &ProvisioningStatus, load_balancer: &Row) -> OctaviaError {
    let id = load_balancer.get(ID);
    OctaviaError::conflict(format!("Invalid state {status} of loadbalancer resource {id}"))
}

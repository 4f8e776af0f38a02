//! The rows of a load balancer's parts.

use crate::{
    model::{
        HEALTH_MONITOR, L7POLICY, L7RULE, LISTENER, LOADBALANCER_ID, MEMBER, POOL,
        PROVISIONING_STATUS, Resource, Row,
    },
    store::octavia::find_by,
};
use openstack_types::ProvisioningStatus;
use rusqlite::Connection;

/// The parts of a load balancer, without those that are being deleted.
pub(super) struct Parts {
    pub(super) listeners: Vec<Row>,
    pub(super) l7policies: Vec<Row>,
    pub(super) l7rules: Vec<Row>,
    pub(super) pools: Vec<Row>,
    pub(super) members: Vec<Row>,
    pub(super) health_monitors: Vec<Row>,
}

impl Parts {
    pub(super) fn read(db: &Connection, load_balancer: &str) -> rusqlite::Result<Self> {
        let rows = |resource: &Resource| -> rusqlite::Result<Vec<Row>> {
            let mut rows = find_by(db, resource, LOADBALANCER_ID, load_balancer)?;
            rows.retain(|row| row.get(PROVISIONING_STATUS) != ProvisioningStatus::PendingDelete);
            Ok(rows)
        };
        Ok(Self {
            listeners: rows(&LISTENER)?,
            l7policies: rows(&L7POLICY)?,
            l7rules: rows(&L7RULE)?,
            pools: rows(&POOL)?,
            members: rows(&MEMBER)?,
            health_monitors: rows(&HEALTH_MONITOR)?,
        })
    }
}

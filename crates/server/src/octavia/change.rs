//! What every change has in common: find, lock, write, tell, and have it carried out.

use super::{access::Actor, error::OctaviaError};
use crate::model::{LOAD_BALANCER, Object, Resource};
use crate::{
    app::App,
    ids,
    store::{
        Tx,
        octavia::{self as store, lifecycle, quotas},
    },
    time,
};
use openstack_types::{OperatingStatus, ProvisioningStatus, portal::EventAction};
use rusqlite::Connection;
use serde_json::Value;
use std::sync::Arc;

/// A change under way in one transaction.
pub struct Change<'a> {
    /// The transaction.
    pub tx: &'a Tx<'a>,
    /// The server's parts.
    pub app: &'a Arc<App>,
    /// Who asks for it.
    pub actor: &'a Actor,
}

/// Runs a change in one transaction.
pub async fn change<T: Send + 'static>(
    app: &Arc<App>,
    actor: &Actor,
    work: impl FnOnce(&Change<'_>) -> Result<T, OctaviaError> + Send + 'static,
) -> Result<T, OctaviaError> {
    let (actor, inner) = (actor.clone(), app.clone());
    app.store.write(move |tx| work(&Change { tx, app: &inner, actor: &actor })).await
}

/// Finds an object, or says that it is not found.
pub fn found(db: &Connection, of: &Resource, id: &str) -> Result<Object, OctaviaError> {
    store::find(db, of, id)?.ok_or_else(|| OctaviaError::not_found(of.title, id))
}

/// Finds a part and the load balancer it hangs on, for who may look at it.
pub fn seen(
    db: &Connection,
    actor: &Actor,
    of: &Resource,
    id: &str,
) -> Result<Object, OctaviaError> {
    actor.known()?;
    let part = found(db, of, id)?;
    actor.see(&found(db, &LOAD_BALANCER, part.text("loadbalancer_id"))?)?;
    Ok(part)
}

impl Change<'_> {
    /// Finds a load balancer that the caller may change.
    pub fn loadbalancer(&self, id: &str) -> Result<Object, OctaviaError> {
        self.actor.known()?;
        let loadbalancer = found(self.tx, &LOAD_BALANCER, id)?;
        self.actor.change(&loadbalancer)?;
        Ok(loadbalancer)
    }

    /// Finds a part that the caller may change, and its load balancer.
    pub fn part(&self, of: &Resource, id: &str) -> Result<(Object, Object), OctaviaError> {
        self.actor.known()?;
        let part = found(self.tx, of, id)?;
        let loadbalancer = self.loadbalancer(part.text("loadbalancer_id"))?;
        Ok((part, loadbalancer))
    }

    /// Locks a load balancer for a change of itself.
    pub fn lock(
        &self,
        loadbalancer: &mut Object,
        next: ProvisioningStatus,
    ) -> Result<(), OctaviaError> {
        let before = loadbalancer.text("provisioning_status").to_owned();
        lifecycle::lock(self.tx, loadbalancer, next)?.map_err(|_| {
            let id = loadbalancer.text("id");
            OctaviaError::conflict(format!("Invalid state {before} of loadbalancer resource {id}"))
        })?;
        self.carry_out(loadbalancer);
        Ok(())
    }

    /// Locks a load balancer for a change of something that hangs on it.
    pub fn lock_for_part(&self, loadbalancer: &mut Object) -> Result<(), OctaviaError> {
        lifecycle::lock(self.tx, loadbalancer, ProvisioningStatus::PendingUpdate)?.map_err(
            |_| {
                let id = loadbalancer.text("id");
                OctaviaError::conflict(format!(
                    "Load Balancer {id} is immutable and cannot be updated."
                ))
            },
        )?;
        self.tell(&LOAD_BALANCER, EventAction::Status, loadbalancer, loadbalancer);
        self.carry_out(loadbalancer);
        Ok(())
    }

    /// Has the engine make it so, once this transaction is committed.
    pub fn carry_out(&self, loadbalancer: &Object) {
        if let Ok(id) = loadbalancer.text("id").parse() {
            let app = self.app.clone();
            self.tx.after_commit(move || app.reconcile.enqueue(id));
        }
    }

    /// Tells of a change, once this transaction is committed.
    pub fn tell(&self, of: &Resource, action: EventAction, row: &Object, owner: &Object) {
        lifecycle::tell(self.tx, of, action, row, owner);
    }

    /// Refuses what the project's quota does not allow.
    pub fn within_quota(
        &self,
        of: &Resource,
        project: &str,
        more: usize,
    ) -> Result<(), OctaviaError> {
        if quotas::allows(self.tx, of, project, more)? {
            Ok(())
        } else {
            Err(OctaviaError::quota(of.title))
        }
    }

    /// Gives what was sent an id, its parent and its first state.
    pub fn begin(&self, sent: &mut Object, loadbalancer: &Object, operating: OperatingStatus) {
        sent.set("id", ids::uuid().to_string());
        sent.set("loadbalancer_id", loadbalancer.text("id"));
        sent.set("project_id", loadbalancer.text("project_id"));
        sent.set("provisioning_status", ProvisioningStatus::PendingCreate.as_str());
        sent.set("operating_status", operating.as_str());
        sent.set("created_at", time::octavia_now());
        sent.set("updated_at", Value::Null);
    }

    /// Writes a new part and tells of it.
    pub fn create(&self, of: &Resource, row: &Object, owner: &Object) -> Result<(), OctaviaError> {
        store::insert(self.tx, of, row)?;
        self.tell(of, EventAction::Created, row, owner);
        Ok(())
    }

    /// Writes what is new about a part, which is then being updated, and tells of it.
    pub fn update(
        &self,
        of: &Resource,
        row: &mut Object,
        new: &Object,
        owner: &Object,
    ) -> Result<(), OctaviaError> {
        store::update(self.tx, of, row.text("id"), new)?;
        *row = row.merged(new);
        lifecycle::mark(self.tx, of, row, &ProvisioningStatus::PendingUpdate)?;
        self.tell(of, EventAction::Updated, row, owner);
        Ok(())
    }

    /// Marks parts that a change elsewhere touches, and tells of them.
    pub fn touch(
        &self,
        of: &Resource,
        rows: Vec<Object>,
        owner: &Object,
    ) -> Result<(), OctaviaError> {
        for mut row in rows {
            if lifecycle::state_of(&row) == ProvisioningStatus::Active {
                lifecycle::mark(self.tx, of, &mut row, &ProvisioningStatus::PendingUpdate)?;
                self.tell(of, EventAction::Status, &row, owner);
            }
        }
        Ok(())
    }

    /// Marks a part as going, and tells of it.
    pub fn going(
        &self,
        of: &Resource,
        row: &mut Object,
        owner: &Object,
    ) -> Result<(), OctaviaError> {
        lifecycle::mark(self.tx, of, row, &ProvisioningStatus::PendingDelete)?;
        self.tell(of, EventAction::Status, row, owner);
        Ok(())
    }
}

//! What every change has in common: one transaction that finds the objects, checks rights, locks the
//! load balancer, writes, emits events, and enqueues it for reconciliation after the commit.

use super::{access::Actor, certificates::Certificates, error::OctaviaError};
use crate::{
    app::App,
    ids,
    model::{
        CREATED_AT, HEALTH_MONITOR, ID, LOAD_BALANCER, LOADBALANCER_ID, OPERATING_STATUS,
        PROJECT_ID, PROVISIONING_STATUS, Resource, Row, TENANT_ID, UPDATED_AT, health_monitor,
    },
    store::{
        Tx,
        octavia::{self as store, provisioning},
    },
    time,
};
use openstack_types::{OperatingStatus, ProvisioningStatus, portal::EventAction};
use rusqlite::Connection;
use std::{cell::RefCell, sync::Arc};

/// A change in progress, in one transaction.
pub struct Change<'a> {
    pub tx: &'a Tx<'a>,
    pub app: &'a Arc<App>,
    pub actor: &'a Actor,
    /// The certificates that the request refers to.
    pub certificates: &'a Certificates,
    /// What the change adds, which [`Change::require_allowed`] judges at the end.
    pub additions: Additions,
}

/// What a change adds that only the complete change can be judged by.
#[derive(Debug, Default)]
pub struct Additions {
    /// The load balancer that gets members or listeners.
    pub endpoints_of: RefCell<Option<Row>>,
    /// The project whose members are checked more often.
    pub checks_of: RefCell<Option<String>>,
}

/// Runs a change in one transaction.
pub async fn change<T: Send + 'static>(
    app: &Arc<App>,
    actor: &Actor,
    work: impl FnOnce(&Change<'_>) -> Result<T, OctaviaError> + Send + 'static,
) -> Result<T, OctaviaError> {
    change_with_certificates(app, actor, Certificates::default(), work).await
}

/// [`change`] for a request that may refer to certificates.
pub async fn change_with_certificates<T: Send + 'static>(
    app: &Arc<App>,
    actor: &Actor,
    certificates: Certificates,
    work: impl FnOnce(&Change<'_>) -> Result<T, OctaviaError> + Send + 'static,
) -> Result<T, OctaviaError> {
    let (actor, inner) = (actor.clone(), app.clone());
    app.store
        .write(move |tx| {
            let change = Change {
                tx,
                app: &inner,
                actor: &actor,
                certificates: &certificates,
                additions: Additions::default(),
            };
            let result = work(&change)?;
            change.require_allowed()?;
            Ok(result)
        })
        .await
}

/// Finds an object without a check of rights.
///
/// # Errors
/// 404.
pub fn find(db: &Connection, resource: &Resource, id: &str) -> Result<Row, OctaviaError> {
    store::find(db, resource, id)?.ok_or_else(|| OctaviaError::not_found(resource.title, id))
}

/// Finds a load balancer or a part that the caller may read.
///
/// # Errors
/// 403, 404.
pub fn find_readable(
    db: &Connection,
    actor: &Actor,
    resource: &Resource,
    id: &str,
) -> Result<Row, OctaviaError> {
    actor.require_role()?;
    let row = find(db, resource, id)?;
    if *resource == LOAD_BALANCER {
        actor.require_read(&row)?;
    } else {
        actor.require_read(&find(db, &LOAD_BALANCER, row.get(LOADBALANCER_ID))?)?;
    }
    Ok(row)
}

impl Change<'_> {
    /// Finds a load balancer that the caller may change.
    pub fn find_load_balancer(&self, id: &str) -> Result<Row, OctaviaError> {
        self.actor.require_role()?;
        let load_balancer = find(self.tx, &LOAD_BALANCER, id)?;
        self.actor.require_write(&load_balancer)?;
        Ok(load_balancer)
    }

    /// Finds a part that the caller may change, and its load balancer.
    pub fn find_part(&self, resource: &Resource, id: &str) -> Result<(Row, Row), OctaviaError> {
        self.actor.require_role()?;
        let part = find(self.tx, resource, id)?;
        let load_balancer = self.find_load_balancer(part.get(LOADBALANCER_ID))?;
        Ok((part, load_balancer))
    }

    /// Has the engine apply the change, after the commit.
    pub fn enqueue(&self, load_balancer: &Row) {
        if let Ok(id) = load_balancer.get(ID).parse() {
            let app = self.app.clone();
            self.tx.after_commit(move || app.reconcile.enqueue(id));
        }
    }

    /// [`Self::enqueue`], with a new process in any case.
    pub fn enqueue_failover(&self, load_balancer: &Row) {
        if let Ok(id) = load_balancer.get(ID).parse() {
            let app = self.app.clone();
            self.tx.after_commit(move || app.reconcile.enqueue_failover(id));
        }
    }

    /// Emits an event after the commit.
    pub fn emit(&self, resource: &Resource, action: EventAction, row: &Row, load_balancer: &Row) {
        store::emit(self.tx, resource, action, row, load_balancer);
    }

    /// Inserts a part of a load balancer that is locked, as PENDING_CREATE.
    pub fn insert_part(
        &self,
        resource: &Resource,
        part: &mut Row,
        load_balancer: &Row,
        operating_status: OperatingStatus,
    ) -> Result<(), OctaviaError> {
        part.remove(TENANT_ID);
        part.set(LOADBALANCER_ID, load_balancer.get(ID));
        self.insert(resource, part, load_balancer.get(PROJECT_ID), operating_status)?;
        self.note_addition(resource, load_balancer);
        self.emit(resource, EventAction::Created, part, load_balancer);
        Ok(())
    }

    /// Inserts a row with a new id, as PENDING_CREATE.
    pub fn insert(
        &self,
        resource: &Resource,
        row: &mut Row,
        project: &str,
        operating_status: OperatingStatus,
    ) -> Result<(), OctaviaError> {
        row.set(ID, &ids::uuid().to_string());
        row.set(PROJECT_ID, project);
        row.set(PROVISIONING_STATUS, ProvisioningStatus::PendingCreate);
        row.set(OPERATING_STATUS, operating_status);
        row.set(CREATED_AT, &time::octavia_now());
        row.set(UPDATED_AT, None);
        store::insert(self.tx, resource, row)?;
        Ok(())
    }

    /// Writes an update of a part, in `row` and in the database, as PENDING_UPDATE.
    pub fn update_part(
        &self,
        resource: &Resource,
        row: &mut Row,
        update: &Row,
        load_balancer: &Row,
    ) -> Result<(), OctaviaError> {
        store::update(self.tx, resource, row.get(ID), update)?;
        if *resource == HEALTH_MONITOR && health_monitor::checks_more_often(row, update) {
            self.note_addition(resource, load_balancer);
        }
        *row = row.updated_by(update);
        let pending = ProvisioningStatus::PendingUpdate;
        provisioning::set_status(self.tx, resource, row, pending)?;
        self.emit(resource, EventAction::Updated, row, load_balancer);
        Ok(())
    }

    /// Sets the parts that a change elsewhere affects to PENDING_UPDATE, if they are ACTIVE.
    pub fn set_pending_update(
        &self,
        parts: Vec<(&'static Resource, Row)>,
        load_balancer: &Row,
    ) -> Result<(), OctaviaError> {
        for (resource, mut row) in parts {
            if row.get(PROVISIONING_STATUS) == ProvisioningStatus::Active {
                let pending = ProvisioningStatus::PendingUpdate;
                provisioning::set_status(self.tx, resource, &mut row, pending)?;
                self.emit(resource, EventAction::Status, &row, load_balancer);
            }
        }
        Ok(())
    }

    /// Sets a part to PENDING_DELETE. The row is deleted when the engine no longer serves it.
    pub fn set_pending_delete(
        &self,
        resource: &Resource,
        row: &mut Row,
        load_balancer: &Row,
    ) -> Result<(), OctaviaError> {
        let pending = ProvisioningStatus::PendingDelete;
        provisioning::set_status(self.tx, resource, row, pending)?;
        self.emit(resource, EventAction::Status, row, load_balancer);
        Ok(())
    }
}

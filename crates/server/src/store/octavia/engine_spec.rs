//! The desired state of a load balancer as the engine takes it, read from the rows.

mod convert;
mod listener;
mod parts;
mod pool;

pub use convert::{CertificateError, SpecError};

use super::find;
use crate::model::{ADMIN_STATE_UP, ID, LOAD_BALANCER, PROVISIONING_STATUS, Row, load_balancer};
use convert::parsed;
use engine::spec::{CertificatePem, LoadBalancerSpec};
use openstack_types::{ListenerId, LoadBalancerId, ProvisioningStatus};
use parts::Parts;
use rusqlite::Connection;

#[derive(Debug)]
pub struct DesiredState {
    /// Counts the changes of the load balancer. The outcome of the change is recorded for it.
    pub revision: i64,
    /// Whether the load balancer is being deleted.
    pub deleted: bool,
    /// What the engine is to run, without the listeners in `down`.
    pub spec: Result<LoadBalancerSpec, SpecError>,
    /// Listeners that cannot run. The others can.
    pub down: Vec<DownListener>,
}

/// A listener that the engine cannot run.
#[derive(Clone, Debug)]
pub struct DownListener {
    pub listener: ListenerId,
    /// For the people who see the listener.
    pub reason: String,
}

/// What TLS listeners need beside the rows of Octavia.
pub struct TlsContext<'a> {
    /// The TLS versions that the operator allows.
    pub versions: &'a [String],
    /// Reads the certificate behind a reference of a listener.
    pub certificate: &'a dyn Fn(&Connection, &str) -> Result<CertificatePem, CertificateError>,
}

/// Reads the desired state of a load balancer; `None` if it does not exist.
pub fn desired_state(
    db: &Connection,
    id: LoadBalancerId,
    tls: &TlsContext<'_>,
) -> rusqlite::Result<Option<DesiredState>> {
    let id_text = id.to_string();
    let Some(row) = find(db, &LOAD_BALANCER, &id_text)? else { return Ok(None) };
    let revision = db
        .prepare_cached("SELECT revision FROM loadbalancer WHERE id = ?1")?
        .query_row([&id_text], |row| row.get(0))?;
    let deleted = row.get(PROVISIONING_STATUS) == ProvisioningStatus::PendingDelete;
    let parts = Parts::read(db, &id_text)?;
    let certificate = |reference: &str| (tls.certificate)(db, reference);
    let tls = listener::Tls { versions: tls.versions, certificate: &certificate };
    let mut down = Vec::new();
    let spec = spec(id, &row, &parts, &tls, &mut down);
    Ok(Some(DesiredState { revision, deleted, spec, down }))
}

fn spec(
    id: LoadBalancerId,
    row: &Row,
    parts: &Parts,
    tls: &listener::Tls<'_>,
    down: &mut Vec<DownListener>,
) -> Result<LoadBalancerSpec, SpecError> {
    let is_enabled = |part: &&Row| part.get(ADMIN_STATE_UP);
    let mut listeners = Vec::new();
    if row.get(ADMIN_STATE_UP) {
        for row in parts.listeners.iter().filter(is_enabled) {
            match listener::listener(row, parts, tls) {
                Ok(listener) => listeners.push(listener),
                Err(error) => {
                    down.push(DownListener {
                        listener: parsed(row, ID)?,
                        reason: error.to_string(),
                    });
                }
            }
        }
    }
    let pools = parts
        .pools
        .iter()
        .filter(is_enabled)
        .map(|row| pool::pool(row, parts))
        .collect::<Result<_, _>>()?;
    Ok(LoadBalancerSpec { id, vip: parsed(row, load_balancer::VIP_ADDRESS)?, listeners, pools })
}

//! The desired state of a load balancer as the engine takes it, read from the rows.

mod convert;
mod listener;
mod parts;
mod pool;
mod refused;
mod tls_context;

pub use convert::{CertificateError, SpecError};
pub use refused::{RefusedMember, leave_out_refused_members};
pub use tls_context::{Secrets, TlsContext};

use super::{endpoints, find};
use crate::model::{
    ADMIN_STATE_UP, ID, LOAD_BALANCER, PROJECT_ID, PROVISIONING_STATUS, Row,
    listener as listener_fields, load_balancer, pool as pool_fields,
};
use convert::{parse, parsed};
use engine::spec::{LoadBalancerSpec, PoolSpec};
use openstack_types::{ListenerId, LoadBalancerId, PoolId, ProjectId, ProvisioningStatus};
use parts::Parts;
use rusqlite::Connection;
use std::net::{IpAddr, SocketAddr};

#[derive(Debug)]
pub struct DesiredState {
    /// Counts the changes of the load balancer. The outcome of the change is recorded for it.
    pub revision: i64,
    /// Whether the load balancer is being deleted.
    pub deleted: bool,
    /// What the engine is to run, without the listeners in `down`. `None` if all are there.
    pub spec: Option<LoadBalancerSpec>,
    /// Listeners that cannot run. The others can.
    pub down: Vec<DownListener>,
    /// Members through which the load balancer would send traffic to itself.
    pub loops: Vec<SocketAddr>,
}

/// A listener that does not run as the database describes it.
#[derive(Clone, Debug)]
pub struct DownListener {
    pub listener: ListenerId,
    /// For the people who see the listener.
    pub reason: String,
    /// Whether another try may succeed without a change.
    pub may_pass: bool,
    /// Whether it serves with its last good settings.
    pub serves_previous: bool,
}

/// A load balancer as it is in the database.
pub struct Snapshot {
    id: LoadBalancerId,
    revision: i64,
    row: Row,
    parts: Parts,
    loops: Vec<SocketAddr>,
}

impl Snapshot {
    /// `None` if the load balancer does not exist.
    pub fn read(db: &Connection, id: LoadBalancerId) -> rusqlite::Result<Option<Self>> {
        let id_text = id.to_string();
        let Some(row) = find(db, &LOAD_BALANCER, &id_text)? else { return Ok(None) };
        let revision = db
            .prepare_cached("SELECT revision FROM loadbalancer WHERE id = ?1")?
            .query_row([&id_text], |row| row.get(0))?;
        let hops = endpoints::hops_of_loops(db, &id_text)?;
        let loops = hops.iter().filter_map(endpoints::Hop::socket).collect();
        Ok(Some(Self { id, revision, row, parts: Parts::read(db, &id_text)?, loops }))
    }

    /// The references that [`Self::desired_state`] opens.
    pub fn references(&self) -> impl Iterator<Item = &str> {
        let of_listeners = self.enabled_listeners().flat_map(|row| {
            let single = [
                listener_fields::DEFAULT_TLS_CONTAINER_REF,
                listener_fields::CLIENT_CA_TLS_CONTAINER_REF,
                listener_fields::CLIENT_CRL_CONTAINER_REF,
            ];
            let single = single.into_iter().filter_map(|field| row.get(field));
            single.chain(row.get(listener_fields::SNI_CONTAINER_REFS))
        });
        let of_pools = self.enabled_pools().flat_map(|row| {
            let fields = [
                pool_fields::TLS_CONTAINER_REF,
                pool_fields::CA_TLS_CONTAINER_REF,
                pool_fields::CRL_CONTAINER_REF,
            ];
            fields.into_iter().filter_map(|field| row.get(field))
        });
        of_listeners.chain(of_pools)
    }

    pub fn desired_state(&self, tls: &TlsContext<'_>) -> DesiredState {
        let Self { id, revision, row, parts, loops } = self;
        let deleted = row.get(PROVISIONING_STATUS) == ProvisioningStatus::PendingDelete;
        let mut down = Vec::new();
        let mut fail = |row: &Row, error: &SpecError| {
            // The ids of rows are written by this program.
            if let Ok(listener) = row.get(ID).parse() {
                let (reason, may_pass) = (error.to_string(), error.may_pass());
                down.push(DownListener { listener, reason, may_pass, serves_previous: false });
            }
        };
        let spec = match self.vips() {
            Ok((vip, additional_vips)) => {
                let (pools, failed_pools) = self.pools(tls);
                let mut listeners = Vec::new();
                for row in self.enabled_listeners() {
                    let listener = listener::listener(row, parts, tls);
                    let failed = listener.as_ref().ok().and_then(|listener| {
                        failed_pools.iter().find(|(id, _)| listener.uses(*id))
                    });
                    match (listener, failed) {
                        (Err(error), _) => fail(row, &error),
                        (Ok(_), Some((_, error))) => fail(row, error),
                        (Ok(listener), None) => listeners.push(listener),
                    }
                }
                let project = ProjectId(row.get(PROJECT_ID).to_owned());
                Some(LoadBalancerSpec { id: *id, project, vip, additional_vips, listeners, pools })
            }
            Err(error) => {
                self.enabled_listeners().for_each(|row| fail(row, &error));
                None
            }
        };
        DesiredState { revision: *revision, deleted, spec, down, loops: loops.clone() }
    }

    /// The VIP and the additional ones.
    fn vips(&self) -> Result<(IpAddr, Vec<IpAddr>), SpecError> {
        let additional = self.row.get(load_balancer::ADDITIONAL_VIPS);
        let additional = additional.iter().map(|vip| {
            parse(
                load_balancer::ADDITIONAL_VIPS.name(),
                vip.ip_address.as_deref().unwrap_or_default(),
            )
        });
        Ok((parsed(&self.row, load_balancer::VIP_ADDRESS)?, additional.collect::<Result<_, _>>()?))
    }

    fn enabled_listeners(&self) -> impl Iterator<Item = &Row> {
        let is_enabled = self.row.get(ADMIN_STATE_UP);
        self.parts.listeners.iter().filter(move |row| is_enabled && row.get(ADMIN_STATE_UP))
    }

    /// The pools, and those that the engine cannot run.
    fn enabled_pools(&self) -> impl Iterator<Item = &Row> {
        self.parts.pools.iter().filter(|row| row.get(ADMIN_STATE_UP))
    }

    fn pools(&self, tls: &TlsContext<'_>) -> (Vec<PoolSpec>, Vec<(PoolId, SpecError)>) {
        let (mut pools, mut failed) = (Vec::new(), Vec::new());
        for row in self.enabled_pools() {
            match (pool::pool(row, &self.parts, tls), row.get(ID).parse()) {
                (Ok(pool), _) => pools.push(pool),
                (Err(error), Ok(id)) => failed.push((id, error)),
                (Err(_), Err(_)) => {}
            }
        }
        (pools, failed)
    }
}

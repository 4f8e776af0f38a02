//! The desired state of a load balancer as the engine takes it, read from the rows.

mod listener;
mod pool;

use super::{find, find_by};
use crate::model::{
    ADMIN_STATE_UP, Field, FieldType, HEALTH_MONITOR, ID, L7POLICY, L7RULE, LISTENER,
    LOAD_BALANCER, LOADBALANCER_ID, MEMBER, POOL, PROVISIONING_STATUS, Resource, Row,
    load_balancer,
};
use certificate::OpenError;
use engine::spec::{CertificatePem, LoadBalancerSpec};
use openstack_types::{ListenerId, LoadBalancerId, ProvisioningStatus};
use rusqlite::Connection;
use std::{fmt::Display, str::FromStr};

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

/// Why the engine cannot run a row. The text is for the people who see the load balancer.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    #[error("this version does not support {field} {value}")]
    Unsupported { field: &'static str, value: String },
    #[error("{field} {reason}")]
    Invalid { field: &'static str, reason: String },
    #[error("{field} cannot be {value}")]
    OutOfRange { field: &'static str, value: i64 },
    #[error("it has no certificate")]
    NoCertificate,
    #[error("a certificate of this listener cannot be used: {0}")]
    Certificate(#[from] CertificateError),
    #[error("it speaks {requested}, of which none is allowed here; {allowed} is")]
    TlsVersions { requested: String, allowed: String },
}

/// Why a certificate reference of a listener gives no certificate. The text reveals nothing of the
/// secret: people who may not see it see the listener.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("it is not there")]
    Missing,
    #[error("what is stored does not open")]
    Sealed,
    #[error("the database failed")]
    Database,
    #[error("{0}")]
    Unreadable(OpenError),
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

/// The parts of a load balancer, without those that are being deleted.
struct Parts {
    listeners: Vec<Row>,
    l7policies: Vec<Row>,
    l7rules: Vec<Row>,
    pools: Vec<Row>,
    members: Vec<Row>,
    health_monitors: Vec<Row>,
}

impl Parts {
    fn read(db: &Connection, load_balancer: &str) -> rusqlite::Result<Self> {
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

fn unsupported(field: &'static str, value: impl Display) -> SpecError {
    SpecError::Unsupported { field, value: value.to_string() }
}

/// The value of a text field as a checked type of the engine.
fn parsed<T: FromStr<Err: Display>>(row: &Row, field: Field<String>) -> Result<T, SpecError> {
    parse(field.name(), row.get(field))
}

/// [`parsed`] for a field that may be null.
fn parsed_optional<T: FromStr<Err: Display>>(
    row: &Row,
    field: Field<Option<String>>,
) -> Result<Option<T>, SpecError> {
    row.get(field).map(|text| parse(field.name(), text)).transpose()
}

/// [`parsed`] for a field that is only null where it is not used.
fn parsed_required<T: FromStr<Err: Display>>(
    row: &Row,
    field: Field<Option<String>>,
) -> Result<T, SpecError> {
    parse(field.name(), row.get(field).unwrap_or_default())
}

fn parse<T: FromStr<Err: Display>>(field: &'static str, text: &str) -> Result<T, SpecError> {
    text.parse().map_err(|error: T::Err| SpecError::Invalid { field, reason: error.to_string() })
}

fn number<T: TryFrom<i64>>(row: &Row, field: Field<i64>) -> Result<T, SpecError> {
    in_range(field, row.get(field))
}

fn in_range<T: TryFrom<i64>, F: FieldType>(field: Field<F>, value: i64) -> Result<T, SpecError> {
    T::try_from(value).map_err(|_| SpecError::OutOfRange { field: field.name(), value })
}

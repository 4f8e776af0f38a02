//! What listeners and pools refer to: certificates, authorities and revocation lists.

use super::{
    certificates, change::Change, error::OctaviaError, validate::python_repr, verification,
};
use crate::{
    model::{
        ID, Row,
        listener::{
            CLIENT_CA_TLS_CONTAINER_REF, CLIENT_CRL_CONTAINER_REF, DEFAULT_TLS_CONTAINER_REF,
            SNI_CONTAINER_REFS,
        },
        pool::{CA_TLS_CONTAINER_REF, CRL_CONTAINER_REF, TLS_CONTAINER_REF},
    },
    secrets::CertificateId,
    store::barbican::uses::{self, User},
};
use rusqlite::ErrorCode;
use serde_json::json;

/// Requires everything that a listener or a pool refers to, and returns it. What it had `before` the change is
/// not checked again.
///
/// # Errors
/// 400 if a reference leads to nothing that can be used.
pub(super) fn require(
    change: &Change<'_>,
    row: &Row,
    before: Option<&Row>,
) -> Result<Vec<CertificateId>, OctaviaError> {
    let mut used = change.certificates.secrets_of(row, before)?;
    for fields in [&verification::OF_CLIENTS, &verification::OF_MEMBERS] {
        used.extend(verification::require(change, row, before, fields)?);
    }
    Ok(used)
}

/// Records what a listener or a pool uses from now on, so that it cannot be deleted.
pub(super) fn record(
    change: &Change<'_>,
    user: Option<User>,
    row: &Row,
    used: &[CertificateId],
) -> Result<(), OctaviaError> {
    // The ids of rows are written by this program.
    let Some(user) = user else { return Ok(()) };
    let (mut secrets, mut containers) = (Vec::new(), Vec::new());
    for certificate in used {
        match certificate {
            CertificateId::Secret(id) => secrets.push(*id),
            CertificateId::Container(id) => containers.push(*id),
        }
    }
    uses::set(change.tx, user, &secrets, &containers).map_err(|error| {
        match error.sqlite_error_code() {
            // Deleted since it was read.
            Some(ErrorCode::ConstraintViolation) => {
                OctaviaError::not_retrieved(python_repr(&json!(certificates::references(row))))
            }
            _ => error.into(),
        }
    })
}

/// [`record`] for an update, if it sends any reference, even null.
pub(super) fn record_update(
    change: &Change<'_>,
    user: Option<User>,
    existing: &Row,
    update: &Row,
) -> Result<(), OctaviaError> {
    let single = [
        DEFAULT_TLS_CONTAINER_REF,
        CLIENT_CA_TLS_CONTAINER_REF,
        CLIENT_CRL_CONTAINER_REF,
        TLS_CONTAINER_REF,
        CA_TLS_CONTAINER_REF,
        CRL_CONTAINER_REF,
    ];
    if !update.has(SNI_CONTAINER_REFS) && !single.into_iter().any(|field| update.has(field)) {
        return Ok(());
    }
    let row = existing.updated_by(update);
    let used = require(change, &row, Some(existing))?;
    record(change, user, &row, &used)
}

pub(super) fn listener_user(listener: &Row) -> Option<User> {
    listener.get(ID).parse().ok().map(User::Listener)
}

pub(super) fn pool_user(pool: &Row) -> Option<User> {
    pool.get(ID).parse().ok().map(User::Pool)
}

//! The authorities and revocation lists that a request gives to listeners and pools.

use super::{change::Change, error::OctaviaError, validate::python_repr};
use crate::{
    certificates,
    model::{
        Field, Row,
        listener::{CLIENT_CA_TLS_CONTAINER_REF, CLIENT_CRL_CONTAINER_REF},
        pool::{CA_TLS_CONTAINER_REF, CRL_CONTAINER_REF},
    },
    secrets::{self, CertificateId, PayloadError},
};
use certificate::Zeroizing;
use openstack_types::SecretId;
use serde_json::json;

/// The fields with the references.
pub(super) struct Fields {
    authorities: Field<Option<String>>,
    revocation_lists: Field<Option<String>>,
}

/// Listeners verify the certificates of clients.
pub(super) const OF_CLIENTS: Fields =
    Fields { authorities: CLIENT_CA_TLS_CONTAINER_REF, revocation_lists: CLIENT_CRL_CONTAINER_REF };
/// Pools verify the certificates of members.
pub(super) const OF_MEMBERS: Fields =
    Fields { authorities: CA_TLS_CONTAINER_REF, revocation_lists: CRL_CONTAINER_REF };

/// Requires that the authorities and revocation lists of a row can be used, and returns their secrets. The caller
/// needs a right for those that the row did not have `before` the change.
///
/// # Errors
/// 400.
pub(super) fn require(
    change: &Change<'_>,
    row: &Row,
    before: Option<&Row>,
    fields: &Fields,
) -> Result<Vec<CertificateId>, OctaviaError> {
    let Some(authorities) = row.get(fields.authorities) else { return Ok(Vec::new()) };
    let lists = row.get(fields.revocation_lists);
    let references: Vec<&str> = std::iter::once(authorities).chain(lists).collect();
    let had = |reference: &str| {
        let had = before.map(|row| [row.get(fields.authorities), row.get(fields.revocation_lists)]);
        had.is_some_and(|had| had.contains(&Some(reference)))
    };
    if references.iter().any(|reference| !had(reference)) {
        let mut payloads = Vec::new();
        let mut missing = Vec::new();
        for reference in &references {
            match payload(change, reference, had(reference))? {
                Some(payload) => payloads.push(payload),
                None => missing.push(*reference),
            }
        }
        if !missing.is_empty() {
            return Err(OctaviaError::not_retrieved(python_repr(&json!(missing))));
        }
        check(&payloads)?;
    }
    let ids = references.into_iter().filter_map(SecretId::from_ref);
    Ok(ids.map(CertificateId::Secret).collect())
}

/// `None` if there is no such secret for the caller.
fn payload(
    change: &Change<'_>,
    reference: &str,
    is_known: bool,
) -> Result<Option<Zeroizing<Vec<u8>>>, OctaviaError> {
    let (db, vault) = (change.tx, &change.app.vault);
    let payload = match SecretId::from_ref(reference).filter(|_| is_known) {
        Some(id) => secrets::payload(db, vault, id),
        None => secrets::payload_of_ref(db, vault, change.actor.caller(), reference),
    };
    match payload {
        Ok(payload) => Ok(Some(payload)),
        Err(PayloadError::NotFound | PayloadError::Corrupt) => Ok(None),
        Err(PayloadError::Database(error)) => Err(error.into()),
    }
}

/// The authorities, and if there are any their revocation lists.
fn check(payloads: &[Zeroizing<Vec<u8>>]) -> Result<(), OctaviaError> {
    let Some((authorities, lists)) = payloads.split_first() else { return Ok(()) };
    let authorities = certificates::authorities(authorities).map_err(|error| {
        OctaviaError::validation(format!(
            "The client authentication CA certificate is invalid. It must be a valid x509 PEM format \
             certificate. Error: {error}"
        ))
    })?;
    for lists in lists {
        let lists = certificates::revocation_lists(lists).map_err(|error| {
            OctaviaError::validation(format!(
                "The client authentication certificate revocation list is invalid. It must be a valid \
                 x509 PEM format certificate revocation list. Error: {error}"
            ))
        })?;
        if !lists.are_for(&authorities) {
            return Err(OctaviaError::validation(
                "The CRL specified is not valid for client certificate authority reference supplied.",
            ));
        }
    }
    Ok(())
}

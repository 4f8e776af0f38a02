//! Reads the desired state of a load balancer, with its certificates.

use super::parts::Parts;
use crate::{
    certificates::{self, Stored},
    secrets::{self, CertificateId, PayloadError},
    store::octavia::engine_spec::{CertificateError, DesiredState, Snapshot, TlsContext},
    vault::Vault,
};
use engine::spec::CertificatePem;
use openstack_types::LoadBalancerId;
use rusqlite::Connection;
use std::collections::HashMap;

type Payload = Result<Stored, CertificateError>;

/// `None` if the load balancer does not exist.
pub(super) async fn read(
    parts: &Parts,
    id: LoadBalancerId,
) -> rusqlite::Result<Option<DesiredState>> {
    let vault = parts.vault.clone();
    let read = parts
        .store
        .read(move |db| {
            let Some(snapshot) = Snapshot::read(db, id)? else { return Ok(None) };
            let payloads: HashMap<String, Payload> = snapshot
                .certificate_references()
                .map(|reference| (reference.to_owned(), payload(db, &vault, reference)))
                .collect();
            Ok::<_, rusqlite::Error>(Some((snapshot, payloads)))
        })
        .await?;
    let Some((snapshot, payloads)) = read else { return Ok(None) };
    let tls = parts.tls.clone();
    // Opening a certificate can take seconds. It holds no connection of the database meanwhile.
    let desired = tokio::task::spawn_blocking(move || {
        let certificate = |reference: &str| open(payloads.get(reference));
        snapshot.desired_state(&TlsContext { versions: &tls.versions, certificate: &certificate })
    });
    match desired.await {
        Ok(desired) => Ok(Some(desired)),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The runtime is shutting down.
            Err(_) => Err(rusqlite::Error::InvalidQuery),
        },
    }
}

/// The payload behind a reference of a listener.
fn payload(db: &Connection, vault: &Vault, reference: &str) -> Payload {
    let id = CertificateId::from_ref(reference).ok_or(CertificateError::Missing)?;
    secrets::certificate(db, vault, id).map_err(|error| match error {
        PayloadError::NotFound => CertificateError::Missing,
        PayloadError::Corrupt => CertificateError::Sealed,
        PayloadError::Database(error) => {
            tracing::error!(%error, "reading a certificate failed");
            CertificateError::Database
        }
    })
}

fn open(payload: Option<&Payload>) -> Result<CertificatePem, CertificateError> {
    let payload = payload.ok_or(CertificateError::Missing)?;
    let stored = payload.as_ref().map_err(Clone::clone)?;
    let bundle = stored.open().map_err(CertificateError::Unreadable)?;
    Ok(certificates::pem(&bundle))
}

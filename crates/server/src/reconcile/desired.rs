//! Reads the desired state of a load balancer, with its certificates.

use super::parts::Parts;
use crate::{
    certificates::{self, Stored},
    secrets::{self, CertificateId, PayloadError},
    store::octavia::engine_spec::{CertificateError, DesiredState, Secrets, Snapshot, TlsContext},
    vault::Vault,
};
use engine::spec::{CertificatePem, PublicPem};
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
                .references()
                .map(|reference| (reference.to_owned(), payload(db, &vault, reference)))
                .collect();
            Ok::<_, rusqlite::Error>(Some((snapshot, payloads)))
        })
        .await?;
    let Some((snapshot, payloads)) = read else { return Ok(None) };
    let tls = parts.tls.clone();
    // Opening a certificate can take seconds. It holds no connection of the database meanwhile.
    let desired = tokio::task::spawn_blocking(move || {
        let secrets = Payloads(payloads);
        snapshot.desired_state(&TlsContext { versions: &tls.versions, secrets: &secrets })
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

/// The payloads by reference.
struct Payloads(HashMap<String, Payload>);

impl Payloads {
    fn stored(&self, reference: &str) -> Result<&Stored, CertificateError> {
        let payload = self.0.get(reference).ok_or(CertificateError::Missing)?;
        payload.as_ref().map_err(Clone::clone)
    }

    /// The payload of a secret, not of a container.
    fn bytes(&self, reference: &str) -> Result<&[u8], CertificateError> {
        match self.stored(reference)? {
            Stored::Bundle(payload) => Ok(payload),
            Stored::Parts { .. } => Err(CertificateError::Missing),
        }
    }
}

impl Secrets for Payloads {
    fn certificate(&self, reference: &str) -> Result<CertificatePem, CertificateError> {
        let bundle = self.stored(reference)?.open().map_err(CertificateError::Unreadable)?;
        Ok(certificates::pem(&bundle))
    }

    fn authorities(&self, reference: &str) -> Result<PublicPem, CertificateError> {
        certificates::authorities_pem(self.bytes(reference)?).map_err(CertificateError::Unreadable)
    }

    fn revocation_lists(&self, reference: &str) -> Result<PublicPem, CertificateError> {
        let lists = certificates::revocation_lists_pem(self.bytes(reference)?);
        lists.map_err(CertificateError::RevocationList)
    }
}

//! Applies one load balancer: reads its specification, hands it to the engine, stores the outcome.

use super::{parts::Parts, traffic::Shape};
use crate::{
    certificates,
    secrets::{self, PayloadError},
    store::octavia::{
        engine_spec::{CertificateError, DesiredState, DownListener, TlsContext, desired_state},
        provisioning::{self, Recorded},
    },
    vault::Vault,
};
use engine::spec::{CertificatePem, LoadBalancerSpec};
use openstack_types::{ListenerId, LoadBalancerId, SecretId};
use rusqlite::Connection;
use std::time::Duration;

/// Delay before another try after the database failed.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// Why a load balancer cannot be applied, and the listener that is the cause if it is one.
struct Failure {
    listener: Option<ListenerId>,
    reason: String,
}

/// Applies the load balancer until the outcome is stored.
pub(super) async fn apply(parts: &Parts, id: LoadBalancerId) {
    loop {
        match apply_once(parts, id).await {
            Ok(Recorded::Done) => return,
            Ok(Recorded::Outdated) => {}
            Err(error) => {
                tracing::error!(%error, loadbalancer = %id, "storing the outcome of a change failed; trying again");
                tokio::time::sleep(RETRY_DELAY).await;
            }
        }
    }
}

async fn apply_once(parts: &Parts, id: LoadBalancerId) -> rusqlite::Result<Recorded> {
    let Some(desired) = read_desired_state(parts, id).await? else {
        parts.engine.remove(id).await;
        return Ok(Recorded::Done);
    };
    if desired.deleted {
        parts.engine.remove(id).await;
        parts.store.write(move |tx| provisioning::delete_load_balancer(tx, id)).await?;
        parts.traffic.forget(id);
        tracing::info!(loadbalancer = %id, "deleted");
        return Ok(Recorded::Done);
    }
    let DesiredState { revision, spec, down, .. } = desired;
    let spec = match serving_listener_lost(parts, id, &down).await {
        Some(DownListener { listener, reason }) => {
            Err(Failure { listener: Some(listener), reason })
        }
        None => spec.map_err(|reason| Failure { listener: None, reason: reason.to_string() }),
    };
    let outcome = match spec {
        Ok(spec) => run(parts, id, spec).await,
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(()) => {
            for DownListener { listener, reason } in &down {
                tracing::warn!(loadbalancer = %id, %listener, %reason, "serving without a listener");
            }
            let recorded = parts
                .store
                .write(move |tx| provisioning::record_success(tx, id, revision, &down))
                .await?;
            tracing::info!(loadbalancer = %id, revision, ?recorded, "applied");
            Ok(recorded)
        }
        Err(Failure { listener, reason }) => {
            tracing::warn!(loadbalancer = %id, revision, %reason, "cannot be applied");
            parts
                .store
                .write(move |tx| provisioning::record_failure(tx, id, revision, listener, &reason))
                .await
        }
    }
}

async fn run(parts: &Parts, id: LoadBalancerId, spec: LoadBalancerSpec) -> Result<(), Failure> {
    let shape = Shape::of(&spec);
    parts.traffic.announce(id, &shape);
    match parts.engine.apply(spec).await {
        Ok(()) => {
            parts.traffic.retain(id, &shape);
            Ok(())
        }
        Err(error) => Err(Failure { listener: error.listener(), reason: error.to_string() }),
    }
}

/// A listener that serves now and would not serve after the change. The change fails instead of
/// taking it down.
async fn serving_listener_lost(
    parts: &Parts,
    id: LoadBalancerId,
    down: &[DownListener],
) -> Option<DownListener> {
    if down.is_empty() {
        return None;
    }
    let serving = parts.engine.listeners(id).await;
    down.iter().find(|down| serving.contains(&down.listener)).cloned()
}

async fn read_desired_state(
    parts: &Parts,
    id: LoadBalancerId,
) -> rusqlite::Result<Option<DesiredState>> {
    let (vault, tls) = (parts.vault.clone(), parts.tls.clone());
    parts
        .store
        .read(move |db| {
            let certificate = |db: &Connection, reference: &str| certificate(db, &vault, reference);
            let tls = TlsContext { versions: &tls.versions, certificate: &certificate };
            desired_state(db, id, &tls)
        })
        .await
}

/// The certificate behind a reference of a listener.
fn certificate(
    db: &Connection,
    vault: &Vault,
    reference: &str,
) -> Result<CertificatePem, CertificateError> {
    let id = SecretId::from_ref(reference).ok_or(CertificateError::Missing)?;
    let payload = secrets::payload(db, vault, id).map_err(|error| match error {
        PayloadError::NotFound => CertificateError::Missing,
        PayloadError::Corrupt => CertificateError::Sealed,
        PayloadError::Database(error) => {
            tracing::error!(%error, "reading a certificate failed");
            CertificateError::Database
        }
    })?;
    let bundle = certificates::open(&payload).map_err(CertificateError::Unreadable)?;
    Ok(certificates::pem(&bundle))
}

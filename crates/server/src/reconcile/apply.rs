//! Applies one load balancer: reads its specification, hands it to the engine, stores the outcome.

use super::{parts::Parts, traffic::Shape};
use crate::{
    certificates,
    secrets::{self, PayloadError},
    store::octavia::{
        lifecycle::{self, Settled},
        specs::{self, Down, Wanted},
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
            Ok(Settled::Done) => return,
            Ok(Settled::Outdated) => {}
            Err(error) => {
                tracing::error!(%error, loadbalancer = %id, "storing the outcome of a change failed; trying again");
                tokio::time::sleep(RETRY_DELAY).await;
            }
        }
    }
}

async fn apply_once(parts: &Parts, id: LoadBalancerId) -> rusqlite::Result<Settled> {
    let Some(wanted) = read_spec(parts, id).await? else {
        parts.engine.remove(id).await;
        return Ok(Settled::Done);
    };
    if wanted.going {
        parts.engine.remove(id).await;
        parts.store.write(move |tx| lifecycle::forget(tx, id)).await?;
        parts.traffic.forget(id);
        tracing::info!(loadbalancer = %id, "deleted");
        return Ok(Settled::Done);
    }
    let Wanted { revision, spec, down, .. } = wanted;
    let spec = match serving_listener_lost(parts, id, &down).await {
        Some(Down { listener, reason }) => Err(Failure { listener: Some(listener), reason }),
        None => spec.map_err(|reason| Failure { listener: None, reason: reason.to_string() }),
    };
    let outcome = match spec {
        Ok(spec) => run(parts, id, spec).await,
        Err(failure) => Err(failure),
    };
    match outcome {
        Ok(()) => {
            for Down { listener, reason } in &down {
                tracing::warn!(loadbalancer = %id, %listener, %reason, "serving without a listener");
            }
            let settled =
                parts.store.write(move |tx| lifecycle::settle(tx, id, revision, &down)).await?;
            tracing::info!(loadbalancer = %id, revision, ?settled, "applied");
            Ok(settled)
        }
        Err(Failure { listener, reason }) => {
            tracing::warn!(loadbalancer = %id, revision, %reason, "cannot be applied");
            parts.store.write(move |tx| lifecycle::fail(tx, id, revision, listener, &reason)).await
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
async fn serving_listener_lost(parts: &Parts, id: LoadBalancerId, down: &[Down]) -> Option<Down> {
    if down.is_empty() {
        return None;
    }
    let serving = parts.engine.listeners(id).await;
    down.iter().find(|down| serving.contains(&down.listener)).cloned()
}

async fn read_spec(parts: &Parts, id: LoadBalancerId) -> rusqlite::Result<Option<Wanted>> {
    let (vault, tls) = (parts.vault.clone(), parts.tls.clone());
    parts
        .store
        .read(move |db| {
            let certificate = |db: &Connection, reference: &str| certificate(db, &vault, reference);
            let tls = specs::Tls { versions: &tls.versions, certificate: &certificate };
            specs::read(db, id, &tls)
        })
        .await
}

/// The certificate of a listener. Everybody who sees the listener can read the reason of an error,
/// so it reveals nothing about the secret.
fn certificate(db: &Connection, vault: &Vault, reference: &str) -> Result<CertificatePem, String> {
    const PREFIX: &str = "a certificate of this listener cannot be used";
    let id = SecretId::of_ref(reference).ok_or_else(|| format!("{PREFIX}: it is not there"))?;
    let payload = secrets::payload(db, vault, id).map_err(|why| match why {
        PayloadError::NotFound => format!("{PREFIX}: it is not there"),
        PayloadError::Corrupt => format!("{PREFIX}: what is stored does not open"),
        PayloadError::Database(error) => {
            tracing::error!(%error, "reading a certificate failed");
            format!("{PREFIX}: the database failed")
        }
    })?;
    let bundle = certificates::open(&payload).map_err(|why| format!("{PREFIX}: {why}"))?;
    Ok(certificates::pem(&bundle))
}

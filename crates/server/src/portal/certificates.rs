//! `GET /portal/certificates`: the metadata of all secrets of the caller, in one request.

use crate::{
    app::App,
    barbican::{access::Actor, error::BarbicanError},
    secrets::{self, PayloadError},
    store::barbican::metadata,
};
use axum::{Json, extract::State};
use certificate::CertificateMetadata;
use openstack_types::{SecretId, portal::CertificateSummary};
use serde::Serialize;
use std::sync::Arc;

/// Response of `GET /portal/certificates`.
#[derive(Serialize)]
pub(super) struct Certificates {
    certificates: Vec<CertificateSummary>,
}

const OPERATION: &str = "Secret metadata retrieval";

/// Opens the secrets that have no certificate metadata and adds what it finds, as the page does when
/// it creates a certificate. A secret that does not open is listed without.
///
/// # Errors
/// 403 without a role.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    actor: Actor,
) -> Result<Json<Certificates>, BarbicanError> {
    actor.require_view(OPERATION)?;
    let (user, project) = (actor.user().clone(), actor.project().clone());
    let mut all = app.store.read(move |db| metadata::of_creator(db, &user, &project)).await?;
    for (id, entries) in &mut all {
        if CertificateMetadata::from_map(entries).is_some() {
            continue;
        }
        // One after the other, so that requests of others come between.
        if let Some(found) = read(&app, *id).await? {
            entries.extend(found.to_map());
        }
    }
    let all = all.into_iter().map(|(id, metadata)| CertificateSummary { id, metadata });
    Ok(Json(Certificates { certificates: all.collect() }))
}

/// What a secret says as a certificate; `None` also for one without a readable payload.
async fn read(app: &App, id: SecretId) -> Result<Option<Arc<CertificateMetadata>>, BarbicanError> {
    if let Some(remembered) = app.certificate_reader.remembered(id) {
        return Ok(remembered);
    }
    let vault = app.vault.clone();
    let payload = app
        .store
        .read(move |db| match secrets::payload(db, &vault, id) {
            Ok(payload) => Ok(Some(payload)),
            Err(PayloadError::Database(error)) => Err(error),
            Err(PayloadError::NotFound | PayloadError::Corrupt) => Ok(None),
        })
        .await?;
    let Some(payload) = payload else { return Ok(None) };
    app.certificate_reader.read(id, payload).await.map_err(|error| {
        tracing::error!(%error, "opening a certificate failed");
        BarbicanError::Internal
    })
}

//! `GET /portal/certificates`: the metadata of all secrets of the caller, in one request.

use crate::{
    app::App,
    barbican::{access::Actor, error::BarbicanError},
    secrets,
    store::barbican::metadata,
};
use axum::{Json, extract::State};
use certificate::{CertificateMetadata, Limits};
use openstack_types::{SecretId, portal::CertificateSummary};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};
use zeroize::Zeroizing;

const OPERATION: &str = "Secret metadata retrieval";

/// Opens the secrets that have no certificate metadata and adds what it finds, as the page does when
/// it creates a certificate. A secret that does not open is listed without.
///
/// # Errors
/// 403 without a role.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    actor: Actor,
) -> Result<Json<Value>, BarbicanError> {
    actor.require_view(OPERATION)?;
    let vault = app.vault.clone();
    let (mut all, undescribed) = app
        .store
        .read(move |db| {
            let all = metadata::of_creator(db, actor.user(), actor.project())?;
            let mut undescribed = Vec::new();
            for (id, _) in
                all.iter().filter(|(_, entries)| CertificateMetadata::from_map(entries).is_none())
            {
                // A secret without a readable payload is listed as well.
                if let Ok(payload) = secrets::payload(db, &vault, *id) {
                    undescribed.push((*id, payload));
                }
            }
            Ok::<_, BarbicanError>((all, undescribed))
        })
        .await?;
    if !undescribed.is_empty() {
        let job = tokio::task::spawn_blocking(move || read_metadata(undescribed));
        let found = job.await.map_err(|error| {
            tracing::error!(%error, "opening certificates failed");
            BarbicanError::Internal
        })?;
        for (id, entries) in &mut all {
            if let Some(found) = found.get(id) {
                entries.extend(found.to_map());
            }
        }
    }
    let all: Vec<_> =
        all.into_iter().map(|(id, metadata)| CertificateSummary { id, metadata }).collect();
    Ok(Json(json!({ "certificates": all })))
}

fn read_metadata(
    payloads: Vec<(SecretId, Zeroizing<Vec<u8>>)>,
) -> HashMap<SecretId, CertificateMetadata> {
    let read = |payload: &[u8]| {
        let bundle = certificate::open(&[payload], None, Limits::SERVER).ok()?;
        Some(CertificateMetadata::from_summary(&bundle.summary()))
    };
    payloads.into_iter().filter_map(|(id, payload)| Some((id, read(&payload)?))).collect()
}

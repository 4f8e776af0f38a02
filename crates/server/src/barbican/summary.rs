//! `GET /portal/certificates`: the metadata of every secret of the caller's, in one request.

use super::{BarbicanError, access::Actor};
use crate::{app::App, secrets, store::barbican::metadata as store};
use axum::{Json, extract::State};
use certificate::{CertificateMetadata, Limits};
use openstack_types::{SecretId, portal::CertificateSummary};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};
use zeroize::Zeroizing;

const OPERATION: &str = "Secret metadata retrieval";

/// Answers `{"certificates": […]}`. A secret that nobody described is opened, and described as the
/// page would have done; what does not open stays as it is.
///
/// # Errors
/// 403 without a role.
pub async fn certificates(
    State(app): State<Arc<App>>,
    actor: Actor,
) -> Result<Json<Value>, BarbicanError> {
    actor.look(OPERATION)?;
    let inner = app.clone();
    let (mut all, sealed) = app
        .store
        .read(move |db| {
            let all = store::of_creator(db, actor.user(), actor.project())?;
            let mut unknown = Vec::new();
            for (id, _) in
                all.iter().filter(|(_, words)| CertificateMetadata::from_map(words).is_none())
            {
                // What has no payload or does not unseal is listed all the same.
                if let Ok(payload) = secrets::payload(db, &inner.vault, *id) {
                    unknown.push((*id, payload));
                }
            }
            Ok::<_, BarbicanError>((all, unknown))
        })
        .await?;
    if !sealed.is_empty() {
        let found = tokio::task::spawn_blocking(move || read(sealed)).await.map_err(|error| {
            tracing::error!(%error, "opening certificates failed");
            BarbicanError::Internal
        })?;
        for (id, words) in &mut all {
            if let Some(facts) = found.get(id) {
                words.extend(facts.to_map());
            }
        }
    }
    let all: Vec<_> =
        all.into_iter().map(|(id, metadata)| CertificateSummary { id, metadata }).collect();
    Ok(Json(json!({ "certificates": all })))
}

fn read(payloads: Vec<(SecretId, Zeroizing<Vec<u8>>)>) -> HashMap<SecretId, CertificateMetadata> {
    let facts = |payload: &[u8]| {
        let bundle = certificate::open(&[payload], None, Limits::SERVER).ok()?;
        Some(CertificateMetadata::from_summary(&bundle.summary()))
    };
    payloads.into_iter().filter_map(|(id, payload)| Some((id, facts(&payload)?))).collect()
}

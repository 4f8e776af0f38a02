//! `GET /portal/certificates`: the metadata of the user's own secrets, a request for each.

use crate::{
    cloud::{error::CloudError, reading::get, session::SignedIn, state::Cloud},
    config::CloudService,
};
use axum::{Json, extract::State};
use futures_util::{StreamExt, TryStreamExt, stream};
use openstack_types::SecretId;
use serde_json::{Value, json};
use std::sync::Arc;

/// Barbican returns no more in one request.
const PAGE: usize = 100;
/// Limit of requests for one list.
const MAX_PAGES: usize = 100;
/// Requests for metadata at the same time.
const PARALLEL: usize = 4;

pub(super) async fn list(
    State(cloud): State<Arc<Cloud>>,
    signed_in: SignedIn,
) -> Result<Json<Value>, CloudError> {
    let secrets = own_secrets(&cloud, &signed_in).await?;
    let (cloud, signed_in) = (&cloud, &signed_in);
    let certificates: Vec<Option<Value>> = stream::iter(secrets)
        .map(|id| metadata(cloud, signed_in, id))
        .buffered(PARALLEL)
        .try_collect()
        .await?;
    let certificates: Vec<Value> = certificates.into_iter().flatten().collect();
    Ok(Json(json!({ "certificates": certificates })))
}

/// The secrets that the user has made. Barbican lists those of others in the project too.
async fn own_secrets(cloud: &Cloud, signed_in: &SignedIn) -> Result<Vec<SecretId>, CloudError> {
    let mut own = Vec::new();
    let limit = PAGE.to_string();
    for page in 0..MAX_PAGES {
        let offset = (page * PAGE).to_string();
        let query = [("limit", limit.as_str()), ("offset", &offset), ("sort", "created:desc")];
        let listed = get(cloud, signed_in, CloudService::KeyManager, "/v1/secrets", &query).await?;
        let secrets = listed["secrets"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mine = secrets.iter().filter(|secret| {
            secret["creator_id"].as_str() == Some(signed_in.session.user.id.as_str())
        });
        own.extend(mine.filter_map(|secret| SecretId::from_ref(secret["secret_ref"].as_str()?)));
        if secrets.is_empty() || listed["next"].is_null() {
            break;
        }
    }
    Ok(own)
}

/// `None` for a secret that was deleted since, or that the user may not read.
async fn metadata(
    cloud: &Cloud,
    signed_in: &SignedIn,
    id: SecretId,
) -> Result<Option<Value>, CloudError> {
    let path = format!("/v1/secrets/{id}/metadata");
    match get(cloud, signed_in, CloudService::KeyManager, &path, &[]).await {
        Ok(mut answer) => Ok(Some(json!({ "id": id, "metadata": answer["metadata"].take() }))),
        Err(CloudError::WithoutReason(status, _)) if status.is_client_error() => Ok(None),
        Err(error) => Err(error),
    }
}

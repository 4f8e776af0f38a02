//! Barbican v1: secrets. A certificate is a secret whose payload is a PKCS#12 bundle.

use super::{
    Result,
    request::{self, get, send, write},
};
use gloo_net::http::Method;
use openstack_types::{
    SecretId,
    barbican::{Acl, CreatedSecret, Metadata, NewSecret, Secret, SecretList},
    error::ApiError,
};
use serde::Serialize;
use std::collections::BTreeMap;

const ROOT: &str = "/key-manager/v1/secrets";

/// Secrets in one request; a service may return fewer.
const PAGE: usize = 100;

/// Every secret that the caller may list.
pub async fn secrets() -> Result<Vec<Secret>> {
    let mut all: Vec<Secret> = Vec::new();
    loop {
        let path = format!("{ROOT}?limit={PAGE}&offset={}&sort=created:desc", all.len());
        let page: SecretList = get(&path).await?;
        // Whether there is a next page matters; its address is the internal one of the service.
        let more = page.next.is_some() && !page.secrets.is_empty();
        all.extend(page.secrets);
        if !more {
            // A secret stored meanwhile moves another to the next page.
            all.sort_by(|a, b| a.secret_ref.cmp(&b.secret_ref));
            all.dedup_by(|a, b| a.secret_ref == b.secret_ref);
            return Ok(all);
        }
    }
}

/// Why a certificate was not stored.
pub enum NotStored {
    /// Nothing was stored.
    Refused(ApiError),
    /// It was stored incompletely and could not be deleted.
    LeftBehind(SecretId, ApiError),
}

/// Stores a secret, private to its creator, with its metadata; all or nothing.
pub async fn store(
    secret: &NewSecret,
    metadata: BTreeMap<String, String>,
) -> std::result::Result<(SecretId, String), NotStored> {
    let stored: CreatedSecret =
        write(Method::POST, ROOT, secret).await.map_err(NotStored::Refused)?;
    let Some(id) = SecretId::from_ref(&stored.secret_ref) else {
        let message = format!("no secret's address: {}", stored.secret_ref);
        return Err(NotStored::Refused(ApiError { status: 200, message, field: None }));
    };
    let finish = async {
        put(&format!("{ROOT}/{id}/acl"), request::json(&Acl::private())?).await?;
        put(&format!("{ROOT}/{id}/metadata"), request::json(&Metadata { metadata })?).await
    };
    match finish.await {
        Ok(()) => Ok((id, stored.secret_ref)),
        Err(error) => match delete(id).await {
            Ok(()) => Err(NotStored::Refused(error)),
            Err(_) => Err(NotStored::LeftBehind(id, error)),
        },
    }
}

#[derive(Serialize)]
struct NewText {
    name: String,
    payload: String,
    payload_content_type: &'static str,
}

/// Stores a text, private to its creator; all or nothing.
pub async fn store_text(name: String, payload: String) -> Result<String> {
    let secret = NewText { name, payload, payload_content_type: "text/plain" };
    let stored: CreatedSecret = write(Method::POST, ROOT, &secret).await?;
    if let Some(id) = SecretId::from_ref(&stored.secret_ref)
        && let Err(error) = put(&format!("{ROOT}/{id}/acl"), request::json(&Acl::private())?).await
    {
        // Whether or not this works, the first error counts.
        let _ = delete(id).await;
        return Err(error);
    }
    Ok(stored.secret_ref)
}

async fn put(path: &str, body: String) -> Result<()> {
    send(Method::PUT, path, Some(body)).await.map(drop)
}

pub async fn delete(id: SecretId) -> Result<()> {
    request::delete(&format!("{ROOT}/{id}")).await
}

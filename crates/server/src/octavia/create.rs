//! What every create request has in common: with an `Idempotency-Key`, a client can repeat it without creating
//! an object twice.

use super::{
    access::Actor,
    certificates::Certificates,
    change::{Change, change_with_certificates, find_readable},
    error::OctaviaError,
    view,
};
use crate::{
    app::App,
    model::{LOAD_BALANCER, Resource},
    store::octavia::idempotency::{self, Owner},
};
use axum::http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::Arc;

const HEADER: &str = "idempotency-key";
const MAX_KEY_LENGTH: usize = 255;

/// The key of a request, and what tells it from others.
#[derive(Clone, Debug)]
pub(super) struct Idempotency {
    key: Option<String>,
    /// Of path and body.
    fingerprint: String,
}

impl Idempotency {
    /// # Errors
    /// 400 for a key that is repeated, or is not 1 to 255 visible ASCII characters.
    pub(super) fn new(headers: &HeaderMap, path: &str, body: &[u8]) -> Result<Self, OctaviaError> {
        let mut keys = headers.get_all(HEADER).iter();
        let key = match (keys.next(), keys.next()) {
            (None, _) => None,
            (Some(key), None) => {
                let is_valid = |key: &&str| {
                    (1..=MAX_KEY_LENGTH).contains(&key.len())
                        && key.bytes().all(|c| c.is_ascii_graphic())
                };
                Some(key.to_str().ok().filter(is_valid).ok_or_else(invalid_key)?.to_owned())
            }
            (Some(_), Some(_)) => return Err(invalid_key()),
        };
        let mut hash = Sha256::new();
        hash.update(path);
        hash.update([0]);
        hash.update(body);
        Ok(Self { key, fingerprint: hex::encode(hash.finalize()) })
    }

    /// The object that an earlier request with the key created, as it is now.
    ///
    /// # Errors
    /// 422 if that was another request, 409 if the object is deleted, 403 if the caller may no longer see it.
    fn earlier(
        &self,
        db: &Connection,
        actor: &Actor,
        resource: &Resource,
    ) -> Result<Option<Value>, OctaviaError> {
        let Some(key) = &self.key else { return Ok(None) };
        let Some(earlier) = idempotency::find(db, &owner(actor), key, Timestamp::now())? else {
            return Ok(None);
        };
        if earlier.fingerprint != self.fingerprint {
            return Err(OctaviaError::unprocessable(format!(
                "The Idempotency-Key {key} was sent with another request before; use a key once."
            )));
        }
        match find_readable(db, actor, resource, &earlier.object_id) {
            Ok(row) if *resource == LOAD_BALANCER => Ok(Some(view::graph(db, &row)?)),
            Ok(row) => Ok(Some(view::row(db, resource, &row)?)),
            Err(OctaviaError::Api { status: StatusCode::NOT_FOUND, .. }) => {
                Err(OctaviaError::conflict(format!(
                    "The {} {} that the request with the Idempotency-Key {key} created is deleted; use a \
                     new key to create another.",
                    resource.title, earlier.object_id
                )))
            }
            Err(error) => Err(error),
        }
    }

    fn record(&self, change: &Change<'_>, created: &Value) -> Result<(), OctaviaError> {
        if let (Some(key), Some(id)) = (&self.key, created["id"].as_str()) {
            let owner = owner(change.actor);
            idempotency::record(change.tx, &owner, key, &self.fingerprint, id, Timestamp::now())?;
        }
        Ok(())
    }
}

/// The key of another user, or for another project, is another key.
fn owner(actor: &Actor) -> Owner<'_> {
    Owner {
        user: actor.user_id().as_str(),
        project: actor.project().map(|project| project.as_str()).unwrap_or_default(),
    }
}

fn invalid_key() -> OctaviaError {
    OctaviaError::bad(format!(
        "Idempotency-Key must be one header of 1 to {MAX_KEY_LENGTH} visible ASCII characters."
    ))
}

/// Creates an object in one transaction with the record of its key, unless an earlier request did. Returns it as
/// the answer shows it.
pub(super) async fn create(
    app: &Arc<App>,
    actor: &Actor,
    idempotency: Idempotency,
    resource: &'static Resource,
    work: impl FnOnce(&Change<'_>) -> Result<Value, OctaviaError> + Send + 'static,
) -> Result<Value, OctaviaError> {
    let certificates = Certificates::default();
    create_with_certificates(app, actor, idempotency, resource, certificates, work).await
}

/// [`create`] for a request that may refer to certificates.
pub(super) async fn create_with_certificates(
    app: &Arc<App>,
    actor: &Actor,
    idempotency: Idempotency,
    resource: &'static Resource,
    certificates: Certificates,
    work: impl FnOnce(&Change<'_>) -> Result<Value, OctaviaError> + Send + 'static,
) -> Result<Value, OctaviaError> {
    change_with_certificates(app, actor, certificates, move |change| {
        if let Some(earlier) = idempotency.earlier(change.tx, change.actor, resource)? {
            return Ok(earlier);
        }
        change.app.disk_reserve.require()?;
        let created = work(change)?;
        idempotency.record(change, &created)?;
        Ok(created)
    })
    .await
}

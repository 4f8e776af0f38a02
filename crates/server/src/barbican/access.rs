//! Access to the secret of a request.
//!
//! A secret that does not exist is 404. A secret of another user is 403, as in Barbican for private
//! secrets.

use super::{body, error::BarbicanError, view};
use crate::{
    app::App,
    auth::AuthError,
    public_url::PublicUrl,
    rights::{Caller, Role},
    secrets,
    store::{
        Tx,
        barbican::{self as store, Secret},
    },
};
use axum::{
    extract::{FromRequestParts, RawPathParams, Request},
    http::request::Parts,
};
use openstack_types::{ProjectId, SecretId, UserId};
use rusqlite::Connection;
use serde_json::Value;
use std::sync::Arc;

/// A caller with a token for a project. Its extractor rejects other requests with 401.
#[derive(Clone, Debug)]
pub struct Actor {
    caller: Caller,
    project: ProjectId,
}

/// What a request does with a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Reads its attributes.
    View,
    /// Reads the payload, changes or deletes the secret.
    Use,
}

impl FromRequestParts<Arc<App>> for Actor {
    type Rejection = AuthError;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, AuthError> {
        let caller = Caller::from_request_parts(parts, app).await?;
        match caller.project_id.clone() {
            Some(project) => Ok(Self { caller, project }),
            None => Err(AuthError::Unauthorized(PublicUrl::of(parts, &app.config))),
        }
    }
}

impl Actor {
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    pub fn user(&self) -> &UserId {
        &self.caller.user_id
    }

    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// Requires a role that may read its own secrets.
    pub fn require_view(&self, operation: &str) -> Result<(), BarbicanError> {
        self.require_role(Role::Reader, operation)
    }

    /// Requires a role that may create secrets.
    pub fn require_create(&self, operation: &str) -> Result<(), BarbicanError> {
        self.require_role(Role::Member, operation)
    }

    fn require_role(&self, role: Role, operation: &str) -> Result<(), BarbicanError> {
        let enough = self.caller.role() >= Some(role);
        if enough { Ok(()) } else { Err(BarbicanError::forbidden(operation)) }
    }

    /// Finds the secret of an id in a path and checks the access.
    fn secret(
        &self,
        db: &Connection,
        id: &str,
        access: Access,
        operation: &str,
    ) -> Result<Secret, BarbicanError> {
        let id: SecretId = id
            .parse()
            .map_err(|_| BarbicanError::not_found("Not Found. Provided secret id is invalid."))?;
        let secret =
            store::get(db, id)?.ok_or_else(|| BarbicanError::not_found("Secret not found."))?;
        let allowed = match access {
            Access::View => secrets::may_view(&self.caller, &secret),
            Access::Use => secrets::may_use(&self.caller, &secret),
        };
        if allowed { Ok(secret) } else { Err(BarbicanError::forbidden(operation)) }
    }
}

/// A request for the secret in its path.
pub struct SecretRequest {
    pub app: Arc<App>,
    pub actor: Actor,
    pub url: PublicUrl,
    id: String,
}

impl FromRequestParts<Arc<App>> for SecretRequest {
    type Rejection = AuthError;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, AuthError> {
        let actor = Actor::from_request_parts(parts, app).await?;
        let path = RawPathParams::from_request_parts(parts, app).await;
        let id = path.ok().and_then(|path| {
            path.iter().find(|(name, _)| *name == "id").map(|(_, id)| id.to_owned())
        });
        Ok(Self {
            app: app.clone(),
            actor,
            url: PublicUrl::of(parts, &app.config),
            // An invalid id matches no secret.
            id: id.unwrap_or_default(),
        })
    }
}

impl SecretRequest {
    /// The URL of the secret.
    pub fn secret_ref(&self) -> String {
        view::secret_ref(&self.url, self.id.to_ascii_lowercase())
    }

    /// Checks the access and runs `work` on a snapshot of the database.
    pub async fn read<T: Send + 'static>(
        &self,
        access: Access,
        operation: &'static str,
        work: impl FnOnce(&Connection, Secret) -> Result<T, BarbicanError> + Send + 'static,
    ) -> Result<T, BarbicanError> {
        let (actor, id) = (self.actor.clone(), self.id.clone());
        self.app
            .store
            .read(move |db| {
                let secret = actor.secret(db, &id, access, operation)?;
                work(db, secret)
            })
            .await
    }

    /// Checks the access and runs a change in one transaction.
    pub async fn change<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Tx<'_>, Secret) -> Result<T, BarbicanError> + Send + 'static,
    ) -> Result<T, BarbicanError> {
        let (actor, id) = (self.actor.clone(), self.id.clone());
        self.app
            .store
            .write(move |tx| {
                let secret = actor.secret(tx, &id, Access::Use, operation)?;
                work(tx, secret)
            })
            .await
    }

    /// Checks the access for a change, before the body is read.
    pub async fn require_change(&self, operation: &'static str) -> Result<(), BarbicanError> {
        self.read(Access::Use, operation, |_, _| Ok(())).await
    }

    /// Requires room on the disk for more.
    pub fn require_room(&self) -> Result<(), BarbicanError> {
        Ok(self.app.disk_reserve.require()?)
    }

    /// Requires that a secret has at most as many entries of a kind as it may have.
    pub fn require_entries(
        limit: usize,
        count: usize,
        kind: &'static str,
    ) -> Result<(), BarbicanError> {
        if count > limit { Err(BarbicanError::secret_quota(limit, kind)) } else { Ok(()) }
    }

    /// Limit of the entries of each kind.
    pub fn max_entries(&self) -> usize {
        self.app.config.limits.entries_per_secret
    }

    /// Checks the access for a change and reads the JSON body.
    pub async fn json(
        &self,
        operation: &'static str,
        request: Request,
    ) -> Result<Value, BarbicanError> {
        self.require_change(operation).await?;
        body::json(&self.app, request).await
    }
}

//! Who asks, and finding a secret for them.
//!
//! A secret that there is not is 404; somebody else's is 403, as Barbican answers for private ones.

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

/// Who asks, in a project; extracting it answers 401 to whom has no good token for one.
#[derive(Clone, Debug)]
pub struct Actor {
    caller: Caller,
    project: ProjectId,
}

/// What somebody wants with a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// See what is known of it.
    Look,
    /// Read the payload, change it, delete it.
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
    /// Who creates.
    pub fn user(&self) -> &UserId {
        &self.caller.user_id
    }

    /// Where.
    pub fn project(&self) -> &ProjectId {
        &self.project
    }

    /// May look at what is there of their own.
    pub fn require_view(&self, operation: &str) -> Result<(), BarbicanError> {
        self.has(Role::Reader, operation)
    }

    /// May store secrets.
    pub fn require_create(&self, operation: &str) -> Result<(), BarbicanError> {
        self.has(Role::Member, operation)
    }

    fn has(&self, role: Role, operation: &str) -> Result<(), BarbicanError> {
        let enough = self.caller.role() >= Some(role);
        if enough { Ok(()) } else { Err(BarbicanError::forbidden(operation)) }
    }

    /// The secret of an id in a path, if it is the caller's own.
    fn secret(
        &self,
        db: &Connection,
        id: &str,
        want: Want,
        operation: &str,
    ) -> Result<Secret, BarbicanError> {
        let id: SecretId = id
            .parse()
            .map_err(|_| BarbicanError::not_found("Not Found. Provided secret id is invalid."))?;
        let secret =
            store::get(db, id)?.ok_or_else(|| BarbicanError::not_found("Secret not found."))?;
        let may = match want {
            Want::Look => secrets::may_view(&self.caller, &secret),
            Want::Use => secrets::may_use(&self.caller, &secret),
        };
        if may { Ok(secret) } else { Err(BarbicanError::forbidden(operation)) }
    }
}

/// A request about one secret, named in its path.
pub struct Door {
    /// The server's parts.
    pub app: Arc<App>,
    /// Who asks.
    pub actor: Actor,
    /// Scheme and host that the client used.
    pub url: PublicUrl,
    id: String,
}

impl FromRequestParts<Arc<App>> for Door {
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
            // What is no id names nothing.
            id: id.unwrap_or_default(),
        })
    }
}

impl Door {
    /// The secret's URL, once it is known that there is one.
    pub fn secret_ref(&self) -> String {
        view::secret_ref(&self.url, self.id.to_ascii_lowercase())
    }

    /// Runs `work` on what the database says, for who may.
    pub async fn read<T: Send + 'static>(
        &self,
        want: Want,
        operation: &'static str,
        work: impl FnOnce(&Connection, Secret) -> Result<T, BarbicanError> + Send + 'static,
    ) -> Result<T, BarbicanError> {
        let (actor, id) = (self.actor.clone(), self.id.clone());
        self.app
            .store
            .read(move |db| {
                let secret = actor.secret(db, &id, want, operation)?;
                work(db, secret)
            })
            .await
    }

    /// Runs a change in one transaction, for who may.
    pub async fn change<T: Send + 'static>(
        &self,
        operation: &'static str,
        work: impl FnOnce(&Tx<'_>, Secret) -> Result<T, BarbicanError> + Send + 'static,
    ) -> Result<T, BarbicanError> {
        let (actor, id) = (self.actor.clone(), self.id.clone());
        self.app
            .store
            .write(move |tx| {
                let secret = actor.secret(tx, &id, Want::Use, operation)?;
                work(tx, secret)
            })
            .await
    }

    /// Refuses who may not change the secret, before a body is read.
    pub async fn may_change(&self, operation: &'static str) -> Result<(), BarbicanError> {
        self.read(Want::Use, operation, |_, _| Ok(())).await
    }

    /// The body of a change, from who may.
    pub async fn json(
        &self,
        operation: &'static str,
        request: Request,
    ) -> Result<Value, BarbicanError> {
        self.may_change(operation).await?;
        body::json(&self.app, request).await
    }
}

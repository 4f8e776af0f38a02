//! Who may do what with load balancers and their parts.
//!
//! An admin works with everything, a manager with everything of the project, a member with what it
//! created, and a reader reads the project. Without one of these roles, or without a project, every
//! request is refused.

use super::error::OctaviaError;
use crate::{
    app::App,
    auth::AuthError,
    model::{PROJECT_ID, Row, load_balancer::USER_ID},
    rights::{Caller, Role, Visibility},
};
use axum::{extract::FromRequestParts, http::request::Parts};
use openstack_types::{ProjectId, UserId};
use std::sync::Arc;

/// The caller of a request. The extractor answers 401 without a valid token.
#[derive(Clone, Debug)]
pub struct Actor(Caller);

impl FromRequestParts<Arc<App>> for Actor {
    type Rejection = AuthError;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, AuthError> {
        Caller::from_request_parts(parts, app).await.map(Self)
    }
}

impl Actor {
    pub fn caller(&self) -> &Caller {
        &self.0
    }

    pub fn user_id(&self) -> &UserId {
        &self.0.user_id
    }

    /// The project of the token, in which an object is created if the request names none.
    pub fn project(&self) -> Result<&ProjectId, OctaviaError> {
        self.0.project_id.as_ref().ok_or_else(OctaviaError::forbidden)
    }

    /// Requires any role in a project.
    pub fn require_role(&self) -> Result<(), OctaviaError> {
        self.0.role().map(drop).ok_or_else(OctaviaError::forbidden)
    }

    pub fn require_admin(&self) -> Result<(), OctaviaError> {
        require(self.is_admin())
    }

    fn is_admin(&self) -> bool {
        self.0.role() == Some(Role::Admin)
    }

    /// Requires the right to read a load balancer and its parts.
    pub fn require_read(&self, load_balancer: &Row) -> Result<(), OctaviaError> {
        let project = ProjectId(load_balancer.get(PROJECT_ID).to_owned());
        let creator = UserId(load_balancer.get(USER_ID).to_owned());
        require(self.0.visibility().covers(&project, Some(&creator)))
    }

    /// Requires the right to change a load balancer and its parts.
    pub fn require_write(&self, load_balancer: &Row) -> Result<(), OctaviaError> {
        require(self.0.role() >= Some(Role::Member))?;
        self.require_read(load_balancer)
    }

    /// Requires the right to create load balancers in a project.
    pub fn require_create(&self, project: &ProjectId) -> Result<(), OctaviaError> {
        let own = self.0.project_id.as_ref() == Some(project);
        require(self.is_admin() || (own && self.0.role() >= Some(Role::Member)))
    }

    /// Requires the right to read what belongs to a project as a whole, such as its quota.
    pub fn require_project(&self, project: &str) -> Result<(), OctaviaError> {
        self.require_role()?;
        let own = self.0.project_id.as_ref().map(ProjectId::as_str) == Some(project);
        require(own || self.is_admin())
    }

    /// What a list shows: of the project that the request names, or of all.
    pub fn visibility(&self, project: Option<&str>) -> Result<Visibility, OctaviaError> {
        self.require_role()?;
        let Some(project) = project else { return Ok(self.0.visibility()) };
        self.require_project(project)?;
        Ok(match self.0.visibility() {
            Visibility::Everything => Visibility::Project(project.into()),
            other => other,
        })
    }
}

fn require(allowed: bool) -> Result<(), OctaviaError> {
    if allowed { Ok(()) } else { Err(OctaviaError::forbidden()) }
}

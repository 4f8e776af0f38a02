//! Who may do what with load balancers and what hangs on them.
//!
//! Everything is refused that is not allowed here: an admin works with everything, a manager with
//! all of the project, a member with what it created, a reader looks. Without one of these roles, or
//! without a project, there is nothing.

use super::error::OctaviaError;
use crate::model::Object;
use crate::{
    app::App,
    auth::AuthError,
    rights::{Caller, Role, Visibility},
};
use axum::{extract::FromRequestParts, http::request::Parts};
use openstack_types::{ProjectId, UserId};
use std::sync::Arc;

/// Who asks; extracting it answers 401 to whom has no good token.
#[derive(Clone, Debug)]
pub struct Actor(Caller);

impl FromRequestParts<Arc<App>> for Actor {
    type Rejection = AuthError;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, AuthError> {
        Caller::from_request_parts(parts, app).await.map(Self)
    }
}

impl Actor {
    /// Themselves.
    pub fn caller(&self) -> &Caller {
        &self.0
    }

    /// Who creates.
    pub fn user(&self) -> &UserId {
        &self.0.user_id
    }

    /// The project that something without one is created in.
    pub fn project(&self) -> Result<&ProjectId, OctaviaError> {
        self.0.project_id.as_ref().ok_or_else(OctaviaError::forbidden)
    }

    /// Has any role at all in a project.
    pub fn known(&self) -> Result<(), OctaviaError> {
        self.0.role().map(drop).ok_or_else(OctaviaError::forbidden)
    }

    /// Is an admin.
    pub fn admin(&self) -> Result<(), OctaviaError> {
        allowed(self.is_admin())
    }

    /// Whether it is an admin.
    pub fn is_admin(&self) -> bool {
        self.0.role() == Some(Role::Admin)
    }

    /// May look at a load balancer and what hangs on it.
    pub fn see(&self, loadbalancer: &Object) -> Result<(), OctaviaError> {
        let project = ProjectId(loadbalancer.text("project_id").to_owned());
        let creator = UserId(loadbalancer.text("user_id").to_owned());
        allowed(self.0.visibility().covers(&project, Some(&creator)))
    }

    /// May change a load balancer and what hangs on it.
    pub fn change(&self, loadbalancer: &Object) -> Result<(), OctaviaError> {
        allowed(self.0.role() >= Some(Role::Member))?;
        self.see(loadbalancer)
    }

    /// May create load balancers in a project.
    pub fn create_in(&self, project: &ProjectId) -> Result<(), OctaviaError> {
        let own = self.0.project_id.as_ref() == Some(project);
        allowed(self.is_admin() || (own && self.0.role() >= Some(Role::Member)))
    }

    /// May look at what belongs to a project as a whole.
    pub fn see_project(&self, project: &str) -> Result<(), OctaviaError> {
        self.known()?;
        let own = self.0.project_id.as_ref().map(ProjectId::as_str) == Some(project);
        allowed(own || self.is_admin())
    }

    /// What a list shows that asks for a project, or for none.
    pub fn visibility(&self, project: Option<&str>) -> Result<Visibility, OctaviaError> {
        self.known()?;
        let Some(project) = project else { return Ok(self.0.visibility()) };
        self.see_project(project)?;
        Ok(match self.0.visibility() {
            Visibility::Everything => Visibility::Project(project.into()),
            other => other,
        })
    }
}

fn allowed(yes: bool) -> Result<(), OctaviaError> {
    if yes { Ok(()) } else { Err(OctaviaError::forbidden()) }
}

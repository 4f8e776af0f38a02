//! Roles and what they allow. Pure data: no HTTP, no database.

use crate::token::TokenHash;
use jiff::Timestamp;
use openstack_types::{ProjectId, UserId};

/// The authenticated user of a request, in the project that the token is scoped to.
#[derive(Clone, Debug)]
pub struct Caller {
    pub user_id: UserId,
    pub user_name: String,
    /// `None`: the token is unscoped.
    pub project_id: Option<ProjectId>,
    pub project_name: Option<String>,
    /// Names of the roles in the project, including implied roles.
    pub roles: Vec<String>,
    /// Expiry of the token.
    pub expires_at: Timestamp,
    pub token: TokenHash,
}

impl Caller {
    /// The strongest known role; `None` without one, and for an unscoped token.
    pub fn role(&self) -> Option<Role> {
        self.project_id.as_ref()?;
        Role::ALL.into_iter().find(|role| self.roles.iter().any(|name| name == role.as_str()))
    }

    pub fn visibility(&self) -> Visibility {
        match (self.role(), &self.project_id) {
            (Some(Role::Admin), _) => Visibility::Everything,
            (Some(Role::Manager | Role::Reader), Some(project)) => {
                Visibility::Project(project.clone())
            }
            (Some(Role::Member), Some(project)) => {
                Visibility::Own(project.clone(), self.user_id.clone())
            }
            _ => Visibility::Nothing,
        }
    }
}

/// The roles that this server knows, weakest first. Other roles grant nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Reads everything in the project.
    Reader,
    /// Manages the resources that it created.
    Member,
    /// Manages all resources of the project.
    Manager,
    /// Manages all resources of all projects.
    Admin,
}

impl Role {
    /// Every role, strongest first.
    pub const ALL: [Role; 4] = [Role::Admin, Role::Manager, Role::Member, Role::Reader];

    /// The name of the role in Keystone.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Manager => "manager",
            Role::Member => "member",
            Role::Reader => "reader",
        }
    }
}

/// The load balancers that a caller can see, with everything that belongs to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// All projects.
    Everything,
    /// All of one project.
    Project(ProjectId),
    /// What this user created in one project.
    Own(ProjectId, UserId),
    Nothing,
}

impl Visibility {
    /// Whether a resource of this project, created by this user, is visible.
    pub fn covers(&self, project: &ProjectId, creator: Option<&UserId>) -> bool {
        match self {
            Visibility::Everything => true,
            Visibility::Project(own) => own == project,
            Visibility::Own(own, user) => own == project && creator == Some(user),
            Visibility::Nothing => false,
        }
    }
}

//! A committed change, and who may see it.

use crate::rights::{Caller, Visibility};
use openstack_types::{
    UserId,
    portal::{Event, EventKind},
};

/// An event for the page, with what decides who receives it.
#[derive(Clone, Debug)]
pub struct Change {
    pub event: Event,
    /// The creator of the secret, or of the load balancer that the resource belongs to. A member
    /// sees only its own. `None`: only managers and admins see the change.
    pub owner: Option<UserId>,
}

impl Change {
    /// Whether the caller may see the change. `visibility` is [`Caller::visibility`], computed once
    /// for many changes.
    ///
    /// A change of a secret is visible only to its creator, in the project of the secret.
    pub fn is_visible_to(&self, caller: &Caller, visibility: &Visibility) -> bool {
        match self.event.kind {
            EventKind::Secret => {
                self.owner.as_ref() == Some(&caller.user_id)
                    && caller.project_id.as_ref() == Some(&self.event.project_id)
            }
            _ => visibility.covers(&self.event.project_id, self.owner.as_ref()),
        }
    }
}

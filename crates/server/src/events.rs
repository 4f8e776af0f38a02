//! Every committed change, told to whoever listens: the page over `/portal/events`.

use crate::caller::{Caller, Visibility};
use openstack_types::{
    UserId,
    portal::{self, EventKind},
};
use tokio::sync::broadcast;

/// How many changes a slow listener may fall behind before it has to list anew.
const BACKLOG: usize = 1024;

/// A committed change, with what decides who may see it.
#[derive(Clone, Debug)]
pub struct Change {
    /// What the page is told.
    pub event: portal::Event,
    /// Who created the secret, or the load balancer it belongs to: members see only their own.
    /// `None`: nobody but managers and admins.
    pub owner: Option<UserId>,
}

impl Change {
    /// Whether this caller may hear of it. `visibility` is the caller's: computed once, asked often.
    ///
    /// A secret is its creator's alone, in the project that it was created in, whatever else the
    /// caller sees.
    pub fn is_for(&self, caller: &Caller, visibility: &Visibility) -> bool {
        match self.event.kind {
            EventKind::Secret => {
                self.owner.as_ref() == Some(&caller.user_id)
                    && caller.project_id.as_ref() == Some(&self.event.project_id)
            }
            _ => visibility.covers(&self.event.project_id, self.owner.as_ref()),
        }
    }
}

/// The way changes take; clones share it.
#[derive(Clone, Debug)]
pub struct Events {
    sender: broadcast::Sender<Change>,
}

impl Default for Events {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(BACKLOG) }
    }
}

impl Events {
    /// Tells everybody who listens now. Never blocks.
    ///
    /// Called by the store after a commit; elsewhere use [`crate::store::Tx::emit`].
    pub fn send(&self, change: Change) {
        // An error means that nobody listens.
        let _ = self.sender.send(change);
    }

    /// Hears of every change from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.sender.subscribe()
    }
}

//! The channel that carries every committed change to the event streams of the page.

use crate::change::Change;
use std::{ops::Deref, sync::Arc};
use tokio::sync::broadcast;

/// How many changes a slow subscriber may fall behind before it has to list everything again.
const BACKLOG: usize = 1024;

/// A change with its text, which is the same for every subscriber.
#[derive(Debug)]
pub struct Published {
    change: Change,
    /// The event as JSON.
    pub json: String,
}

impl Deref for Published {
    type Target = Change;
    fn deref(&self) -> &Change {
        &self.change
    }
}

/// A broadcast channel of changes. Clones share the channel.
#[derive(Clone, Debug)]
pub struct Events {
    sender: broadcast::Sender<Arc<Published>>,
}

impl Default for Events {
    fn default() -> Self {
        Self { sender: broadcast::Sender::new(BACKLOG) }
    }
}

impl Events {
    /// Sends a change to all current subscribers. Never blocks.
    ///
    /// The store publishes after a commit. Inside a transaction use [`crate::store::Tx::emit`].
    pub fn publish(&self, change: Change) {
        if self.sender.receiver_count() == 0 {
            return;
        }
        match serde_json::to_string(&change.event) {
            // An error means that there are no subscribers.
            Ok(json) => drop(self.sender.send(Arc::new(Published { change, json }))),
            Err(error) => tracing::error!(%error, "an event cannot be written as JSON"),
        }
    }

    /// Receives every change from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Published>> {
        self.sender.subscribe()
    }
}

//! The channel that carries every committed change to the event streams of the page.

use crate::change::Change;
use tokio::sync::broadcast;

/// How many changes a slow subscriber may fall behind before it has to list everything again.
const BACKLOG: usize = 1024;

/// A broadcast channel of changes. Clones share the channel.
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
    /// Sends a change to all current subscribers. Never blocks.
    ///
    /// The store publishes after a commit. Inside a transaction use [`crate::store::Tx::emit`].
    pub fn publish(&self, change: Change) {
        // An error means that there are no subscribers.
        let _ = self.sender.send(change);
    }

    /// Receives every change from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Change> {
        self.sender.subscribe()
    }
}

//! Tells open event streams that access was taken away, by this process or by the command line.

use crate::store::{Store, access_removals};
use openstack_types::UserId;
use std::time::Duration;
use tokio::{
    sync::{Notify, broadcast},
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

/// How soon a change by the command line is noticed.
const INTERVAL: Duration = Duration::from_secs(1);
/// How many removals a stream may fall behind. One that falls behind checks itself.
const BACKLOG: usize = 64;

/// Users whose access was reduced.
pub struct Revocations {
    users: broadcast::Sender<Option<UserId>>,
    changed: Notify,
}

impl Default for Revocations {
    fn default() -> Self {
        Self { users: broadcast::Sender::new(BACKLOG), changed: Notify::new() }
    }
}

/// Receives the users whose access was reduced.
pub struct Watcher(broadcast::Receiver<Option<UserId>>);

impl Revocations {
    pub fn watch(&self) -> Watcher {
        Watcher(self.users.subscribe())
    }

    /// Looks for removals now.
    pub fn check_now(&self) {
        self.changed.notify_one();
    }

    /// Looks for removals every second and when asked to, until `shutdown`.
    pub async fn run(&self, store: Store, shutdown: CancellationToken) {
        let mut last = None;
        let mut interval = interval(INTERVAL);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = interval.tick() => {}
                () = self.changed.notified() => {}
                () = shutdown.cancelled() => return,
            }
            let found = store.read(move |db| access_removals::since(db, last)).await;
            // A failure shows in every request. The next round reads again.
            let Ok((revision, users)) = found else { continue };
            last = Some(revision);
            for user in users {
                // An error means that no stream is open.
                let _ = self.users.send(user);
            }
        }
    }
}

impl Watcher {
    /// Waits until the access of this user may have been reduced.
    pub async fn removed(&mut self, user: &UserId) {
        loop {
            match self.0.recv().await {
                Ok(Some(other)) if other != *user => {}
                Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
                // The server stops.
                Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}

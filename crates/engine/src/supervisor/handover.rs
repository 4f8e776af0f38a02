//! Replacing the process of a load balancer, so that no connection is refused and every session stays on its
//! member:
//!
//! 1. The new process starts. It accepts no connections yet.
//! 2. What the old one knows about sessions is copied, while it serves.
//! 3. The old process stops accepting. New connections wait in the listening sockets.
//! 4. Its open requests are answered, and what it has learned meanwhile is copied.
//! 5. The new process accepts connections.
//!
//! After that the old process finishes its connections. What it still learns is copied every few milliseconds at first.

use super::{Supervisor, next_copy::NextCopy};
use crate::generation::Generation;
use std::time::Duration;
use tokio::time::Instant;

/// The longest wait in step 4. New connections wait as long.
const RESPONSES_TIMEOUT: Duration = Duration::from_millis(50);
/// The interval of the copies after step 5, and for how long. Copies of large tables take longer, and their
/// interval is ten times as long.
const COPY_INTERVAL: Duration = Duration::from_millis(5);
const COPY_OFTEN_FOR: Duration = Duration::from_secs(5);
/// The interval after that, while the old process lives.
const LATE_COPY_INTERVAL: Duration = Duration::from_secs(1);

impl Supervisor {
    /// Step 2: copies what the current process knows about sessions to a process that does not
    /// accept connections yet.
    pub(super) async fn copy_known_sessions(&mut self, next: &mut Generation) {
        let Some(current) = &mut self.current else { return };
        if let Err(error) = current.copy_all_sessions_to(next, &self.server_ids).await {
            tracing::warn!(loadbalancer = %self.id, %error, "sessions may move to other members");
        }
    }

    /// Steps 3 to 5: `next` serves in place of the current process.
    pub(super) async fn replace_current(&mut self, mut next: Option<Generation>) {
        if let Some(current) = self.current.take() {
            let mut old = current.retire(&self.context).await;
            if let Some(next) = &mut next
                && old.learns_sessions()
            {
                old.wait_for_responses(RESPONSES_TIMEOUT).await;
                if let Err(error) = next.receive_sessions(old.sessions(), &self.server_ids).await {
                    tracing::warn!(loadbalancer = %self.id, %error, "sessions may move to other members");
                }
                let now = Instant::now();
                self.copy_sessions = Some(NextCopy { at: now + COPY_INTERVAL, replaced_at: now });
            }
            self.draining.push(old);
        }
        if let Some(next) = &next {
            next.resume();
        }
        self.current = next;
    }

    /// Copies what the old processes have learned since the last copy to the current one.
    pub(super) async fn copy_sessions(&mut self) {
        let Some(last) = self.copy_sessions.take() else { return };
        let Some(current) = &mut self.current else { return };
        let started = Instant::now();
        let mut learning = false;
        for old in self.draining.iter_mut().filter(|old| old.learns_sessions()) {
            // The process has exited, or the next copy repeats it.
            learning |= current.receive_sessions(old.sessions(), &self.server_ids).await.is_ok();
        }
        if learning {
            let now = Instant::now();
            let interval = if now < last.replaced_at + COPY_OFTEN_FOR {
                ((now - started) * 10).clamp(COPY_INTERVAL, LATE_COPY_INTERVAL)
            } else {
                LATE_COPY_INTERVAL
            };
            self.copy_sessions = Some(NextCopy { at: now + interval, ..last });
        }
    }
}

//! `GET /portal/events`: what has changed in the project. A cloud sends no events, so its list of load balancers is read
//! again and again: seldom while nothing happens, often while something is being changed.

use crate::{
    cloud::{auth::SignedIn, changes::Snapshot, error::CloudError, state::Cloud},
    event_stream,
    user_limit::UserPermit,
};
use axum::{
    extract::State,
    response::{Response, sse::Event},
};
use openstack_types::portal;
use std::{collections::VecDeque, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep_until};

/// Between two reads while nothing is being changed.
const IDLE: Duration = Duration::from_secs(15);
/// Between two reads while something is being changed, and for a while after a change of the page.
const BUSY: Duration = Duration::from_secs(2);
const AFTER_WRITE: Duration = Duration::from_secs(10);
/// The page lists everything this often: the health of servers changes without a trace in the list of load balancers.
const RESYNC: Duration = Duration::from_secs(60);
/// The longest time between two reads after failures, such as 429.
const MAX_BACKOFF: Duration = Duration::from_secs(120);

struct EventStream {
    cloud: Arc<Cloud>,
    signed_in: SignedIn,
    /// `None` until a list could be read.
    known: Option<Snapshot>,
    pending: VecDeque<portal::Event>,
    failures: u32,
    read_at: Instant,
    resync_at: Instant,
    _permit: UserPermit,
}

/// Starts with a `hello` event. Ends with the session, or when the server stops.
pub(super) async fn stream(
    State(cloud): State<Arc<Cloud>>,
    signed_in: SignedIn,
) -> Result<Response, CloudError> {
    let user = &signed_in.session.user.id;
    let permit = cloud.event_streams.acquire(user).map_err(|_| CloudError::Busy)?;
    // Before the page lists, so that no change between the two is lost.
    let known = Snapshot::read(&cloud, &signed_in).await.ok();
    let now = Instant::now();
    let state = EventStream {
        cloud,
        signed_in,
        known,
        pending: VecDeque::new(),
        failures: 0,
        read_at: now,
        resync_at: now + RESYNC,
        _permit: permit,
    };
    Ok(event_stream::response(state))
}

impl event_stream::Source for EventStream {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(change) = self.pending.pop_front() {
                return Event::default().event("change").json_data(&change).ok();
            }
            let due = (self.read_at + self.interval()).min(self.resync_at);
            tokio::select! {
                () = self.cloud.shutdown.cancelled() => return None,
                // The next read may be due sooner now, or the session has ended.
                () = self.signed_in.session.woken.notified() => {}
                () = sleep_until(due) => {}
            }
            if !self.cloud.sessions.has(&self.signed_in.id) {
                return None;
            }
            if Instant::now() < due {
                continue;
            }
            if Instant::now() >= self.resync_at {
                self.resync_at = Instant::now() + RESYNC;
                return Some(event_stream::resync());
            }
            if self.read().await == Found::Anything {
                return Some(event_stream::resync());
            }
        }
    }
}

impl EventStream {
    /// Reads the list and collects what has changed.
    async fn read(&mut self) -> Found {
        let read = Snapshot::read(&self.cloud, &self.signed_in).await;
        self.read_at = Instant::now();
        let Ok(now) = read else {
            self.failures = self.failures.saturating_add(1);
            return Found::Changes;
        };
        self.failures = 0;
        let found = match &self.known {
            None => Found::Anything,
            Some(before) => {
                let project = &self.signed_in.session.project.id;
                self.pending.extend(before.changes_to(&now, project));
                Found::Changes
            }
        };
        self.known = Some(now);
        found
    }

    fn interval(&self) -> Duration {
        let is_pending = self.known.as_ref().is_some_and(Snapshot::is_pending);
        if self.failures > 0 {
            IDLE.saturating_mul(1 << self.failures.min(4)).min(MAX_BACKOFF)
        } else if is_pending || self.signed_in.session.has_written_within(AFTER_WRITE) {
            BUSY
        } else {
            IDLE
        }
    }
}

/// What a read has found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    /// Those that were collected.
    Changes,
    /// Earlier changes are unknown.
    Anything,
}

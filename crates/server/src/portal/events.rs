//! `GET /portal/events`: the changes that the caller may see, as server-sent events.

use super::error::PortalError;
use crate::{
    app::App,
    event_stream,
    events::Published,
    revocations::Watcher,
    rights::{Caller, Visibility},
    store::tokens,
    user_limit::{LimitReached, UserPermit},
};
use axum::{
    extract::State,
    response::{Response, sse::Event},
};
use jiff::Timestamp;
use std::{sync::Arc, time::Duration};
use tokio::{
    sync::broadcast,
    time::{Instant, Interval, MissedTickBehavior},
};

/// Shorter than the idle timeout of common proxies and mobile networks.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long a client waits for a free event stream.
const RETRY: Duration = Duration::from_secs(15);

struct EventStream {
    app: Arc<App>,
    caller: Caller,
    visibility: Visibility,
    changes: broadcast::Receiver<Arc<Published>>,
    revocations: Watcher,
    heartbeat: Interval,
    expiry: Instant,
    _permit: UserPermit,
}

/// Starts with a `hello` event. Ends when the token expires or is revoked, or the server stops.
pub(super) async fn stream(
    State(app): State<Arc<App>>,
    caller: Caller,
) -> Result<Response, PortalError> {
    let visibility = caller.visibility();
    if visibility == Visibility::Nothing {
        return Err(PortalError::Forbidden("Your roles do not allow this."));
    }
    let permit = app.event_streams.acquire(&caller.user_id).map_err(|limit| match limit {
        LimitReached::OfUser => PortalError::LimitOfUser(
            "Too many of your pages listen to events already. Close some of them.",
            RETRY,
        ),
        LimitReached::OfAll => PortalError::Busy("Too many pages listen to events already.", RETRY),
    })?;
    let mut heartbeat = tokio::time::interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let remaining = caller.expires_at.duration_since(Timestamp::now());
    let state = EventStream {
        changes: app.events.subscribe(),
        revocations: app.revocations.watch(),
        heartbeat,
        expiry: Instant::now() + Duration::try_from(remaining).unwrap_or_default(),
        visibility,
        caller,
        app,
        _permit: permit,
    };
    Ok(event_stream::response(state))
}

impl event_stream::Source for EventStream {
    async fn next(&mut self) -> Option<Event> {
        let shutdown = self.app.shutdown.clone();
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => return None,
                () = tokio::time::sleep_until(self.expiry) => return None,
                () = self.revocations.removed(&self.caller.user_id) => self.check_token().await?,
                _ = self.heartbeat.tick() => {
                    self.check_token().await?;
                    return Some(Event::default().comment("heartbeat"));
                }
                change = self.changes.recv() => match change {
                    Ok(change) if change.is_visible_to(&self.caller, &self.visibility) => {
                        return Some(Event::default().event("change").data(&change.json));
                    }
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        return Some(event_stream::resync());
                    }
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
            }
        }
    }
}

impl EventStream {
    /// Reads the caller's roles again; `None` if the token is no longer valid. The command line
    /// changes roles and passwords in the database without notifying this process.
    async fn check_token(&mut self) -> Option<()> {
        let token = self.caller.token;
        let found =
            self.app.store.read(move |db| tokens::caller(db, &token, Timestamp::now())).await;
        self.caller = found.ok().flatten()?;
        self.visibility = self.caller.visibility();
        (self.visibility != Visibility::Nothing).then_some(())
    }
}

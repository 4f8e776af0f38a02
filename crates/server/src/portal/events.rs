//! `GET /portal/events`: every change that the caller may see, as server-sent events.

use super::PortalError;
use crate::{
    app::App,
    caller::{Caller, Visibility},
    events::Change,
    store::tokens,
};
use axum::{
    extract::State,
    http::{HeaderName, header},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures_util::stream;
use jiff::Timestamp;
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::{
    sync::{OwnedSemaphorePermit, broadcast, watch},
    time::{Instant, Interval, MissedTickBehavior},
};

/// Shorter than what proxies and phones cut idle connections after.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// One page that listens.
struct Listener {
    app: Arc<App>,
    caller: Caller,
    visibility: Visibility,
    changes: broadcast::Receiver<Change>,
    tokens: watch::Receiver<()>,
    heartbeat: Interval,
    ends: Instant,
    hello: bool,
    _place: OwnedSemaphorePermit,
}

/// Begins with `hello`; ends with the token, or with the server.
pub async fn events(State(app): State<Arc<App>>, caller: Caller) -> Result<Response, PortalError> {
    let visibility = caller.visibility();
    if visibility == Visibility::Nothing {
        return Err(PortalError::Forbidden("Your roles do not allow this."));
    }
    let place = app.event_places.clone().try_acquire_owned().map_err(|_| PortalError::Busy)?;
    let mut heartbeat = tokio::time::interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let left = caller.expires_at.duration_since(Timestamp::now());
    let listener = Listener {
        changes: app.events.subscribe(),
        tokens: app.token_changes.subscribe(),
        heartbeat,
        ends: Instant::now() + Duration::try_from(left).unwrap_or_default(),
        hello: true,
        visibility,
        caller,
        app,
        _place: place,
    };
    let stream = stream::unfold(listener, |mut listener| async {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    let headers = [
        (header::CACHE_CONTROL, "no-cache, no-transform"),
        // Proxies that hold answers back would hold events back.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Sse::new(stream)).into_response())
}

impl Listener {
    /// The next thing to say; `None` ends the answer. Only called when the last one has been sent,
    /// so a slow reader costs nothing but its place in the ring of changes.
    async fn next(&mut self) -> Option<Event> {
        if std::mem::take(&mut self.hello) {
            return Some(Event::default().event("hello").data("{}"));
        }
        let stopping = self.app.stopping.clone();
        loop {
            tokio::select! {
                biased;
                () = stopping.cancelled() => return None,
                () = tokio::time::sleep_until(self.ends) => return None,
                changed = self.tokens.changed() => {
                    changed.ok()?;
                    self.look_at_token_again().await?;
                }
                _ = self.heartbeat.tick() => {
                    self.look_at_token_again().await?;
                    return Some(Event::default().comment("still here"));
                }
                change = self.changes.recv() => match change {
                    Ok(change) if change.is_for(&self.caller, &self.visibility) => {
                        return Event::default().event("change").json_data(&change.event).ok();
                    }
                    Ok(_) => {}
                    Err(broadcast::error::RecvError::Lagged(_)) => {
                        return Some(Event::default().event("resync").data("{}"));
                    }
                    Err(broadcast::error::RecvError::Closed) => return None,
                },
            }
        }
    }

    /// Roles and passwords also change from the command line, which cannot tell this process.
    async fn look_at_token_again(&mut self) -> Option<()> {
        let token = self.caller.token;
        let found =
            self.app.store.read(move |db| tokens::caller(db, &token, Timestamp::now())).await;
        self.caller = found.ok().flatten()?;
        self.visibility = self.caller.visibility();
        (self.visibility != Visibility::Nothing).then_some(())
    }
}

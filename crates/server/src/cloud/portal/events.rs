//! `GET /portal/events`: tells the page when to read the lists again. A cloud sends no events.

use crate::{
    cloud::{auth::SignedIn, error::CloudError, state::Cloud},
    token::TokenHash,
    user_limit::UserPermit,
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
use std::{convert::Infallible, sync::Arc, time::Duration};
use tokio::time::{Instant, Interval, MissedTickBehavior};

/// How often the page reads the lists.
const PERIOD: Duration = Duration::from_secs(15);

struct EventStream {
    cloud: Arc<Cloud>,
    id: TokenHash,
    period: Interval,
    hello_sent: bool,
    _permit: UserPermit,
}

/// Starts with a `hello` event. Ends with the session, or when the server stops.
pub(super) async fn stream(
    State(cloud): State<Arc<Cloud>>,
    SignedIn { id, session }: SignedIn,
) -> Result<Response, CloudError> {
    let permit = cloud.event_streams.acquire(&session.user.id).map_err(|_| CloudError::Busy)?;
    let mut period = tokio::time::interval_at(Instant::now() + PERIOD, PERIOD);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let state = EventStream { cloud, id, period, hello_sent: false, _permit: permit };
    let events = stream::unfold(state, |mut state| async {
        let event = state.next().await?;
        Some((Ok::<_, Infallible>(event), state))
    });
    let headers = [
        (header::CACHE_CONTROL, "no-cache, no-transform"),
        // A buffering proxy would delay the events.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Sse::new(events)).into_response())
}

impl EventStream {
    /// The next event; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        if !std::mem::replace(&mut self.hello_sent, true) {
            return Some(Event::default().event("hello").data("{}"));
        }
        tokio::select! {
            () = self.cloud.shutdown.cancelled() => return None,
            _ = self.period.tick() => {}
        }
        let resync = || Event::default().event("resync").data("{}");
        self.cloud.sessions.has(&self.id).then(resync)
    }
}

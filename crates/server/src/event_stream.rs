//! Server-sent events.

use axum::{
    http::{HeaderName, header},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures_util::{StreamExt, stream};
use std::{convert::Infallible, future};

/// What the events come from.
pub trait Source: Send + 'static {
    /// The next event; `None` ends the stream. Only called when the previous event has been sent, so that a slow
    /// reader takes no memory.
    fn next(&mut self) -> impl Future<Output = Option<Event>> + Send;
}

/// Sends `hello`, at which the page lists what it shows, and then the events of the source.
pub fn response(source: impl Source) -> Response {
    let hello = Event::default().event("hello").data("{}");
    let later = stream::unfold(source, |mut source| async {
        let event = source.next().await?;
        Some((event, source))
    });
    let events = stream::once(future::ready(hello)).chain(later).map(Ok::<_, Infallible>);
    let headers = [
        (header::CACHE_CONTROL, "no-cache, no-transform"),
        // A buffering proxy would delay the events.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Sse::new(events)).into_response()
}

/// Has the page list everything again.
pub fn resync() -> Event {
    Event::default().event("resync").data("{}")
}

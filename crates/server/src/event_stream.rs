//! Server-sent events.

use axum::{
    http::{HeaderName, header},
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
};
use futures_util::{Stream, StreamExt};
use std::convert::Infallible;

/// The first event of every stream: the page lists what it shows.
pub fn hello() -> Event {
    Event::default().event("hello").data("{}")
}

/// Sends events until they end.
pub fn response(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    let headers = [
        (header::CACHE_CONTROL, "no-cache, no-transform"),
        // A buffering proxy would delay the events.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, Sse::new(events.map(Ok::<_, Infallible>))).into_response()
}

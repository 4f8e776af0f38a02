//! The bodies of a request and its response, with what the connection has to know of them.

use super::connections::{Connection, Phase};
use axum::body::{Body, Bytes};
use http_body_util::BodyExt;
use hyper::{
    body::{Body as HttpBody, Frame, Incoming, SizeHint},
    header::{CONTENT_LENGTH, EXPECT, HeaderMap},
};
use std::{
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};
use tokio::time::{Instant, Sleep, sleep, timeout_at};

/// How much of a body that no handler has read is read before the response, and for how long, so that
/// the connection can serve the next request.
const DRAIN_BYTES: usize = 64 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(1);

/// The body of a request. The handler has until the deadline to receive all of it.
pub(super) struct RequestBody {
    incoming: Option<Incoming>,
    deadline: Pin<Box<Sleep>>,
    outcome: Arc<Mutex<Outcome>>,
    connection: Arc<Connection>,
}

/// What has become of a request body.
pub(super) enum Outcome {
    /// A handler holds it.
    Open,
    Received,
    TimedOut,
    /// The client stopped sending, or sent something else.
    Failed,
    /// The handler did not need it.
    Unread(Incoming),
}

#[derive(Debug, thiserror::Error)]
pub(super) enum BodyError {
    #[error("the client took too long to send the body")]
    TimedOut,
    #[error(transparent)]
    Http(#[from] hyper::Error),
}

impl RequestBody {
    /// Also returns where the outcome is stored.
    pub(super) fn new(
        incoming: Incoming,
        timeout: Duration,
        connection: Arc<Connection>,
    ) -> (Self, Arc<Mutex<Outcome>>) {
        let is_empty = incoming.is_end_stream();
        connection.enter(if is_empty { Phase::Handling } else { Phase::Receiving });
        let outcome = if is_empty { Outcome::Received } else { Outcome::Open };
        let outcome = Arc::new(Mutex::new(outcome));
        let body = Self {
            incoming: Some(incoming),
            deadline: Box::pin(sleep(timeout)),
            outcome: outcome.clone(),
            connection,
        };
        (body, outcome)
    }

    fn end(&self, outcome: Outcome) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = outcome;
        self.connection.enter(Phase::Handling);
    }
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let Some(incoming) = &mut self.incoming else { return Poll::Ready(None) };
        let poll = Pin::new(incoming).poll_frame(cx);
        match &poll {
            Poll::Pending if self.deadline.as_mut().poll(cx).is_ready() => {
                self.end(Outcome::TimedOut);
                return Poll::Ready(Some(Err(BodyError::TimedOut)));
            }
            Poll::Ready(None) => self.end(Outcome::Received),
            Poll::Ready(Some(Err(_))) => self.end(Outcome::Failed),
            Poll::Ready(Some(Ok(_))) if self.is_end_stream() => self.end(Outcome::Received),
            _ => {}
        }
        poll.map(|frame| frame.map(|frame| Ok(frame?)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map(HttpBody::size_hint).unwrap_or_default()
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Outcome::Open, Some(incoming)) = (&*outcome, self.incoming.take()) {
            *outcome = Outcome::Unread(incoming);
        }
    }
}

impl Outcome {
    /// Takes the outcome when the handler has returned.
    pub(super) fn take(shared: &Mutex<Self>) -> Self {
        let mut outcome = shared.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *outcome, Self::Failed)
    }

    /// Reads a short rest of the body. `false`: the connection cannot serve another request.
    pub(super) async fn finish(self, is_short: bool) -> bool {
        let mut rest = match self {
            Self::Received => return true,
            Self::Unread(rest) => rest,
            Self::Open | Self::TimedOut | Self::Failed => return false,
        };
        if !is_short {
            return false;
        }
        let (deadline, mut read) = (Instant::now() + DRAIN_TIME, 0);
        while read <= DRAIN_BYTES {
            match timeout_at(deadline, rest.frame()).await {
                Ok(Some(Ok(frame))) => read += frame.data_ref().map_or(0, Bytes::len),
                Ok(None) => return true,
                Ok(Some(Err(_))) | Err(_) => return false,
            }
        }
        false
    }
}

/// Whether a body that no handler reads is worth reading. A client that waits for `100 Continue` does
/// not send it.
pub(super) fn is_short(headers: &HeaderMap) -> bool {
    let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let length = length.and_then(|text| text.parse::<usize>().ok());
    length.is_none_or(|length| length <= DRAIN_BYTES) && !headers.contains_key(EXPECT)
}

/// The body of a response. The connection waits for the next request when it has been sent.
pub(super) struct ResponseBody {
    body: Body,
    connection: Arc<Connection>,
}

impl ResponseBody {
    pub(super) fn new(body: Body, phase: Phase, connection: Arc<Connection>) -> Self {
        connection.enter(phase);
        Self { body, connection }
    }
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        self.connection.enter(Phase::Waiting);
    }
}

//! `GET /portal/events`: what has changed in the project. While a page receives events, the cloud is read
//! ([`poller`]).

use crate::{
    cloud::{
        answers,
        error::CloudError,
        poller,
        scope::{Page, Received, ScopeKey},
        session::SignedIn,
        state::Cloud,
    },
    event_stream, random,
    user_limit::UserPermit,
};
use axum::{
    extract::State,
    response::{Response, sse::Event},
};
use std::{sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

/// How often a stream looks whether its session still exists.
const SESSION_CHECK: Duration = Duration::from_secs(15);
/// With more pages than this, each gets an event up to so much later: they all read the load balancer again.
const MANY_PAGES: usize = 50;
const SPREAD: Duration = Duration::from_secs(1);

struct EventStream {
    cloud: Arc<Cloud>,
    signed_in: SignedIn,
    /// `None`: there are no load balancers, or the session may not see them.
    page: Option<Page>,
    sent_at: Instant,
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
    let page = open(&cloud, &signed_in).await;
    let sent_at = Instant::now();
    Ok(event_stream::response(EventStream { cloud, signed_in, page, sent_at, _permit: permit }))
}

async fn open(cloud: &Arc<Cloud>, signed_in: &SignedIn) -> Option<Page> {
    let key = ScopeKey::of(signed_in, cloud.config.cloud.share)?;
    let scope = cloud.scopes.enter(key);
    // The first session shows its right by reading.
    if scope.is_polling() && answers::prove(cloud, signed_in, &scope).await.is_err() {
        return None;
    }
    let page = Page::open(scope, signed_in.clone());
    poller::ensure(cloud, page.scope());
    Some(page)
}

impl event_stream::Source for EventStream {
    async fn next(&mut self) -> Option<Event> {
        loop {
            let received = async {
                match &mut self.page {
                    Some(page) => page.next().await,
                    None => std::future::pending().await,
                }
            };
            let received = tokio::select! {
                () = self.cloud.shutdown.cancelled() => return None,
                // The session may have ended.
                () = self.signed_in.session.woken.notified() => None,
                () = sleep(SESSION_CHECK) => None,
                received = received => Some(received),
            };
            if !self.cloud.sessions.has(&self.signed_in.id) {
                return None;
            }
            let Some(received) = received else { continue };
            self.spread().await;
            match received {
                Received::Event(event) => {
                    return Event::default().event("change").json_data(&*event).ok();
                }
                Received::Missed => return Some(event_stream::resync()),
            }
        }
    }
}

impl EventStream {
    /// Waits before the first of several events.
    async fn spread(&mut self) {
        let pages = self.page.as_ref().map_or(0, |page| page.scope().pages());
        if pages > MANY_PAGES && self.sent_at.elapsed() > SPREAD {
            sleep(SPREAD.mul_f64(random::fraction())).await;
        }
        self.sent_at = Instant::now();
    }
}

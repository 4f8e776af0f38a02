//! When load balancers that don't run as wanted are tried again.

use openstack_types::LoadBalancerId;
use std::{collections::HashMap, time::Duration};
use tokio::time::{Instant, sleep_until};

/// The first delay after a cause that may pass by itself. It doubles with each try.
const FIRST: Duration = Duration::from_secs(1);
const LAST: Duration = Duration::from_secs(60);
/// The delay after a cause that lies in the settings. Another try helps only if it was judged wrongly, or if
/// HAProxy was replaced meanwhile.
const SETTINGS: Duration = Duration::from_secs(600);

/// Whether a load balancer needs another try, though nobody changes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Settled,
    RetrySoon,
    RetryLater,
}

#[derive(Debug, Default)]
pub(super) struct Retries(HashMap<LoadBalancerId, Retry>);

#[derive(Debug)]
struct Retry {
    /// The delay of the last try of a cause that may pass.
    delay: Option<Duration>,
    /// `None` while it is being applied.
    due: Option<Instant>,
}

impl Retries {
    /// Notes how a try ended.
    pub(super) fn note(&mut self, id: LoadBalancerId, next: Next, now: Instant) {
        let last = self.0.remove(&id).and_then(|retry| retry.delay);
        let retry = match next {
            Next::Settled => return,
            Next::RetrySoon => {
                let delay = last.map_or(FIRST, |last| (last * 2).min(LAST));
                Retry { delay: Some(delay), due: Some(now + delay) }
            }
            Next::RetryLater => Retry { delay: None, due: Some(now + SETTINGS) },
        };
        self.0.insert(id, retry);
    }

    /// The load balancer is being applied, because of a change or of a retry. After a change the delays start
    /// again.
    pub(super) fn begin(&mut self, id: LoadBalancerId, is_change: bool) {
        if is_change {
            self.0.remove(&id);
        } else if let Some(retry) = self.0.get_mut(&id) {
            retry.due = None;
        }
    }

    fn first(&self) -> Option<(Instant, LoadBalancerId)> {
        self.0.iter().filter_map(|(id, retry)| Some((retry.due?, *id))).min()
    }

    /// Waits until a load balancer is due. Cancel safe: it stays due until [`Self::begin`].
    pub(super) async fn due(&self) -> LoadBalancerId {
        match self.first() {
            Some((due, id)) => {
                sleep_until(due).await;
                id
            }
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id() -> LoadBalancerId {
        crate::ids::uuid().into()
    }

    #[test]
    fn delays_grow_to_a_limit_and_start_again_after_a_change() {
        let (mut retries, id, now) = (Retries::default(), id(), Instant::now());
        let mut delays = Vec::new();
        for _ in 0..8 {
            retries.note(id, Next::RetrySoon, now);
            delays.push(retries.first().unwrap().0.duration_since(now).as_secs());
            retries.begin(id, false);
            assert_eq!(retries.first(), None, "it is being applied");
        }
        assert_eq!(delays, [1, 2, 4, 8, 16, 32, 60, 60]);
        retries.begin(id, true);
        retries.note(id, Next::RetrySoon, now);
        assert_eq!(retries.first(), Some((now + FIRST, id)));
        retries.note(id, Next::RetryLater, now);
        assert_eq!(retries.first(), Some((now + SETTINGS, id)));
        retries.note(id, Next::Settled, now);
        assert!(retries.0.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_that_is_due_comes_first() {
        let (mut retries, now) = (Retries::default(), Instant::now());
        let (soon, later) = (id(), id());
        retries.note(later, Next::RetryLater, now);
        retries.note(soon, Next::RetrySoon, now);
        assert_eq!(retries.due().await, soon);
        retries.begin(soon, false);
        retries.note(soon, Next::Settled, now);
        assert_eq!(retries.due().await, later);
        assert_eq!(now.elapsed(), SETTINGS);
    }
}

//! Totals from Octavia's `stats` calls, for a cloud whose portal keeps no metrics over time. Read
//! only while they are shown.

use super::{LoadBalancers, use_store};
use crate::client::{self, Result};
use futures::future::try_join_all;
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{ListenerId, LoadBalancerId, error::ApiError, octavia::Stats, portal::Info};

/// Milliseconds from an answer to the next request. The counters of a cloud are updated no more
/// often.
const WAIT: u32 = 10_000;

/// The source of traffic metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The portal, over time, with each server ([`super::metrics`]).
    Metrics,
    /// Octavia, as totals of the load balancer and each listener.
    Stats,
}

/// The source that a portal has; `None` before it has answered.
pub fn source(info: Option<&Info>) -> Option<Source> {
    info.map(|info| if info.features.traffic { Source::Metrics } else { Source::Stats })
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    pub whole: Stats,
    pub listeners: Vec<(ListenerId, Stats)>,
}

/// The totals; a handle.
#[derive(Clone, Copy)]
pub struct Counters {
    known: RwSignal<Option<Totals>>,
    trouble: RwSignal<Option<ApiError>>,
}

impl Counters {
    /// Reads them for a load balancer while it is `wanted`, until the calling view is removed.
    pub fn follow(id: LoadBalancerId, wanted: Signal<bool>) -> Self {
        let counters = Self { known: RwSignal::new(None), trouble: RwSignal::new(None) };
        let balancers = use_store().load_balancers;
        let turn = StoredValue::new(0_u32);
        Effect::new(move |_| {
            // An earlier loop ends by itself.
            let this = turn.get_value() + 1;
            turn.set_value(this);
            if !wanted.get() {
                return;
            }
            spawn_local(async move {
                while turn.try_get_value() == Some(this) {
                    // A hidden page waits.
                    if !document().hidden() {
                        let answer = read(balancers, id).await;
                        counters.receive(answer);
                    }
                    TimeoutFuture::new(WAIT).await;
                }
            });
        });
        counters
    }

    fn receive(self, answer: Result<Totals>) {
        // The page may be gone by now.
        match answer {
            Ok(totals) => {
                self.known.try_set(Some(totals));
                self.trouble.try_set(None);
            }
            // A 401 is handled by the session, and a 404 is reported by the page.
            Err(error) if matches!(error.status, 401 | 404) => {}
            Err(error) => drop(self.trouble.try_set(Some(error))),
        }
    }

    /// Follows every answer, so read it in a `Memo`.
    pub fn with<T>(self, work: impl FnOnce(&Totals) -> T) -> Option<T> {
        self.known.with(|known| known.as_ref().map(work))
    }

    /// Why the last request failed. Earlier values are kept.
    pub fn trouble(self) -> Option<ApiError> {
        self.trouble.get()
    }
}

async fn read(balancers: LoadBalancers, id: LoadBalancerId) -> Result<Totals> {
    let listeners = untrack(|| balancers.graph(id))
        .map(|graph| graph.listeners.iter().map(|listener| listener.id).collect::<Vec<_>>())
        .unwrap_or_default();
    let whole = client::octavia::load_balancer_stats(id).await?;
    let each = listeners.into_iter().map(|id| async move {
        client::octavia::listener_stats(id).await.map(|stats| (id, stats))
    });
    Ok(Totals { whole, listeners: try_join_all(each).await? })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(traffic: bool) -> Info {
        let text = format!(
            r#"{{"version": "1", "mode": "cloud", "tls_versions": [], "secret_max_bytes": 1,
                "features": {{"traffic": {traffic}}}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn without_metrics_octavias_totals_are_read() {
        assert_eq!(source(Some(&info(true))), Some(Source::Metrics));
        assert_eq!(source(Some(&info(false))), Some(Source::Stats));
        assert_eq!(source(None), None, "nothing is asked for that may not be there");
    }
}

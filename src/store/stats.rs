//! Totals of Octavia's own `stats` calls: what is known of traffic where the portal in front of a
//! cloud keeps no metrics over time. Asked for while one looks, and never else.

use super::{LoadBalancers, use_store};
use crate::client::{self, Result};
use futures::future::try_join_all;
use gloo_timers::future::TimeoutFuture;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{ListenerId, LoadBalancerId, error::ApiError, octavia::Stats, portal::Info};

/// Milliseconds from an answer to the next question: a cloud's own counters are no fresher.
const WAIT: u32 = 10_000;

/// Where a load balancer's traffic is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// By the portal, over time, with each server's ([`super::metrics`]).
    Metrics,
    /// By Octavia, as totals of the load balancer and of each listener.
    Stats,
}

/// What a portal has; `None` as long as it has not said.
pub fn source(info: Option<&Info>) -> Option<Source> {
    info.map(|info| if info.features.traffic { Source::Metrics } else { Source::Stats })
}

/// What was counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// Of the load balancer.
    pub whole: Stats,
    /// Of each listener.
    pub listeners: Vec<(ListenerId, Stats)>,
}

/// The totals; a handle.
#[derive(Clone, Copy)]
pub struct Counters {
    known: RwSignal<Option<Totals>>,
    trouble: RwSignal<Option<ApiError>>,
}

impl Counters {
    /// Follows a load balancer while it is `wanted`, as long as the view that calls this is there.
    pub fn follow(id: LoadBalancerId, wanted: Signal<bool>) -> Self {
        let counters = Self { known: RwSignal::new(None), trouble: RwSignal::new(None) };
        let balancers = use_store().load_balancers;
        let turn = StoredValue::new(0_u32);
        Effect::new(move |_| {
            // What was begun before ends by itself.
            let this = turn.get_value() + 1;
            turn.set_value(this);
            if !wanted.get() {
                return;
            }
            spawn_local(async move {
                while turn.try_get_value() == Some(this) {
                    // A page that nobody sees waits.
                    if !document().hidden() {
                        let answer = read(balancers, id).await;
                        counters.hear(answer);
                    }
                    TimeoutFuture::new(WAIT).await;
                }
            });
        });
        counters
    }

    fn hear(self, answer: Result<Totals>) {
        // The page may be gone by now.
        match answer {
            Ok(totals) => {
                self.known.try_set(Some(totals));
                self.trouble.try_set(None);
            }
            // That the session ended is told, and mended, by the session; what is gone is told above.
            Err(error) if matches!(error.status, 401 | 404) => {}
            Err(error) => drop(self.trouble.try_set(Some(error))),
        }
    }

    /// Works on what is known; follows every answer, so read it in a `Memo`.
    pub fn with<T>(self, work: impl FnOnce(&Totals) -> T) -> Option<T> {
        self.known.with(|known| known.as_ref().map(work))
    }

    /// Why the last question was not answered; what was known before is kept.
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
    fn a_portal_without_metrics_is_asked_for_octavias_totals() {
        assert_eq!(source(Some(&info(true))), Some(Source::Metrics));
        assert_eq!(source(Some(&info(false))), Some(Source::Stats));
        assert_eq!(source(None), None, "nothing is asked for that may not be there");
    }
}

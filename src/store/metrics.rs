//! Metrics of the load balancer that is shown, read periodically while its page is open and
//! visible.

mod history;

pub use history::{FocusLines, History, Metric, PartLines};

use crate::client;
use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{LoadBalancerId, MemberId, error::ApiError, metrics::MemberCheck};
use uuid::Uuid;

/// Milliseconds from an answer to the next request.
const WAIT: u32 = 2_000;
/// The same after a failure; doubled for each further one.
const LONGEST_WAIT: u32 = 30_000;

/// The metrics; a handle.
#[derive(Clone, Copy)]
pub struct Metrics {
    id: LoadBalancerId,
    wanted: Signal<bool>,
    history: RwSignal<History>,
    trouble: RwSignal<Option<ApiError>>,
    work: StoredValue<Work, LocalStorage>,
}

/// Work in progress; not reactive.
struct Work {
    /// The part that is shown in detail.
    part: Uuid,
    asking: bool,
    /// Request again at once, since the selected part has changed.
    again: bool,
    timer: Option<Timeout>,
    failures: u32,
}

/// The result of the last health check of a server.
#[derive(Clone, Debug, PartialEq)]
pub struct LastCheck {
    /// It succeeded.
    pub passed: bool,
    /// As the engine reports it.
    pub result: String,
    /// Milliseconds.
    pub duration: Option<u64>,
    /// Milliseconds since 1970.
    pub at: f64,
}

/// The metrics of the load balancer of the page.
pub fn use_metrics() -> Metrics {
    expect_context()
}

impl Metrics {
    /// Reads them for a load balancer while it is `wanted`, until the calling view is removed.
    /// Views below it call [`use_metrics`].
    pub fn follow(id: LoadBalancerId, wanted: Signal<bool>) -> Self {
        let work = Work { part: id.0, asking: false, again: false, timer: None, failures: 0 };
        let metrics = Self {
            id,
            wanted,
            history: RwSignal::default(),
            trouble: RwSignal::new(None),
            work: StoredValue::new_local(work),
        };
        provide_context(metrics);
        Effect::new(move |_| {
            wanted.track();
            metrics.ask_now();
        });
        let seen = window_event_listener_untyped("visibilitychange", move |_| metrics.ask_now());
        on_cleanup(move || seen.remove());
        metrics
    }

    /// Selects the part to show in detail: the load balancer, a listener or a server.
    pub fn look_at(self, id: Uuid) {
        self.work.update_value(|work| work.part = id);
        self.ask_now();
    }

    fn ask_now(self) {
        let _ = self.work.try_update_value(|work| {
            work.timer = None;
            work.again = work.asking;
        });
        self.ask();
    }

    fn ask(self) {
        // A hidden page continues when it is visible; a closed page has no signals.
        if document().hidden() || self.wanted.try_get_untracked() != Some(true) {
            return;
        }
        let part = self.work.try_update_value(|work| {
            (!std::mem::replace(&mut work.asking, true)).then_some(work.part)
        });
        let Some(part) = part.flatten() else { return };
        let after = self.history.with_untracked(|history| history.newest_of(part));
        spawn_local(async move {
            let answer = client::portal::metrics(self.id, part, after).await;
            if !self.history.is_disposed() {
                self.receive(part, answer);
            }
        });
    }

    fn receive(self, part: Uuid, answer: client::Result<openstack_types::metrics::Metrics>) {
        let failed = answer.is_err();
        match answer {
            Ok(metrics) => {
                self.history.update(|history| history.merge(metrics));
                if self.trouble.with_untracked(Option::is_some) {
                    self.trouble.set(None);
                }
            }
            // The part was deleted: show the load balancer.
            Err(error) if error.status == 404 => self.work.update_value(|work| {
                if work.part == part {
                    work.part = self.id.0;
                }
            }),
            // A 401 is handled by the session.
            Err(error) if error.status == 401 => {}
            Err(error) => self.trouble.set(Some(error)),
        }
        let again = self.work.try_update_value(|work| {
            work.asking = false;
            work.failures = if failed { work.failures.saturating_add(1) } else { 0 };
            if !std::mem::take(&mut work.again) {
                let wait = WAIT.saturating_mul(1 << work.failures.min(4)).min(LONGEST_WAIT);
                work.timer = Some(Timeout::new(wait, move || self.ask()));
                return false;
            }
            true
        });
        if again == Some(true) {
            self.ask();
        }
    }

    /// Follows every answer, so read it in a `Memo`.
    pub fn with<T>(self, work: impl FnOnce(&History) -> T) -> T {
        self.history.with(work)
    }

    /// Why the last request failed. Earlier values are kept.
    pub fn trouble(self) -> Option<ApiError> {
        self.trouble.get()
    }

    /// Connections that are open at a server; `None` if unknown.
    pub fn active(self, member: MemberId) -> Option<u64> {
        self.with(|history| {
            history.is_known().then(|| history.part(member.0).map_or(0, |part| part.active))
        })
    }

    /// The result and time of the last health check of a server.
    pub fn last_check(self, member: MemberId) -> Option<LastCheck> {
        self.with(|history| {
            let check: &MemberCheck = history.check(member)?;
            Some(LastCheck {
                passed: check.passed,
                result: check.result.clone(),
                duration: check.duration,
                at: check.last_at(history.now()) as f64,
            })
        })
    }
}

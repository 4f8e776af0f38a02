//! Traffic of the one load balancer that is looked at: asked for again and again while its page is
//! open and can be seen, and never else.

mod history;

pub use history::{FocusLines, History, Metric, PartLines};

use crate::client;
use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{LoadBalancerId, MemberId, error::ApiError, metrics::MemberCheck};
use uuid::Uuid;

/// Milliseconds from an answer to the next question.
const WAIT: u32 = 2_000;
/// The same after failures; doubled from one to the next.
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

/// What is under way; nothing that a view follows.
struct Work {
    /// The part that everything is wanted of.
    part: Uuid,
    asking: bool,
    /// To be asked again at once: what is wanted has changed meanwhile.
    again: bool,
    timer: Option<Timeout>,
    failures: u32,
}

/// How the last check of a server came out.
#[derive(Clone, Debug, PartialEq)]
pub struct LastCheck {
    /// It answered as it should.
    pub passed: bool,
    /// In the engine's words.
    pub result: String,
    /// Milliseconds.
    pub duration: Option<u64>,
    /// Milliseconds since 1970.
    pub at: f64,
}

/// Those of the load balancer whose page this is.
pub fn use_metrics() -> Metrics {
    expect_context()
}

impl Metrics {
    /// Follows a load balancer while it is `wanted`, as long as the view that calls this is there;
    /// views below it [`use_metrics`].
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

    /// Chooses the part that everything is wanted of: the load balancer, a listener or a server.
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
        // A page that nobody sees asks again when it is seen; one that is left has no signals.
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
                self.hear(part, answer);
            }
        });
    }

    fn hear(self, part: Uuid, answer: client::Result<openstack_types::metrics::Metrics>) {
        let failed = answer.is_err();
        match answer {
            Ok(metrics) => {
                self.history.update(|history| history.merge(metrics));
                if self.trouble.with_untracked(Option::is_some) {
                    self.trouble.set(None);
                }
            }
            // The part is gone: all that is left is the whole.
            Err(error) if error.status == 404 => self.work.update_value(|work| {
                if work.part == part {
                    work.part = self.id.0;
                }
            }),
            // That the session ended is told, and mended, by the session.
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

    /// Works on all that is known; follows every answer, so read it in a `Memo`.
    pub fn with<T>(self, work: impl FnOnce(&History) -> T) -> T {
        self.history.with(work)
    }

    /// Why the last question was not answered; what was known before is kept.
    pub fn trouble(self) -> Option<ApiError> {
        self.trouble.get()
    }

    /// Connections open at a server now; `None` while nobody knows.
    pub fn active(self, member: MemberId) -> Option<u64> {
        self.with(|history| {
            history.is_known().then(|| history.part(member.0).map_or(0, |part| part.active))
        })
    }

    /// How the last check of a server came out, and when it was.
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

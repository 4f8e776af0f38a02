//! Edits in progress: executing the steps of a plan, each when the load balancer can be changed.
//!
//! The store holds one edit for each load balancer, so that a page that is left and entered again finds
//! its edit. [`plan::edit`] decides the order of steps and the meaning of responses; this module sends
//! and waits.
//!
//! ```text
//!   start ─► Reading ─► Running ─► … ─► Done
//!              │  ▲        └─► Failed, Stopped ── retry ─► Reading
//!              │  └── resolve_conflicts ── Conflicts: somebody else changed something
//!              └─► Invalid: on top of that change, the draft has findings
//! ```

mod progress;

pub use progress::{Failure, Progress, RunProgress};

use super::{LoadBalancers, session::Session};
use crate::client;
use gloo_timers::future::TimeoutFuture;
use js_sys::Date;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{LoadBalancerId, ProvisioningStatus, error::ApiError};
use plan::{
    Draft, Edit, FieldPath, Graph,
    edit::{
        ConflictResolution, NextAction, PlanRun, Rebased, ResolvedDraft, Step, StepOutcome,
        StepSummary,
    },
};
use progress::summaries;
use std::collections::HashMap;

/// Milliseconds between reads of a load balancer that is being changed, in case an event is lost.
const POLL_INTERVAL: u32 = 2_000;
/// Milliseconds between checks for an event.
const EVENT_CHECK_INTERVAL: u32 = 50;
/// Milliseconds that one change of a load balancer may take.
const CHANGE_TIMEOUT: f64 = 5.0 * 60.0 * 1000.0;
/// Milliseconds before the second and later retries of a step, doubled for each.
const MIN_RETRY_DELAY: u32 = 1_000;
const MAX_RETRY_DELAY: u32 = 20_000;

/// The edits; a handle.
#[derive(Clone, Copy)]
pub struct Edits {
    edits: RwSignal<HashMap<LoadBalancerId, RunningEdit>>,
    balancers: LoadBalancers,
    session: Session,
    /// Load balancers whose edit is on screen.
    watched: StoredValue<Vec<LoadBalancerId>>,
    last_run: StoredValue<RunId>,
}

/// Identifies a start or retry of an edit. A task whose run was replaced ends.
type RunId = u32;

struct RunningEdit {
    run: RunId,
    edit: Edit,
    draft: Draft,
    progress: Progress,
    steps: Vec<StepSummary>,
    /// The state that the conflicts are about.
    theirs: Option<Graph>,
    stop: bool,
}

/// Why a run ends early.
enum End {
    Failed(Failure),
    Stopped,
    /// A later run replaced it, or the user or project changed.
    Replaced,
}

impl From<ApiError> for End {
    fn from(error: ApiError) -> Self {
        Self::Failed(Failure::Api(error))
    }
}

impl Edits {
    pub(super) fn new(balancers: LoadBalancers, session: Session) -> Self {
        let (edits, watched) = Default::default();
        Self { edits, balancers, session, watched, last_run: StoredValue::new(0) }
    }

    /// The state of a load balancer's edit; tracked.
    pub fn progress(self, id: LoadBalancerId) -> Option<Progress> {
        self.edits.with(|edits| edits.get(&id).map(|edit| edit.progress.clone()))
    }

    /// All steps of the current plan; tracked. Empty before the plan is made.
    pub fn steps(self, id: LoadBalancerId) -> Vec<StepSummary> {
        self.edits.with(|edits| edits.get(&id).map(|edit| edit.steps.clone()).unwrap_or_default())
    }

    /// Whether any edit is running, which closing the page would interrupt; tracked.
    pub fn any_running(self) -> bool {
        self.edits.with(|edits| edits.values().any(|edit| edit.progress.is_running()))
    }

    /// Load balancers with a running edit; tracked.
    pub fn running(self) -> Vec<LoadBalancerId> {
        self.edits.with(|edits| {
            let running = edits.iter().filter(|(_, edit)| edit.progress.is_running());
            running.map(|(id, _)| *id).collect()
        })
    }

    /// Sets which edits are on screen: their end needs no notice.
    pub fn set_watched(self, ids: Vec<LoadBalancerId>) {
        self.watched.set_value(ids);
    }

    /// Whether an edit is on screen; not tracked.
    pub fn is_watched(self, id: LoadBalancerId) -> bool {
        self.watched.with_value(|watched| watched.contains(&id))
    }

    /// The edit of a load balancer and its draft, to fill the form again.
    pub fn edit_and_draft(self, id: LoadBalancerId) -> Option<(Edit, Draft)> {
        self.edits.with_untracked(|edits| edits.get(&id).map(|e| (e.edit.clone(), e.draft.clone())))
    }

    /// Executes an edit, unless one of that load balancer is running.
    pub fn start(self, resolved: &ResolvedDraft) {
        let id = resolved.edit().base().loadbalancer.id;
        self.start_run(id, resolved.edit().clone(), resolved.draft().clone());
    }

    /// Continues after a failure or a stop, from the current state.
    pub fn retry(self, id: LoadBalancerId) {
        if let Some((edit, draft)) = self.edit_and_draft(id) {
            self.start_run(id, edit, draft);
        }
    }

    /// Continues after conflicts.
    pub fn resolve_conflicts(self, id: LoadBalancerId, resolution: ConflictResolution) {
        let rebased = self.edits.with_untracked(|edits| {
            let edit = edits.get(&id)?;
            let theirs = edit.theirs.clone()?;
            Some(edit.edit.rebase(&edit.draft, theirs, resolution))
        });
        if let Some(rebased) = rebased {
            self.start_run(id, rebased.edit, rebased.draft);
        }
    }

    /// Stops after the current step.
    pub fn stop(self, id: LoadBalancerId) {
        self.edits.update(|edits| {
            if let Some(edit) = edits.get_mut(&id) {
                edit.stop = true;
            }
        });
    }

    /// Removes an edit unless it is running.
    pub fn dismiss(self, id: LoadBalancerId) {
        self.edits.update(|edits| {
            if edits.get(&id).is_some_and(|edit| !edit.progress.is_running()) {
                edits.remove(&id);
            }
        });
    }

    /// Removes all edits, when the user or project changes.
    pub(super) fn clear(self) {
        self.edits.update(HashMap::clear);
    }

    fn start_run(self, id: LoadBalancerId, edit: Edit, draft: Draft) {
        let is_running = |edits: &HashMap<_, RunningEdit>| {
            edits.get(&id).is_some_and(|edit| edit.progress.is_running())
        };
        if self.edits.with_untracked(is_running) {
            return;
        }
        let run = self.last_run.get_value() + 1;
        self.last_run.set_value(run);
        let progress = Progress::Reading;
        let steps = Vec::new();
        let running = RunningEdit { run, edit, draft, progress, steps, theirs: None, stop: false };
        self.edits.update(|edits| {
            edits.insert(id, running);
        });
        spawn_local(self.run_to_end(id, run));
    }

    async fn run_to_end(self, id: LoadBalancerId, run: RunId) {
        let mut plan_run = None::<PlanRun>;
        let end = self.execute(id, run, &mut plan_run).await;
        let progress = plan_run.as_ref().map(RunProgress::new).unwrap_or_default();
        match end {
            Ok(None) | Err(End::Replaced) => {}
            Ok(Some(progress)) => self.set_progress(id, run, progress),
            Err(End::Failed(failure)) => {
                let field =
                    plan_run.as_ref().and_then(|run| self.rejected_field(id, run, &failure));
                self.set_progress(id, run, Progress::Failed { failure, progress, field });
            }
            Err(End::Stopped) => self.set_progress(id, run, Progress::Stopped(progress)),
        }
        self.balancers.read_later(id);
    }

    fn rejected_field(
        self,
        id: LoadBalancerId,
        run: &PlanRun,
        failure: &Failure,
    ) -> Option<FieldPath> {
        let (Failure::Api(error), Some((step, StepOutcome::Rejected))) =
            (failure, run.progress().current)
        else {
            return None;
        };
        self.edits.with_untracked(|edits| {
            let edit = edits.get(&id)?;
            edit.edit.rejected_field(&edit.draft, &step.call, error)
        })
    }

    /// Returns the final state; `None` if it is set already.
    async fn execute(
        self,
        id: LoadBalancerId,
        run: RunId,
        plan_run: &mut Option<PlanRun>,
    ) -> Result<Option<Progress>, End> {
        let Some(rebased) = self.rebase_on_current(id, run, &[]).await? else { return Ok(None) };
        let resolved = match rebased.edit.resolve(&rebased.draft) {
            Ok(resolved) => resolved,
            Err(findings) => {
                self.update(id, run, |edit| {
                    edit.edit = rebased.edit;
                    edit.draft = rebased.draft;
                })?;
                return Ok(Some(Progress::Invalid(findings)));
            }
        };
        let plan_run = plan_run.insert(PlanRun::new(id, resolved.plan()));
        self.update(id, run, |edit| {
            edit.edit.clone_from(resolved.edit());
            edit.draft.clone_from(resolved.draft());
            edit.steps = summaries(plan_run.steps());
        })?;
        self.execute_steps(id, run, plan_run).await
    }

    async fn execute_steps(
        self,
        id: LoadBalancerId,
        run: RunId,
        plan_run: &mut PlanRun,
    ) -> Result<Option<Progress>, End> {
        let total = plan_run.steps().len();
        let mut is_current = true;
        // Milliseconds that the step has waited to be accepted, and until its next retry.
        let (mut waited, mut delay) = (0, EVENT_CHECK_INTERVAL);
        while let Some(summary) = plan_run.next_step().map(|step| step.summary.clone()) {
            let step = plan_run.accepted() + 1;
            let running =
                |waiting| Progress::Running { step, total, summary: summary.clone(), waiting };
            self.check_running(id, run)?;
            self.set_progress(id, run, running(false));
            // Octavia has no preconditions, so read the current state just before each step.
            let done = &plan_run.steps()[..plan_run.accepted()];
            if !is_current && self.rebase_on_current(id, run, done).await?.is_none() {
                return Ok(None);
            }
            is_current = false;
            let Some(mut request) = plan_run.send_next() else { break };
            let provider = untrack(|| self.balancers.graph(id))
                .and_then(|graph| graph.balancer.provider.clone());
            let support = self.session.support(provider.as_deref());
            let response = match plan::supported::limit_step(&mut request, &support) {
                Ok(()) => client::octavia::carry_out(&request).await,
                Err(lacking) => Err(plan::supported::refusal(&lacking)),
            };
            let action = plan_run.handle_response(response.as_deref());
            self.set_progress(id, run, running(true));
            match action {
                NextAction::Continue => (waited, delay) = (0, EVENT_CHECK_INTERVAL),
                NextAction::Retry if f64::from(waited) > CHANGE_TIMEOUT => {
                    return Err(End::Failed(Failure::StillPending));
                }
                // A service that limits requests refuses a step while the load balancer is ACTIVE.
                NextAction::Retry => {
                    TimeoutFuture::new(delay).await;
                    waited += delay;
                    delay = (delay * 2).clamp(MIN_RETRY_DELAY, MAX_RETRY_DELAY);
                }
                NextAction::Stop(error) => return Err(error.into()),
            }
            self.wait_until_active(id, run).await?;
            plan_run.confirm();
        }
        Ok(Some(Progress::Done { steps: total }))
    }

    /// Reads the current state and puts the edit on top of it. If somebody else changed something,
    /// sets [`Progress::Conflicts`] and returns `None`.
    async fn rebase_on_current(
        self,
        id: LoadBalancerId,
        run: RunId,
        done: &[Step],
    ) -> Result<Option<Rebased>, End> {
        let current = loop {
            self.wait_until_active(id, run).await?;
            let current = self.balancers.read_full_graph(id).await?;
            // During a change, parts that are being deleted still exist.
            if current.loadbalancer.provisioning_status == ProvisioningStatus::Active {
                break current;
            }
        };
        self.update(id, run, |edit| {
            let rebased = edit.edit.rebase(&edit.draft, current.clone(), ConflictResolution::Ours);
            if rebased.conflicts.is_empty() {
                return Some(rebased);
            }
            edit.theirs = Some(current);
            edit.progress =
                Progress::Conflicts { conflicts: rebased.conflicts, done: summaries(done) };
            None
        })
    }

    async fn wait_until_active(self, id: LoadBalancerId, run: RunId) -> Result<(), End> {
        let start = Date::now();
        loop {
            let balancer = self.balancers.read_without_graph(id).await?;
            match balancer.provisioning_status {
                ProvisioningStatus::Active => return Ok(()),
                ProvisioningStatus::Error => {
                    return Err(End::Failed(Failure::InError(balancer.provisioning_reason)));
                }
                _ => {}
            }
            if Date::now() - start > CHANGE_TIMEOUT {
                return Err(End::Failed(Failure::StillPending));
            }
            self.wait_for_event(id, run).await?;
        }
    }

    /// Waits until an event ends the pending state, at most [`POLL_INTERVAL`]: events can be lost, and
    /// a real cloud has none.
    async fn wait_for_event(self, id: LoadBalancerId, run: RunId) -> Result<(), End> {
        for _ in 0..POLL_INTERVAL / EVENT_CHECK_INTERVAL {
            TimeoutFuture::new(EVENT_CHECK_INTERVAL).await;
            self.check_running(id, run)?;
            let graph = untrack(|| self.balancers.graph(id));
            if graph.is_some_and(|graph| !graph.balancer.provisioning_status.is_pending()) {
                break;
            }
        }
        Ok(())
    }

    /// Ends a run that was stopped or replaced.
    fn check_running(self, id: LoadBalancerId, run: RunId) -> Result<(), End> {
        let stop = self.edits.with_untracked(|edits| {
            edits.get(&id).filter(|edit| edit.run == run).map(|edit| edit.stop)
        });
        match stop {
            Some(false) => Ok(()),
            Some(true) => Err(End::Stopped),
            None => Err(End::Replaced),
        }
    }

    fn update<T>(
        self,
        id: LoadBalancerId,
        run: RunId,
        change: impl FnOnce(&mut RunningEdit) -> T,
    ) -> Result<T, End> {
        self.edits
            .try_update(|edits| edits.get_mut(&id).filter(|edit| edit.run == run).map(change))
            .flatten()
            .ok_or(End::Replaced)
    }

    fn set_progress(self, id: LoadBalancerId, run: RunId, progress: Progress) {
        // A replaced run has no state to set.
        let _ = self.update(id, run, |edit| edit.progress = progress);
    }
}

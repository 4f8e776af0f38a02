//! Edits being carried out: a plan's steps one by one, each when the load balancer may be changed.
//!
//! They belong to the store, one a load balancer, so that a page that is left and entered again finds
//! its edit as it stands. The order and the meaning of answers are [`plan::edit`]'s; here it is sent
//! and waited.
//!
//! ```text
//!   start ─► Reading ─► Running ─► … ─► Done
//!              │  ▲        └─► Failed, Stopped ── retry ─► Reading
//!              │  └── choose ── Conflicts: somebody else changed something, choose
//!              └─► Refused: on top of that change, the draft has findings
//! ```
use super::LoadBalancers;
use crate::client;
use gloo_timers::future::TimeoutFuture;
use js_sys::Date;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{LoadBalancerId, ProvisioningStatus, error::ApiError};
use plan::{
    Draft, Edit, Finding, Graph,
    edit::{
        Conflict, ConflictResolution, Next, PlanRun, Rebased, ResolvedDraft, Step, StepOutcome,
        StepWhat,
    },
};
use std::collections::HashMap;

/// Milliseconds after which a load balancer that is being changed is looked at again when no event
/// tells of it.
const LOOK_AGAIN: u32 = 2_000;
/// Milliseconds between two looks at what the events have told.
const GLANCE: u32 = 50;
/// Milliseconds that a load balancer may take for one change.
const PATIENCE: f64 = 5.0 * 60.0 * 1000.0;
/// Milliseconds between two sendings of a step that is not let in, from the second on.
const SECOND: u32 = 1_000;
/// Milliseconds between them at most.
const LONGEST_WAIT: u32 = 20_000;

/// How an edit stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// It is read how things are now.
    Reading,
    /// Somebody else changed something since the edit began: choose. Nothing is sent until then.
    Conflicts {
        /// What they changed.
        conflicts: Vec<Conflict>,
        /// What has been done before that was seen.
        done: Vec<StepWhat>,
    },
    /// On top of somebody else's change the draft has findings; [`Edits::wanted`] gives both.
    Refused(Vec<Finding>),
    /// A step is being taken.
    Running {
        /// Which, counted from 1.
        step: usize,
        /// How many there are.
        of: usize,
        /// What it does.
        what: StepWhat,
        /// It is not sent yet, or not carried out yet: the load balancer is being changed.
        waiting: bool,
    },
    /// It broke off.
    Failed {
        /// Why.
        failure: Failure,
        /// How far it came; nowhere when it broke off before any step was known.
        standing: RunProgress,
    },
    /// Somebody stopped it.
    Stopped(RunProgress),
    /// All is done, and the load balancer is ACTIVE.
    Done {
        /// In so many steps.
        steps: usize,
    },
}

impl Progress {
    /// Whether it goes on by itself.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Reading | Self::Running { .. })
    }
}

/// How far an edit came that stands still.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunProgress {
    /// What has been done.
    pub done: Vec<StepWhat>,
    /// The step at which it stands, where that was sent at all, and what became of it.
    pub here: Option<(StepWhat, StepOutcome)>,
    /// What was never sent.
    pub unsent: Vec<StepWhat>,
}

impl RunProgress {
    fn of(course: &PlanRun) -> Self {
        let standing = course.standing();
        Self {
            done: words(standing.done),
            here: standing.here.map(|(step, fate)| (step.what.clone(), fate)),
            unsent: words(standing.unsent),
        }
    }
}

/// Why an edit broke off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The service said no, or nothing (status 0).
    Answer(ApiError),
    /// The load balancer went to ERROR; with the reason, where the service tells.
    InError(Option<String>),
    /// It was being changed for minutes on end.
    StillPending,
}

/// Edits under way and done; a handle.
#[derive(Clone, Copy)]
pub struct Edits {
    runs: RwSignal<HashMap<LoadBalancerId, Run>>,
    balancers: LoadBalancers,
    /// Those that somebody looks at.
    attended: StoredValue<Vec<LoadBalancerId>>,
    /// Counts what was ever set going: what is not the last of its load balancer says nothing more.
    turns: StoredValue<u32>,
}

struct Run {
    turn: u32,
    edit: Edit,
    draft: Draft,
    progress: Progress,
    steps: Vec<StepWhat>,
    /// The state that the conflicts are about.
    theirs: Option<Graph>,
    stop: bool,
}

/// Why a run ends before its end.
enum End {
    Failed(Failure),
    Stopped,
    /// Another has taken its place, or the user has gone.
    Replaced,
}

impl From<ApiError> for End {
    fn from(error: ApiError) -> Self {
        Self::Failed(Failure::Answer(error))
    }
}

fn words(steps: &[Step]) -> Vec<StepWhat> {
    steps.iter().map(|step| step.what.clone()).collect()
}

impl Edits {
    pub(super) fn new(balancers: LoadBalancers) -> Self {
        let (runs, attended) = Default::default();
        Self { runs, balancers, attended, turns: StoredValue::new(0) }
    }

    /// How the edit of a load balancer stands; `None` without one. Follows it.
    pub fn progress(self, id: LoadBalancerId) -> Option<Progress> {
        self.runs.with(|runs| runs.get(&id).map(|run| run.progress.clone()))
    }

    /// Every step of the edit as it is carried out now, done or not; none before that is known.
    pub fn steps(self, id: LoadBalancerId) -> Vec<StepWhat> {
        self.runs.with(|runs| runs.get(&id).map(|run| run.steps.clone()).unwrap_or_default())
    }

    /// Whether any edit goes on by itself: leaving the page would break it off. Follows them.
    pub fn any_running(self) -> bool {
        self.runs.with(|runs| runs.values().any(|run| run.progress.is_running()))
    }

    /// Load balancers whose edit goes on by itself. Follows them.
    pub fn running(self) -> Vec<LoadBalancerId> {
        self.runs.with(|runs| {
            let running = runs.iter().filter(|(_, run)| run.progress.is_running());
            running.map(|(id, _)| *id).collect()
        })
    }

    /// From now on somebody looks at these edits, and at no others: their end need not be told.
    pub fn attend(self, ids: Vec<LoadBalancerId>) {
        self.attended.set_value(ids);
    }

    /// Whether somebody looks at the edit; not followed.
    pub fn is_attended(self, id: LoadBalancerId) -> bool {
        self.attended.with_value(|attended| attended.contains(&id))
    }

    /// The edit of a load balancer and what is wanted, to fill the form with again.
    pub fn wanted(self, id: LoadBalancerId) -> Option<(Edit, Draft)> {
        self.runs
            .with_untracked(|runs| runs.get(&id).map(|run| (run.edit.clone(), run.draft.clone())))
    }

    /// Carries out what is wanted, unless an edit of the load balancer is under way.
    pub fn start(self, settled: &ResolvedDraft) {
        let id = settled.edit().base().loadbalancer.id;
        self.begin(id, settled.edit().clone(), settled.draft().clone());
    }

    /// Goes on after a failure or a stop: from how things are now.
    pub fn retry(self, id: LoadBalancerId) {
        if let Some((edit, draft)) = self.wanted(id) {
            self.begin(id, edit, draft);
        }
    }

    /// Goes on after conflicts, with whose change is to hold where both touched the same.
    pub fn choose(self, id: LoadBalancerId, keep: ConflictResolution) {
        let chosen = self.runs.with_untracked(|runs| {
            let run = runs.get(&id)?;
            let theirs = run.theirs.clone()?;
            Some(run.edit.rebase(&run.draft, theirs, keep))
        });
        if let Some(rebased) = chosen {
            self.begin(id, rebased.edit, rebased.draft);
        }
    }

    /// Stops after the step that is being taken.
    pub fn stop(self, id: LoadBalancerId) {
        self.runs.update(|runs| {
            if let Some(run) = runs.get_mut(&id) {
                run.stop = true;
            }
        });
    }

    /// Forgets an edit that does not go on by itself.
    pub fn dismiss(self, id: LoadBalancerId) {
        self.runs.update(|runs| {
            if runs.get(&id).is_some_and(|run| !run.progress.is_running()) {
                runs.remove(&id);
            }
        });
    }

    /// Forgets everything: another user, or another project.
    pub(super) fn forget(self) {
        self.runs.update(HashMap::clear);
    }

    fn begin(self, id: LoadBalancerId, edit: Edit, draft: Draft) {
        let running =
            |runs: &HashMap<_, Run>| runs.get(&id).is_some_and(|run| run.progress.is_running());
        if self.runs.with_untracked(running) {
            return;
        }
        let turn = self.turns.get_value() + 1;
        self.turns.set_value(turn);
        let progress = Progress::Reading;
        let run = Run { turn, edit, draft, progress, steps: vec![], theirs: None, stop: false };
        self.runs.update(|runs| {
            runs.insert(id, run);
        });
        spawn_local(self.drive(id, turn));
    }

    async fn drive(self, id: LoadBalancerId, turn: u32) {
        let mut course = None::<PlanRun>;
        let end = self.carry_out(id, turn, &mut course).await;
        let standing = course.as_ref().map(RunProgress::of).unwrap_or_default();
        match end {
            Ok(None) | Err(End::Replaced) => {}
            Ok(Some(progress)) => self.say(id, turn, progress),
            Err(End::Failed(failure)) => {
                self.say(id, turn, Progress::Failed { failure, standing });
            }
            Err(End::Stopped) => self.say(id, turn, Progress::Stopped(standing)),
        }
        self.balancers.read_later(id);
    }

    /// Gives the state it ends in; `None` where that has been said.
    async fn carry_out(
        self,
        id: LoadBalancerId,
        turn: u32,
        course: &mut Option<PlanRun>,
    ) -> Result<Option<Progress>, End> {
        let Some(rebased) = self.uncontested(id, turn, &[]).await? else { return Ok(None) };
        let settled = match rebased.edit.settle(&rebased.draft) {
            Ok(settled) => settled,
            Err(findings) => {
                self.with(id, turn, |run| {
                    run.edit = rebased.edit;
                    run.draft = rebased.draft;
                })?;
                return Ok(Some(Progress::Refused(findings)));
            }
        };
        self.with(id, turn, |run| {
            run.edit.clone_from(settled.edit());
            run.draft.clone_from(settled.draft());
        })?;
        let course = course.insert(PlanRun::new(id, settled.plan()));
        let of = course.steps().len();
        self.with(id, turn, |run| run.steps = words(course.steps()))?;
        let mut looked = true;
        // Milliseconds waited for the step to be let in, and before it is sent again.
        let (mut waited, mut wait) = (0, GLANCE);
        while let Some(what) = course.step().map(|step| step.what.clone()) {
            let number = course.done() + 1;
            let running =
                |waiting| Progress::Running { step: number, of, what: what.clone(), waiting };
            self.go_on(id, turn)?;
            self.say(id, turn, running(false));
            // Octavia takes no precondition with a change, so it is looked just before each.
            let done = &course.steps()[..course.done()];
            if !looked && self.uncontested(id, turn, done).await?.is_none() {
                return Ok(None);
            }
            looked = false;
            let Some(request) = course.send() else { break };
            let answer = client::octavia::carry_out(&request).await;
            let next = course.answered(answer.as_deref());
            self.say(id, turn, running(true));
            match next {
                Next::Go => (waited, wait) = (0, GLANCE),
                Next::Again if f64::from(waited) > PATIENCE => {
                    return Err(End::Failed(Failure::StillPending));
                }
                // Being ACTIVE says nothing of a service that is asked too much.
                Next::Again => {
                    TimeoutFuture::new(wait).await;
                    waited += wait;
                    wait = (wait * 2).clamp(SECOND, LONGEST_WAIT);
                }
                Next::Stop(error) => return Err(error.into()),
            }
            self.until_active(id, turn).await?;
            course.active();
        }
        Ok(Some(Progress::Done { steps: of }))
    }

    /// Reads how things are now, and what is wanted on top of that; `None` where somebody else changed
    /// something, which is said then.
    async fn uncontested(
        self,
        id: LoadBalancerId,
        turn: u32,
        done: &[Step],
    ) -> Result<Option<Rebased>, End> {
        let fresh = loop {
            self.until_active(id, turn).await?;
            let fresh = self.balancers.plan_graph(id).await?;
            // While it is being changed, what goes is still there.
            if fresh.loadbalancer.provisioning_status == ProvisioningStatus::Active {
                break fresh;
            }
        };
        self.with(id, turn, |run| {
            let rebased = run.edit.rebase(&run.draft, fresh.clone(), ConflictResolution::Mine);
            if rebased.conflicts.is_empty() {
                return Some(rebased);
            }
            run.theirs = Some(fresh);
            run.progress = Progress::Conflicts { conflicts: rebased.conflicts, done: words(done) };
            None
        })
    }

    /// Waits until the load balancer may be changed.
    async fn until_active(self, id: LoadBalancerId, turn: u32) -> Result<(), End> {
        let began = Date::now();
        loop {
            let balancer = self.balancers.read_itself(id).await?;
            match balancer.provisioning_status {
                ProvisioningStatus::Active => return Ok(()),
                ProvisioningStatus::Error => {
                    return Err(End::Failed(Failure::InError(balancer.provisioning_reason)));
                }
                _ => {}
            }
            if Date::now() - began > PATIENCE {
                return Err(End::Failed(Failure::StillPending));
            }
            self.until_news(id, turn).await?;
        }
    }

    /// Waits until the events tell that the load balancer is no longer being changed, but not for
    /// ever: events can be lost, and a real cloud has none.
    async fn until_news(self, id: LoadBalancerId, turn: u32) -> Result<(), End> {
        for _ in 0..LOOK_AGAIN / GLANCE {
            TimeoutFuture::new(GLANCE).await;
            self.go_on(id, turn)?;
            let graph = untrack(|| self.balancers.graph(id));
            if graph.is_some_and(|graph| !graph.balancer.provisioning_status.is_pending()) {
                break;
            }
        }
        Ok(())
    }

    fn go_on(self, id: LoadBalancerId, turn: u32) -> Result<(), End> {
        let stopped = self.runs.with_untracked(|runs| {
            runs.get(&id).filter(|run| run.turn == turn).map(|run| run.stop)
        });
        match stopped {
            Some(false) => Ok(()),
            Some(true) => Err(End::Stopped),
            None => Err(End::Replaced),
        }
    }

    fn with<T>(
        self,
        id: LoadBalancerId,
        turn: u32,
        work: impl FnOnce(&mut Run) -> T,
    ) -> Result<T, End> {
        self.runs
            .try_update(|runs| runs.get_mut(&id).filter(|run| run.turn == turn).map(work))
            .flatten()
            .ok_or(End::Replaced)
    }

    fn say(self, id: LoadBalancerId, turn: u32, progress: Progress) {
        // Nobody is told any more: another has taken its place.
        let _ = self.with(id, turn, |run| run.progress = progress);
    }
}

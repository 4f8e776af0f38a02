//! How far an edit has come.

use openstack_types::error::ApiError;
use plan::{
    FieldPath, Finding,
    edit::{Conflict, PlanRun, Step, StepOutcome, StepSummary},
};

/// The state of an edit.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Reads the current state of the load balancer.
    Reading,
    /// Somebody else changed something since the edit began. Nothing is sent before a decision.
    Conflicts {
        conflicts: Vec<Conflict>,
        /// Steps done before the conflicts were found.
        done: Vec<StepSummary>,
    },
    /// On top of somebody else's change the draft has findings; `Edits::edit_and_draft` has both.
    Invalid(Vec<Finding>),
    Running {
        /// From 1.
        step: usize,
        total: usize,
        summary: StepSummary,
        /// Waits for the load balancer: the step is not sent yet, or not finished.
        waiting: bool,
    },
    Failed {
        failure: Failure,
        /// Empty if it failed before the plan was made.
        progress: RunProgress,
        /// The field of the draft that the service rejected, if it is a single one.
        field: Option<FieldPath>,
    },
    /// Stopped by the user.
    Stopped(RunProgress),
    /// All steps are done, and the load balancer is ACTIVE.
    Done { steps: usize },
}

impl Progress {
    /// Whether it continues without the user.
    pub fn is_running(&self) -> bool {
        matches!(self, Self::Reading | Self::Running { .. })
    }
}

/// How far a failed or stopped edit has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunProgress {
    pub done: Vec<StepSummary>,
    /// The step that was sent and is not confirmed.
    pub current: Option<(StepSummary, StepOutcome)>,
    pub unsent: Vec<StepSummary>,
}

impl RunProgress {
    pub(super) fn new(run: &PlanRun) -> Self {
        let progress = run.progress();
        Self {
            done: summaries(progress.done),
            current: progress.current.map(|(step, outcome)| (step.summary.clone(), outcome)),
            unsent: summaries(progress.unsent),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// An error of the service, or no response (status 0).
    Api(ApiError),
    /// The load balancer is in ERROR, with the reason if the service gives one.
    InError(Option<String>),
    /// The load balancer could not be changed for minutes.
    StillPending,
}

pub(super) fn summaries(steps: &[Step]) -> Vec<StepSummary> {
    steps.iter().map(|step| step.summary.clone()).collect()
}

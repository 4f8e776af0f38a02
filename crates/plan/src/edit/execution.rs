//! Executing a plan: what to send next, and what a response means. The caller sends and waits.
//!
//! ```text
//!   loop { wait until the load balancer is ACTIVE; run.confirm();
//!          let Some(request) = run.send_next() else { done }; send it;
//!          match run.handle_response(…) {
//!              NextAction::Continue | NextAction::Retry => continue,
//!              NextAction::Stop(error) => stop,
//!          } }
//! ```
//!
//! After a stop, [`PlanRun::progress`] lists what is done, what is not, and what is unknown.

use super::{
    call::{Call, CreatedIds, Request},
    steps::{Plan, Step},
};
use openstack_types::{LoadBalancerId, error::ApiError};
use serde_json::Value;
use std::str::FromStr;

/// A plan being executed.
#[derive(Clone, Debug)]
pub struct PlanRun {
    loadbalancer: LoadBalancerId,
    plan: Plan,
    /// The index of the step to send next.
    next: usize,
    last: Option<StepOutcome>,
    created: CreatedIds,
}

/// The outcome of a step that is not confirmed as done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// It was sent, and no response tells whether it was accepted.
    Unknown,
    /// The service rejected it: it is not done.
    Rejected,
    /// The service accepted it, and has not finished it as far as we know.
    Accepted,
}

/// How far a run has come.
#[derive(Clone, Debug, PartialEq)]
pub struct RunProgress<'a> {
    pub done: &'a [Step],
    /// The step that was sent and is not confirmed.
    pub current: Option<(&'a Step, StepOutcome)>,
    pub unsent: &'a [Step],
}

/// What a caller has to do after a response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextAction {
    /// Send the next step once the load balancer is ACTIVE.
    Continue,
    /// Another change is in progress: send the same step again once the load balancer is ACTIVE.
    Retry,
    /// The step failed: send nothing more.
    Stop(ApiError),
}

impl PlanRun {
    pub fn new(loadbalancer: LoadBalancerId, plan: Plan) -> Self {
        Self { loadbalancer, plan, next: 0, last: None, created: CreatedIds::default() }
    }

    pub fn steps(&self) -> &[Step] {
        &self.plan.steps
    }

    /// The number of steps that the service has accepted.
    pub fn accepted(&self) -> usize {
        self.next
    }

    /// The step to send next; `None` after the last one.
    pub fn next_step(&self) -> Option<&Step> {
        self.plan.steps.get(self.next)
    }

    /// The request of the step to send next; `None` after the last one.
    pub fn next_request(&self) -> Option<Request> {
        self.next_step()?.call.request(self.loadbalancer, &self.created)
    }

    /// Returns [`PlanRun::next_request`] and counts it as sent.
    pub fn send_next(&mut self) -> Option<Request> {
        let request = self.next_request()?;
        self.last = Some(StepOutcome::Unknown);
        Some(request)
    }

    /// The load balancer is ACTIVE, so the accepted step is done.
    pub fn confirm(&mut self) {
        self.last = None;
    }

    pub fn progress(&self) -> RunProgress<'_> {
        let steps = self.steps();
        // `next` is already beyond an accepted step.
        let current = self.next - usize::from(self.last == Some(StepOutcome::Accepted));
        let (done, rest) = steps.split_at(current);
        match (self.last, rest.split_first()) {
            (Some(outcome), Some((step, unsent))) => {
                RunProgress { done, current: Some((step, outcome)), unsent }
            }
            _ => RunProgress { done, current: None, unsent: rest },
        }
    }

    /// Takes the response to the step that was sent: the body of a success, or the error.
    pub fn handle_response(&mut self, response: Result<&str, &ApiError>) -> NextAction {
        // Not `next_step()`: that borrows all of `self`.
        let Some(step) = self.plan.steps.get(self.next) else { return NextAction::Continue };
        match response {
            Ok(body) => {
                if record_created_id(&mut self.created, &step.call, body).is_none() {
                    self.last = Some(StepOutcome::Unknown);
                    return NextAction::Stop(ApiError {
                        status: 200,
                        message: "a response without id".to_owned(),
                        field: None,
                    });
                }
                self.next += 1;
                self.last = Some(StepOutcome::Accepted);
                NextAction::Continue
            }
            // The service did nothing; the request succeeds later.
            Err(error) if error.is_busy() || error.status == 429 => {
                self.last = None;
                NextAction::Retry
            }
            // Already deleted.
            Err(error) if error.status == 404 && is_delete(&step.call) => {
                self.next += 1;
                self.last = None;
                NextAction::Continue
            }
            Err(error) => {
                // After a 5xx of a proxy the service may still carry out the request.
                let rejected = (400..500).contains(&error.status);
                let outcome = if rejected { StepOutcome::Rejected } else { StepOutcome::Unknown };
                self.last = Some(outcome);
                NextAction::Stop(error.clone())
            }
        }
    }
}

/// Records the id of a created object that later steps refer to; `None` if the response lacks it.
fn record_created_id(created: &mut CreatedIds, call: &Call, response: &str) -> Option<()> {
    match call {
        Call::CreatePool { group, .. } => {
            created.pools.insert(*group, created_id(response, "/pool/id")?);
        }
        Call::CreateListener { row, .. } => {
            created.listeners.insert(*row, created_id(response, "/listener/id")?);
        }
        Call::CreatePolicy { row, .. } => {
            created.policies.insert(*row, created_id(response, "/l7policy/id")?);
        }
        _ => {}
    }
    Some(())
}

fn is_delete(call: &Call) -> bool {
    matches!(
        call,
        Call::DeleteMember { .. }
            | Call::DeletePool { .. }
            | Call::DeleteListener { .. }
            | Call::DeleteHealthMonitor { .. }
            | Call::DeletePolicy { .. }
            | Call::DeleteRule { .. }
    )
}

fn created_id<Id: FromStr>(response: &str, pointer: &str) -> Option<Id> {
    let response: Value = serde_json::from_str(response).ok()?;
    response.pointer(pointer)?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        RowKey,
        edit::{PoolRef, StepSummary},
    };
    use openstack_types::octavia::NewPool;

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn plan_run() -> PlanRun {
        let group = RowKey(7);
        let step = |call| Step { call, summary: StepSummary::ChangeLoadBalancer };
        let pool = r#"{"name": "p", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN"}"#;
        let body = Box::new(NewPool {
            loadbalancer_id: ID.parse().unwrap(),
            pool: serde_json::from_str(pool).unwrap(),
        });
        let pool = PoolRef::New(group);
        let steps = vec![
            step(Call::CreatePool { group, body }),
            step(Call::CreateMembers { pool, body: Vec::new() }),
            step(Call::DeletePool { id: ID.parse().unwrap() }),
        ];
        PlanRun::new(ID.parse().unwrap(), Plan { steps })
    }

    fn created_pool() -> String {
        format!("{{\"pool\": {{\"id\": \"{ID}\"}}}}")
    }

    fn error(status: u16, message: &str) -> ApiError {
        ApiError { status, message: message.into(), field: None }
    }

    #[test]
    fn members_are_added_to_the_created_pool() {
        let mut run = plan_run();
        assert_eq!(run.handle_response(Ok(&created_pool())), NextAction::Continue);
        let path = format!("/pools/{ID}/members?additive_only=true");
        assert_eq!(run.next_request().unwrap().path, path);
        assert_eq!((run.accepted(), run.steps().len()), (1, 3));
    }

    #[test]
    fn a_busy_load_balancer_is_retried_and_other_errors_stop() {
        let mut run = plan_run();
        let first = run.next_request();
        let busy = error(409, "Load Balancer x is immutable and cannot be updated.");
        assert_eq!(run.handle_response(Err(&busy)), NextAction::Retry);
        let slow_down = error(429, "HTTP 429");
        assert_eq!(run.handle_response(Err(&slow_down)), NextAction::Retry);
        for no in [error(409, "is already using ip"), error(404, "gone"), error(0, "no answer")] {
            assert_eq!(run.handle_response(Err(&no)), NextAction::Stop(no.clone()));
        }
        assert!(matches!(run.handle_response(Ok("{}")), NextAction::Stop(_)), "no id, no members");
        assert_eq!(run.next_request(), first);
    }

    #[test]
    fn a_delete_of_a_deleted_object_succeeds() {
        let mut run = plan_run();
        run.handle_response(Ok(&created_pool()));
        run.handle_response(Ok(""));
        assert_eq!(run.handle_response(Err(&error(404, "gone"))), NextAction::Continue);
        assert_eq!((run.next_request(), run.accepted()), (None, 3));
    }

    /// The number of steps done, the outcome of the current one, and the number of steps not sent.
    fn progress(run: &PlanRun) -> (usize, Option<StepOutcome>, usize) {
        let progress = run.progress();
        (progress.done.len(), progress.current.map(|(_, outcome)| outcome), progress.unsent.len())
    }

    #[test]
    fn a_step_is_done_once_it_is_confirmed() {
        let mut run = plan_run();
        run.confirm();
        assert_eq!(progress(&run), (0, None, 3));
        assert_eq!(run.next_request(), run.send_next());
        assert_eq!(progress(&run), (0, Some(StepOutcome::Unknown), 2));
        run.handle_response(Ok(&created_pool()));
        assert_eq!(progress(&run), (0, Some(StepOutcome::Accepted), 2));
        run.confirm();
        assert_eq!(progress(&run), (1, None, 2));
        run.send_next();
        run.handle_response(Err(&error(
            409,
            "Load Balancer x is immutable and cannot be updated.",
        )));
        assert_eq!(progress(&run), (1, None, 2));
        run.send_next();
        run.handle_response(Ok(""));
        run.confirm();
        run.send_next();
        run.handle_response(Err(&error(404, "gone")));
        assert_eq!(progress(&run), (3, None, 0));
        assert_eq!(run.send_next(), None);
        assert_eq!(progress(&run), (3, None, 0));
    }

    #[test]
    fn a_4xx_is_a_rejection_and_other_failures_are_unknown() {
        for (status, outcome) in [
            (400, StepOutcome::Rejected),
            (403, StepOutcome::Rejected),
            (409, StepOutcome::Rejected),
            (0, StepOutcome::Unknown),
            (500, StepOutcome::Unknown),
            (504, StepOutcome::Unknown),
        ] {
            let mut run = plan_run();
            run.send_next();
            run.handle_response(Err(&error(status, "no")));
            assert_eq!(progress(&run), (0, Some(outcome), 2), "{status}");
        }
        let mut run = plan_run();
        run.send_next();
        run.handle_response(Ok("{}"));
        assert_eq!(progress(&run), (0, Some(StepOutcome::Unknown), 2));
    }
}

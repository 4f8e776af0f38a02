//! A plan on its way: what to send next, and what an answer means. Whoever drives it sends and
//! waits; it does neither.
//!
//! ```text
//!   loop { wait until the load balancer is ACTIVE; course.active();
//!          let Some(request) = course.send() else { done }; send it;
//!          match course.answered(…) { Next::Go | Next::Again => continue, Next::Stop(error) => stop } }
//! ```
//!
//! Wherever that breaks off, [`PlanRun::standing`] tells what is known to be done and what is not.

use super::{Call, Made, Plan, Request, Step};
use openstack_types::{LoadBalancerId, error::ApiError};
use serde_json::Value;
use std::str::FromStr;

/// A plan on its way.
#[derive(Clone, Debug)]
pub struct PlanRun {
    loadbalancer: LoadBalancerId,
    plan: Plan,
    at: usize,
    last: Option<StepOutcome>,
    made: Made,
}

/// What became of the step at which a course stands, short of being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepOutcome {
    /// It was sent, and nobody knows whether it arrived: no answer came, or none that says.
    Unknown,
    /// The service said no: it is not done.
    Refused,
    /// The service took it, and it has not been seen carried out.
    Taken,
}

/// Where a course stands.
#[derive(Clone, Debug, PartialEq)]
pub struct RunProgress<'a> {
    /// Carried out.
    pub done: &'a [Step],
    /// The step in between, where there is one.
    pub here: Option<(&'a Step, StepOutcome)>,
    /// Never sent.
    pub unsent: &'a [Step],
}

/// What an answer means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// On with the next step once the load balancer is ACTIVE.
    Go,
    /// Another change is under way: the same step again once the load balancer is ACTIVE.
    Again,
    /// The step failed; nothing after it may be sent.
    Stop(ApiError),
}

impl PlanRun {
    /// Begins.
    pub fn new(loadbalancer: LoadBalancerId, plan: Plan) -> Self {
        Self { loadbalancer, plan, at: 0, last: None, made: Made::default() }
    }

    /// Every step, done or not.
    pub fn steps(&self) -> &[Step] {
        &self.plan.steps
    }

    /// How many steps the service has taken.
    pub fn done(&self) -> usize {
        self.at
    }

    /// The step that is next; `None` when all are done.
    pub fn step(&self) -> Option<&Step> {
        self.plan.steps.get(self.at)
    }

    /// The request of the step that is next; `None` when all are done.
    pub fn next(&self) -> Option<Request> {
        self.step()?.call.request(self.loadbalancer, &self.made)
    }

    /// [`PlanRun::next`], which is being sent from now on.
    pub fn send(&mut self) -> Option<Request> {
        let request = self.next()?;
        self.last = Some(StepOutcome::Unknown);
        Some(request)
    }

    /// The load balancer is ACTIVE: what was taken is carried out.
    pub fn active(&mut self) {
        self.last = None;
    }

    /// What is done, what is not, and what is not known.
    pub fn standing(&self) -> RunProgress<'_> {
        let steps = self.steps();
        // A step that was taken is behind.
        let here = self.at - usize::from(self.last == Some(StepOutcome::Taken));
        let (done, rest) = steps.split_at(here);
        match (self.last, rest.split_first()) {
            (Some(fate), Some((step, unsent))) => {
                RunProgress { done, here: Some((step, fate)), unsent }
            }
            _ => RunProgress { done, here: None, unsent: rest },
        }
    }

    /// Takes what was answered to the step that is next: the body of a good answer, perhaps empty.
    pub fn answered(&mut self, answer: Result<&str, &ApiError>) -> Next {
        // By its field: what is made is kept beside it.
        let Some(step) = self.plan.steps.get(self.at) else { return Next::Go };
        match answer {
            Ok(text) => {
                if remember(&mut self.made, &step.call, text).is_none() {
                    self.last = Some(StepOutcome::Unknown);
                    return Next::Stop(ApiError {
                        status: 200,
                        message: "an answer without id".to_owned(),
                        field: None,
                    });
                }
                self.at += 1;
                self.last = Some(StepOutcome::Taken);
                Next::Go
            }
            // Not now: nothing was done, and waiting helps.
            Err(error) if error.is_busy() || error.status == 429 => {
                self.last = None;
                Next::Again
            }
            // Gone already: what was wanted.
            Err(error) if error.status == 404 && is_removal(&step.call) => {
                self.at += 1;
                self.last = None;
                Next::Go
            }
            Err(error) => {
                // What stands between may give up on a service that goes on.
                let no = (400..500).contains(&error.status);
                self.last = Some(if no { StepOutcome::Refused } else { StepOutcome::Unknown });
                Next::Stop(error.clone())
            }
        }
    }
}

/// Keeps the id of what a call has made, where others may refer to it; `None` if there should be one
/// and is not.
fn remember(made: &mut Made, call: &Call, answer: &str) -> Option<()> {
    match call {
        Call::CreatePool { group, .. } => {
            made.pools.insert(*group, created(answer, "/pool/id")?);
        }
        Call::CreateListener { row, .. } => {
            made.listeners.insert(*row, created(answer, "/listener/id")?);
        }
        Call::CreateRedirect { row, .. } => {
            made.redirects.insert(*row, created(answer, "/l7policy/id")?);
        }
        _ => {}
    }
    Some(())
}

fn is_removal(call: &Call) -> bool {
    matches!(
        call,
        Call::DeleteMember { .. }
            | Call::DeletePool { .. }
            | Call::DeleteListener { .. }
            | Call::DeleteHealthMonitor { .. }
            | Call::DeleteRedirect { .. }
    )
}

fn created<Id: FromStr>(answer: &str, at: &str) -> Option<Id> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    answer.pointer(at)?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        RowKey,
        edit::{PoolRef, StepWhat},
    };
    use openstack_types::octavia::{LbAlgorithm, NewPool, PoolProtocol};

    const ID: &str = "00000000-0000-4000-8000-000000000001";

    fn course() -> PlanRun {
        let group = RowKey(7);
        let step = |call| Step { call, what: StepWhat::ChangeLoadBalancer };
        let body = NewPool {
            loadbalancer_id: ID.parse().unwrap(),
            name: "p".into(),
            description: None,
            protocol: PoolProtocol::Http,
            lb_algorithm: LbAlgorithm::RoundRobin,
            session_persistence: None,
            tags: Vec::new(),
        };
        let pool = PoolRef::New(group);
        let steps = vec![
            step(Call::CreatePool { group, body }),
            step(Call::CreateMembers { pool, body: Vec::new() }),
            step(Call::DeletePool { id: ID.parse().unwrap() }),
        ];
        PlanRun::new(ID.parse().unwrap(), Plan { steps })
    }

    fn made() -> String {
        format!("{{\"pool\": {{\"id\": \"{ID}\"}}}}")
    }

    fn error(status: u16, message: &str) -> ApiError {
        ApiError { status, message: message.into(), field: None }
    }

    #[test]
    fn a_pool_that_was_made_is_where_its_members_go() {
        let mut course = course();
        assert_eq!(course.answered(Ok(&made())), Next::Go);
        let path = format!("/pools/{ID}/members?additive_only=true");
        assert_eq!(course.next().unwrap().path, path);
        assert_eq!((course.done(), course.steps().len()), (1, 3));
    }

    #[test]
    fn busy_is_no_failure_and_everything_else_is() {
        let mut course = course();
        let first = course.next();
        let busy = error(409, "Load Balancer x is immutable and cannot be updated.");
        assert_eq!(course.answered(Err(&busy)), Next::Again);
        let slow_down = error(429, "HTTP 429");
        assert_eq!(course.answered(Err(&slow_down)), Next::Again);
        for no in [error(409, "is already using ip"), error(404, "gone"), error(0, "no answer")] {
            assert_eq!(course.answered(Err(&no)), Next::Stop(no.clone()));
        }
        assert!(matches!(course.answered(Ok("{}")), Next::Stop(_)), "no id, no members");
        assert_eq!(course.next(), first);
    }

    #[test]
    fn what_is_gone_already_is_removed() {
        let mut course = course();
        course.answered(Ok(&made()));
        course.answered(Ok(""));
        assert_eq!(course.answered(Err(&error(404, "gone"))), Next::Go);
        assert_eq!((course.next(), course.done()), (None, 3));
    }

    /// Done, what became of the step in between, never sent.
    fn standing(course: &PlanRun) -> (usize, Option<StepOutcome>, usize) {
        let standing = course.standing();
        (standing.done.len(), standing.here.map(|(_, fate)| fate), standing.unsent.len())
    }

    #[test]
    fn a_step_is_not_sent_until_it_is_and_not_done_until_that_is_seen() {
        let mut course = course();
        course.active();
        assert_eq!(standing(&course), (0, None, 3));
        assert_eq!(course.next(), course.send());
        assert_eq!(standing(&course), (0, Some(StepOutcome::Unknown), 2));
        course.answered(Ok(&made()));
        assert_eq!(standing(&course), (0, Some(StepOutcome::Taken), 2));
        course.active();
        assert_eq!(standing(&course), (1, None, 2));
        course.send();
        course.answered(Err(&error(409, "Load Balancer x is immutable and cannot be updated.")));
        assert_eq!(standing(&course), (1, None, 2));
        course.send();
        course.answered(Ok(""));
        course.active();
        course.send();
        course.answered(Err(&error(404, "gone")));
        assert_eq!(standing(&course), (3, None, 0));
        assert_eq!(course.send(), None);
        assert_eq!(standing(&course), (3, None, 0));
    }

    #[test]
    fn a_no_is_known_and_silence_is_not() {
        for (status, fate) in [
            (400, StepOutcome::Refused),
            (403, StepOutcome::Refused),
            (409, StepOutcome::Refused),
            (0, StepOutcome::Unknown),
            (500, StepOutcome::Unknown),
            (504, StepOutcome::Unknown),
        ] {
            let mut course = course();
            course.send();
            course.answered(Err(&error(status, "no")));
            assert_eq!(standing(&course), (0, Some(fate), 2), "{status}");
        }
        let mut course = course();
        course.send();
        course.answered(Ok("{}"));
        assert_eq!(standing(&course), (0, Some(StepOutcome::Unknown), 2));
    }
}

//! A plan on its way: what to send next, and what an answer means. Whoever drives it sends and
//! waits; it does neither.
//!
//! ```text
//!   loop { wait until the load balancer is ACTIVE; let Some(request) = course.next() else { done };
//!          send it; match course.answered(…) { Next::Go => continue, Next::Stop(error) => stop } }
//! ```

use super::{Call, Plan, Request, Step};
use crate::RowKey;
use openstack_types::{LoadBalancerId, PoolId, error::ApiError};
use serde_json::Value;
use std::collections::BTreeMap;

/// A plan on its way.
#[derive(Clone, Debug)]
pub struct Course {
    loadbalancer: LoadBalancerId,
    plan: Plan,
    at: usize,
    made: BTreeMap<RowKey, PoolId>,
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

impl Course {
    /// Begins.
    pub fn new(loadbalancer: LoadBalancerId, plan: Plan) -> Self {
        Self { loadbalancer, plan, at: 0, made: BTreeMap::new() }
    }

    /// Every step, done or not.
    pub fn steps(&self) -> &[Step] {
        &self.plan.steps
    }

    /// How many steps are done.
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

    /// Takes what was answered to the step that is next: the body of a good answer, perhaps empty.
    pub fn answered(&mut self, answer: Result<&str, &ApiError>) -> Next {
        let Some(step) = self.step() else { return Next::Go };
        match answer {
            Ok(text) => {
                if let Call::CreatePool { group, .. } = &step.call {
                    let Some(id) = created(text) else {
                        return Next::Stop(ApiError {
                            status: 200,
                            message: "an answer without id".to_owned(),
                            field: None,
                        });
                    };
                    self.made.insert(*group, id);
                }
                self.at += 1;
                Next::Go
            }
            Err(error) if error.is_busy() => Next::Again,
            // Gone already: what was wanted.
            Err(error) if error.status == 404 && is_removal(&step.call) => {
                self.at += 1;
                Next::Go
            }
            Err(error) => Next::Stop(error.clone()),
        }
    }
}

fn is_removal(call: &Call) -> bool {
    matches!(
        call,
        Call::DeleteMember { .. }
            | Call::DeletePool { .. }
            | Call::DeleteListener { .. }
            | Call::DeleteHealthMonitor { .. }
    )
}

fn created(answer: &str) -> Option<PoolId> {
    let answer: Value = serde_json::from_str(answer).ok()?;
    answer.pointer("/pool/id")?.as_str()?.parse().ok()
}

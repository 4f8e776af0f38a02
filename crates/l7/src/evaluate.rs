//! The decision about a request.

use crate::{
    compare,
    policy::{Action, Policy, evaluation_order},
    request::Request,
    verdict::Verdict,
};

/// What a listener does with a request, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub outcome: Outcome,
    /// The policies in the order of evaluation, up to the one that decides.
    pub trace: Vec<PolicyTrace>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No policy matches.
    DefaultPool,
    /// The policy with this index selects its pool.
    Pool(usize),
    /// The response is 403.
    Reject(usize),
    Redirect {
        policy: usize,
        location: String,
        code: u16,
    },
    /// Whether the policy with this index matches can't be evaluated.
    Unknown(usize),
}

/// What became of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyTrace {
    /// The index of the policy.
    pub policy: usize,
    /// Why it was not evaluated.
    pub skipped: Option<SkipReason>,
    /// The enabled conditions.
    pub conditions: Vec<ConditionTrace>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    Disabled,
    /// It has no enabled condition.
    NoConditions,
    PoolDisabled,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConditionTrace {
    /// The index of the condition in the policy.
    pub condition: usize,
    /// Whether it is fulfilled, inversion included.
    pub verdict: Verdict,
}

impl PolicyTrace {
    /// All conditions in one.
    pub fn verdict(&self) -> Verdict {
        let has = |verdict| self.conditions.iter().any(|one| one.verdict == verdict);
        if self.skipped.is_some() || has(Verdict::NoMatch) {
            Verdict::NoMatch
        } else if has(Verdict::Unknown) {
            Verdict::Unknown
        } else {
            Verdict::Match
        }
    }
}

/// Finds the policy that decides about a request. `policies` are in the order of their positions.
pub fn evaluate(request: &Request, policies: &[Policy]) -> Decision {
    let mut trace = Vec::new();
    for index in evaluation_order(policies) {
        let policy = &policies[index];
        let one = trace_policy(index, policy, request);
        let verdict = one.verdict();
        trace.push(one);
        match verdict {
            Verdict::NoMatch => {}
            Verdict::Match => return Decision { outcome: outcome(index, policy, request), trace },
            Verdict::Unknown => return Decision { outcome: Outcome::Unknown(index), trace },
        }
    }
    Decision { outcome: Outcome::DefaultPool, trace }
}

/// Why a policy is never evaluated.
pub(crate) fn skip_reason(policy: &Policy) -> Option<SkipReason> {
    if !policy.enabled {
        Some(SkipReason::Disabled)
    } else if policy.action == (Action::RedirectToPool { pool_enabled: false }) {
        Some(SkipReason::PoolDisabled)
    } else if !policy.conditions.iter().any(|condition| condition.enabled) {
        Some(SkipReason::NoConditions)
    } else {
        None
    }
}

fn trace_policy(index: usize, policy: &Policy, request: &Request) -> PolicyTrace {
    let skipped = skip_reason(policy);
    let enabled = policy.conditions.iter().enumerate().filter(|(_, one)| one.enabled);
    let conditions = match skipped {
        Some(_) => Vec::new(),
        None => enabled
            .map(|(condition, one)| {
                let verdict = compare::verdict(one, request);
                ConditionTrace { condition, verdict }
            })
            .collect(),
    };
    PolicyTrace { policy: index, skipped, conditions }
}

fn outcome(policy: usize, matching: &Policy, request: &Request) -> Outcome {
    match &matching.action {
        Action::Reject => Outcome::Reject(policy),
        Action::RedirectToPool { .. } => Outcome::Pool(policy),
        Action::RedirectToUrl { url, code } => {
            Outcome::Redirect { policy, location: url.clone(), code: *code }
        }
        Action::RedirectPrefix { prefix, code } => {
            let location = format!("{prefix}{}", request.target());
            Outcome::Redirect { policy, location, code: *code }
        }
    }
}

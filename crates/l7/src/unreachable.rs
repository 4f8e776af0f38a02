//! Policies that no request can reach, because those that are evaluated earlier match all of their requests.
//!
//! Never a false alarm: conditions are compared two at a time, and only where one certainly follows from the
//! other, or excludes it. Not everything is found.

mod together;

use crate::{
    evaluate::skip_reason,
    policy::{Condition, Policy, evaluation_order},
    relations::{excludes, implies, is_always_true},
};

/// A policy that never decides about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreachable {
    /// The index of the policy.
    pub policy: usize,
    pub reason: Reason,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The policy with this index is evaluated earlier and matches everything that this one matches.
    Covered(usize),
    /// The policies with these indices are evaluated earlier, in this order. Together they match everything that
    /// this one matches, and none of them can be left out.
    CoveredTogether(Vec<usize>),
    /// No request fulfils all of its conditions.
    Contradiction,
}

/// The unreachable ones among `policies`, which are in the order of their positions, in the order of evaluation.
pub fn unreachable(policies: &[Policy]) -> Vec<Unreachable> {
    let mut earlier: Vec<(usize, Vec<&Condition>)> = Vec::new();
    let mut found = Vec::new();
    for index in evaluation_order(policies) {
        if skip_reason(&policies[index]).is_some() {
            continue;
        }
        let conditions = enabled(&policies[index]);
        let contradicts = |one: &&Condition| conditions.iter().any(|other| excludes(other, one));
        let alone = || earlier.iter().find(|(_, upper)| covers(upper, &conditions));
        let together = || together::covering(&earlier, &conditions);
        let reason = if conditions.iter().any(contradicts) {
            Some(Reason::Contradiction)
        } else if let Some((upper, _)) = alone() {
            Some(Reason::Covered(*upper))
        } else {
            together().map(Reason::CoveredTogether)
        };
        match reason {
            Some(reason) => found.push(Unreachable { policy: index, reason }),
            None => earlier.push((index, conditions)),
        }
    }
    found
}

fn enabled(policy: &Policy) -> Vec<&Condition> {
    policy.conditions.iter().filter(|condition| condition.enabled).collect()
}

/// Whether a request that fulfils all `lower` conditions fulfils all `upper` ones.
fn covers(upper: &[&Condition], lower: &[&Condition]) -> bool {
    upper.iter().all(|one| is_always_true(one) || lower.iter().any(|from| implies(from, one)))
}

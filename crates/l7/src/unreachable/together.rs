//! A policy whose requests several earlier policies match together.
//!
//! Sought is a request that fulfils all conditions of the policy and, of each earlier policy, fails one
//! condition. If each choice of failed conditions has two that exclude each other, there is no such request.

use crate::{
    policy::Condition,
    relations::{excludes, implies, is_always_true},
};

/// Choices that are tried at most; with more, nothing is found.
const MAX_CHOICES: usize = 20_000;

/// The indices of earlier policies that together match every request that fulfils all `lower` conditions; of
/// those that are needed. None of them does alone.
pub(super) fn covering(
    earlier: &[(usize, Vec<&Condition>)],
    lower: &[&Condition],
) -> Option<Vec<usize>> {
    let mut upper: Vec<(usize, Vec<Condition>)> = earlier
        .iter()
        // A policy that never matches together with this one takes no request from it.
        .filter(|(_, conditions)| {
            !conditions.iter().any(|one| lower.iter().any(|own| excludes(own, one)))
        })
        .map(|(index, conditions)| (*index, failures(conditions, lower)))
        .collect();
    let is_covered = |upper: &[(usize, Vec<Condition>)]| {
        let mut facts: Vec<&Condition> = lower.to_vec();
        let mut choices = 0;
        !may_fail(upper, &mut facts, &mut choices)
    };
    // Those with the fewest choices first, which leaves fewer to try.
    upper.sort_by_key(|(_, failures)| failures.len());
    if upper.len() < 2 || !is_covered(&upper) {
        return None;
    }
    let mut at = 0;
    while at < upper.len() {
        let one = upper.remove(at);
        if !is_covered(&upper) {
            upper.insert(at, one);
            at += 1;
        }
    }
    // In the order of evaluation.
    let is_needed = |index: &usize| upper.iter().any(|(one, _)| one == index);
    Some(earlier.iter().map(|(index, _)| *index).filter(is_needed).collect())
}

/// The ways in which a request of the lower policy can fail a policy: its conditions inverted, without those
/// that each of these requests fulfils.
fn failures(conditions: &[&Condition], lower: &[&Condition]) -> Vec<Condition> {
    let can_fail =
        |one: &&&Condition| !is_always_true(one) && !lower.iter().any(|own| implies(own, one));
    let inverted = |one: &&Condition| Condition { invert: !one.invert, ..(*one).clone() };
    conditions.iter().filter(can_fail).map(inverted).collect()
}

/// Whether a request may fulfil the facts and fail each of the policies. Also if there are too many choices.
fn may_fail<'a>(
    upper: &'a [(usize, Vec<Condition>)],
    facts: &mut Vec<&'a Condition>,
    choices: &mut usize,
) -> bool {
    let Some(((_, failures), rest)) = upper.split_first() else { return true };
    for failure in failures {
        *choices += 1;
        if *choices > MAX_CHOICES {
            return true;
        }
        if facts.iter().any(|fact| excludes(fact, failure)) {
            continue;
        }
        facts.push(failure);
        let may_fail = may_fail(rest, facts, choices);
        facts.pop();
        if may_fail {
            return true;
        }
    }
    false
}

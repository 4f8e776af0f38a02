//! The order of evaluation of a listener's rules. Pure.

use l7::{Action, Condition, Policy, Reason, evaluation_order};
use plan::{Draft, ListenerDraft, PolicyAction, PolicyDraft, RowKey, RuleDraft};
use std::collections::HashMap;

/// The status code of a redirect that names none.
pub(super) const DEFAULT_CODE: u16 = 302;

/// The rules of a listener as they are evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EvaluatedRules {
    /// In the order of evaluation.
    pub(super) keys: Vec<RowKey>,
    /// Why a rule never decides about a request.
    pub(super) unreachable: HashMap<RowKey, NeverReached>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NeverReached {
    /// The rule with this number, from 1, matches the same requests.
    Covered(usize),
    /// The rules with these numbers match the same requests together.
    CoveredTogether(Vec<usize>),
    Contradiction,
}

impl EvaluatedRules {
    pub(super) fn new(draft: &Draft, listener: &ListenerDraft) -> Self {
        let policies = policies(draft, listener);
        let order = evaluation_order(&policies);
        let key = |index: usize| listener.policies[index].key;
        let number =
            |policy: usize| order.iter().position(|index| *index == policy).map_or(0, |at| at + 1);
        let unreachable = l7::unreachable(&policies).into_iter().map(|one| {
            let reason = match one.reason {
                Reason::Covered(upper) => NeverReached::Covered(number(upper)),
                Reason::CoveredTogether(upper) => {
                    NeverReached::CoveredTogether(upper.into_iter().map(number).collect())
                }
                Reason::Contradiction => NeverReached::Contradiction,
            };
            (key(one.policy), reason)
        });
        let unreachable = unreachable.collect();
        Self { keys: order.into_iter().map(key).collect(), unreachable }
    }

    /// The number of a rule, from 1.
    pub(super) fn number(&self, key: RowKey) -> usize {
        self.keys.iter().position(|one| *one == key).map_or(0, |index| index + 1)
    }
}

/// The rules of a listener in the order of their positions.
pub(super) fn policies(draft: &Draft, listener: &ListenerDraft) -> Vec<Policy> {
    listener.policies.iter().map(|policy| policy_of(draft, policy)).collect()
}

fn policy_of(draft: &Draft, policy: &PolicyDraft) -> Policy {
    let action = match &policy.action {
        PolicyAction::Group(group) => {
            let group = group.and_then(|group| draft.group(group));
            Action::RedirectToPool { pool_enabled: group.is_none_or(|group| group.enabled) }
        }
        PolicyAction::Url { url, code } => {
            Action::RedirectToUrl { url: url.trim().to_owned(), code: code.unwrap_or(DEFAULT_CODE) }
        }
        PolicyAction::Prefix { prefix, code } => Action::RedirectPrefix {
            prefix: prefix.trim().to_owned(),
            code: code.unwrap_or(DEFAULT_CODE),
        },
        // An action of a later version is evaluated last.
        PolicyAction::Other(_) => Action::RedirectToPool { pool_enabled: true },
        PolicyAction::Reject => Action::Reject,
    };
    Policy {
        enabled: policy.enabled,
        action,
        conditions: policy.rules.iter().map(condition).collect(),
    }
}

fn condition(rule: &RuleDraft) -> Condition {
    let key = Some(rule.key_name.clone()).filter(|key| !key.is_empty());
    Condition {
        enabled: rule.enabled,
        kind: rule.kind.clone(),
        compare: rule.compare.clone(),
        key,
        value: rule.value.clone(),
        invert: rule.invert,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Up,
    Down,
}

/// The kinds of actions, which are evaluated one after the other.
fn kind(action: &PolicyAction) -> u8 {
    match action {
        PolicyAction::Reject => 0,
        PolicyAction::Url { .. } | PolicyAction::Prefix { .. } => 1,
        PolicyAction::Group(_) | PolicyAction::Other(_) => 2,
    }
}

/// The position among all policies of the listener that a rule moves to; `None` if it is the first or last of
/// its kind.
pub(super) fn neighbour(
    listener: &ListenerDraft,
    policy: RowKey,
    direction: Direction,
) -> Option<usize> {
    let at = listener.policies.iter().position(|one| one.key == policy)?;
    let own = kind(&listener.policies[at].action);
    let same = |index: &usize| kind(&listener.policies[*index].action) == own;
    match direction {
        Direction::Up => (0..at).rev().find(same),
        Direction::Down => (at + 1..listener.policies.len()).find(same),
    }
}

/// The position that a rule gets when it is dropped on another one; `None` if they are of different kinds.
pub(super) fn drop_position(
    listener: &ListenerDraft,
    dragged: RowKey,
    target: RowKey,
) -> Option<usize> {
    let from = listener.policy(dragged)?;
    let to = listener.policies.iter().position(|one| one.key == target)?;
    let is_possible =
        dragged != target && kind(&from.action) == kind(&listener.policies[to].action);
    is_possible.then_some(to)
}

//! L7 policies and their rules.

use openstack_types::octavia::{L7Rule, L7RuleCompareType, L7RuleType};

/// An L7 policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    pub enabled: bool,
    pub action: Action,
    /// All enabled ones must match. Without any, the policy matches no request, as in Octavia.
    pub conditions: Vec<Condition>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// The response is 403.
    Reject,
    RedirectToUrl {
        url: String,
        code: u16,
    },
    /// Redirects to the prefix followed by the path and query of the request.
    RedirectPrefix {
        prefix: String,
        code: u16,
    },
    RedirectToPool {
        /// A policy whose pool is disabled is not evaluated.
        pool_enabled: bool,
    },
}

impl Action {
    /// The rank of the action in the order of evaluation.
    fn rank(&self) -> u8 {
        match self {
            Self::Reject => 0,
            Self::RedirectToUrl { .. } | Self::RedirectPrefix { .. } => 1,
            Self::RedirectToPool { .. } => 2,
        }
    }
}

/// An L7 rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub enabled: bool,
    pub kind: L7RuleType,
    pub compare: L7RuleCompareType,
    /// The name of a header, a cookie, or a field of a distinguished name.
    pub key: Option<String>,
    pub value: String,
    /// Matches if the comparison does not.
    pub invert: bool,
}

impl From<&L7Rule> for Condition {
    fn from(rule: &L7Rule) -> Self {
        Self {
            enabled: true,
            kind: rule.kind.clone(),
            compare: rule.compare_type.clone(),
            key: rule.key.clone(),
            value: rule.value.clone(),
            invert: rule.invert,
        }
    }
}

/// The indices of policies in the order of evaluation. `policies` are in the order of their positions.
pub fn evaluation_order(policies: &[Policy]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..policies.len()).collect();
    order.sort_by_key(|index| policies[*index].action.rank());
    order
}

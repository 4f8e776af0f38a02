//! L7 rules: what makes a rule valid, and its insert.

use crate::{
    model::{
        ID, L7RULE, Row,
        l7rule::{COMPARE_TYPE, KEY, L7POLICY_ID, TYPE, VALUE},
    },
    octavia::{change::Change, error::OctaviaError},
    store::octavia::l7policies,
};
use openstack_types::{
    OperatingStatus,
    field::{CookieName, FieldError, HeaderName},
    octavia::{L7RuleCompareType, L7RuleType, check_rule_value},
};
use std::str::FromStr;

/// Octavia's limit, which also keeps a line of the engine's configuration short enough.
const MAX_RULES_PER_POLICY: usize = 50;

/// Inserts a rule into a policy.
///
/// # Errors
/// 400 and 501 as [`validate`]; 409 if the policy has too many rules.
pub(crate) fn insert(
    change: &Change<'_>,
    load_balancer: &Row,
    policy: &Row,
    mut rule: Row,
) -> Result<Row, OctaviaError> {
    validate(&rule)?;
    let policy = policy.get(ID);
    if l7policies::rule_count(change.tx, policy)? >= MAX_RULES_PER_POLICY {
        return Err(OctaviaError::conflict(format!("Too many rules on L7 policy {policy}")));
    }
    rule.set(L7POLICY_ID, policy);
    change.insert_part(&L7RULE, &mut rule, load_balancer, OperatingStatus::Offline)?;
    Ok(rule)
}

/// Refuses a rule that is invalid, or that the engine does not support.
///
/// # Errors
/// 400, 501.
pub(crate) fn validate(rule: &Row) -> Result<(), OctaviaError> {
    if rule.is_null(TYPE) {
        return Err(invalid_rule("invalid rule type"));
    }
    if rule.is_null(COMPARE_TYPE) {
        return Err(invalid_rule("invalid comparison type for rule type"));
    }
    let (kind, compare_type) = (rule.get(TYPE), rule.get(COMPARE_TYPE));
    match &kind {
        L7RuleType::FileType
            if !matches!(compare_type, L7RuleCompareType::EqualTo | L7RuleCompareType::Regex) =>
        {
            return Err(invalid_rule("invalid comparison type for rule type"));
        }
        L7RuleType::HostName | L7RuleType::Path | L7RuleType::FileType => {}
        L7RuleType::Header => validate_key::<HeaderName>(rule)?,
        L7RuleType::Cookie => validate_key::<CookieName>(rule)?,
        other => {
            return Err(OctaviaError::unsupported(format!(
                "type {other}; rules can be HOST_NAME, PATH, FILE_TYPE, HEADER or COOKIE"
            )));
        }
    }
    let value = rule.get(VALUE);
    if value.is_empty() {
        return Err(invalid_rule("L7 rule type requires a value"));
    }
    match check_rule_value(&kind, &compare_type, value) {
        Ok(_) => Ok(()),
        Err(FieldError::NotARegex { error }) => Err(OctaviaError::bad(format!(
            "Error parsing L7Rule: Unable to parse regular expression: {error}"
        ))),
        Err(error) => Err(OctaviaError::field(VALUE.name(), value, format!("Value {error}"))),
    }
}

/// The key is the name of a header or cookie.
fn validate_key<T: FromStr<Err = FieldError>>(rule: &Row) -> Result<(), OctaviaError> {
    let key = rule.get(KEY).filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| invalid_rule("L7 rule type requires a key"))?;
    match key.parse::<T>() {
        Ok(_) => Ok(()),
        Err(error) => Err(OctaviaError::field(KEY.name(), key, format!("Value {error}"))),
    }
}

fn invalid_rule(reason: &str) -> OctaviaError {
    OctaviaError::bad(format!("Error parsing L7Rule: Invalid L7 Rule: {reason}"))
}

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
    field::{CookieName, FieldError, HeaderName, RuleValue},
    octavia::{L7RuleCompareType, L7RuleType},
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
    if !COMPARE_TYPE.supports(compare_type.as_str()) {
        return Err(OctaviaError::unsupported(format!(
            "compare_type {compare_type}; it can be EQUAL_TO, STARTS_WITH, ENDS_WITH or CONTAINS"
        )));
    }
    match kind {
        L7RuleType::FileType if compare_type != L7RuleCompareType::EqualTo => {
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
    validate_text::<RuleValue>(VALUE.name(), rule.get(VALUE))
}

/// The key is the name of a header or cookie.
fn validate_key<T: FromStr<Err = FieldError>>(rule: &Row) -> Result<(), OctaviaError> {
    let key = rule.get(KEY).filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| invalid_rule("L7 rule type requires a key"))?;
    validate_text::<T>(KEY.name(), key)
}

fn validate_text<T: FromStr<Err = FieldError>>(
    field: &str,
    text: &str,
) -> Result<(), OctaviaError> {
    match text.parse::<T>() {
        Ok(_) => Ok(()),
        Err(error) => Err(OctaviaError::field(field, text, format!("Value {error}"))),
    }
}

fn invalid_rule(reason: &str) -> OctaviaError {
    OctaviaError::bad(format!("Error parsing L7Rule: Invalid L7 Rule: {reason}"))
}

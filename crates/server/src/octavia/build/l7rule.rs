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
    octavia::{DnField, L7RuleCompareType, L7RuleType, check_rule_value, verify_result},
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
        L7RuleType::SslConnHasCert | L7RuleType::SslVerifyResult | L7RuleType::SslDnField => {
            validate_certificate_rule(rule).map_err(|reason| invalid_rule(&reason))?;
        }
        L7RuleType::Unknown(_) => return Err(invalid_rule("invalid rule type")),
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

/// What Octavia requires of a rule about the certificate of the client.
fn validate_certificate_rule(rule: &Row) -> Result<(), String> {
    let (kind, value) = (rule.get(TYPE), rule.get(VALUE));
    let key = rule.get(KEY).filter(|key| !key.is_empty());
    if value.is_empty() {
        return Err("L7 rule type requires a value".to_owned());
    }
    if kind == L7RuleType::SslDnField {
        let key =
            key.ok_or_else(|| format!("L7rule type {kind} needs to specify a key and a value."))?;
        return match key.parse::<DnField>() {
            Ok(_) => Ok(()),
            Err(_) => Err("Invalid L7rule distinguished name field.".to_owned()),
        };
    }
    if key.is_some() {
        return Err(format!("L7rule type {kind} does not use the \"key\" field."));
    }
    if kind == L7RuleType::SslConnHasCert && !value.eq_ignore_ascii_case("true") {
        return Err(format!("L7rule value {value} is not a boolean True string."));
    }
    if kind == L7RuleType::SslVerifyResult && verify_result(value).is_none() {
        return Err(format!("L7rule type {kind} needs a int value, which is >= 0"));
    }
    if rule.get(COMPARE_TYPE) != L7RuleCompareType::EqualTo {
        return Err(format!("L7rule type {kind} only supports the EQUAL_TO compare type."));
    }
    Ok(())
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

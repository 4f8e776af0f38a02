//! `/lbaas/l7policies/{policy}/rules`.

use super::{
    access::Actor,
    body::Body,
    change::{Change, change, found},
    error::OctaviaError,
    validate::Purpose,
    view,
};
use crate::model::{L7POLICY, L7RULE, LISTENER, Object};
use crate::{app::App, store::octavia::find_by};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use openstack_types::{
    OperatingStatus,
    field::{CookieName, FieldError, HeaderName, RuleValue},
    octavia::{L7RuleCompareType, L7RuleType},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// Rules of one policy, as in Octavia; a line of an engine's configuration has room for them.
const RULES_MAX: usize = 50;

/// `POST`
pub async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(policy): Path<String>,
    body: Body,
) -> Result<impl IntoResponse, OctaviaError> {
    let sent = body.one(&L7RULE, Purpose::Create)?;
    let shown = change(&app, &actor, move |change| {
        let (_, owner) = change.part(&L7POLICY, &policy)?;
        valid(&sent)?;
        change.within_quota(&L7RULE, owner.text("project_id"), 1)?;
        let (policy, owner) = lock_policy(change, &policy)?;
        let row = create_in(change, &owner, &policy, sent)?;
        Ok(view::row(change.tx, &L7RULE, &row)?)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(json!({ "rule": shown }))))
}

/// Creates a rule of a policy whose load balancer is locked.
pub fn create_in(
    change: &Change<'_>,
    owner: &Object,
    policy: &Object,
    mut sent: Object,
) -> Result<Object, OctaviaError> {
    valid(&sent)?;
    let id = policy.text("id");
    if find_by(change.tx, &L7RULE, "l7policy_id", id)?.len() >= RULES_MAX {
        return Err(OctaviaError::conflict(format!("Too many rules on L7 policy {id}")));
    }
    sent.fields.remove("tenant_id");
    sent.set("l7policy_id", id);
    change.begin(&mut sent, owner, OperatingStatus::Offline);
    change.create(&L7RULE, &sent, owner)?;
    Ok(sent)
}

/// Refuses a rule that means nothing, or that this version's engine cannot ask.
fn valid(rule: &Object) -> Result<(), OctaviaError> {
    let of = L7RuleType::from_word(rule.text("type"));
    let compare = L7RuleCompareType::from_word(rule.text("compare_type"));
    if compare == L7RuleCompareType::Regex {
        return Err(OctaviaError::unsupported(
            "compare_type REGEX; it can be EQUAL_TO, STARTS_WITH, ENDS_WITH or CONTAINS",
        ));
    }
    let key = rule.optional("key").filter(|key| !key.is_empty());
    let check = match of {
        L7RuleType::HostName | L7RuleType::Path => Ok(()),
        L7RuleType::FileType if compare != L7RuleCompareType::EqualTo => {
            return Err(unparsable("invalid comparison type for rule type"));
        }
        L7RuleType::FileType => Ok(()),
        L7RuleType::Header => key_is::<HeaderName>(key)?,
        L7RuleType::Cookie => key_is::<CookieName>(key)?,
        other => {
            return Err(OctaviaError::unsupported(format!(
                "type {other}; rules can be HOST_NAME, PATH, FILE_TYPE, HEADER or COOKIE"
            )));
        }
    };
    check.map_err(|why| field("key", key.unwrap_or_default(), &why))?;
    let value = rule.text("value");
    value.parse::<RuleValue>().map(drop).map_err(|why| field("value", value, &why))
}

fn key_is<T: std::str::FromStr<Err = FieldError>>(
    key: Option<&str>,
) -> Result<Result<(), FieldError>, OctaviaError> {
    let key = key.ok_or_else(|| unparsable("L7 rule type requires a key"))?;
    Ok(key.parse::<T>().map(drop))
}

fn unparsable(why: &str) -> OctaviaError {
    OctaviaError::bad(format!("Error parsing L7Rule: Invalid L7 Rule: {why}"))
}

fn field(name: &str, sent: &str, why: &FieldError) -> OctaviaError {
    OctaviaError::field(name, sent, format!("Value {why}"))
}

/// Finds a policy that a rule is to be put into or changed in, and its load balancer, which is then
/// locked, and has policy and listener wait too.
fn lock_policy(change: &Change<'_>, id: &str) -> Result<(Object, Object), OctaviaError> {
    let (policy, mut owner) = change.part(&L7POLICY, id)?;
    change.lock_for_part(&mut owner)?;
    let listener = found(change.tx, &LISTENER, policy.text("listener_id"))?;
    change.touch(&L7POLICY, vec![policy.clone()], &owner)?;
    change.touch(&LISTENER, vec![listener], &owner)?;
    Ok((policy, owner))
}

/// Finds a rule of this very policy.
fn rule_of(change: &Change<'_>, policy: &str, id: &str) -> Result<Object, OctaviaError> {
    let (row, _) = change.part(&L7RULE, id)?;
    if row.text("l7policy_id") != policy {
        return Err(OctaviaError::not_found(L7RULE.title, id));
    }
    Ok(row)
}

/// `PUT` of one.
pub async fn update(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path((policy, id)): Path<(String, String)>,
    body: Body,
) -> Result<Json<Value>, OctaviaError> {
    let new = body.one(&L7RULE, Purpose::Update)?;
    let shown = change(&app, &actor, move |change| {
        let mut row = rule_of(change, &policy, &id)?;
        valid(&row.merged(&new))?;
        let (_, owner) = lock_policy(change, &policy)?;
        change.update(&L7RULE, &mut row, &new, &owner)?;
        Ok(view::row(change.tx, &L7RULE, &row)?)
    })
    .await?;
    Ok(Json(json!({ "rule": shown })))
}

/// `DELETE` of one.
pub async fn delete(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path((policy, id)): Path<(String, String)>,
) -> Result<StatusCode, OctaviaError> {
    change(&app, &actor, move |change| {
        let mut row = rule_of(change, &policy, &id)?;
        let (_, owner) = lock_policy(change, &policy)?;
        change.going(&L7RULE, &mut row, &owner)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

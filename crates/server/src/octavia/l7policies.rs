//! `/lbaas/l7policies`.

use super::{
    access::Actor,
    body::Body,
    change::{Change, change, found},
    error::OctaviaError,
    l7rules, listeners,
    validate::Purpose,
    view,
};
use crate::model::{L7POLICY, L7RULE, LISTENER, Object, POOL};
use crate::{
    app::App,
    store::octavia::{self as store, find_by, lifecycle},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use openstack_types::{
    OperatingStatus, ProvisioningStatus,
    octavia::{L7PolicyAction, ListenerProtocol},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// The status of a redirect unless another is asked for.
const FOUND: i64 = 302;

/// `POST`
pub async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    body: Body,
) -> Result<impl IntoResponse, OctaviaError> {
    let sent = body.one(&L7POLICY, Purpose::Create)?;
    let shown = change(&app, &actor, move |change| {
        let (listener, mut owner) = change.part(&LISTENER, sent.text("listener_id"))?;
        within_quota(change, &owner, std::slice::from_ref(&sent))?;
        change.lock_for_part(&mut owner)?;
        let row = create_in(change, &owner, &listener, sent)?;
        change.touch(&LISTENER, vec![listener], &owner)?;
        Ok(view::row(change.tx, &L7POLICY, &row)?)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(json!({ "l7policy": shown }))))
}

/// Refuses policies, with the rules within, that the project's quota does not allow.
pub fn within_quota(
    change: &Change<'_>,
    owner: &Object,
    policies: &[Object],
) -> Result<(), OctaviaError> {
    let project = owner.text("project_id");
    change.within_quota(&L7POLICY, project, policies.len())?;
    let rules = policies.iter().map(|policy| policy.within.get("rules").map_or(0, Vec::len)).sum();
    change.within_quota(&L7RULE, project, rules)
}

/// Creates a policy, with the rules within, of a listener whose load balancer is locked.
pub fn create_in(
    change: &Change<'_>,
    owner: &Object,
    listener: &Object,
    mut sent: Object,
) -> Result<Object, OctaviaError> {
    make_consistent(&mut sent)?;
    fits(change, owner, listener, &sent)?;
    let rules = sent.take_within("rules");
    let wanted = sent.integer("position");
    sent.fields.remove("tenant_id");
    sent.set("listener_id", listener.text("id"));
    change.begin(&mut sent, owner, OperatingStatus::Offline);
    change.create(&L7POLICY, &sent, owner)?;
    let position = put_in_order(change, listener.text("id"), Some((sent.text("id"), wanted)))?;
    sent.set("position", position);
    for rule in rules {
        l7rules::create_in(change, owner, &sent, rule)?;
    }
    Ok(sent)
}

/// Keeps of a policy, as it is to become, what its action uses, and refuses one that lacks it.
fn make_consistent(policy: &mut Object) -> Result<(), OctaviaError> {
    let action = L7PolicyAction::from_word(policy.text("action"));
    let uses = match action {
        L7PolicyAction::Reject => None,
        L7PolicyAction::RedirectToPool => Some("redirect_pool_id"),
        L7PolicyAction::RedirectToUrl => Some("redirect_url"),
        L7PolicyAction::RedirectPrefix => Some("redirect_prefix"),
        L7PolicyAction::Unknown(other) => {
            return Err(OctaviaError::bad(format!("Invalid L7 Policy action specified: {other}")));
        }
    };
    for name in TARGETS {
        if Some(name) == uses {
            if policy.optional(name).is_none() {
                return Err(invalid(format!("{name} must not be None")));
            }
        } else {
            policy.set(name, Value::Null);
        }
    }
    match (uses, policy.get("redirect_http_code").is_null()) {
        (Some("redirect_url" | "redirect_prefix"), true) => {
            policy.set("redirect_http_code", FOUND);
        }
        (Some("redirect_url" | "redirect_prefix"), false) => {}
        _ => policy.set("redirect_http_code", Value::Null),
    }
    Ok(())
}

/// Where a policy can send a request.
const TARGETS: [&str; 3] = ["redirect_pool_id", "redirect_url", "redirect_prefix"];

fn invalid(why: String) -> OctaviaError {
    OctaviaError::bad(format!("Invalid L7 Policy argument(s): {why}"))
}

/// Checks a policy against its listener and the pool it chooses.
fn fits(
    change: &Change<'_>,
    owner: &Object,
    listener: &Object,
    policy: &Object,
) -> Result<(), OctaviaError> {
    let protocol = ListenerProtocol::from_word(listener.text("protocol"));
    if !matches!(protocol, ListenerProtocol::Http | ListenerProtocol::TerminatedHttps) {
        return Err(OctaviaError::validation(format!(
            "L7 policies are for HTTP and TERMINATED_HTTPS listeners; this one speaks {protocol}."
        )));
    }
    if let Some(id) = policy.optional("redirect_pool_id") {
        let pool = store::find(change.tx, &POOL, id)?
            .filter(|pool| pool.text("loadbalancer_id") == owner.text("id"))
            .ok_or_else(|| OctaviaError::not_found(POOL.title, id))?;
        listeners::pool_fits(&protocol, &pool)?;
    }
    Ok(())
}

/// The policies of a listener that are to stay, by position.
fn of_listener(change: &Change<'_>, listener: &str) -> Result<Vec<Object>, OctaviaError> {
    let mut policies = find_by(change.tx, &L7POLICY, "listener_id", listener)?;
    policies.retain(|row| lifecycle::state_of(row) != ProvisioningStatus::PendingDelete);
    policies.sort_by_key(|row| row.integer("position"));
    Ok(policies)
}

/// Numbers the policies of a listener from 1, one of them where it is wanted, and gives its number.
fn put_in_order(
    change: &Change<'_>,
    listener: &str,
    wanted: Option<(&str, i64)>,
) -> Result<i64, OctaviaError> {
    let mut rows = of_listener(change, listener)?;
    let mut number = 0;
    if let Some((id, position)) = wanted
        && let Some(at) = rows.iter().position(|row| row.text("id") == id)
    {
        let row = rows.remove(at);
        let before = usize::try_from(position.max(1) - 1).unwrap_or(usize::MAX).min(rows.len());
        rows.insert(before, row);
        number = before as i64 + 1;
    }
    for (position, row) in (1i64..).zip(&rows) {
        if row.integer("position") != position {
            let mut moved = Object::default();
            moved.set("position", position);
            store::update(change.tx, &L7POLICY, row.text("id"), &moved)?;
        }
    }
    Ok(number)
}

/// `PUT` of one.
pub async fn update(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, OctaviaError> {
    let mut new = body.one(&L7POLICY, Purpose::Update)?;
    let shown = change(&app, &actor, move |change| {
        let (mut row, mut owner) = change.part(&L7POLICY, &id)?;
        let listener = found(change.tx, &LISTENER, row.text("listener_id"))?;
        infer_action(&mut new)?;
        let mut next = row.merged(&new);
        make_consistent(&mut next)?;
        fits(change, &owner, &listener, &next)?;
        for name in TARGETS.into_iter().chain(["action", "redirect_http_code"]) {
            new.set(name, next.get(name).clone());
        }
        change.lock_for_part(&mut owner)?;
        if let Some(wanted) = new.fields.remove("position") {
            let wanted = wanted.as_i64().unwrap_or(i64::MAX);
            new.set("position", put_in_order(change, listener.text("id"), Some((&id, wanted)))?);
        }
        change.update(&L7POLICY, &mut row, &new, &owner)?;
        change.touch(&LISTENER, vec![listener], &owner)?;
        Ok(view::row(change.tx, &L7POLICY, &row)?)
    })
    .await?;
    Ok(Json(json!({ "l7policy": shown })))
}

/// A new target without an action says which action is meant, as in Octavia.
fn infer_action(new: &mut Object) -> Result<(), OctaviaError> {
    if new.has("action") && new.optional("action").is_none() {
        return Err(OctaviaError::field("action", "None", "Mandatory field missing."));
    }
    let sent: Vec<_> = TARGETS.into_iter().filter(|name| new.optional(name).is_some()).collect();
    if sent.len() > 1 {
        return Err(invalid(format!("Cannot specify {} at the same time", sent.join(" and "))));
    }
    if let ([target], false) = (sent.as_slice(), new.has("action")) {
        let action = match *target {
            "redirect_url" => L7PolicyAction::RedirectToUrl,
            "redirect_prefix" => L7PolicyAction::RedirectPrefix,
            _ => L7PolicyAction::RedirectToPool,
        };
        new.set("action", action.as_str());
    }
    Ok(())
}

/// `DELETE` of one, with its rules.
pub async fn delete(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<StatusCode, OctaviaError> {
    change(&app, &actor, move |change| {
        let (row, mut owner) = change.part(&L7POLICY, &id)?;
        change.lock_for_part(&mut owner)?;
        let listener = found(change.tx, &LISTENER, row.text("listener_id"))?;
        going(change, &owner, row)?;
        put_in_order(change, listener.text("id"), None)?;
        change.touch(&LISTENER, vec![listener], &owner)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Marks a policy and its rules as going.
fn going(change: &Change<'_>, owner: &Object, mut row: Object) -> Result<(), OctaviaError> {
    for mut rule in find_by(change.tx, &L7RULE, "l7policy_id", row.text("id"))? {
        change.going(&L7RULE, &mut rule, owner)?;
    }
    change.going(&L7POLICY, &mut row, owner)
}

/// Marks the policies of a listener as going.
pub fn all_going(change: &Change<'_>, owner: &Object, listener: &str) -> Result<(), OctaviaError> {
    for row in find_by(change.tx, &L7POLICY, "listener_id", listener)? {
        going(change, owner, row)?;
    }
    Ok(())
}

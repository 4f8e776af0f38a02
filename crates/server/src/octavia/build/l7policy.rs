//! L7 policies: what makes a policy valid, its insert, and the positions of a listener's policies.

use super::{l7rule, pool};
use crate::{
    model::{
        Field, ID, L7POLICY, L7RULE, PROVISIONING_STATUS, Row,
        l7policy::{
            ACTION, LISTENER_ID, POSITION, REDIRECT_HTTP_CODE, REDIRECT_POOL_ID, REDIRECT_PREFIX,
            REDIRECT_URL, RULES,
        },
        l7rule::L7POLICY_ID,
        listener,
    },
    octavia::{change::Change, error::OctaviaError},
    store::octavia::{self as store, find_by, l7policies},
};
use openstack_types::{
    OperatingStatus, ProvisioningStatus,
    octavia::{L7PolicyAction, ListenerProtocol},
};

/// The status code of a redirect if the request names none.
const DEFAULT_REDIRECT_HTTP_CODE: i64 = 302;
/// The fields that say where a policy sends a request.
const REDIRECT_TARGETS: [Field<Option<String>>; 3] =
    [REDIRECT_POOL_ID, REDIRECT_URL, REDIRECT_PREFIX];

/// Inserts a policy with its nested rules, at its position among the policies of the listener.
pub(crate) fn insert(
    change: &Change<'_>,
    load_balancer: &Row,
    listener: &Row,
    mut policy: Row,
) -> Result<Row, OctaviaError> {
    let count = l7policies::count(change.tx, listener.get(ID))?;
    let position = policy.get(POSITION).clamp(1, count + 1);
    if position <= count {
        l7policies::shift(change.tx, listener.get(ID), position)?;
    }
    policy.set(POSITION, position);
    insert_at_position(change, load_balancer, listener, policy)
}

/// Inserts the policies that a new listener comes with, as if each were inserted after the other.
pub(crate) fn insert_nested(
    change: &Change<'_>,
    load_balancer: &Row,
    listener: &Row,
    policies: Vec<Row>,
) -> Result<(), OctaviaError> {
    let mut ordered = Vec::with_capacity(policies.len());
    for policy in policies {
        let before = usize::try_from(policy.get(POSITION).max(1) - 1).unwrap_or(usize::MAX);
        ordered.insert(before.min(ordered.len()), policy);
    }
    for (position, mut policy) in (1i64..).zip(ordered) {
        policy.set(POSITION, position);
        insert_at_position(change, load_balancer, listener, policy)?;
    }
    Ok(())
}

fn insert_at_position(
    change: &Change<'_>,
    load_balancer: &Row,
    listener: &Row,
    mut policy: Row,
) -> Result<Row, OctaviaError> {
    complete_for_action(&mut policy)?;
    validate(change, load_balancer, listener, &policy)?;
    let rules = policy.take_nested(RULES);
    policy.set(LISTENER_ID, listener.get(ID));
    change.insert_part(&L7POLICY, &mut policy, load_balancer, OperatingStatus::Offline)?;
    for rule in rules {
        l7rule::insert(change, load_balancer, &policy, rule)?;
    }
    Ok(policy)
}

/// Validates an update, and completes it with the fields that follow from the action.
pub(crate) fn validate_update(
    change: &Change<'_>,
    load_balancer: &Row,
    listener: &Row,
    existing: &Row,
    update: &mut Row,
) -> Result<(), OctaviaError> {
    infer_action(update)?;
    let mut policy = existing.updated_by(update);
    complete_for_action(&mut policy)?;
    validate(change, load_balancer, listener, &policy)?;
    for field in REDIRECT_TARGETS {
        update.copy(field, &policy);
    }
    update.copy(ACTION, &policy);
    update.copy(REDIRECT_HTTP_CODE, &policy);
    Ok(())
}

/// A redirect target without an action implies the action, as in Octavia.
fn infer_action(update: &mut Row) -> Result<(), OctaviaError> {
    if update.has(ACTION) && update.is_null(ACTION) {
        return Err(OctaviaError::missing_field(ACTION.name()));
    }
    let sent: Vec<_> = REDIRECT_TARGETS
        .into_iter()
        .filter(|field| !update.is_null(*field))
        .map(|field| field.name())
        .collect();
    match sent.as_slice() {
        [] => {}
        [target] if !update.has(ACTION) => update.set(
            ACTION,
            if *target == REDIRECT_URL.name() {
                L7PolicyAction::RedirectToUrl
            } else if *target == REDIRECT_PREFIX.name() {
                L7PolicyAction::RedirectPrefix
            } else {
                L7PolicyAction::RedirectToPool
            },
        ),
        [_] => {}
        several => {
            return Err(invalid_argument(format!(
                "Cannot specify {} at the same time",
                several.join(" and ")
            )));
        }
    }
    Ok(())
}

/// Keeps the fields that the action of a policy uses, sets the others to null, and refuses a policy
/// without its redirect target.
fn complete_for_action(policy: &mut Row) -> Result<(), OctaviaError> {
    let target = match policy.get(ACTION) {
        L7PolicyAction::Reject => None,
        L7PolicyAction::RedirectToPool => Some(REDIRECT_POOL_ID),
        L7PolicyAction::RedirectToUrl => Some(REDIRECT_URL),
        L7PolicyAction::RedirectPrefix => Some(REDIRECT_PREFIX),
        L7PolicyAction::Unknown(other) => {
            return Err(OctaviaError::bad(format!("Invalid L7 Policy action specified: {other}")));
        }
    };
    let target = target.map(|field| field.name());
    for field in REDIRECT_TARGETS {
        if Some(field.name()) != target {
            policy.set(field, None);
        } else if policy.is_null(field) {
            let needed = if field.name() == REDIRECT_POOL_ID.name() {
                "redirect_pool_id or redirect_pool"
            } else {
                field.name()
            };
            return Err(invalid_argument(format!("{needed} must not be None")));
        }
    }
    let has_code = target.is_some() && target != Some(REDIRECT_POOL_ID.name());
    let code = policy.get(REDIRECT_HTTP_CODE).unwrap_or(DEFAULT_REDIRECT_HTTP_CODE);
    policy.set(REDIRECT_HTTP_CODE, has_code.then_some(code));
    Ok(())
}

/// Validates a policy against its listener and its pool.
fn validate(
    change: &Change<'_>,
    load_balancer: &Row,
    listener: &Row,
    policy: &Row,
) -> Result<(), OctaviaError> {
    let protocol = listener.get(listener::PROTOCOL);
    if protocol == ListenerProtocol::Prometheus {
        return Err(OctaviaError::no_children());
    }
    if !matches!(protocol, ListenerProtocol::Http | ListenerProtocol::TerminatedHttps) {
        return Err(OctaviaError::validation(format!(
            "L7 policies are for HTTP and TERMINATED_HTTPS listeners; this one speaks {protocol}."
        )));
    }
    match policy.get(REDIRECT_POOL_ID) {
        Some(id) => pool::require_compatible(change, load_balancer, id, &protocol),
        None => Ok(()),
    }
}

fn invalid_argument(reason: String) -> OctaviaError {
    OctaviaError::bad(format!("Invalid L7 Policy arguments: {reason}"))
}

/// Moves a policy to a position, or to the end if that is beyond it, and returns its position.
pub(crate) fn move_to_position(
    change: &Change<'_>,
    listener: &str,
    policy: &str,
    position: i64,
) -> Result<i64, OctaviaError> {
    let mut policies = policies_by_position(change, listener)?;
    let mut new_position = 0;
    if let Some(index) = policies.iter().position(|row| row.get(ID) == policy) {
        let row = policies.remove(index);
        let before = usize::try_from(position.max(1) - 1).unwrap_or(usize::MAX);
        let before = before.min(policies.len());
        policies.insert(before, row);
        new_position = before as i64 + 1;
    }
    renumber(change, &policies)?;
    Ok(new_position)
}

/// Closes the gaps in the positions of a listener's policies.
pub(crate) fn close_gaps(change: &Change<'_>, listener: &str) -> Result<(), OctaviaError> {
    renumber(change, &policies_by_position(change, listener)?)
}

/// The policies of a listener without those that are being deleted.
fn policies_by_position(change: &Change<'_>, listener: &str) -> Result<Vec<Row>, OctaviaError> {
    let mut policies = find_by(change.tx, &L7POLICY, LISTENER_ID, listener)?;
    policies.retain(|row| row.get(PROVISIONING_STATUS) != ProvisioningStatus::PendingDelete);
    policies.sort_by_key(|row| row.get(POSITION));
    Ok(policies)
}

fn renumber(change: &Change<'_>, policies: &[Row]) -> Result<(), OctaviaError> {
    for (position, row) in (1i64..).zip(policies) {
        if row.get(POSITION) != position {
            let mut update = Row::default();
            update.set(POSITION, position);
            store::update(change.tx, &L7POLICY, row.get(ID), &update)?;
        }
    }
    Ok(())
}

/// Sets the rules of a policy to PENDING_DELETE.
pub(crate) fn delete_rules(
    change: &Change<'_>,
    load_balancer: &Row,
    policy: &Row,
) -> Result<(), OctaviaError> {
    for mut rule in find_by(change.tx, &L7RULE, L7POLICY_ID, policy.get(ID))? {
        change.set_pending_delete(&L7RULE, &mut rule, load_balancer)?;
    }
    Ok(())
}

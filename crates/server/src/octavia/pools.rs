//! `/lbaas/pools`.

use super::{
    access::Actor,
    body::Body,
    change::{Change, change, found},
    error::OctaviaError,
    health_monitors, listeners, members,
    validate::Purpose,
    view,
};
use crate::model::{HEALTH_MONITOR, L7POLICY, LISTENER, MEMBER, Object, POOL};
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
    octavia::{LbAlgorithm, ListenerProtocol, PoolProtocol},
};
use serde_json::{Value, json};
use std::sync::Arc;

/// `POST`: on a load balancer, or as the default of a listener.
pub async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    body: Body,
) -> Result<impl IntoResponse, OctaviaError> {
    let sent = body.one(&POOL, Purpose::Create)?;
    let shown = change(&app, &actor, move |change| create_for(change, sent)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "pool": shown }))))
}

fn create_for(change: &Change<'_>, mut sent: Object) -> Result<Value, OctaviaError> {
    let listener = match sent.fields.remove("listener_id") {
        Some(Value::String(id)) => Some(change.part(&LISTENER, &id)?.0),
        _ => None,
    };
    let mut owner = match (sent.optional("loadbalancer_id"), &listener) {
        (Some(id), _) => change.loadbalancer(id)?,
        (None, Some(listener)) => change.loadbalancer(listener.text("loadbalancer_id"))?,
        (None, None) => {
            return Err(OctaviaError::validation(
                "Must provide at least one of: loadbalancer_id, listener_id",
            ));
        }
    };
    if let Some(listener) = &listener {
        if listener.text("loadbalancer_id") != owner.text("id") {
            return Err(OctaviaError::not_found(LISTENER.title, listener.text("id")));
        }
        listeners::pool_fits(&ListenerProtocol::from_word(listener.text("protocol")), &sent)?;
    }
    served(&sent)?;
    let project = owner.text("project_id");
    change.within_quota(&POOL, project, 1)?;
    change.within_quota(&MEMBER, project, sent.within.get("members").map_or(0, Vec::len))?;
    let monitors = sent.within.get("healthmonitor").map_or(0, Vec::len);
    change.within_quota(&HEALTH_MONITOR, project, monitors)?;
    if listener.as_ref().is_some_and(|listener| listener.optional("default_pool_id").is_some()) {
        return Err(OctaviaError::conflict("This listener already has a default pool"));
    }
    change.lock_for_part(&mut owner)?;
    let row = create_in(change, &owner, sent)?;
    if let Some(mut listener) = listener {
        let mut new = Object::default();
        new.set("default_pool_id", row.text("id"));
        change.update(&LISTENER, &mut listener, &new, &owner)?;
    }
    Ok(view::row(change.tx, &POOL, &row)?)
}

/// Creates a pool, with the members and the health monitor within, on a load balancer that is
/// locked.
pub fn create_in(
    change: &Change<'_>,
    owner: &Object,
    mut sent: Object,
) -> Result<Object, OctaviaError> {
    for name in ["protocol", "lb_algorithm"] {
        if sent.optional(name).is_none() {
            return Err(OctaviaError::field(name, "None", "Mandatory field missing."));
        }
    }
    served(&sent)?;
    let members = sent.take_within("members");
    let monitor = sent.take_within("healthmonitor").pop();
    sent.fields.remove("tenant_id");
    change.begin(&mut sent, owner, OperatingStatus::Offline);
    change.create(&POOL, &sent, owner)?;
    let monitored = monitor.is_some();
    if let Some(monitor) = monitor {
        health_monitors::create_in(change, owner, &sent, monitor)?;
    }
    for member in members {
        members::create_in(change, owner, &sent, member, monitored)?;
    }
    Ok(sent)
}

/// Refuses what this version's engine cannot serve, saying so.
fn served(sent: &Object) -> Result<(), OctaviaError> {
    let protocol = PoolProtocol::from_word(sent.text("protocol"));
    if matches!(protocol, PoolProtocol::Udp | PoolProtocol::Sctp) {
        return Err(OctaviaError::unsupported(format!(
            "protocol {protocol}; pools can be HTTP, HTTPS, PROXY, PROXYV2 or TCP"
        )));
    }
    balances(sent)
}

fn balances(sent: &Object) -> Result<(), OctaviaError> {
    match LbAlgorithm::from_word(sent.text("lb_algorithm")) {
        LbAlgorithm::SourceIpPort => Err(OctaviaError::unsupported(
            "lb_algorithm SOURCE_IP_PORT; it can be ROUND_ROBIN, LEAST_CONNECTIONS or SOURCE_IP",
        )),
        _ => Ok(()),
    }
}

/// The listeners that a pool serves, as their default or by an L7 policy.
pub fn listeners_of(change: &Change<'_>, pool: &str) -> Result<Vec<Object>, OctaviaError> {
    let mut listeners = find_by(change.tx, &LISTENER, "default_pool_id", pool)?;
    for policy in find_by(change.tx, &L7POLICY, "redirect_pool_id", pool)? {
        let id = policy.text("listener_id");
        if !listeners.iter().any(|listener| listener.text("id") == id) {
            listeners.extend(store::find(change.tx, &LISTENER, id)?);
        }
    }
    Ok(listeners)
}

fn is_going(part: &Object) -> bool {
    lifecycle::state_of(part) == ProvisioningStatus::PendingDelete
}

/// `PUT` of one.
pub async fn update(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, OctaviaError> {
    let new = body.one(&POOL, Purpose::Update)?;
    let shown = change(&app, &actor, move |change| {
        let (mut row, mut owner) = change.part(&POOL, &id)?;
        if new.has("lb_algorithm") && new.optional("lb_algorithm").is_none() {
            return Err(OctaviaError::field("lb_algorithm", "None", "Mandatory field missing."));
        }
        balances(&new)?;
        change.lock_for_part(&mut owner)?;
        change.update(&POOL, &mut row, &new, &owner)?;
        change.touch(&LISTENER, listeners_of(change, &id)?, &owner)?;
        Ok(view::row(change.tx, &POOL, &row)?)
    })
    .await?;
    Ok(Json(json!({ "pool": shown })))
}

/// `DELETE` of one, with its members and health monitor; listeners it served have none then.
pub async fn delete(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<StatusCode, OctaviaError> {
    change(&app, &actor, move |change| {
        let (mut row, mut owner) = change.part(&POOL, &id)?;
        let policies = find_by(change.tx, &L7POLICY, "redirect_pool_id", &id)?;
        if let Some(policy) = policies.iter().find(|policy| !is_going(policy)) {
            return Err(OctaviaError::conflict(format!(
                "Pool {id} is in use by L7 policy {}",
                policy.text("id")
            )));
        }
        change.lock_for_part(&mut owner)?;
        for of in [&MEMBER, &HEALTH_MONITOR] {
            for mut part in find_by(change.tx, of, "pool_id", &id)? {
                change.going(of, &mut part, &owner)?;
            }
        }
        change.going(&POOL, &mut row, &owner)?;
        change.touch(&LISTENER, listeners_of(change, &id)?, &owner)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Finds a pool that something is to be put into or changed in, its load balancer, which is then
/// locked, and has its listeners wait too.
pub fn lock_pool(change: &Change<'_>, id: &str) -> Result<(Object, Object), OctaviaError> {
    let (pool, mut owner) = change.part(&POOL, id)?;
    change.lock_for_part(&mut owner)?;
    change.touch(&POOL, vec![found(change.tx, &POOL, id)?], &owner)?;
    change.touch(&LISTENER, listeners_of(change, id)?, &owner)?;
    Ok((pool, owner))
}

/// Whether a pool has a health monitor.
pub fn is_monitored(change: &Change<'_>, pool: &str) -> Result<bool, OctaviaError> {
    Ok(store::relations::any_child(change.tx, HEALTH_MONITOR.key, "pool_id", pool)?)
}

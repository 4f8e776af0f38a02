//! `/lbaas/loadbalancers`.

use super::{
    access::Actor,
    body::Body,
    certificates::Certificates,
    change::{Change, change, found},
    error::OctaviaError,
    l7policies, listeners, pools,
    validate::Purpose,
    view, vip,
};
use crate::model::{HEALTH_MONITOR, LISTENER, LOAD_BALANCER, MEMBER, Object, POOL};
use crate::{
    app::App,
    ids,
    store::octavia::{self as store, find_by, lifecycle, relations::any_child},
    time,
};
use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use openstack_types::{OperatingStatus, ProjectId, ProvisioningStatus, portal::EventAction};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

/// Providers that may be asked for: ours, and what clients of a real Octavia ask for.
pub const PROVIDERS: [(&str, &str); 3] = [
    ("haproxy", "One HAProxy process on this machine."),
    ("amphora", "Alias of haproxy, for clients that ask for Octavia's own driver."),
    ("octavia", "Deprecated alias of amphora."),
];

/// `POST`: one, with all that hangs on it if that is sent too.
pub async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    body: Body,
) -> Result<impl IntoResponse, OctaviaError> {
    let sent = body.one(&LOAD_BALANCER, Purpose::Create)?;
    let listeners = sent.within.get("listeners").into_iter().flatten();
    let certificates = Certificates::look_up(&app, &actor, listeners).await?;
    let shown = change(&app, &actor, move |change| create_in(change, sent, &certificates)).await?;
    Ok((StatusCode::CREATED, Json(json!({ "loadbalancer": shown }))))
}

fn create_in(
    change: &Change<'_>,
    mut sent: Object,
    certificates: &Certificates,
) -> Result<Value, OctaviaError> {
    let project = match sent.optional("project_id").or(sent.optional("tenant_id")) {
        Some(project) => ProjectId(project.to_owned()),
        None => change.actor.project()?.clone(),
    };
    change.actor.create_in(&project)?;
    let provider = sent.text("provider");
    if !PROVIDERS.iter().any(|(name, _)| *name == provider) {
        return Err(OctaviaError::bad(format!("Provider '{provider}' is not enabled.")));
    }
    change.within_quota(&LOAD_BALANCER, project.as_str(), 1)?;
    vip::allocate(change, &mut sent, &project)?;

    let listeners = sent.take_within("listeners");
    let pools = sent.take_within("pools");
    let mut row = sent;
    row.fields.remove("tenant_id");
    row.set("id", ids::uuid().to_string());
    row.set("project_id", project.as_str());
    row.set("user_id", change.actor.user().as_str());
    row.set("provisioning_status", ProvisioningStatus::PendingCreate.as_str());
    row.set("operating_status", OperatingStatus::Offline.as_str());
    row.set("created_at", time::octavia_now());
    row.set("updated_at", Value::Null);
    store::insert(change.tx, &LOAD_BALANCER, &row)?;
    change.tell(&LOAD_BALANCER, EventAction::Created, &row, &row);
    create_graph(change, &row, listeners, pools, certificates)?;
    change.carry_out(&row);
    Ok(view::whole(change.tx, &row)?)
}

/// Creates what hangs on a new load balancer. Listeners and policies name their pools; a pool that
/// one brings along itself joins the others.
fn create_graph(
    change: &Change<'_>,
    owner: &Object,
    mut listeners: Vec<Object>,
    mut pools: Vec<Object>,
    certificates: &Certificates,
) -> Result<(), OctaviaError> {
    const UNNAMED: &str = "Pools must be named when creating a fully populated loadbalancer.";
    let mut named = |pool: Option<Object>| -> Result<Option<String>, OctaviaError> {
        let Some(pool) = pool else { return Ok(None) };
        let name = pool.text("name").to_owned();
        if name.is_empty() {
            return Err(OctaviaError::validation(UNNAMED));
        }
        if pool.optional("protocol").is_some() {
            pools.push(pool);
        }
        Ok(Some(name))
    };
    let mut wanted = Vec::with_capacity(listeners.len());
    let mut policies = Vec::with_capacity(listeners.len());
    for listener in &mut listeners {
        wanted.push(named(listener.take_within("default_pool").pop())?);
        let mut theirs = Vec::new();
        for mut policy in listener.take_within("l7policies") {
            let pool = named(policy.take_within("redirect_pool").pop())?;
            theirs.push((policy, pool));
        }
        policies.push(theirs);
    }
    let mut ids: HashMap<String, Object> = HashMap::new();
    let project = owner.text("project_id");
    change.within_quota(&POOL, project, pools.len())?;
    change.within_quota(&LISTENER, project, listeners.len())?;
    let count = |name| pools.iter().map(|pool| pool.within.get(name).map_or(0, Vec::len)).sum();
    change.within_quota(&MEMBER, project, count("members"))?;
    change.within_quota(&HEALTH_MONITOR, project, count("healthmonitor"))?;
    let all: Vec<_> = policies.iter().flatten().map(|(policy, _)| policy.clone()).collect();
    l7policies::within_quota(change, owner, &all)?;
    for pool in pools {
        let name = pool.text("name").to_owned();
        if name.is_empty() {
            return Err(OctaviaError::validation(UNNAMED));
        }
        if pool.optional("protocol").is_none() || pool.optional("lb_algorithm").is_none() {
            return Err(missing_details(&name));
        }
        let row = pools::create_in(change, owner, pool)?;
        if ids.insert(name, row).is_some() {
            return Err(OctaviaError::validation(
                "Pool names must be unique when creating a fully populated loadbalancer.",
            ));
        }
    }
    let place = |into: &mut Object, field, name: Option<String>| -> Result<(), OctaviaError> {
        if let Some(name) = name {
            let pool = ids.get(&name).ok_or_else(|| missing_details(&name))?;
            into.set(field, pool.text("id"));
        }
        Ok(())
    };
    for ((mut listener, pool), theirs) in listeners.into_iter().zip(wanted).zip(policies) {
        place(&mut listener, "default_pool_id", pool)?;
        let mut placed = Vec::with_capacity(theirs.len());
        for (mut policy, pool) in theirs {
            place(&mut policy, "redirect_pool_id", pool)?;
            placed.push(policy);
        }
        listener.within.insert("l7policies", placed);
        listeners::create_in(change, owner, listener, certificates)?;
    }
    Ok(())
}

fn missing_details(name: &str) -> OctaviaError {
    OctaviaError::bad(format!("Missing details for Pool object: {name}"))
}

/// `PUT` of one.
pub async fn update(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, OctaviaError> {
    let new = body.one(&LOAD_BALANCER, Purpose::Update)?;
    let shown = change(&app, &actor, move |change| {
        let mut row = change.loadbalancer(&id)?;
        change.lock(&mut row, ProvisioningStatus::PendingUpdate)?;
        store::update(change.tx, &LOAD_BALANCER, &id, &new)?;
        let row = row.merged(&new);
        change.tell(&LOAD_BALANCER, EventAction::Updated, &row, &row);
        Ok(view::row(change.tx, &LOAD_BALANCER, &row)?)
    })
    .await?;
    Ok(Json(json!({ "loadbalancer": shown })))
}

/// Arguments of `DELETE`.
#[derive(Deserialize)]
pub struct DeleteQuery {
    #[serde(default)]
    cascade: String,
}

/// `DELETE` of one; `cascade=true` takes along what hangs on it.
pub async fn delete(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
    Query(query): Query<DeleteQuery>,
) -> Result<StatusCode, OctaviaError> {
    let cascade = is_true(&query.cascade);
    change(&app, &actor, move |change| {
        let mut row = change.loadbalancer(&id)?;
        let children = any_child(change.tx, LISTENER.key, "loadbalancer_id", &id)?
            || any_child(change.tx, POOL.key, "loadbalancer_id", &id)?;
        if children && !cascade {
            return Err(OctaviaError::validation(format!(
                "Cannot delete Load Balancer {id} - it has children"
            )));
        }
        change.lock(&mut row, ProvisioningStatus::PendingDelete)?;
        for of in lifecycle::PARTS {
            for mut part in find_by(change.tx, of, "loadbalancer_id", &id)? {
                change.going(of, &mut part, &row)?;
            }
        }
        change.tell(&LOAD_BALANCER, EventAction::Status, &row, &row);
        Ok(())
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What Octavia reads as true in a query.
pub fn is_true(text: &str) -> bool {
    ["1", "t", "true", "on", "y", "yes"].contains(&text.to_ascii_lowercase().as_str())
}

/// `PUT …/failover`: starts the process anew. Admins only, as in Octavia; also from ERROR.
pub async fn failover(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<StatusCode, OctaviaError> {
    change(&app, &actor, move |change| {
        change.actor.known()?;
        let mut row = found(change.tx, &LOAD_BALANCER, &id)?;
        change.actor.admin()?;
        let state = lifecycle::state_of(&row);
        if !matches!(state, ProvisioningStatus::Active | ProvisioningStatus::Error) {
            return Err(OctaviaError::conflict(format!(
                "Invalid state {state} of loadbalancer resource {id}"
            )));
        }
        lifecycle::set_pending(change.tx, &mut row, ProvisioningStatus::PendingUpdate)?;
        change.tell(&LOAD_BALANCER, EventAction::Status, &row, &row);
        change.carry_out(&row);
        Ok(())
    })
    .await?;
    Ok(StatusCode::ACCEPTED)
}

/// `GET …/status`
pub async fn statuses(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    let tree = app
        .store
        .read(move |db| {
            actor.known()?;
            let row = found(db, &LOAD_BALANCER, &id)?;
            actor.see(&row)?;
            Ok::<_, OctaviaError>(view::status_tree(db, &row)?)
        })
        .await?;
    Ok(Json(tree))
}

/// `GET …/stats`
pub async fn stats(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    let id = app
        .store
        .read(move |db| {
            actor.known()?;
            let row = found(db, &LOAD_BALANCER, &id)?;
            actor.see(&row)?;
            Ok::<_, OctaviaError>(id)
        })
        .await?;
    Ok(Json(json!({ "stats": app.reconcile.traffic().stats(&id, &id) })))
}

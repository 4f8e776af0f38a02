//! `/lbaas/pools/{pool}/members`.

use super::{
    access::Actor,
    body::Body,
    change::{Change, change, found},
    error::OctaviaError,
    load_balancers::is_true,
    pools::{is_monitored, lock_pool},
    validate::Purpose,
    view,
};
use crate::model::{MEMBER, Object, POOL};
use crate::{app::App, store::octavia::find_by};
use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::IntoResponse,
};
use openstack_types::{OperatingStatus, ProjectId};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

/// `POST`
pub async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(pool): Path<String>,
    body: Body,
) -> Result<impl IntoResponse, OctaviaError> {
    let sent = body.one(&MEMBER, Purpose::Create)?;
    let shown = change(&app, &actor, move |change| {
        let (_, owner) = change.part(&POOL, &pool)?;
        change.within_quota(&MEMBER, owner.text("project_id"), 1)?;
        subnet_exists(change, &owner, &sent)?;
        let (pool, owner) = lock_pool(change, &pool)?;
        let monitored = is_monitored(change, pool.text("id"))?;
        let row = create_in(change, &owner, &pool, sent, monitored)?;
        Ok(view::row(change.tx, &MEMBER, &row)?)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(json!({ "member": shown }))))
}

/// Creates a member of a pool whose load balancer is locked.
pub fn create_in(
    change: &Change<'_>,
    owner: &Object,
    pool: &Object,
    mut sent: Object,
    monitored: bool,
) -> Result<Object, OctaviaError> {
    subnet_exists(change, owner, &sent)?;
    let (address, port) = key(&sent);
    let there = find_by(change.tx, &MEMBER, "pool_id", pool.text("id"))?;
    if there.iter().any(|member| key(member) == (address.clone(), port)) {
        return Err(duplicate(&address, port));
    }
    sent.fields.remove("tenant_id");
    sent.fields.entry("name").or_insert_with(|| json!(""));
    sent.fields.entry("tags").or_insert_with(|| json!([]));
    sent.set("pool_id", pool.text("id"));
    let status = if monitored { OperatingStatus::Offline } else { OperatingStatus::NoMonitor };
    change.begin(&mut sent, owner, status);
    change.create(&MEMBER, &sent, owner)?;
    Ok(sent)
}

fn duplicate(address: &str, port: i64) -> OctaviaError {
    OctaviaError::conflict(format!(
        "Another member on this pool is already using ip {address} on protocol_port {port}"
    ))
}

/// What a member is known by.
fn key(member: &Object) -> (String, i64) {
    (member.text("address").to_owned(), member.integer("protocol_port"))
}

fn subnet_exists(change: &Change<'_>, owner: &Object, sent: &Object) -> Result<(), OctaviaError> {
    let Some(id) = sent.optional("subnet_id") else { return Ok(()) };
    let project = ProjectId(owner.text("project_id").to_owned());
    let network = id.parse().ok().and_then(|id| change.app.networks.of_subnet(id));
    match network {
        Some(network) if network.usable_by(Some(&project)) => Ok(()),
        _ => Err(OctaviaError::not_found("Subnet", id)),
    }
}

/// Finds a member of this very pool.
fn member_of(change: &Change<'_>, pool: &str, id: &str) -> Result<(Object, Object), OctaviaError> {
    let (row, owner) = change.part(&MEMBER, id)?;
    if row.text("pool_id") != pool {
        return Err(OctaviaError::not_found(MEMBER.title, id));
    }
    Ok((row, owner))
}

/// `PUT` of one.
pub async fn update(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path((pool, id)): Path<(String, String)>,
    body: Body,
) -> Result<Json<Value>, OctaviaError> {
    let new = body.one(&MEMBER, Purpose::Update)?;
    let shown = change(&app, &actor, move |change| {
        let (mut row, _) = member_of(change, &pool, &id)?;
        let (_, owner) = lock_pool(change, &pool)?;
        change.update(&MEMBER, &mut row, &new, &owner)?;
        Ok(view::row(change.tx, &MEMBER, &row)?)
    })
    .await?;
    Ok(Json(json!({ "member": shown })))
}

/// `DELETE` of one.
pub async fn delete(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path((pool, id)): Path<(String, String)>,
) -> Result<StatusCode, OctaviaError> {
    change(&app, &actor, move |change| {
        let (mut row, _) = member_of(change, &pool, &id)?;
        let (_, owner) = lock_pool(change, &pool)?;
        change.going(&MEMBER, &mut row, &owner)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Arguments of the batch.
#[derive(Deserialize)]
pub struct BatchQuery {
    #[serde(default)]
    additive_only: String,
}

/// `PUT` of all: those not named go, unless `additive_only`. A member is known by address and port.
pub async fn batch(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(pool): Path<String>,
    Query(query): Query<BatchQuery>,
    body: Body,
) -> Result<StatusCode, OctaviaError> {
    let additive = is_true(&query.additive_only);
    let sent = body.many(&MEMBER)?;
    change(&app, &actor, move |change| batch_in(change, &pool, sent, additive)).await?;
    Ok(StatusCode::ACCEPTED)
}

fn batch_in(
    change: &Change<'_>,
    pool: &str,
    sent: Vec<Object>,
    additive: bool,
) -> Result<(), OctaviaError> {
    let (_, owner) = change.part(&POOL, pool)?;
    let there: HashMap<_, _> = find_by(change.tx, &MEMBER, "pool_id", pool)?
        .into_iter()
        .map(|member| (key(&member), member))
        .collect();
    let mut named = HashSet::new();
    for member in &sent {
        let (address, port) = key(member);
        if !named.insert((address.clone(), port)) {
            return Err(match there.contains_key(&(address.clone(), port)) {
                true => OctaviaError::validation(
                    "Member must be updated only once in the same request.",
                ),
                false => duplicate(&address, port),
            });
        }
    }
    let (known, new): (Vec<_>, Vec<_>) =
        sent.into_iter().partition(|member| there.contains_key(&key(member)));
    let gone: Vec<_> = if additive {
        Vec::new()
    } else {
        there.iter().filter(|(key, _)| !named.contains(*key)).map(|(_, row)| row.clone()).collect()
    };
    if known.is_empty() && new.is_empty() && gone.is_empty() {
        return Ok(());
    }
    change.within_quota(&MEMBER, owner.text("project_id"), new.len().saturating_sub(gone.len()))?;
    for member in &new {
        subnet_exists(change, &owner, member)?;
    }
    let (pool, owner) = lock_pool(change, pool)?;
    let monitored = is_monitored(change, pool.text("id"))?;
    for member in known {
        let mut row = found(change.tx, &MEMBER, there[&key(&member)].text("id"))?;
        change.update(&MEMBER, &mut row, &of_batch(member), &owner)?;
    }
    for mut row in gone {
        change.going(&MEMBER, &mut row, &owner)?;
    }
    for member in new {
        create_in(change, &owner, &pool, member, monitored)?;
    }
    Ok(())
}

/// What a batch changes of a member that is there: Octavia fills in the defaults of all but name,
/// tags and subnet.
fn of_batch(mut member: Object) -> Object {
    for fixed in ["address", "protocol_port", "project_id", "tenant_id", "subnet_id"] {
        member.fields.remove(fixed);
    }
    member
}

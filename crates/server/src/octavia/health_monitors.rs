//! `/lbaas/healthmonitors`.

use super::{
    access::Actor,
    body::Body,
    change::{Change, change},
    error::OctaviaError,
    pools::lock_pool,
    validate::Purpose,
    view,
};
use crate::app::App;
use crate::model::{HEALTH_MONITOR, Object, POOL};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use openstack_types::{OperatingStatus, octavia::HealthMonitorType};
use serde_json::{Value, json};
use std::sync::Arc;

/// Fields of checks by HTTP, with what is taken when they are not sent.
const HTTP_FIELDS: [(&str, &str); 3] =
    [("http_method", "GET"), ("url_path", "/"), ("expected_codes", "200")];

/// `POST`
pub async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    body: Body,
) -> Result<impl IntoResponse, OctaviaError> {
    let sent = body.one(&HEALTH_MONITOR, Purpose::Create)?;
    let shown = change(&app, &actor, move |change| {
        let id = sent.text("pool_id").to_owned();
        let (_, owner) = change.part(&POOL, &id)?;
        served(&sent)?;
        change.within_quota(&HEALTH_MONITOR, owner.text("project_id"), 1)?;
        let (pool, owner) = lock_pool(change, &id)?;
        let row = create_in(change, &owner, &pool, sent)?;
        Ok(view::row(change.tx, &HEALTH_MONITOR, &row)?)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(json!({ "healthmonitor": shown }))))
}

/// Creates the health monitor of a pool whose load balancer is locked.
pub fn create_in(
    change: &Change<'_>,
    owner: &Object,
    pool: &Object,
    mut sent: Object,
) -> Result<Object, OctaviaError> {
    served(&sent)?;
    if super::pools::is_monitored(change, pool.text("id"))? {
        return Err(OctaviaError::conflict("This pool already has a health monitor"));
    }
    let kind = HealthMonitorType::from_word(sent.text("type"));
    for (name, default) in HTTP_FIELDS {
        match (is_http(&kind), sent.optional(name).is_some()) {
            (true, false) => sent.set(name, default),
            (false, true) => return Err(not_for(name, &kind)),
            _ => {}
        }
    }
    host_fits(&sent)?;
    sent.fields.remove("tenant_id");
    sent.set("pool_id", pool.text("id"));
    change.begin(&mut sent, owner, OperatingStatus::Offline);
    change.create(&HEALTH_MONITOR, &sent, owner)?;
    Ok(sent)
}

fn is_http(kind: &HealthMonitorType) -> bool {
    matches!(kind, HealthMonitorType::Http | HealthMonitorType::Https)
}

fn not_for(name: &str, kind: &HealthMonitorType) -> OctaviaError {
    OctaviaError::option(name, format!("health monitors of type {kind}"))
}

/// Refuses what only pools have that there are none of.
fn served(sent: &Object) -> Result<(), OctaviaError> {
    match HealthMonitorType::from_word(sent.text("type")) {
        kind @ (HealthMonitorType::UdpConnect | HealthMonitorType::Sctp) => {
            Err(OctaviaError::validation(format!(
                "The {kind} type is only supported for pools of type UDP/SCTP."
            )))
        }
        _ => Ok(()),
    }
}

/// A Host header needs HTTP/1.1.
fn host_fits(monitor: &Object) -> Result<(), OctaviaError> {
    if monitor.optional("domain_name").is_none() {
        return Ok(());
    }
    match monitor.get("http_version").as_f64() {
        None => Err(OctaviaError::validation(
            "'http_version' must be specified when 'domain_name' is provided.",
        )),
        Some(version) if version < 1.1 => Err(OctaviaError::option(
            "http_version 1.0",
            "health monitors HTTP 1.1 domain name health check",
        )),
        Some(_) => Ok(()),
    }
}

/// `PUT` of one.
pub async fn update(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, OctaviaError> {
    let mut new = body.one(&HEALTH_MONITOR, Purpose::Update)?;
    let shown = change(&app, &actor, move |change| {
        let (mut row, _) = change.part(&HEALTH_MONITOR, &id)?;
        let kind = HealthMonitorType::from_word(row.text("type"));
        for (name, default) in HTTP_FIELDS {
            if new.has(name) && !is_http(&kind) {
                return Err(not_for(name, &kind));
            }
            if new.has(name) && new.optional(name).is_none() {
                new.set(name, default);
            }
        }
        for name in ["delay", "timeout", "max_retries"] {
            if new.has(name) && new.get(name).is_null() {
                return Err(OctaviaError::option("None", name));
            }
        }
        host_fits(&row.merged(&new))?;
        let (_, owner) = lock_pool(change, row.text("pool_id"))?;
        change.update(&HEALTH_MONITOR, &mut row, &new, &owner)?;
        Ok(view::row(change.tx, &HEALTH_MONITOR, &row)?)
    })
    .await?;
    Ok(Json(json!({ "healthmonitor": shown })))
}

/// `DELETE` of one.
pub async fn delete(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<StatusCode, OctaviaError> {
    change(&app, &actor, move |change| {
        let (mut row, _) = change.part(&HEALTH_MONITOR, &id)?;
        let (_, owner) = lock_pool(change, row.text("pool_id"))?;
        change.going(&HEALTH_MONITOR, &mut row, &owner)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

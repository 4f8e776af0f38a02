//! `/lbaas/listeners`.

use super::{
    access::Actor,
    body::Body,
    certificates::{self, Certificates},
    change::{Change, change, found, seen},
    error::OctaviaError,
    l7policies, pools, tls,
    validate::Purpose,
    view,
};
use crate::model::{LISTENER, Object, POOL};
use crate::{
    app::App,
    store::octavia::{self as store, find_by},
};
use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use ipnet::IpNet;
use openstack_types::{
    OperatingStatus,
    octavia::{ListenerProtocol, PoolProtocol},
    rules,
};
use serde_json::{Value, json};
use std::{net::IpAddr, sync::Arc};

/// Headers that a listener can add to requests.
const HEADERS: [&str; 3] = ["X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"];

/// `POST`
pub async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    body: Body,
) -> Result<impl IntoResponse, OctaviaError> {
    let mut sent = body.one(&LISTENER, Purpose::Create)?;
    let certificates = Certificates::look_up(&app, &actor, [&sent]).await?;
    let shown = change(&app, &actor, move |change| {
        let mut owner = change.loadbalancer(sent.text("loadbalancer_id"))?;
        let project = owner.text("project_id").to_owned();
        change.within_quota(&LISTENER, &project, 1)?;
        served(&sent)?;
        let mut policies = sent.take_within("l7policies");
        l7policies::within_quota(change, &owner, &policies)?;
        change.lock_for_part(&mut owner)?;
        let default = sent.take_within("default_pool").pop();
        let chosen = policies.iter_mut().map(|policy| policy.take_within("redirect_pool").pop());
        let chosen: Vec<_> = chosen.collect();
        let pools = default.iter().chain(chosen.iter().flatten()).count();
        change.within_quota(&POOL, &project, pools)?;
        if let Some(pool) = default {
            let pool = pools::create_in(change, &owner, pool)?;
            sent.set("default_pool_id", pool.text("id"));
        }
        for (policy, pool) in policies.iter_mut().zip(chosen) {
            if let Some(pool) = pool {
                let pool = pools::create_in(change, &owner, pool)?;
                policy.set("redirect_pool_id", pool.text("id"));
            }
        }
        sent.within.insert("l7policies", policies);
        let row = create_in(change, &owner, sent, &certificates)?;
        Ok(view::row(change.tx, &LISTENER, &row)?)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(json!({ "listener": shown }))))
}

/// Creates a listener, with the policies within, on a load balancer that is locked.
pub fn create_in(
    change: &Change<'_>,
    owner: &Object,
    mut sent: Object,
    certificates: &Certificates,
) -> Result<Object, OctaviaError> {
    served(&sent)?;
    let protocol = ListenerProtocol::from_word(sent.text("protocol"));
    tls::settle(&mut sent, &protocol, &change.app.config.tls, |_| true)?;
    let secrets = certificates.used_by(&sent, None)?;
    let port = sent.integer("protocol_port");
    for other in find_by(change.tx, &LISTENER, "loadbalancer_id", owner.text("id"))? {
        let theirs = ListenerProtocol::from_word(other.text("protocol"));
        if other.integer("protocol_port") == port && rules::ports_collide(&protocol, &theirs) {
            return Err(OctaviaError::conflict(format!(
                "Another Listener on this Load Balancer is already using protocol {theirs} and protocol_port {port}"
            )));
        }
    }
    fits(change, owner, &sent, &protocol)?;
    let policies = sent.take_within("l7policies");
    sent.fields.remove("tenant_id");
    change.begin(&mut sent, owner, OperatingStatus::Offline);
    change.create(&LISTENER, &sent, owner)?;
    certificates::write_down(change.tx, &sent, &secrets)?;
    for policy in policies {
        l7policies::create_in(change, owner, &sent, policy)?;
    }
    if let Some(pool) = sent.optional("default_pool_id") {
        change.touch(&POOL, store::find(change.tx, &POOL, pool)?.into_iter().collect(), owner)?;
    }
    Ok(sent)
}

/// Refuses what this version's engine cannot serve, saying so.
fn served(sent: &Object) -> Result<(), OctaviaError> {
    match ListenerProtocol::from_word(sent.text("protocol")) {
        ListenerProtocol::Http
        | ListenerProtocol::TerminatedHttps
        | ListenerProtocol::Tcp
        | ListenerProtocol::Https => Ok(()),
        other => Err(OctaviaError::unsupported(format!(
            "protocol {other}; listeners can be HTTP, TERMINATED_HTTPS, HTTPS (passed through) or TCP"
        ))),
    }
}

/// Checks a listener, as it is to become, against its load balancer and pool.
fn fits(
    change: &Change<'_>,
    owner: &Object,
    listener: &Object,
    protocol: &ListenerProtocol,
) -> Result<(), OctaviaError> {
    let headers = listener.get("insert_headers").as_object();
    if let Some(headers) = headers.filter(|headers| !headers.is_empty()) {
        if !matches!(protocol, ListenerProtocol::Http | ListenerProtocol::TerminatedHttps) {
            return Err(OctaviaError::option(
                "insert-headers",
                format!("a {protocol} protocol listener."),
            ));
        }
        if let Some(stranger) = headers.keys().find(|name| !HEADERS.contains(&name.as_str())) {
            return Err(OctaviaError::option(
                format!("['{}']", stranger.chars().take(255).collect::<String>()),
                format!("insert_headers: it may hold {}", HEADERS.join(", ")),
            ));
        }
    }
    let vip: Option<IpAddr> = owner.text("vip_address").parse().ok();
    let cidrs = listener.get("allowed_cidrs").as_array().map(Vec::as_slice).unwrap_or_default();
    for cidr in cidrs.iter().filter_map(Value::as_str) {
        let range: Option<IpNet> = cidr.parse().ok();
        if range.map(|range| range.addr().is_ipv4()) != vip.map(|vip| vip.is_ipv4()) {
            return Err(OctaviaError::validation(format!(
                "CIDR {cidr} IP version incompatible with all VIPs ['{}'] IP version.",
                owner.text("vip_address")
            )));
        }
    }
    if let Some(id) = listener.optional("default_pool_id") {
        let pool = store::find(change.tx, &POOL, id)?
            .filter(|pool| pool.text("loadbalancer_id") == owner.text("id"))
            .ok_or_else(|| OctaviaError::not_found(POOL.title, id))?;
        pool_fits(protocol, &pool)?;
    }
    Ok(())
}

/// Refuses a pool that cannot serve a listener of this protocol.
pub fn pool_fits(protocol: &ListenerProtocol, pool: &Object) -> Result<(), OctaviaError> {
    let theirs = PoolProtocol::from_word(pool.text("protocol"));
    if rules::pool_protocol_fits(protocol, &theirs) {
        return Ok(());
    }
    Err(OctaviaError::validation(format!(
        "The pool protocol '{theirs}' is invalid while the listener protocol is '{protocol}'."
    )))
}

/// `PUT` of one.
pub async fn update(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, OctaviaError> {
    let mut new = body.one(&LISTENER, Purpose::Update)?;
    let certificates = Certificates::look_up(&app, &actor, [&new]).await?;
    let shown = change(&app, &actor, move |change| {
        let (mut row, mut owner) = change.part(&LISTENER, &id)?;
        let protocol = ListenerProtocol::from_word(row.text("protocol"));
        let mut next = row.merged(&new);
        tls::settle(&mut next, &protocol, &change.app.config.tls, |name| new.has(name))?;
        let secrets = certificates.used_by(&next, Some(&row))?;
        for name in tls::FIELDS.into_iter().filter(|name| new.has(name)).collect::<Vec<_>>() {
            new.set(name, next.get(name).clone());
        }
        fits(change, &owner, &next, &protocol)?;
        change.lock_for_part(&mut owner)?;
        let pools: Vec<_> = [&row, &new]
            .iter()
            .filter(|_| new.has("default_pool_id"))
            .filter_map(|listener| listener.optional("default_pool_id"))
            .map(|pool| found(change.tx, &POOL, pool))
            .collect::<Result<_, _>>()?;
        change.update(&LISTENER, &mut row, &new, &owner)?;
        if certificates::were_sent(&new) {
            certificates::write_down(change.tx, &row, &secrets)?;
        }
        change.touch(&POOL, pools, &owner)?;
        Ok(view::row(change.tx, &LISTENER, &row)?)
    })
    .await?;
    Ok(Json(json!({ "listener": shown })))
}

/// `DELETE` of one.
pub async fn delete(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<StatusCode, OctaviaError> {
    change(&app, &actor, move |change| {
        let (mut row, mut owner) = change.part(&LISTENER, &id)?;
        change.lock_for_part(&mut owner)?;
        l7policies::all_going(change, &owner, &id)?;
        change.going(&LISTENER, &mut row, &owner)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET …/stats`
pub async fn stats(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    let row = app.store.read(move |db| seen(db, &actor, &LISTENER, &id)).await?;
    let stats = app.reconcile.traffic().stats(row.text("loadbalancer_id"), row.text("id"));
    Ok(Json(json!({ "stats": stats })))
}

//! `/lbaas/listeners`.

use super::{
    access::Who,
    body::Body,
    change::{Change, change, found, seen},
    fault::Fault,
    lists::{self, Asked},
    pools,
    schema::{LISTENER, Object, POOL, Purpose},
    view,
};
use crate::{
    app::App,
    public_url::PublicUrl,
    store::octavia::{self as store, find_by},
};
use axum::{
    Json,
    extract::{OriginalUri, Path, State},
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

/// `GET`
pub async fn list(
    State(app): State<Arc<App>>,
    who: Who,
    url: PublicUrl,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Fault> {
    lists::list(&app, who, Asked { of: &LISTENER, uri, url }, None).await
}

/// `GET` of one.
pub async fn show(
    State(app): State<Arc<App>>,
    who: Who,
    Path(id): Path<String>,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, Fault> {
    lists::show(&app, who, &LISTENER, &uri, id, None).await
}

/// `POST`
pub async fn create(
    State(app): State<Arc<App>>,
    who: Who,
    body: Body,
) -> Result<impl IntoResponse, Fault> {
    let mut sent = body.one(&LISTENER, Purpose::Create)?;
    let shown = change(&app, &who, move |change| {
        let mut owner = change.loadbalancer(sent.text("loadbalancer_id"))?;
        change.within_quota(&LISTENER, owner.text("project_id"), 1)?;
        served(&sent)?;
        change.lock_for_part(&mut owner)?;
        if let Some(pool) = sent.take_within("default_pool").pop() {
            change.within_quota(&POOL, owner.text("project_id"), 1)?;
            let pool = pools::create_in(change, &owner, pool)?;
            sent.set("default_pool_id", pool.text("id"));
        }
        let row = create_in(change, &owner, sent)?;
        Ok(view::row(change.tx, &LISTENER, &row)?)
    })
    .await?;
    Ok((StatusCode::CREATED, Json(json!({ "listener": shown }))))
}

/// Creates a listener on a load balancer that is locked.
pub fn create_in(change: &Change<'_>, owner: &Object, mut sent: Object) -> Result<Object, Fault> {
    served(&sent)?;
    let protocol = ListenerProtocol::from_word(sent.text("protocol"));
    let port = sent.integer("protocol_port");
    for other in find_by(change.tx, &LISTENER, "loadbalancer_id", owner.text("id"))? {
        let theirs = ListenerProtocol::from_word(other.text("protocol"));
        if other.integer("protocol_port") == port && rules::ports_collide(&protocol, &theirs) {
            return Err(Fault::conflict(format!(
                "Another Listener on this Load Balancer is already using protocol {theirs} and protocol_port {port}"
            )));
        }
    }
    fits(change, owner, &sent, &protocol)?;
    sent.fields.remove("tenant_id");
    change.begin(&mut sent, owner, OperatingStatus::Offline);
    change.create(&LISTENER, &sent, owner)?;
    if let Some(pool) = sent.optional("default_pool_id") {
        change.touch(&POOL, store::find(change.tx, &POOL, pool)?.into_iter().collect(), owner)?;
    }
    Ok(sent)
}

/// Refuses what this version's engine cannot serve, saying so.
fn served(sent: &Object) -> Result<(), Fault> {
    let protocol = ListenerProtocol::from_word(sent.text("protocol"));
    let certificates = certificates_sent(sent);
    match protocol {
        ListenerProtocol::TerminatedHttps if !certificates => Err(Fault::validation(
            "An SNI or default certificate container reference must be provided for TERMINATED_HTTPS protocol listeners.",
        )),
        ListenerProtocol::TerminatedHttps => Err(Fault::validation(
            "TERMINATED_HTTPS listeners are not served by this version; use HTTP, or HTTPS to pass TLS through to the members.",
        )),
        ListenerProtocol::Http | ListenerProtocol::Tcp | ListenerProtocol::Https
            if certificates =>
        {
            Err(no_certificates(&protocol))
        }
        ListenerProtocol::Http | ListenerProtocol::Tcp | ListenerProtocol::Https => Ok(()),
        other => Err(Fault::unsupported(format!(
            "protocol {other}; listeners can be HTTP, HTTPS (passed through) or TCP"
        ))),
    }
}

fn certificates_sent(sent: &Object) -> bool {
    sent.optional("default_tls_container_ref").is_some()
        || sent.get("sni_container_refs").as_array().is_some_and(|refs| !refs.is_empty())
}

fn no_certificates(protocol: &ListenerProtocol) -> Fault {
    Fault::validation(format!(
        "Certificate container references are not allowed on {protocol} protocol listeners."
    ))
}

/// Checks a listener, as it is to become, against its load balancer and pool.
fn fits(
    change: &Change<'_>,
    owner: &Object,
    listener: &Object,
    protocol: &ListenerProtocol,
) -> Result<(), Fault> {
    let headers = listener.get("insert_headers").as_object();
    if let Some(headers) = headers.filter(|headers| !headers.is_empty()) {
        if *protocol != ListenerProtocol::Http {
            return Err(Fault::option(
                "insert-headers",
                format!("a {protocol} protocol listener."),
            ));
        }
        if let Some(stranger) = headers.keys().find(|name| !HEADERS.contains(&name.as_str())) {
            return Err(Fault::option(
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
            return Err(Fault::validation(format!(
                "CIDR {cidr} IP version incompatible with all VIPs ['{}'] IP version.",
                owner.text("vip_address")
            )));
        }
    }
    if let Some(id) = listener.optional("default_pool_id") {
        let pool = store::find(change.tx, &POOL, id)?
            .filter(|pool| pool.text("loadbalancer_id") == owner.text("id"))
            .ok_or_else(|| Fault::not_found(POOL.title, id))?;
        pool_fits(protocol, &pool)?;
    }
    Ok(())
}

/// Refuses a pool that cannot serve a listener of this protocol.
pub fn pool_fits(protocol: &ListenerProtocol, pool: &Object) -> Result<(), Fault> {
    let theirs = PoolProtocol::from_word(pool.text("protocol"));
    if rules::pool_protocol_fits(protocol, &theirs) {
        return Ok(());
    }
    Err(Fault::validation(format!(
        "The pool protocol '{theirs}' is invalid while the listener protocol is '{protocol}'."
    )))
}

/// `PUT` of one.
pub async fn update(
    State(app): State<Arc<App>>,
    who: Who,
    Path(id): Path<String>,
    body: Body,
) -> Result<Json<Value>, Fault> {
    let new = body.one(&LISTENER, Purpose::Update)?;
    let shown = change(&app, &who, move |change| {
        let (mut row, mut owner) = change.part(&LISTENER, &id)?;
        let protocol = ListenerProtocol::from_word(row.text("protocol"));
        if certificates_sent(&new) {
            return Err(no_certificates(&protocol));
        }
        fits(change, &owner, &row.merged(&new), &protocol)?;
        change.lock_for_part(&mut owner)?;
        let pools: Vec<_> = [&row, &new]
            .iter()
            .filter(|_| new.has("default_pool_id"))
            .filter_map(|listener| listener.optional("default_pool_id"))
            .map(|pool| found(change.tx, &POOL, pool))
            .collect::<Result<_, _>>()?;
        change.update(&LISTENER, &mut row, &new, &owner)?;
        change.touch(&POOL, pools, &owner)?;
        Ok(view::row(change.tx, &LISTENER, &row)?)
    })
    .await?;
    Ok(Json(json!({ "listener": shown })))
}

/// `DELETE` of one.
pub async fn delete(
    State(app): State<Arc<App>>,
    who: Who,
    Path(id): Path<String>,
) -> Result<StatusCode, Fault> {
    change(&app, &who, move |change| {
        let (mut row, mut owner) = change.part(&LISTENER, &id)?;
        change.lock_for_part(&mut owner)?;
        change.going(&LISTENER, &mut row, &owner)
    })
    .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET …/stats`
pub async fn stats(
    State(app): State<Arc<App>>,
    who: Who,
    Path(id): Path<String>,
) -> Result<Json<Value>, Fault> {
    let id = app.store.read(move |db| seen(db, &who, &LISTENER, &id).map(|_| id)).await?;
    Ok(Json(json!({ "stats": app.reconcile.traffic().stats(&id) })))
}

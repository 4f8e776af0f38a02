//! `POST /portal/handshake`: reports the certificate that a listener serves, by a TLS handshake with
//! it. A page cannot do this itself.

use super::error::PortalError;
use crate::{
    app::App,
    model::{LISTENER, LOAD_BALANCER, LOADBALANCER_ID, listener, load_balancer},
    octavia::{
        access::Actor,
        change::{find, find_readable},
        error::OctaviaError,
    },
    tls_probe,
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use openstack_types::portal::{Handshake, HandshakeRequest};
use std::sync::Arc;

/// A failed handshake is a successful response with its reason.
///
/// # Errors
/// As for the listener itself.
pub(super) async fn handshake(
    State(app): State<Arc<App>>,
    actor: Actor,
    request: Result<Json<HandshakeRequest>, JsonRejection>,
) -> Result<Json<Handshake>, PortalError> {
    let Json(request) = request.map_err(|error| OctaviaError::bad(error.body_text()))?;
    let id = request.listener_id.to_string();
    let (vip, port) = app
        .store
        .read(move |db| {
            let listener = find_readable(db, &actor, &LISTENER, &id)?;
            let load_balancer = find(db, &LOAD_BALANCER, listener.get(LOADBALANCER_ID))?;
            let vip = load_balancer.get(load_balancer::VIP_ADDRESS).to_owned();
            Ok::<_, OctaviaError>((vip, listener.get(listener::PROTOCOL_PORT)))
        })
        .await?;
    let probe = tokio::task::spawn_blocking(move || {
        let address = vip.parse().map_err(std::io::Error::other)?;
        let port = u16::try_from(port).map_err(std::io::Error::other)?;
        tls_probe::probe(address, port, request.server_name.as_deref())
    });
    let result = probe.await.map_err(|error| {
        tracing::error!(%error, "a TLS probe panicked");
        PortalError::Internal
    })?;
    Ok(Json(match result {
        Ok(served) => Handshake {
            fingerprint: Some(served.fingerprint),
            version: Some(served.version.to_owned()),
            reason: None,
        },
        Err(error) => {
            Handshake { fingerprint: None, version: None, reason: Some(error.to_string()) }
        }
    }))
}

//! `POST /portal/handshake`: reports the certificate that a listener serves, by a TLS handshake with
//! it. A page cannot do this itself.

use super::error::PortalError;
use crate::{
    address_policy::Connection,
    app::App,
    model::{LISTENER, LOAD_BALANCER, LOADBALANCER_ID, listener, load_balancer},
    octavia::{
        access::Actor,
        change::{find, find_readable},
        error::OctaviaError,
    },
    tls_probe,
    user_limit::LimitReached,
};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
};
use openstack_types::portal::{Handshake, HandshakeRequest};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};

/// How long a client waits before the next handshake.
const RETRY: Duration = Duration::from_secs(1);

/// A failed handshake is a successful response with its reason.
///
/// # Errors
/// As for the listener itself; 429 or 503 if too many handshakes are in progress.
pub(super) async fn handshake(
    State(app): State<Arc<App>>,
    actor: Actor,
    request: Result<Json<HandshakeRequest>, JsonRejection>,
) -> Result<Json<Handshake>, PortalError> {
    let _permit = app.handshakes.acquire(actor.user_id()).map_err(|limit| match limit {
        LimitReached::OfUser => {
            PortalError::LimitOfUser("You have too many handshakes in progress.", RETRY)
        }
        LimitReached::OfAll => PortalError::Busy("Too many handshakes are in progress.", RETRY),
    })?;
    let Json(request) = request.map_err(|error| OctaviaError::bad(error.body_text()))?;
    let id = request.listener_id.to_string();
    let policy = app.address_policy.clone();
    let (vip, port) = app
        .store
        .read(move |db| {
            let listener = find_readable(db, &actor, &LISTENER, &id)?;
            let load_balancer = find(db, &LOAD_BALANCER, listener.get(LOADBALANCER_ID))?;
            let vip = load_balancer.get(load_balancer::VIP_ADDRESS).to_owned();
            Ok::<_, OctaviaError>((vip, listener.get(listener::PROTOCOL_PORT)))
        })
        .await?;
    let (Ok(address), Ok(port)) = (vip.parse(), u16::try_from(port)) else {
        tracing::error!(vip, port, "the listener has no valid address");
        return Err(PortalError::Internal);
    };
    let to = SocketAddr::new(address, port);
    let result = match policy.check(Connection::Member, to) {
        Ok(()) => tls_probe::probe(to, request.server_name.as_deref()).await,
        Err(refused) => Err(io::Error::other(refused)),
    };
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

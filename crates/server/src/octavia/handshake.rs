//! `POST /portal/handshake`: which certificate a listener serves, by a real handshake with it. A page
//! cannot do that itself.

use super::{
    access::Actor,
    change::{found, seen},
    error::OctaviaError,
    summary::SummaryError,
};
use crate::model::{LISTENER, LOAD_BALANCER};
use crate::{app::App, handshake};
use axum::{
    Json,
    extract::{State, rejection::JsonRejection},
    http::StatusCode,
};
use openstack_types::portal::{AskHandshake, Handshake};
use std::sync::Arc;

/// For whoever may look at the listener. That nobody answers there is an answer.
///
/// # Errors
/// As looking at the listener.
pub async fn handshake(
    State(app): State<Arc<App>>,
    actor: Actor,
    ask: Result<Json<AskHandshake>, JsonRejection>,
) -> Result<Json<Handshake>, SummaryError> {
    let Json(ask) = ask.map_err(|why| OctaviaError::Api {
        status: StatusCode::BAD_REQUEST,
        message: why.body_text(),
    })?;
    let id = ask.listener_id.to_string();
    let (vip, port) = app
        .store
        .read(move |db| {
            let listener = seen(db, &actor, &LISTENER, &id)?;
            let balancer = found(db, &LOAD_BALANCER, listener.text("loadbalancer_id"))?;
            let port = listener.integer("protocol_port");
            Ok::<_, OctaviaError>((balancer.text("vip_address").to_owned(), port))
        })
        .await?;
    let shaken = tokio::task::spawn_blocking(move || {
        let address = vip.parse().map_err(std::io::Error::other)?;
        let port = u16::try_from(port).map_err(std::io::Error::other)?;
        handshake::with(address, port, ask.server_name.as_deref())
    });
    let shaken = shaken.await.map_err(|error| {
        tracing::error!(%error, "a handshake failed");
        OctaviaError::Internal
    })?;
    Ok(Json(match shaken {
        Ok(served) => Handshake {
            fingerprint: Some(served.fingerprint),
            version: Some(served.version.to_owned()),
            reason: None,
        },
        Err(why) => Handshake { fingerprint: None, version: None, reason: Some(why.to_string()) },
    }))
}

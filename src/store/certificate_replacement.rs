//! Replaces the certificate of the listeners of a load balancer, and checks which one is served.

use crate::{
    client::{self, Result},
    store::{Certificates, Store},
};
use gloo_timers::future::TimeoutFuture;
use leptos::prelude::*;
use openstack_types::{
    ListenerId, LoadBalancerId, SecretId,
    error::ApiError,
    portal::{Handshake, HandshakeRequest},
};
use plan::Edit;
use std::cell::Cell;

/// Handshakes at the same time. The server refuses more of one user; a certificate may have many listeners.
const MAX_HANDSHAKES: u32 = 2;
/// How long to wait for a place among them, in milliseconds, and how often when another tab has all places.
const WAIT: u32 = 100;
const MAX_WAITS: usize = 100;

thread_local! {
    static HANDSHAKES: Cell<u32> = const { Cell::new(0) };
}

/// A place among the handshakes, until it is dropped.
struct HandshakePermit;

impl HandshakePermit {
    async fn acquire() -> Self {
        while HANDSHAKES.get() >= MAX_HANDSHAKES {
            TimeoutFuture::new(WAIT).await;
        }
        HANDSHAKES.set(HANDSHAKES.get() + 1);
        Self
    }
}

impl Drop for HandshakePermit {
    fn drop(&mut self) {
        HANDSHAKES.set(HANDSHAKES.get() - 1);
    }
}

async fn handshake(ask: &HandshakeRequest) -> Result<Handshake> {
    let _permit = HandshakePermit::acquire().await;
    let mut answer = client::portal::handshake(ask).await;
    for _ in 0..MAX_WAITS {
        if !answer.as_ref().is_err_and(|error| matches!(error.status, 429 | 503)) {
            break;
        }
        TimeoutFuture::new(WAIT).await;
        answer = client::portal::handshake(ask).await;
    }
    answer
}

/// The result of a handshake with a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// The expected certificate is served.
    Served {
        /// `TLSv1.2`.
        version: String,
    },
    /// Another certificate is served.
    Other,
    /// Why there was no handshake.
    None(String),
    /// The request failed.
    NotAsked(ApiError),
}

impl Store {
    /// Starts an edit of a load balancer that replaces a certificate on every listener, as the
    /// default and for server names (SNI). Without such a listener, the edit has no steps.
    ///
    /// # Errors
    /// The error of the service; nothing has begun then.
    pub async fn replace_certificate(
        self,
        balancer: LoadBalancerId,
        old: SecretId,
        new: &str,
    ) -> Result<()> {
        let graph = self.load_balancers.read_full_graph(balancer).await?;
        let edit = Edit::new(graph);
        let mut draft = edit.base_draft().clone();
        let replaced = |reference: &String| {
            if SecretId::from_ref(reference) == Some(old) {
                new.to_owned()
            } else {
                reference.clone()
            }
        };
        for listener in &mut draft.listeners {
            listener.certificate = listener.certificate.as_ref().map(replaced);
            if listener.sni.iter().any(|one| SecretId::from_ref(one) == Some(old)) {
                let mut sni: Vec<String> = Vec::new();
                for one in listener.sni.iter().map(replaced) {
                    // Without duplicates, and without the default.
                    if listener.certificate.as_ref() != Some(&one) && !sni.contains(&one) {
                        sni.push(one);
                    }
                }
                listener.sni = sni;
            }
        }
        match edit.resolve(&draft) {
            Ok(resolved) => {
                self.edits.dismiss(balancer);
                self.edits.start(&resolved);
                Ok(())
            }
            // Findings are of changed fields only, and a reference is always valid.
            Err(findings) => {
                Err(ApiError { status: 400, message: format!("{findings:?}"), field: None })
            }
        }
    }
}

impl Certificates {
    /// Whether a listener serves a certificate.
    pub async fn check(self, listener: ListenerId, certificate: Option<SecretId>) -> Check {
        let facts =
            untrack(|| certificate.and_then(|id| self.get(id)).and_then(|one| one.facts.clone()));
        let server_name = facts.as_ref().and_then(|facts| facts.names.first().cloned());
        // A wildcard is no server name.
        let server_name = server_name.map(|name| name.replacen("*.", "www.", 1));
        let ask = HandshakeRequest { listener_id: listener, server_name };
        match handshake(&ask).await {
            Err(error) => Check::NotAsked(error),
            Ok(answer) => match (answer.fingerprint, facts) {
                (None, _) => Check::None(answer.reason.unwrap_or_default()),
                (Some(shown), Some(facts)) if shown == facts.fingerprint => {
                    Check::Served { version: answer.version.unwrap_or_default() }
                }
                (Some(_), _) => Check::Other,
            },
        }
    }
}

//! Another certificate on the listeners of a load balancer, and whether it is served.

use crate::{
    client::{self, Result},
    store::{Certificates, Store},
};
use leptos::prelude::*;
use openstack_types::{
    ListenerId, LoadBalancerId, SecretId, error::ApiError, portal::HandshakeRequest,
};
use plan::Edit;

/// What a handshake with a listener came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// It shows the certificate that it should.
    Served {
        /// `TLSv1.2`.
        version: String,
    },
    /// It shows another.
    Other,
    /// There was no handshake: why.
    None(String),
    /// The portal could not be asked.
    NotAsked(ApiError),
}

impl Store {
    /// Begins an edit of a load balancer that gives every listener with the one certificate the other,
    /// be it its default or one that a server name chooses, and follows it as any edit. Nothing is left to do where that is so already.
    ///
    /// # Errors
    /// What the service says; then nothing has begun.
    pub async fn replace_certificate(
        self,
        balancer: LoadBalancerId,
        old: SecretId,
        new: &str,
    ) -> Result<()> {
        let graph = self.load_balancers.read_full_graph(balancer).await?;
        let edit = Edit::new(graph);
        let mut draft = edit.base_draft().clone();
        let replaced = |reference: &String| match SecretId::from_ref(reference) == Some(old) {
            true => new.to_owned(),
            false => reference.clone(),
        };
        for listener in &mut draft.listeners {
            listener.certificate = listener.certificate.as_ref().map(replaced);
            if listener.sni.iter().any(|one| SecretId::from_ref(one) == Some(old)) {
                let mut sni: Vec<String> = Vec::new();
                for one in listener.sni.iter().map(replaced) {
                    // Each once, and the default is there anyway.
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
            // What was not touched is not judged, and a reference is never wrong.
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
        // Nobody asks for a name with a star.
        let server_name = server_name.map(|name| name.replacen("*.", "www.", 1));
        let ask = HandshakeRequest { listener_id: listener, server_name };
        match client::portal::handshake(&ask).await {
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

//! The certificates that a request gives to listeners and pools.

use super::{access::Actor, error::OctaviaError, validate::python_repr};
use crate::{
    app::App,
    model::{
        Row,
        l7policy::REDIRECT_POOL,
        listener::{DEFAULT_POOL, DEFAULT_TLS_CONTAINER_REF, L7POLICIES, SNI_CONTAINER_REFS},
        load_balancer::{LISTENERS, POOLS},
        pool::TLS_CONTAINER_REF,
    },
    secrets::{self, CertificateId, PayloadError},
};
use certificate::OpenError;
use serde_json::json;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// What a certificate reference leads to, for the caller.
#[derive(Clone, Debug)]
enum Lookup {
    /// A certificate that the caller may use, and why clients would not accept it as that of a server.
    Certificate(CertificateId, Option<OpenError>),
    /// No secret, or one that the caller may not use.
    NotFound,
    /// A secret that is no certificate, or one that a listener cannot serve.
    Unusable(OpenError),
}

/// The certificates behind the references of a request.
///
/// They are read before the transaction begins: opening a bundle takes long enough to delay other
/// changes.
#[derive(Clone, Debug, Default)]
pub struct Certificates(HashMap<String, Lookup>);

impl Certificates {
    /// Reads what a listener or a pool, or those that are nested in the request, refer to.
    ///
    /// A reference that leads nowhere is an error only in [`Self::secrets_of`]: a caller who may not
    /// change the object must learn nothing of the secret.
    pub async fn look_up(
        app: &Arc<App>,
        actor: &Actor,
        request: &Row,
    ) -> Result<Self, OctaviaError> {
        let parts = parts(request).into_iter();
        let wanted: BTreeSet<String> = parts.flat_map(references).map(str::to_owned).collect();
        if wanted.is_empty() {
            return Ok(Self::default());
        }
        let (inner, actor) = (app.clone(), actor.clone());
        let payloads = app
            .store
            .read(move |db| {
                let mut payloads = Vec::new();
                for reference in wanted {
                    let payload =
                        secrets::certificate_of_ref(db, &inner.vault, actor.caller(), &reference);
                    match payload {
                        Err(PayloadError::Database(error)) => return Err(error),
                        Err(PayloadError::NotFound | PayloadError::Corrupt) => {
                            payloads.push((reference, None));
                        }
                        Ok(payload) => payloads.push((reference, Some(payload))),
                    }
                }
                Ok::<_, rusqlite::Error>(payloads)
            })
            .await?;
        let opened = app.certificate_reader.run(move || {
            let lookups = payloads.into_iter().map(|(reference, payload)| {
                let lookup = match payload {
                    None => Lookup::NotFound,
                    Some((id, stored)) => match stored.open() {
                        Ok(bundle) => match bundle.check_key_usage() {
                            Ok(()) => Lookup::Certificate(id, bundle.check_for_servers().err()),
                            Err(error) => Lookup::Unusable(error),
                        },
                        Err(error) => Lookup::Unusable(error),
                    },
                };
                (reference, lookup)
            });
            lookups.collect()
        });
        opened.await.map(Self).map_err(|error| {
            tracing::error!(%error, "opening a certificate failed");
            OctaviaError::Internal
        })
    }

    /// What a listener or a pool refers to. References that it had `before` the change are not
    /// checked again.
    ///
    /// # Errors
    /// 400 if a reference leads to no certificate.
    pub fn secrets_of(
        &self,
        row: &Row,
        before: Option<&Row>,
    ) -> Result<Vec<CertificateId>, OctaviaError> {
        let known: Vec<&str> = before.into_iter().flat_map(references).collect();
        let (mut ids, mut missing) = (Vec::new(), Vec::new());
        let mut unusable = None;
        let of_pool = row.get(TLS_CONTAINER_REF);
        for reference in references(row) {
            if known.contains(&reference) {
                ids.extend(CertificateId::from_ref(reference));
                continue;
            }
            match self.0.get(reference) {
                // A pool shows its certificate as a client.
                Some(Lookup::Certificate(id, None)) => ids.push(*id),
                Some(Lookup::Certificate(id, _)) if of_pool == Some(reference) => ids.push(*id),
                Some(Lookup::Unusable(error) | Lookup::Certificate(_, Some(error))) => {
                    unusable = unusable.or(Some((reference, error)))
                }
                Some(Lookup::NotFound) | None => missing.push(reference),
            }
        }
        if !missing.is_empty() {
            return Err(OctaviaError::not_retrieved(python_repr(&json!(missing))));
        }
        match unusable {
            Some((reference, error)) => Err(refused(reference, error)),
            None => Ok(ids),
        }
    }
}

pub(super) fn has_any(listener: &Row) -> bool {
    !references(listener).is_empty()
}

/// The listeners and pools of a request.
fn parts(request: &Row) -> Vec<&Row> {
    let mut parts = vec![request];
    for listener in std::iter::once(request).chain(request.nested(LISTENERS)) {
        parts.push(listener);
        parts.extend(listener.nested(DEFAULT_POOL));
        parts.extend(listener.nested(L7POLICIES).iter().flat_map(|it| it.nested(REDIRECT_POOL)));
    }
    parts.extend(request.nested(POOLS));
    parts
}

/// The certificates with a key that a listener or a pool has. The default certificate of a listener is first, as
/// in Octavia's answers.
pub(super) fn references(row: &Row) -> Vec<&str> {
    let default = row.get(DEFAULT_TLS_CONTAINER_REF);
    let of_listener = default.into_iter().chain(row.get(SNI_CONTAINER_REFS));
    of_listener.chain(row.get(TLS_CONTAINER_REF)).collect()
}

fn refused(reference: &str, error: &OpenError) -> OctaviaError {
    let reason = match error {
        OpenError::WeakKey { .. }
        | OpenError::WeakSignature { .. }
        | OpenError::WrongKeyUsage { .. }
        | OpenError::NotForServers { .. }
        | OpenError::UnsupportedKey { .. }
        | OpenError::UnsupportedCertificateKey { .. } => {
            return OctaviaError::bad(format!(
                "The certificate {reference} cannot be used: {error}."
            ));
        }
        OpenError::NotRecognised | OpenError::Damaged | OpenError::Empty => {
            "Could not deserialize PKCS12 data".to_owned()
        }
        other => other.to_string(),
    };
    OctaviaError::bad(format!(
        "The PKCS12 bundle is unreadable. Please check the PKCS12 bundle validity. In addition, \
         make sure it does not require a pass phrase. Error: {reason}"
    ))
}

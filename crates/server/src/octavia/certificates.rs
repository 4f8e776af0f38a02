//! The certificates that a request gives to listeners.

use super::{access::Actor, error::OctaviaError, validate::python_repr};
use crate::{
    app::App,
    model::{
        ID, Row,
        listener::{DEFAULT_TLS_CONTAINER_REF, SNI_CONTAINER_REFS},
        load_balancer::LISTENERS,
    },
    secrets::{self, CertificateId, PayloadError},
    store::barbican::uses,
};
use certificate::OpenError;
use openstack_types::ListenerId;
use rusqlite::{Connection, ErrorCode};
use serde_json::json;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// What a certificate reference leads to, for the caller.
#[derive(Clone, Debug)]
enum Lookup {
    /// A certificate that the caller may use.
    Certificate(CertificateId),
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
    /// Reads what a listener, or the listeners nested in a load balancer, refer to.
    ///
    /// A reference that leads nowhere is an error only in [`Self::secrets_of`]: a caller who may not
    /// change the listener must learn nothing of the secret.
    pub async fn look_up(
        app: &Arc<App>,
        actor: &Actor,
        request: &Row,
    ) -> Result<Self, OctaviaError> {
        let listeners = std::iter::once(request).chain(request.nested(LISTENERS));
        let wanted: BTreeSet<String> = listeners.flat_map(references).map(str::to_owned).collect();
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
                        Ok(_) => Lookup::Certificate(id),
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

    /// What a listener refers to. References that it had `before` the change are not
    /// checked again.
    ///
    /// # Errors
    /// 400 if a reference leads to no certificate.
    pub fn secrets_of(
        &self,
        listener: &Row,
        before: Option<&Row>,
    ) -> Result<Vec<CertificateId>, OctaviaError> {
        let known: Vec<&str> = before.into_iter().flat_map(references).collect();
        let (mut ids, mut missing) = (Vec::new(), Vec::new());
        let mut unusable = None;
        for reference in references(listener) {
            if known.contains(&reference) {
                ids.extend(CertificateId::from_ref(reference));
                continue;
            }
            match self.0.get(reference) {
                Some(Lookup::Certificate(id)) => ids.push(*id),
                Some(Lookup::Unusable(error)) => unusable = unusable.or(Some((reference, error))),
                Some(Lookup::NotFound) | None => missing.push(reference),
            }
        }
        if !missing.is_empty() {
            return Err(not_retrieved(&missing));
        }
        match unusable {
            Some((reference, error)) => Err(refused(reference, error)),
            None => Ok(ids),
        }
    }
}

/// Records what a listener uses from now on, so that it cannot be deleted.
pub(super) fn record_uses(
    db: &Connection,
    listener: &Row,
    certificates: &[CertificateId],
) -> Result<(), OctaviaError> {
    let Ok(id) = listener.get(ID).parse::<ListenerId>() else { return Ok(()) };
    let (mut secrets, mut containers) = (Vec::new(), Vec::new());
    for certificate in certificates {
        match certificate {
            CertificateId::Secret(id) => secrets.push(*id),
            CertificateId::Container(id) => containers.push(*id),
        }
    }
    uses::set(db, id, &secrets, &containers).map_err(|error| match error.sqlite_error_code() {
        // Deleted since it was read.
        Some(ErrorCode::ConstraintViolation) => not_retrieved(&references(listener)),
        _ => error.into(),
    })
}

/// Whether the request sent any reference, even null.
pub(super) fn are_sent(listener: &Row) -> bool {
    listener.has(DEFAULT_TLS_CONTAINER_REF) || listener.has(SNI_CONTAINER_REFS)
}

pub(super) fn has_any(listener: &Row) -> bool {
    !references(listener).is_empty()
}

/// The default certificate first, as in Octavia's answers.
fn references(listener: &Row) -> Vec<&str> {
    let default = listener.get(DEFAULT_TLS_CONTAINER_REF);
    default.into_iter().chain(listener.get(SNI_CONTAINER_REFS)).collect()
}

fn not_retrieved(references: &[&str]) -> OctaviaError {
    OctaviaError::bad(format!(
        "Could not retrieve certificate: {}",
        python_repr(&json!(references))
    ))
}

fn refused(reference: &str, error: &OpenError) -> OctaviaError {
    let reason = match error {
        OpenError::WeakKey { .. }
        | OpenError::WeakSignature { .. }
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

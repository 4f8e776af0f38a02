//! The certificates that a request gives to listeners.

use super::{access::Actor, error::OctaviaError, validate::python_repr};
use crate::model::Object;
use crate::{
    app::App,
    certificates,
    secrets::{self, PayloadError},
    store::barbican::uses,
};
use certificate::OpenError;
use openstack_types::{ListenerId, SecretId};
use rusqlite::{Connection, ErrorCode};
use serde_json::json;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

/// Fields of a listener that refer to certificates.
const FIELDS: [&str; 2] = ["default_tls_container_ref", "sni_container_refs"];

/// What a reference is for the caller.
#[derive(Clone, Debug)]
enum Found {
    /// A certificate that the caller may use.
    Certificate(SecretId),
    /// Nothing that the caller may use, whether it is there or not.
    Nothing,
    /// Something else.
    Unreadable(OpenError),
}

/// What the references of a request are, looked up before its change begins: opening a bundle takes
/// a while, in which no other change could be made.
#[derive(Clone, Debug, Default)]
pub struct Certificates(HashMap<String, Found>);

impl Certificates {
    /// Looks up what these listeners, as they were sent, refer to. What is wrong is not said here,
    /// but where it is used: whoever may not change the listener must learn nothing of it.
    pub async fn look_up(
        app: &Arc<App>,
        actor: &Actor,
        listeners: impl IntoIterator<Item = &Object>,
    ) -> Result<Self, OctaviaError> {
        let asked: BTreeSet<String> = listeners.into_iter().flat_map(references).collect();
        if asked.is_empty() {
            return Ok(Self::default());
        }
        let (inner, actor) = (app.clone(), actor.clone());
        let read = app
            .store
            .read(move |db| {
                let mut payloads = Vec::new();
                for reference in asked {
                    let read =
                        secrets::payload_of_ref(db, &inner.vault, actor.caller(), &reference);
                    match read {
                        Err(PayloadError::Database(error)) => return Err(error),
                        Err(PayloadError::NotFound | PayloadError::Corrupt) => {
                            payloads.push((reference, None));
                        }
                        Ok(found) => payloads.push((reference, Some(found))),
                    }
                }
                Ok::<_, rusqlite::Error>(payloads)
            })
            .await?;
        let opened = tokio::task::spawn_blocking(move || {
            let found = read.into_iter().map(|(reference, payload)| {
                let found = match payload {
                    None => Found::Nothing,
                    Some((id, payload)) => match certificates::open(&payload) {
                        Ok(_) => Found::Certificate(id),
                        Err(why) => Found::Unreadable(why),
                    },
                };
                (reference, found)
            });
            found.collect()
        });
        opened.await.map(Self).map_err(|error| {
            tracing::error!(%error, "opening a certificate failed");
            OctaviaError::Internal
        })
    }

    /// The secrets that a listener, as it is to become, uses; a refusal when the caller may not use
    /// one that `before` did not use yet.
    pub fn used_by(
        &self,
        listener: &Object,
        before: Option<&Object>,
    ) -> Result<Vec<SecretId>, OctaviaError> {
        let known: Vec<String> = before.into_iter().flat_map(references).collect();
        let wanted: Vec<String> = references(listener).collect();
        let (mut ids, mut lost) = (Vec::new(), Vec::new());
        let mut unreadable = None;
        for reference in &wanted {
            if known.contains(reference) {
                ids.extend(SecretId::of_ref(reference));
                continue;
            }
            match self.0.get(reference) {
                Some(Found::Certificate(id)) => ids.push(*id),
                Some(Found::Unreadable(why)) => unreadable = unreadable.or(Some(why)),
                Some(Found::Nothing) | None => lost.push(reference.as_str()),
            }
        }
        if !lost.is_empty() {
            return Err(not_retrieved(&lost));
        }
        match unreadable {
            Some(why) => Err(not_pkcs12(why)),
            None => Ok(ids),
        }
    }
}

/// Writes down what a listener uses from now on.
pub fn write_down(
    db: &Connection,
    listener: &Object,
    ids: &[SecretId],
) -> Result<(), OctaviaError> {
    let Ok(id) = listener.text("id").parse::<ListenerId>() else { return Ok(()) };
    uses::set(db, id, ids).map_err(|error| match error.sqlite_error_code() {
        // Deleted since it was looked up.
        Some(ErrorCode::ConstraintViolation) => {
            let all: Vec<String> = references(listener).collect();
            not_retrieved(&all.iter().map(String::as_str).collect::<Vec<_>>())
        }
        _ => error.into(),
    })
}

/// Whether any were sent.
pub fn were_sent(listener: &Object) -> bool {
    FIELDS.iter().any(|name| listener.has(name))
}

/// Whether there is any.
pub fn any(listener: &Object) -> bool {
    references(listener).next().is_some()
}

/// The default one first, as it is in Octavia's answers, then the others.
fn references(listener: &Object) -> impl Iterator<Item = String> + use<> {
    let default = listener.optional(FIELDS[0]).map(str::to_owned);
    let others = listener.get(FIELDS[1]).as_array().cloned().unwrap_or_default();
    let others = others.into_iter().filter_map(|reference| reference.as_str().map(str::to_owned));
    default.into_iter().chain(others)
}

fn not_retrieved(references: &[&str]) -> OctaviaError {
    OctaviaError::bad(format!(
        "Could not retrieve certificate: {}",
        python_repr(&json!(references))
    ))
}

fn not_pkcs12(why: &OpenError) -> OctaviaError {
    let why = match why {
        OpenError::NotRecognised | OpenError::Damaged | OpenError::Empty => {
            "Could not deserialize PKCS12 data".to_owned()
        }
        other => other.to_string(),
    };
    OctaviaError::bad(format!(
        "The PKCS12 bundle is unreadable. Please check the PKCS12 bundle validity. In addition, \
         make sure it does not require a pass phrase. Error: {why}"
    ))
}

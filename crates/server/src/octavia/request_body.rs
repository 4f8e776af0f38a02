//! JSON request bodies, checked against the table of a resource.

use super::{
    create::Idempotency,
    error::{OctaviaError, require_json},
    validate::{Purpose, validate, validate_batch},
};
use crate::{
    app::App,
    model::{Resource, Row},
};
use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde_json::Value;
use std::{collections::HashMap, sync::Arc};

pub(super) struct RequestBody {
    /// `None` is an empty body.
    value: Option<Value>,
    idempotency: Idempotency,
}

impl RequestBody {
    /// The object of a create or an update.
    pub(super) fn object(
        &self,
        resource: &Resource,
        purpose: Purpose,
    ) -> Result<Row, OctaviaError> {
        validate(resource, purpose, self.require(resource.argument)?)
    }

    /// The objects of a batch update of members.
    pub(super) fn batch(&self, resource: &Resource) -> Result<Vec<Row>, OctaviaError> {
        validate_batch(resource, self.require("members_")?)
    }

    pub(super) fn idempotency(&self) -> Idempotency {
        self.idempotency.clone()
    }

    fn require(&self, argument: &str) -> Result<&Value, OctaviaError> {
        self.value
            .as_ref()
            .ok_or_else(|| OctaviaError::bad(format!("Missing argument: \"{argument}\"")))
    }
}

impl FromRequest<Arc<App>> for RequestBody {
    type Rejection = OctaviaError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, OctaviaError> {
        require_json(request.headers())?;
        let limit = app.config.limits.request_body_bytes;
        let (head, body) = request.into_parts();
        let bytes = to_bytes(body, limit).await.map_err(|_| {
            OctaviaError::framework(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("The body must have at most {limit} bytes."),
            )
        })?;
        let idempotency = Idempotency::new(&head.headers, head.uri.path(), &bytes)?;
        if bytes.is_empty() {
            return Ok(Self { value: None, idempotency });
        }
        let value = serde_json::from_slice(&bytes)
            .map_err(|_| OctaviaError::bad("Request is not in valid JSON format"))?;
        require_few_objects(&value, app.config.limits.objects_per_request)?;
        Ok(Self { value: Some(value), idempotency })
    }
}

/// Refuses a body with too many objects of one kind, before they are validated.
fn require_few_objects(body: &Value, max: usize) -> Result<(), OctaviaError> {
    let mut counts = HashMap::new();
    count_objects(body, &mut counts);
    match counts.into_iter().find(|(_, count)| *count > max) {
        Some((kind, count)) => Err(OctaviaError::framework(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("The request has {count} {kind}; one request may have at most {max}."),
        )),
        None => Ok(()),
    }
}

/// Adds up the objects in the lists of each name, wherever they are nested.
fn count_objects<'b>(value: &'b Value, counts: &mut HashMap<&'b str, usize>) {
    match value {
        Value::Object(entries) => {
            for (name, value) in entries {
                if let Value::Array(items) = value {
                    let objects = items.iter().filter(|item| item.is_object()).count();
                    if objects > 0 {
                        *counts.entry(name).or_default() += objects;
                    }
                }
                count_objects(value, counts);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| count_objects(item, counts)),
        _ => {}
    }
}

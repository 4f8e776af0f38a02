//! Bodies of requests: JSON of bounded size.

use super::{
    error::{OctaviaError, json_only},
    validate::{Purpose, check, check_many},
};
use crate::app::App;
use crate::model::{Object, Resource};
use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use serde_json::Value;
use std::sync::Arc;

/// A body as it came; `None` is an empty one.
pub struct Body(Option<Value>);

impl Body {
    /// The one object of a create or an update.
    pub fn one(&self, of: &Resource, purpose: Purpose) -> Result<Object, OctaviaError> {
        check(of, purpose, self.there(of.argument)?)
    }

    /// The objects of a batch.
    pub fn many(&self, of: &Resource) -> Result<Vec<Object>, OctaviaError> {
        check_many(of, self.there("members_")?)
    }

    fn there(&self, argument: &str) -> Result<&Value, OctaviaError> {
        self.0
            .as_ref()
            .ok_or_else(|| OctaviaError::bad(format!("Missing argument: \"{argument}\"")))
    }
}

impl FromRequest<Arc<App>> for Body {
    type Rejection = OctaviaError;

    async fn from_request(request: Request, app: &Arc<App>) -> Result<Self, OctaviaError> {
        json_only(request.headers())?;
        let limit = app.config.limits.request_body_bytes;
        let bytes = to_bytes(request.into_body(), limit).await.map_err(|_| {
            OctaviaError::gate(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("The body must have at most {limit} bytes."),
            )
        })?;
        if bytes.is_empty() {
            return Ok(Self(None));
        }
        let value = serde_json::from_slice(&bytes)
            .map_err(|_| OctaviaError::bad("Request is not in valid JSON format"))?;
        Ok(Self(Some(value)))
    }
}

//! Request bodies. They may contain a private key, so their size is limited and their memory is
//! zeroed after use.

use super::error::BarbicanError;
use crate::app::App;
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, header},
};
use futures_util::StreamExt;
use serde_json::Value;
use zeroize::Zeroizing;

/// Bytes of a JSON body besides the largest payload.
const OVERHEAD: u64 = 5_000;

/// Reads a JSON body and trims all strings in it.
///
/// A body that is too large is `Malformed JSON`, because Barbican stops reading at the limit.
pub(super) async fn json(app: &App, request: Request) -> Result<Value, BarbicanError> {
    if content_type(request.headers()) != "application/json" {
        return Err(BarbicanError::content_type("['application/json']"));
    }
    let malformed = || BarbicanError::bad("Malformed JSON");
    let limit = app.config.limits.secret_bytes.saturating_add(OVERHEAD);
    let bytes = bytes(request.into_body(), limit).await.ok_or_else(malformed)?;
    serde_json::from_slice(&bytes).map(trimmed).map_err(|_| malformed())
}

/// Reads a body. `None` if it is larger than `limit` or incomplete.
pub(super) async fn bytes(body: Body, limit: u64) -> Option<Zeroizing<Vec<u8>>> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    // Allocated once: growing would leave copies in memory.
    let mut whole = Zeroizing::new(Vec::with_capacity(limit.min(64 * 1024)));
    let mut parts = body.into_data_stream();
    while let Some(part) = parts.next().await {
        let part = part.ok()?;
        if part.len() > limit - whole.len() {
            return None;
        }
        whole.extend_from_slice(&part);
    }
    Some(whole)
}

/// The media type without parameters, in lower case; empty if the header is missing.
pub(super) fn content_type(headers: &HeaderMap) -> String {
    let header = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    header.and_then(|text| text.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase()
}

fn trimmed(value: Value) -> Value {
    match value {
        Value::String(text) => {
            let whole = Zeroizing::new(text);
            Value::String(whole.trim().to_owned())
        }
        Value::Array(items) => items.into_iter().map(trimmed).collect(),
        Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, trimmed(value))).collect()
        }
        other => other,
    }
}

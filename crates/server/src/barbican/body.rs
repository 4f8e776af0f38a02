//! Bodies of requests, of bounded size and wiped after use: they may hold a private key.

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

/// What a body of JSON may have beyond a payload of the largest size, in bytes.
const ROOM: u64 = 5_000;

/// A body of JSON, all texts in it trimmed.
///
/// One that is too large is `Malformed JSON`: Barbican reads so far and no further.
pub async fn json(app: &App, request: Request) -> Result<Value, BarbicanError> {
    if content_type(request.headers()) != "application/json" {
        return Err(BarbicanError::content_type("['application/json']"));
    }
    let malformed = || BarbicanError::bad("Malformed JSON");
    let most = app.config.limits.secret_bytes.saturating_add(ROOM);
    let bytes = bytes(request.into_body(), most).await.ok_or_else(malformed)?;
    serde_json::from_slice(&bytes).map(trimmed).map_err(|_| malformed())
}

/// All of a body; `None` when it is larger than `most`, or breaks off.
pub async fn bytes(body: Body, most: u64) -> Option<Zeroizing<Vec<u8>>> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    // Made once: growing would leave copies behind.
    let mut whole = Zeroizing::new(Vec::with_capacity(most.min(64 * 1024)));
    let mut parts = body.into_data_stream();
    while let Some(part) = parts.next().await {
        let part = part.ok()?;
        if part.len() > most - whole.len() {
            return None;
        }
        whole.extend_from_slice(&part);
    }
    Some(whole)
}

/// The type of a body, without parameters, in lower case; empty without a word.
pub fn content_type(headers: &HeaderMap) -> String {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    said.and_then(|said| said.split(';').next()).unwrap_or_default().trim().to_ascii_lowercase()
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

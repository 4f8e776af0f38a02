//! `/secrets/{id}/payload`, and `PUT /secrets/{id}`, which sets the payload of an existing secret.

use super::{
    access::{Access, SecretRequest},
    body,
    error::BarbicanError,
    new_secret::{TOO_LARGE, from_base64},
};
use crate::{
    secrets::{self, PayloadError},
    store::barbican::{self as store, ContentType},
    vault::SealError,
};
use axum::{
    body::{Body, Bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use zeroize::Zeroizing;

const GET: &str = "Secret payload retrieval";
const PUT: &str = "Secret update";

impl From<SealError> for BarbicanError {
    fn from(error: SealError) -> Self {
        tracing::error!(%error, "encrypting a payload failed");
        Self::Internal
    }
}

impl From<PayloadError> for BarbicanError {
    fn from(why: PayloadError) -> Self {
        match why {
            PayloadError::NotFound => {
                Self::not_found("Not Found. Sorry but your secret has no payload.")
            }
            PayloadError::Corrupt => Self::Internal,
            PayloadError::Database(error) => error.into(),
        }
    }
}

pub(super) async fn get(
    secret_request: SecretRequest,
    headers: HeaderMap,
) -> Result<Response, BarbicanError> {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    read(&secret_request, accept, GET).await
}

/// Responds with the payload in a type that the client accepts.
pub(super) async fn read(
    secret_request: &SecretRequest,
    accept: Option<&str>,
    operation: &'static str,
) -> Result<Response, BarbicanError> {
    let app = secret_request.app.clone();
    let (secret, payload) = secret_request
        .read(Access::Use, operation, move |db, secret| {
            let payload = secrets::payload(db, &app.vault, secret.id)?;
            Ok((secret, payload))
        })
        .await?;
    let stored = secret.content_type.unwrap_or(ContentType::OctetStream);
    let content_type = negotiate(accept, stored)
        .filter(|content_type| {
            *content_type != ContentType::Text || std::str::from_utf8(&payload).is_ok()
        })
        .ok_or_else(|| {
            BarbicanError::issue(
                operation,
                StatusCode::NOT_ACCEPTABLE,
                "Wrong payload content-type",
            )
        })?;
    tracing::info!(secret = %secret.id, user = %secret_request.actor.user(), "a payload was read");
    let value = match content_type {
        ContentType::Text => "text/plain; charset=UTF-8",
        other => other.as_str(),
    };
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(value))];
    Ok((headers, zeroing_body(payload)).into_response())
}

/// A body that is zeroed in memory after it is sent.
fn zeroing_body(payload: Zeroizing<Vec<u8>>) -> Body {
    Body::from(Bytes::from_owner(payload))
}

/// The first acceptable type. `*/*` selects the `stored` type.
fn negotiate(accept: Option<&str>, stored: ContentType) -> Option<ContentType> {
    let accept = accept.map_or(ContentType::OctetStream.as_str(), |accept| {
        if accept.trim().is_empty() { ContentType::OctetStream.as_str() } else { accept }
    });
    accept.split(',').find_map(|one| {
        let name = one.split(';').next().unwrap_or_default().trim();
        if name == "*/*" { Some(stored) } else { ContentType::parse(name) }
    })
}

/// `PUT /secrets/{id}`: sets the payload of a secret that was created without.
pub(super) async fn put(
    secret_request: SecretRequest,
    request: Request,
) -> Result<StatusCode, BarbicanError> {
    secret_request.require_change(PUT).await?;
    secret_request.require_room()?;
    let (parts, body) = request.into_parts();
    let content_type = match body::content_type(&parts.headers).as_str() {
        "application/octet-stream" => ContentType::OctetStream,
        "text/plain" => ContentType::Text,
        _ => {
            return Err(BarbicanError::content_type("['application/octet-stream', 'text/plain']"));
        }
    };
    let issue = |status, reason: &str| BarbicanError::issue(PUT, status, reason);
    let limit = secret_request.app.config.limits.secret_bytes;
    let sent = body::bytes(body, limit)
        .await
        .ok_or_else(|| issue(StatusCode::PAYLOAD_TOO_LARGE, TOO_LARGE))?;
    if sent.is_empty() {
        return Err(issue(StatusCode::BAD_REQUEST, "No data supplied to process."));
    }
    let encoding = parts.headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes);
    let payload = match (content_type, encoding) {
        (ContentType::Text, _) | (_, None) => sent,
        (_, Some(encoding)) if encoding.eq_ignore_ascii_case(b"base64") => from_base64(&sent)
            .ok_or_else(|| issue(StatusCode::BAD_REQUEST, "Problem decoding payload"))?,
        _ => {
            return Err(issue(
                StatusCode::BAD_REQUEST,
                "Text-based binary secret payloads must specify a content-encoding of 'base64'",
            ));
        }
    };
    let app = secret_request.app.clone();
    secret_request
        .change(PUT, move |tx, secret| {
            let sealed = app.vault.seal(secret.id, &payload)?;
            if store::set_payload(tx, &secret, content_type, &sealed)? {
                Ok(())
            } else {
                Err(BarbicanError::conflict("Secret already has data, cannot modify it."))
            }
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

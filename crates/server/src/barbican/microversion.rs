//! Microversions: 1.1 includes consumers in secrets, 1.2 rejects the deletion of a secret with consumers.

use super::error::BarbicanError;
use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse, Response},
};
use std::convert::Infallible;

const HEADER: HeaderName = HeaderName::from_static("openstack-api-version");
const SERVICE: &str = "key-manager";

/// The minor version of 1.x that a response follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Microversion(u8);

impl Microversion {
    /// The version without the header.
    pub(super) const OLDEST: Self = Self(0);
    /// Secrets include their consumers.
    pub(super) const CONSUMERS: Self = Self(1);
    /// Secrets with consumers can only be deleted with `force`.
    pub(super) const PROTECT_CONSUMED: Self = Self(2);
    pub(super) const NEWEST: Self = Self::PROTECT_CONSUMED;

    /// `1.2`
    pub(super) fn text(self) -> String {
        format!("1.{}", self.0)
    }

    /// The last version in the headers for this service.
    fn requested(headers: &axum::http::HeaderMap) -> Result<Self, BarbicanError> {
        let requested = headers
            .get_all(HEADER)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .filter_map(|one| one.trim().strip_prefix(SERVICE)?.strip_prefix(' '))
            .next_back()
            .map(str::trim);
        match requested {
            None => Ok(Self::OLDEST),
            Some("latest") => Ok(Self::NEWEST),
            Some(text) => {
                let numbers = text.split_once('.').and_then(|(major, minor)| {
                    Some((major.parse::<u8>().ok()?, minor.parse::<u8>().ok()?))
                });
                match numbers {
                    Some((1, minor)) if minor <= Self::NEWEST.0 => Ok(Self(minor)),
                    Some(_) => Err(BarbicanError::new(
                        StatusCode::NOT_ACCEPTABLE,
                        format!("Invalid microversion: unacceptable version header: {text}"),
                    )),
                    None => Err(BarbicanError::bad(format!(
                        "Invalid microversion: invalid version string: {text}"
                    ))),
                }
            }
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Microversion {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or_default())
    }
}

/// Reads the requested version, and sends the version of the response. A 401 has none.
pub(super) async fn layer(mut request: Request, next: Next) -> Response {
    let version = match Microversion::requested(request.headers()) {
        Ok(version) => version,
        Err(error) => return error.into_response(),
    };
    request.extensions_mut().insert(version);
    let mut response = next.run(request).await;
    if response.status() != StatusCode::UNAUTHORIZED
        && let Ok(value) = HeaderValue::from_str(&format!("{SERVICE} {}", version.text()))
    {
        response.headers_mut().insert(HEADER, value);
        response
            .headers_mut()
            .append(header::VARY, HeaderValue::from_static("openstack-api-version"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderMap;

    #[test]
    fn the_version_is_read_from_the_header() {
        for (header, wanted) in [
            (None, Ok("1.0")),
            (Some("compute 2.90"), Ok("1.0")),
            (Some("key-manager 1.1"), Ok("1.1")),
            (Some("compute 2.90, key-manager 1.2"), Ok("1.2")),
            (Some("key-manager latest"), Ok("1.2")),
            (Some("key-manager 1.3"), Err(StatusCode::NOT_ACCEPTABLE)),
            (Some("key-manager 2.0"), Err(StatusCode::NOT_ACCEPTABLE)),
            (Some("key-manager new"), Err(StatusCode::BAD_REQUEST)),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(header) = header {
                headers.insert(HEADER, HeaderValue::from_static(header));
            }
            let asked = Microversion::requested(&headers);
            match (asked, wanted) {
                (Ok(version), Ok(text)) => assert_eq!(version.text(), text, "{header:?}"),
                (Err(BarbicanError::Api(status, _)), Err(wanted)) => assert_eq!(status, wanted),
                (asked, wanted) => panic!("{header:?}: {asked:?}, not {wanted:?}"),
            }
        }
    }
}

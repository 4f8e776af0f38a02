//! Finds Keystone v3 at the start.

use super::upstream::{Upstream, UpstreamError, UpstreamRequest};
use crate::config::{ServiceUrl, ServiceUrlError};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::Value;
use std::net::IpAddr;

/// Why `--cloud` can't be used. The message is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    #[error("--cloud {url}: {source}")]
    Url { url: String, source: ServiceUrlError },
    #[error("--cloud {url}: {reason}")]
    Unreachable { url: String, reason: String },
    #[error("--cloud {url} is not Keystone v3: {reason}")]
    NotKeystone { url: String, reason: String },
}

/// Parses the URL of Keystone: with or without scheme, prefix and version.
///
/// # Errors
/// It is no URL of a service.
pub(super) fn keystone_url(text: &str) -> Result<ServiceUrl, DiscoverError> {
    let text = text.trim();
    let whole = if text.contains("://") {
        text.to_owned()
    } else {
        let host = text.split(['/', ':']).next().unwrap_or_default();
        let is_local = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
        format!("{}://{text}", if is_local { "http" } else { "https" })
    };
    let url = ServiceUrl::parse(&whole)
        .map_err(|source| DiscoverError::Url { url: text.to_owned(), source })?;
    Ok(url.without_version(None))
}

#[derive(Deserialize)]
struct Version {
    version: VersionId,
}

#[derive(Deserialize)]
struct VersionId {
    id: String,
}

/// Checks that there is a Keystone v3. Returns its root, with `/v3`. The links of its answer are not used: behind
/// proxies they often have a wrong scheme or host.
pub(super) async fn discover(
    upstream: &Upstream,
    base: &ServiceUrl,
) -> Result<ServiceUrl, DiscoverError> {
    let not_keystone =
        |reason: String| DiscoverError::NotKeystone { url: base.to_string(), reason };
    let root = base.join("/v3");
    let answer =
        upstream.send(UpstreamRequest::get(root.clone(), None)).await.map_err(|error| {
            let reason = match error {
                UpstreamError::Unreachable(reason) => reason,
                other => other.to_string(),
            };
            DiscoverError::Unreachable { url: base.to_string(), reason }
        })?;
    match answer.json::<Version>() {
        Ok(Version { version }) if answer.status.is_success() && version.id.starts_with("v3") => {
            ServiceUrl::parse(root.as_str())
                .map_err(|source| DiscoverError::Url { url: base.to_string(), source })
        }
        _ if answer.status.is_redirection() => {
            let to = answer.headers.get("location").and_then(|value| value.to_str().ok());
            Err(not_keystone(format!("it redirects to {}", to.unwrap_or("another place"))))
        }
        _ if answer.status == StatusCode::NOT_FOUND => {
            Err(not_keystone(match versions(upstream, base).await.as_slice() {
                [] => format!("{root} answers 404"),
                found => format!("it offers {} alone", found.join(", ")),
            }))
        }
        _ => Err(not_keystone(format!("{root} answers {}", answer.status.as_u16()))),
    }
}

/// The versions that the root of a Keystone lists.
async fn versions(upstream: &Upstream, base: &ServiceUrl) -> Vec<String> {
    let Ok(answer) = upstream.send(UpstreamRequest::get(base.join("/"), None)).await else {
        return Vec::new();
    };
    let listed = answer.json::<Value>().unwrap_or_default();
    let values = listed["versions"]["values"].as_array();
    let ids = values.into_iter().flatten().filter_map(|version| version["id"].as_str());
    ids.take(5).map(|id| id.chars().take(20).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_url_of_keystone_is_accepted() {
        for (text, want) in [
            ("https://cloud.example", "https://cloud.example"),
            ("https://cloud.example:5000/", "https://cloud.example:5000"),
            ("https://cloud.example:5000/v3", "https://cloud.example:5000"),
            ("https://cloud.example:5000/v3/", "https://cloud.example:5000"),
            ("https://cloud.example/identity", "https://cloud.example/identity"),
            ("https://cloud.example/identity/v3/", "https://cloud.example/identity"),
            ("https://cloud.example/identity/v2.0", "https://cloud.example/identity"),
            ("cloud.example:5000", "https://cloud.example:5000"),
            ("127.0.0.1:5000/v3", "http://127.0.0.1:5000"),
            ("localhost:5000", "http://localhost:5000"),
        ] {
            assert_eq!(keystone_url(text).unwrap().to_string(), want, "{text}");
        }
        for text in ["", "ftp://cloud.example", "https://user:secret@cloud.example", "https://"] {
            assert!(keystone_url(text).is_err(), "{text}");
        }
    }
}

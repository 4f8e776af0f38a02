//! `[server]`: how clients reach this server.

use serde::Deserialize;

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// The only URL of the page and the APIs. Default: as each request says.
    pub public_url: Option<FixedUrl>,
}

/// Scheme and authority of an `http://` or `https://` URL.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct FixedUrl {
    pub https: bool,
    /// Host, with a port unless it is the default one.
    pub authority: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "public_url must be https://HOST or http://HOST, with a port if necessary and without a path"
)]
pub struct UrlError;

impl TryFrom<String> for FixedUrl {
    type Error = UrlError;

    fn try_from(url: String) -> Result<Self, UrlError> {
        let (https, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
            (Some(rest), _) => (true, rest),
            (None, Some(rest)) => (false, rest),
            (None, None) => return Err(UrlError),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest);
        if is_authority(authority) {
            Ok(Self { https, authority: authority.to_ascii_lowercase() })
        } else {
            Err(UrlError)
        }
    }
}

/// A host with an optional port: no user, no path, nothing that needs escaping in a header or a link.
pub fn is_authority(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 255
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"-._:[]".contains(&c))
}

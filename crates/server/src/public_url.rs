//! The scheme and host that the client used, for links and the catalog.

use crate::{
    app::App,
    config::{Config, is_authority},
};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, header, request::Parts, uri::Authority},
};
use std::{convert::Infallible, fmt, net::SocketAddr, sync::Arc};

/// Scheme and authority. Append a path for a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    https: bool,
    authority: String,
}

impl PublicUrl {
    /// From the configuration if it has one. Otherwise from the Host header, or from `X-Forwarded-Host` and `-Proto` when the request comes from a
    /// proxy that the configuration trusts.
    pub fn of(parts: &Parts, config: &Config) -> Self {
        if let Some(fixed) = &config.server.public_url {
            return Self { https: fixed.https, authority: fixed.authority.clone() };
        }
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let trusted = peer.is_some_and(|peer| config.proxy.trusts(peer));
        let forwarded = |name: &str| if trusted { first_value(&parts.headers, name) } else { None };
        let authority = forwarded("x-forwarded-host")
            .or_else(|| first_value(&parts.headers, header::HOST.as_str()))
            .or_else(|| parts.uri.authority().map(Authority::as_str))
            .filter(|text| is_host(text))
            .unwrap_or("localhost");
        Self {
            https: forwarded("x-forwarded-proto")
                .is_some_and(|proto| proto.eq_ignore_ascii_case("https")),
            authority: authority.to_ascii_lowercase(),
        }
    }

    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether an `Origin` header is the same origin.
    pub fn is_origin(&self, origin: &str) -> bool {
        origin.eq_ignore_ascii_case(&self.to_string())
    }

    /// Keystone v3.
    pub fn identity(&self) -> String {
        format!("{self}/identity/v3")
    }

    /// The root of Octavia; clients append `/v2`.
    pub fn load_balancer(&self) -> String {
        format!("{self}/load-balancer")
    }

    /// The root of Barbican; clients append `/v1`.
    pub fn key_manager(&self) -> String {
        format!("{self}/key-manager")
    }

    /// The root of Neutron; clients append `/v2.0`.
    pub fn networking(&self) -> String {
        format!("{self}/networking")
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }
}

impl FromRequestParts<Arc<App>> for PublicUrl {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self::of(parts, &app.config))
    }
}

/// The first value of a comma-separated header, which the proxy nearest to the client wrote.
fn first_value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let text = headers.get(name)?.to_str().ok()?;
    text.split(',').next().map(str::trim).filter(|value| !value.is_empty())
}

fn is_host(text: &str) -> bool {
    is_authority(text) && text.parse::<Authority>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn url(peer: &str, headers: &[(&str, &str)], trusted: &str) -> String {
        let mut request = Request::get("/");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let peer: SocketAddr = peer.parse().unwrap();
        parts.extensions.insert(ConnectInfo(peer));
        let config = Config::parse(&format!("[proxy]\ntrusted = [\"{trusted}\"]")).unwrap();
        PublicUrl::of(&parts, &config).to_string()
    }

    #[test]
    fn only_a_trusted_proxy_sets_the_host() {
        let forwarded = [
            ("host", "inside:8080"),
            ("x-forwarded-host", "lb.example.com"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(url("192.0.2.1:5", &forwarded, "192.0.2.1/32"), "https://lb.example.com");
        assert_eq!(url("192.0.2.2:5", &forwarded, "192.0.2.1/32"), "http://inside:8080");
    }

    #[test]
    fn a_url_in_the_configuration_is_the_only_one() {
        let request = Request::get("/").header("host", "evil.example").body(()).unwrap();
        let (mut parts, ()) = request.into_parts();
        let peer: SocketAddr = "192.0.2.1:5".parse().unwrap();
        parts.extensions.insert(ConnectInfo(peer));
        parts.headers.insert("x-forwarded-host", "evil.example".parse().unwrap());
        let config = "[server]\npublic_url = \"https://lb.example.com\"\n\
                      [proxy]\ntrusted = [\"192.0.2.1/32\"]";
        let url = PublicUrl::of(&parts, &Config::parse(config).unwrap());
        assert_eq!(url.to_string(), "https://lb.example.com");
        assert!(url.is_https() && url.is_origin("https://lb.example.com"));
    }

    #[test]
    fn an_invalid_host_is_not_used() {
        for bad in ["a\"b", "user@host", "host/path", "<script>", "a b"] {
            assert_eq!(url("192.0.2.1:5", &[("host", bad)], "192.0.2.1/32"), "http://localhost");
        }
        assert_eq!(url("192.0.2.1:5", &[("host", "[::1]:8080")], "::1/128"), "http://[::1]:8080");
    }
}

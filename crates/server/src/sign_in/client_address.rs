//! The address of the client of a request.

use crate::{app::App, config::Proxy};
use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{HeaderMap, request::Parts},
};
use std::{
    convert::Infallible,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
};

/// The address of the peer. Behind a trusted proxy, the last address in `X-Forwarded-For` that is not a
/// trusted proxy.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

impl ClientAddress {
    pub fn of(parts: &Parts, proxy: &Proxy) -> Self {
        let peer = parts
            .extensions
            .get::<ConnectInfo<SocketAddr>>()
            .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
        Self(client_address(proxy, peer, &parts.headers))
    }
}

impl FromRequestParts<Arc<App>> for ClientAddress {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self::of(parts, &app.config.proxy))
    }
}

fn client_address(proxy: &Proxy, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let peer = peer.to_canonical();
    if !proxy.trusts(peer) {
        return peer;
    }
    let forwarded: Vec<IpAddr> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|text| text.trim().parse().ok())
        .collect();
    let mut clients = forwarded.into_iter().rev();
    clients.find(|client| !proxy.trusts(*client) || is_own_load_balancer(*client)).unwrap_or(peer)
}

/// Whether a client of a proxy may be a load balancer of this portal. Those connect to loopback addresses from
/// these two, so what such a client says about others was said by anybody.
fn is_own_load_balancer(client: IpAddr) -> bool {
    [IpAddr::V4(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()].contains(&client.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(trusted: &[&str], peer: &str, forwarded: &[&str]) -> String {
        let trusted = trusted.iter().map(|range| range.parse().unwrap()).collect();
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        client_address(&Proxy { trusted }, peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_trusted_proxies_name_the_client() {
        let trusted = ["192.0.2.1/32", "192.0.2.2/32"];
        assert_eq!(client(&trusted, "198.51.100.7", &["203.0.113.9"]), "198.51.100.7");
        assert_eq!(client(&trusted, "192.0.2.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(client(&trusted, "::ffff:192.0.2.1", &["203.0.113.9"]), "203.0.113.9");
        assert_eq!(client(&trusted, "192.0.2.1", &[]), "192.0.2.1");
        // What the client itself sent comes first.
        assert_eq!(client(&trusted, "192.0.2.1", &["1.1.1.1, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(client(&trusted, "192.0.2.1", &["203.0.113.9", "192.0.2.2"]), "203.0.113.9");
    }

    #[test]
    fn a_load_balancer_in_front_of_a_local_proxy_names_no_client() {
        for own in ["127.0.0.1", "::ffff:127.0.0.1", "::1"] {
            let forwarded = ["203.0.113.9", own];
            assert_eq!(client(&["127.0.0.0/8", "::1/128"], "127.0.0.1", &forwarded), own);
        }
        // A proxy with an address of its own.
        let forwarded = ["203.0.113.9", "127.0.0.3"];
        assert_eq!(client(&["127.0.0.0/8"], "127.0.0.2", &forwarded), "203.0.113.9");
    }
}

//! A command that sends a request to the load balancer. Pure.

use crate::{pages::load_balancers::labels::url_host, store::Graph};
use openstack_types::octavia::{Listener, ListenerProtocol};

/// For the first enabled listener that a command is known for; HTTP before others. `domain_of` is a domain
/// name of the certificate behind a reference, where the user may know it.
pub(super) fn try_command(
    graph: &Graph,
    domain_of: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let vip = graph.balancer.vip_address.as_deref().filter(|vip| !vip.is_empty())?;
    let rank = |listener: &&Listener| match listener.protocol {
        ListenerProtocol::Http if listener.l7policies.is_empty() => Some(0),
        ListenerProtocol::TerminatedHttps => Some(1),
        ListenerProtocol::Http => Some(2),
        ListenerProtocol::Https => Some(3),
        ListenerProtocol::Tcp => Some(4),
        _ => None,
    };
    let enabled = graph.listeners.iter().filter(|one| one.admin_state_up);
    let listener = enabled.filter(|one| rank(one).is_some()).min_by_key(rank)?;
    let (host, port) = (url_host(vip), listener.protocol_port);
    let at = |scheme: &str, host: &str, usual: u16| match port {
        port if port == usual => format!("{scheme}://{host}/"),
        port => format!("{scheme}://{host}:{port}/"),
    };
    Some(match listener.protocol {
        ListenerProtocol::Http => format!("curl {}", at("http", &host, 80)),
        ListenerProtocol::TerminatedHttps | ListenerProtocol::Https => {
            let reference = listener.default_tls_container_ref.as_deref();
            // No host is called `*.example.com`.
            match reference.and_then(domain_of).filter(|domain| !domain.contains('*')) {
                Some(domain) => {
                    let url = at("https", &domain, 443);
                    format!("curl --resolve {domain}:{port}:{host} {url}")
                }
                // A certificate is for names, not for the address.
                None => format!("curl -k {}", at("https", &host, 443)),
            }
        }
        _ => format!("nc -vz {vip} {port}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::load_balancers::details::test_graph::graph;
    use serde_json::{Value, json};

    fn command(listeners: Value, domain: Option<&str>) -> Option<String> {
        let graph = graph(&json!({"listeners": listeners}));
        try_command(&graph, |_| domain.map(str::to_owned))
    }

    fn listener(protocol: &str, port: u16) -> Value {
        let reference = "http://h/v1/secrets/0a110c61-76cf-4007-b1be-08683fc5c59e";
        json!({"protocol": protocol, "protocol_port": port, "default_tls_container_ref": reference})
    }

    #[test]
    fn the_command_fits_the_listener() {
        let one = |protocol, port| command(json!([listener(protocol, port)]), None).unwrap();
        assert_eq!(one("HTTP", 80), "curl http://192.0.2.1/");
        assert_eq!(one("HTTP", 8080), "curl http://192.0.2.1:8080/");
        assert_eq!(one("TERMINATED_HTTPS", 443), "curl -k https://192.0.2.1/");
        assert_eq!(one("TCP", 25), "nc -vz 192.0.2.1 25");
        let tls = json!([listener("TERMINATED_HTTPS", 8443)]);
        assert_eq!(
            command(tls.clone(), Some("shop.example")).unwrap(),
            "curl --resolve shop.example:8443:192.0.2.1 https://shop.example:8443/"
        );
        assert_eq!(command(tls, Some("*.example")).unwrap(), "curl -k https://192.0.2.1:8443/");
    }

    #[test]
    fn a_disabled_listener_is_not_tried() {
        let mut off = listener("HTTP", 80);
        off["admin_state_up"] = json!(false);
        assert_eq!(
            command(json!([off, listener("TCP", 25)]), None).unwrap(),
            "nc -vz 192.0.2.1 25"
        );
        assert_eq!(command(json!([off]), None), None);
        assert_eq!(command(json!([listener("UDP", 53)]), None), None);
    }
}

//! Reading load balancers that other tools describe.

use crate::support::{minimal_draft, valid_draft};
use openstack_types::octavia::{
    CreateLoadBalancer, L7RuleCompareType, L7RuleType, ListenerProtocol, PoolProtocol,
    SessionPersistenceType,
};
use plan::{
    PolicyAction, check, export,
    import::{Format, ImportError, Imported, Reason, read},
    to_export_request, to_request,
};
use proptest::prelude::*;

const HAPROXY: &str = r#"
global
    log /dev/log local0
defaults
    mode http
    timeout client 30s
    timeout server 1500
    timeout connect 5s
frontend shop
    bind :80
    bind :443 ssl crt /etc/haproxy/shop.pem
    maxconn 2000
    option forwardfor
    acl api path_beg -i /api /v2
    acl tests hdr(X-Test) on
    redirect location https://example.org/moved code 301 if { path /old }
    use_backend api if api !tests
    http-request deny if { src 192.0.2.0/24 }
    default_backend web
backend web
    balance leastconn
    cookie SRV insert indirect nocache
    option httpchk GET /health
    http-check expect status 200-204
    server one 192.0.2.1:8080 check inter 4s rise 2 fall 4 weight 7
    server two web.example:8080 check backup
backend api
    server a 192.0.2.9:9000 send-proxy-v2 ssl verify none
"#;

fn lines_of(imported: &Imported) -> Vec<(usize, &Reason)> {
    imported.unmapped.iter().map(|one| (one.line, &one.reason)).collect()
}

#[test]
fn an_haproxy_configuration_becomes_listeners_groups_and_policies() {
    let imported = read(HAPROXY).unwrap();
    assert_eq!(imported.format, Format::HaProxy);
    let draft = &imported.draft;
    let [http, https] = draft.listeners.as_slice() else { panic!("two listeners") };
    assert_eq!((&http.protocol, http.port.as_str()), (&ListenerProtocol::Http, "80"));
    assert_eq!((&https.protocol, https.port.as_str()), (&ListenerProtocol::TerminatedHttps, "443"));
    assert_eq!((http.connection_limit.as_str(), http.forwarded.address), ("2000", true));
    let options = http.own_options.as_ref().unwrap();
    assert_eq!((&*options.timeout_client_data, &*options.timeout_member_data), ("30", "1.5"));
    let [web, api] = draft.groups.as_slice() else { panic!("two groups") };
    assert_eq!(http.group, Some(web.key));
    assert_eq!(web.persistence.kind, Some(SessionPersistenceType::HttpCookie));
    let health = &web.health;
    assert_eq!((&*health.path, &*health.codes, &*health.delay), ("/health", "200-204", "4"));
    let [one, two] = web.servers.as_slice() else { panic!("two servers") };
    assert_eq!((&*one.address, &*one.port, &*one.weight), ("192.0.2.1", "8080", "7"));
    assert!(two.backup);
    assert_eq!((&api.protocol, api.tls.enabled), (&PoolProtocol::ProxyV2, true));
    let [moved, first, second] = http.policies.as_slice() else { panic!("{:?}", http.policies) };
    let url = "https://example.org/moved".to_owned();
    assert_eq!(moved.action, PolicyAction::Url { url, code: Some(301) });
    assert_eq!(moved.rules[0].compare, L7RuleCompareType::EqualTo);
    for (policy, value) in [(first, "/api"), (second, "/v2")] {
        assert_eq!(policy.action, PolicyAction::Group(Some(api.key)));
        let [inverted, path] = policy.rules.as_slice() else { panic!("two rules") };
        let (path, inverted) = if path.invert { (inverted, path) } else { (path, inverted) };
        assert_eq!((path.value.as_str(), &path.kind), (value, &L7RuleType::Path));
        assert_eq!((inverted.key_name.as_str(), inverted.invert), ("X-Test", true));
    }
    let lines: Vec<&str> = HAPROXY.lines().collect();
    let line = |text: &str| lines.iter().position(|line| line.contains(text)).unwrap() + 1;
    let unmapped = lines_of(&imported);
    for (text, reason) in [
        ("log /dev/log", Reason::Unknown),
        ("crt /etc", Reason::CertificateFile),
        ("src 192.0.2.0", Reason::Unknown),
        ("web.example", Reason::HostName),
    ] {
        assert!(unmapped.contains(&(line(text), &reason)), "{text}: {unmapped:?}");
    }
    assert!(unmapped.iter().all(|(line, _)| *line > 0));
}

#[test]
fn a_redirect_to_https_needs_the_address_of_its_host() {
    let imported = read("frontend f\n bind *:80\n redirect scheme https if !{ ssl_fc }\n").unwrap();
    assert_eq!(imported.draft.listeners[0].redirect(), Some(""));
    assert_eq!(lines_of(&imported), [(3, &Reason::NeedsHost)]);
}

#[test]
fn fields_that_a_load_balancer_does_not_have_are_listed_with_their_lines() {
    let imported = read(
        "{\n \"loadbalancer\": {\n  \"name\": \"web\",\n  \"colour\": \"red\",\n  \"listeners\": [\n   {\"protocol\": \"HTTP\", \"protocol_port\": 80, \"default_pool\": {\"name\": \"gone\"}}\n  ]\n }\n}",
    )
    .unwrap();
    assert_eq!(imported.draft.name, "web");
    assert_eq!(imported.draft.listeners[0].port, "80");
    let missing = Reason::Missing { name: "gone".into() };
    assert_eq!(lines_of(&imported), [(4, &Reason::Unknown), (6, &missing)]);
    assert_eq!(imported.unmapped[0].text, "\"colour\": \"red\",");
}

#[test]
fn pools_that_are_defined_where_they_are_used_are_groups() {
    let imported = read(
        r#"{"listeners": [{"protocol": "TCP", "protocol_port": 5432,
            "default_pool": {"protocol": "TCP", "lb_algorithm": "SOURCE_IP",
                "members": [{"address": "192.0.2.1", "protocol_port": 5432}]}}]}"#,
    )
    .unwrap();
    assert_eq!(imported.unmapped, []);
    let draft = imported.draft;
    assert_eq!(draft.listeners[0].group, Some(draft.groups[0].key));
    assert_eq!(draft.groups[0].servers[0].address, "192.0.2.1");
}

#[test]
fn terraform_expressions_are_listed() {
    let text = "resource \"openstack_lb_loadbalancer_v2\" \"lb\" {\n  name = var.name\n  vip_subnet_id = \"80c57441-795e-46fb-9fdb-068e9acd3a7d\"\n  description = \"for ${var.name}\"\n}\nresource \"openstack_compute_instance_v2\" \"x\" {\n}\n";
    let imported = read(text).unwrap();
    assert!(imported.draft.subnet.is_some());
    let expected = [(2, &Reason::Expression), (4, &Reason::Expression), (6, &Reason::Unknown)];
    assert_eq!(lines_of(&imported), expected);
}

#[test]
fn other_texts_are_errors() {
    assert_eq!(read("hello"), Err(ImportError::UnknownFormat));
    assert_eq!(read(&"x".repeat(2 << 20)), Err(ImportError::TooLong { max: 1 << 20 }));
    assert!(matches!(read("{\n  oops"), Err(ImportError::Syntax { line: 2, .. })));
    let open = "resource \"openstack_lb_loadbalancer_v2\" \"lb\" {";
    assert!(matches!(read(open), Err(ImportError::Syntax { line: 1, .. })));
    let deep = format!("{open} a = {}", "[".repeat(10_000));
    assert!(matches!(read(&deep), Err(ImportError::Syntax { .. })));
}

/// The request of an imported draft, with the names that the form generates.
fn request_of(imported: &Imported) -> CreateLoadBalancer {
    let named = to_request(&imported.draft);
    let mut request = to_export_request(&imported.draft).unwrap();
    for (listener, named) in request.listeners.iter_mut().zip(named.unwrap().listeners) {
        listener.name = named.name;
    }
    request
}

/// The form writes server addresses in their order.
fn in_order(mut request: CreateLoadBalancer) -> CreateLoadBalancer {
    for pool in &mut request.pools {
        pool.members
            .sort_by(|a, b| (&a.address, a.protocol_port).cmp(&(&b.address, b.protocol_port)));
    }
    request
}

proptest! {
    #[test]
    fn an_exported_api_request_is_read_back(draft in valid_draft()) {
        let request = to_request(&draft).unwrap();
        let imported = read(&export::api_request(&request)).unwrap();
        prop_assert_eq!(&imported.unmapped, &[]);
        prop_assert_eq!(in_order(request_of(&imported)), in_order(request));
    }

    #[test]
    fn exported_terraform_is_read_back(draft in valid_draft()) {
        let mut request = to_request(&draft).unwrap();
        let imported = read(&export::terraform(&request)).unwrap();
        // The provider has no arguments for them.
        for pool in &mut request.pools {
            if let Some(monitor) = &mut pool.healthmonitor {
                monitor.tags.clear();
            }
        }
        for policy in request.listeners.iter_mut().flat_map(|listener| &mut listener.l7policies) {
            policy.tags.clear();
            policy.redirect_http_code = policy.redirect_http_code.filter(|_| policy.redirect_url.is_none());
            policy.rules.iter_mut().for_each(|rule| rule.tags.clear());
        }
        request.additional_vips.clear();
        prop_assert_eq!(in_order(request_of(&imported)), in_order(request));
    }

    #[test]
    fn no_text_panics(text in "\\PC{0,300}|[ -~\\n\\t]{0,300}") {
        let _ = read(&text);
        let _ = read(&format!("{{{text}"));
        let _ = read(&format!("# openstack_lb_loadbalancer_v2\n{text}"));
        let _ = read(&format!("frontend f\n bind :80\n{text}\nbackend b\n{text}"));
    }

    #[test]
    fn no_mixture_of_words_panics(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "frontend", "backend", "listen", "defaults", "bind", ":80", "[::1]:443", "ssl", "crt", "acl", "a", "!a",
            "path_beg", "hdr(host)", "/x", "use_backend", "if", "unless", "||", "{", "}", "\n", "redirect", "scheme",
            "https", "server", "192.0.2.1:80", "check", "option", "httpchk", "timeout", "client", "5s", "balance",
            "source", "cookie", "insert", "resource", "\"openstack_lb_loadbalancer_v2\"", "\"x\"", "=", "[", "]",
            "openstack_lb_pool_v2.x.id", "\"openstack_lb_pool_v2\"", "member", "1", "true", ",",
        ]), 0..80),
    ) {
        let text = words.join(" ");
        if let Ok(imported) = read(&text) {
            let _ = check(&imported.draft);
        }
    }
}

#[test]
fn a_minimal_draft_is_read_back_from_each_export() {
    let request = to_request(&minimal_draft("web")).unwrap();
    for text in [export::api_request(&request), export::terraform(&request)] {
        assert_eq!(request_of(&read(&text).unwrap()), request, "{text}");
    }
}

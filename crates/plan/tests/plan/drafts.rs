//! Checking drafts, converting them and cloning load balancers.

use crate::support::{any_draft, created_graph, minimal_draft, valid_draft};
use openstack_types::{
    field::FieldError,
    octavia::{
        CreateLoadBalancer, HealthMonitorType, HttpVersion, ListenerProtocol, Member, PoolProtocol,
        SessionPersistenceType,
    },
    rules::LbType,
};
use plan::{
    Draft, FieldPath, Graph, HealthField, ListenerField, ServerField, check, clone_draft,
    draft::Hsts, export_draft, to_export_request, to_request,
};
use proptest::prelude::*;
use std::net::IpAddr;

fn errors(draft: &Draft) -> Vec<FieldError> {
    check(draft).into_iter().map(|(_, error)| error).collect()
}

#[test]
fn the_default_draft_lacks_a_name_and_a_network() {
    assert_eq!(
        check(&Draft::default()),
        [(FieldPath::Name, FieldError::Required), (FieldPath::Network, FieldError::NotChosen)]
    );
}

#[test]
fn an_application_load_balancer_shares_one_pool() {
    let mut draft = minimal_draft("web");
    let second = draft.add_listener();
    draft.set_protocol(second, ListenerProtocol::Http);
    draft.listener_mut(second).unwrap().port = "8080".into();
    let group = draft.groups[0].key;
    draft.add_server_at(group, "192.0.2.1".into(), "80".into(), None);
    let request = to_request(&draft).unwrap();
    assert_eq!(request.pools.len(), 1);
    assert_eq!(request.pools[0].name, "web-servers");
    assert_eq!(request.listeners.len(), 2);
    for listener in &request.listeners {
        assert_eq!(listener.default_pool.as_ref().unwrap().name, "web-servers");
        assert_eq!(listener.insert_headers.len(), 3);
    }
    assert!(request.tags.is_empty());
}

#[test]
fn listeners_of_a_network_load_balancer_share_their_group() {
    let mut draft = minimal_draft("db");
    draft.set_lb_type(LbType::Network);
    draft.add_listener();
    draft.listeners[0].port = "5432".into();
    draft.listeners[1].port = "5433".into();
    let group = draft.groups[0].key;
    draft.add_server_at(group, "192.0.2.1".into(), "5432".into(), None);
    let request = to_request(&draft).unwrap();
    let [pool] = request.pools.as_slice() else { panic!("one pool") };
    assert_eq!((pool.name.as_str(), &pool.protocol), ("db-servers", &PoolProtocol::Tcp));
    for listener in &request.listeners {
        assert_eq!(listener.default_pool.as_ref().unwrap().name, pool.name);
        assert!(listener.insert_headers.is_empty());
    }
}

#[test]
fn without_listeners_a_tag_holds_the_type() {
    let mut draft = minimal_draft("later");
    draft.listeners.clear();
    draft.groups[0].health.kind = None;
    let request = to_request(&draft).unwrap();
    assert_eq!(request.tags, ["lb-type:application"]);
    assert!(request.pools.is_empty());
}

#[test]
fn servers_without_listener_are_created() {
    let mut draft = minimal_draft("later");
    draft.listeners.clear();
    let group = draft.groups[0].key;
    draft.add_server_at(group, "192.0.2.1".into(), "80".into(), None);
    assert_eq!(to_request(&draft).unwrap().pools[0].members.len(), 1);
}

#[test]
fn the_second_listener_on_a_port_is_an_error() {
    let mut draft = minimal_draft("web");
    let second = draft.add_listener();
    draft.set_protocol(second, ListenerProtocol::Http);
    draft.listener_mut(second).unwrap().port = " 80".into();
    assert_eq!(
        check(&draft),
        [(
            FieldPath::Listener { listener: second, field: ListenerField::Port },
            FieldError::Duplicate
        )]
    );
}

#[test]
fn a_duplicate_server_is_an_error_in_any_notation() {
    let mut draft = minimal_draft("web");
    let group = draft.groups[0].key;
    draft.add_server_at(group, "2001:db8::1".into(), "80".into(), None);
    let again = draft.add_server_at(group, "2001:DB8:0::1".into(), "080".into(), None).unwrap();
    draft.add_server_at(group, "2001:db8::1".into(), "81".into(), None);
    assert_eq!(
        check(&draft),
        [(
            FieldPath::Server { group, server: again, field: ServerField::Address },
            FieldError::Duplicate
        )]
    );
}

#[test]
fn a_timeout_must_be_below_the_delay() {
    let mut draft = minimal_draft("web");
    let group = draft.groups[0].key;
    draft.groups[0].health.kind = Some(HealthMonitorType::Tcp);
    draft.groups[0].health.timeout = "5".into();
    assert_eq!(
        check(&draft),
        [(
            FieldPath::Health { group, field: HealthField::Timeout },
            FieldError::TimeoutNotBelowDelay
        )]
    );
    // But one that is there is exported as it is; nothing else is let by.
    let health = |request: CreateLoadBalancer| request.pools[0].healthmonitor.clone().unwrap();
    let health = health(to_export_request(&draft).unwrap());
    assert_eq!((health.delay, health.timeout), (5, 5));
    draft.name.clear();
    assert_eq!(to_export_request(&draft).unwrap_err(), [(FieldPath::Name, FieldError::Required)]);
}

#[test]
fn a_domain_name_implies_http_1_1_and_checks_without_request_have_no_http_fields() {
    let mut draft = minimal_draft("web");
    draft.groups[0].health.kind = Some(HealthMonitorType::Http);
    draft.groups[0].health.domain = "www.example.com".into();
    let monitor = to_request(&draft).unwrap().pools[0].healthmonitor.clone().unwrap();
    assert_eq!(monitor.http_version, Some(HttpVersion::V1_1));
    draft.groups[0].health.kind = Some(HealthMonitorType::Tcp);
    let monitor = to_request(&draft).unwrap().pools[0].healthmonitor.clone().unwrap();
    assert_eq!((monitor.http_version, monitor.url_path, monitor.domain_name), (None, None, None));
}

#[test]
fn choices_that_a_service_refuses_are_errors() {
    let mut draft = minimal_draft("web");
    draft.listeners[0].protocol = ListenerProtocol::TerminatedHttps;
    assert_eq!(errors(&draft), [FieldError::NotChosen]);
    let mut draft = minimal_draft("web");
    draft.set_lb_type(LbType::Network);
    draft.listeners[0].port = "1".into();
    draft.groups[0].persistence.kind = Some(SessionPersistenceType::HttpCookie);
    assert_eq!(errors(&draft), [FieldError::NotChosen]);
}

#[test]
fn an_application_cookie_needs_a_name() {
    let mut draft = minimal_draft("web");
    draft.groups[0].persistence.kind = Some(SessionPersistenceType::AppCookie);
    assert_eq!(errors(&draft), [FieldError::Required]);
    draft.groups[0].persistence.cookie_name = "a b".into();
    assert_eq!(errors(&draft), [FieldError::NotACookieName]);
    draft.groups[0].persistence.cookie_name = "JSESSIONID".into();
    assert_eq!(errors(&draft), []);
}

#[test]
fn the_request_has_the_subnet_instead_of_its_network() {
    let mut draft = minimal_draft("web");
    draft.subnet = Some("80c57441-795e-46fb-9fdb-068e9acd3a7d".parse().unwrap());
    let request = to_request(&draft).unwrap();
    assert!(request.vip_subnet_id.is_some() && request.vip_network_id.is_none());
}

#[test]
fn a_clone_does_not_merge_pools_without_listeners() {
    let mut draft = minimal_draft("later");
    draft.set_lb_type(LbType::Network);
    draft.listeners.clear();
    draft.add_group();
    draft.groups.iter_mut().for_each(|group| group.description = "for later".into());
    let asked = to_request(&draft).unwrap();
    assert_eq!(asked.pools.len(), 2);
    assert_eq!(to_request(&clone_draft(&created_graph(&asked))).unwrap().pools.len(), 2);
}

#[test]
fn a_clone_without_pools_gets_one_with_its_first_server() {
    let mut draft = minimal_draft("redirects");
    draft.groups.clear();
    draft.listeners[0].group = None;
    let asked = to_request(&draft).unwrap();
    let mut copy = clone_draft(&created_graph(&asked));
    assert_eq!(to_request(&copy).unwrap(), asked);
    let group = copy.groups[0].key;
    copy.add_server_at(group, "192.0.2.1".into(), "80".into(), None);
    let request = to_request(&copy).unwrap();
    assert_eq!(request.pools[0].members.len(), 1);
    let used = request.listeners[0].default_pool.as_ref().map(|pool| &pool.name);
    assert_eq!(used, Some(&request.pools[0].name));
}

#[test]
fn a_clone_keeps_different_listener_options() {
    let mut draft = minimal_draft("web");
    let second = draft.add_listener();
    draft.set_protocol(second, ListenerProtocol::Http);
    draft.listener_mut(second).unwrap().port = "81".into();
    let mut graph = created_graph(&to_request(&draft).unwrap());
    graph.listeners[1].allowed_cidrs = Some(vec!["192.0.2.0/24".into()]);
    let copy = clone_draft(&graph);
    let request = to_request(&copy).unwrap();
    assert_eq!(request.listeners[0].allowed_cidrs, None);
    assert_eq!(request.listeners[1].allowed_cidrs, Some(vec!["192.0.2.0/24".into()]));
}

#[test]
fn tls_settings_with_a_disallowed_version_are_reset() {
    let mut draft = minimal_draft("web");
    let key = draft.listeners[0].key;
    draft.set_protocol(key, ListenerProtocol::TerminatedHttps);
    draft.listener_mut(key).unwrap().certificate = Some("https://k/v1/secrets/a".into());
    draft.listener_mut(key).unwrap().tls.versions = Some(vec!["TLSv1.2".into(), "TLSv1.3".into()]);
    draft.reset_disallowed_tls(&["TLSv1.3".into(), "TLSv1.2".into()]);
    assert!(to_request(&draft).unwrap().listeners[0].tls_versions.is_some());
    let hsts = Hsts { max_age: "60".into(), include_subdomains: false, preload: false };
    draft.listener_mut(key).unwrap().tls.hsts = Some(hsts);
    draft.reset_disallowed_tls(&["TLSv1.2".into()]);
    let request = to_request(&draft).unwrap();
    assert_eq!(request.listeners[0].tls_versions, None);
    assert_eq!(request.listeners[0].hsts_max_age, Some(60), "that is no matter of versions");
}

#[test]
fn the_create_request_includes_redirects() {
    let mut draft = minimal_draft("web");
    let http = draft.listeners[0].key;
    draft.set_redirect(http, Some("www.example.com".into()));
    let key = draft.add_listener();
    draft.set_protocol(key, ListenerProtocol::TerminatedHttps);
    draft.listener_mut(key).unwrap().certificate = Some("https://k/v1/secrets/a".into());
    let request = to_request(&draft).unwrap();
    let [http, https] = request.listeners.as_slice() else { panic!("two listeners") };
    let prefix = http.l7policies[0].redirect_prefix.as_ref().map(|url| url.as_str());
    assert_eq!(prefix, Some("https://www.example.com"));
    assert_eq!(http.l7policies[0].rules.len(), 1, "without rules it would be for no request");
    assert_eq!(https.l7policies, []);
    assert_eq!(https.insert_headers, http.insert_headers);
    assert_eq!(https.insert_headers["X-Forwarded-Proto"], "true");
}

#[test]
fn a_clone_keeps_the_redirect_code() {
    let mut draft = minimal_draft("web");
    let http = draft.listeners[0].key;
    draft.set_redirect(http, Some("https://www.example.com".into()));
    let mut graph = created_graph(&to_request(&draft).unwrap());
    let code = |graph: &_| {
        let request = to_request(&clone_draft(graph)).unwrap();
        request.listeners[0].l7policies[0].redirect_http_code
    };
    // What the service would choose is left to it.
    assert_eq!(graph.policies[0].redirect_http_code, Some(302));
    assert_eq!(code(&graph), None);
    graph.policies[0].redirect_http_code = Some(301);
    assert_eq!(code(&graph), Some(301));
}

/// A graph whose members are in a fixed order, with ids that follow from it.
fn comparable(mut graph: Graph) -> Graph {
    for members in graph.members.values_mut() {
        let ids: Vec<_> = members.iter().map(|member| member.id).collect();
        let place = |member: &Member| (member.address.parse::<IpAddr>().ok(), member.protocol_port);
        members.sort_by_key(place);
        for (member, id) in members.iter_mut().zip(ids) {
            member.id = id;
        }
    }
    graph
}

proptest! {
    #[test]
    fn a_draft_without_findings_converts(draft in any_draft()) {
        prop_assert_eq!(check(&draft).is_empty(), to_request(&draft).is_ok());
    }

    #[test]
    fn findings_are_in_the_order_of_the_form(draft in any_draft()) {
        let parts: Vec<_> = check(&draft).iter().map(|(path, _)| path.section()).collect();
        prop_assert!(parts.is_sorted(), "{:?}", parts);
    }

    #[test]
    fn every_form_control_has_a_unique_id(draft in any_draft()) {
        let findings = check(&draft);
        let mut paths: Vec<_> = findings.into_iter().map(|(path, _)| path).collect();
        // Entries of one list share their text area.
        paths.retain(|path| !matches!(path, FieldPath::AllowedCidrs { entry: 2.., .. }));
        paths.sort();
        paths.dedup();
        let mut ids: Vec<_> = paths.iter().map(FieldPath::element_id).collect();
        ids.sort();
        ids.dedup();
        prop_assert_eq!(ids.len(), paths.len());
    }

    #[test]
    fn a_valid_draft_has_no_findings(draft in valid_draft()) {
        prop_assert_eq!(check(&draft), []);
    }

    #[test]
    fn a_clone_has_the_request_of_its_original(draft in valid_draft()) {
        let asked = to_request(&draft).unwrap();
        let original = comparable(created_graph(&asked));
        let cloned = to_export_request(&export_draft(&original)).unwrap();
        prop_assert_eq!(comparable(created_graph(&cloned)), original);
    }

    #[test]
    fn a_draft_survives_serialization(draft in any_draft()) {
        let text = serde_json::to_string(&draft).unwrap();
        prop_assert_eq!(serde_json::from_str::<Draft>(&text).unwrap(), draft);
    }
}

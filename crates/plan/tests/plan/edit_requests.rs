//! The requests of single edits.

use crate::support::examples::{
    call_names, calls, edited, network_load_balancer, web_load_balancer,
};
use openstack_types::{
    field::FieldError,
    octavia::{HealthMonitorType, LbAlgorithm, ListenerProtocol, SessionPersistenceType},
};
use plan::{Draft, Edit, FieldPath, HealthField, ListenerField};
use serde_json::json;

#[test]
fn changing_a_listener_keeps_its_certificates() {
    let mut graph = web_load_balancer();
    graph.listeners[0].protocol = ListenerProtocol::TerminatedHttps;
    graph.listeners[0].default_tls_container_ref = Some("https://k/v1/secrets/old".into());
    graph.listeners[0].sni_container_refs = vec!["https://k/v1/secrets/sni".into()];
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    draft.listeners[0].name = "front".into();
    assert_eq!(
        calls(&edit, &draft),
        [("PUT /listeners".to_owned(), json!({"listener": {"name": "front"}}))]
    );
    draft.listeners[0].certificate = Some("https://k/v1/secrets/new".into());
    assert_eq!(
        calls(&edit, &draft)[0].1,
        json!({"listener": {
            "name": "front", "default_tls_container_ref": "https://k/v1/secrets/new"}})
    );
    draft.listeners[0].certificate = None;
    draft.listeners[0].name = edit.base_draft().listeners[0].name.clone();
    assert_eq!(
        calls(&edit, &draft)[0].1,
        json!({"listener": {"default_tls_container_ref": null}}),
        "the SNI certificates stay"
    );
    draft.listeners[0].sni.clear();
    let at =
        FieldPath::Listener { listener: draft.listeners[0].key, field: ListenerField::Certificate };
    assert_eq!(edit.check(&draft), [(at, FieldError::NotChosen)], "one certificate is needed");
}

#[test]
fn a_timeout_not_below_the_delay_is_an_error_if_either_was_edited() {
    let mut graph = edited(&web_load_balancer(), |draft| {
        draft.groups[0].health.kind = Some(HealthMonitorType::Tcp);
    });
    let at = |draft: &Draft, field| FieldPath::Health { group: draft.groups[0].key, field };
    let edit = Edit::new(graph.clone());
    let mut draft = edit.base_draft().clone();
    draft.groups[0].health.timeout = "5".into();
    let wrong = [(at(&draft, HealthField::Timeout), FieldError::TimeoutNotBelowDelay)];
    assert_eq!(edit.check(&draft), wrong);
    let mut draft = edit.base_draft().clone();
    draft.groups[0].health.delay = "3".into();
    assert_eq!(edit.check(&draft), wrong);

    // An unedited value is no error.
    graph.monitors[0].timeout = 9;
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    draft.groups[0].health.rise = "4".into();
    assert_eq!(calls(&edit, &draft)[0].1, json!({"healthmonitor": {"max_retries": 4}}));
}

#[test]
fn a_listener_is_removed_before_another_is_added_on_its_port() {
    let mut graph = web_load_balancer();
    graph.listeners[0].sni_container_refs = vec!["https://k/v1/secrets/sni".into()];
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    draft.listeners.clear();
    let key = draft.add_listener();
    let listener = draft.listener_mut(key).unwrap();
    listener.protocol = ListenerProtocol::TerminatedHttps;
    listener.certificate = Some("https://k/v1/secrets/a".into());
    listener.port = "80".into();
    assert_eq!(call_names(&edit, &draft), ["DELETE /listeners", "POST /listeners"]);
    draft.listeners[0].protocol = ListenerProtocol::Http;
    assert_eq!(
        call_names(&edit, &draft),
        Vec::<String>::new(),
        "the same listener again is no change"
    );
}

#[test]
fn listeners_share_a_group_and_an_unused_group_stays_until_it_is_removed() {
    let edit = Edit::new(network_load_balancer());
    let mut draft = edit.base_draft().clone();
    let group = draft.groups[0].key;
    let key = draft.add_listener();
    draft.listener_mut(key).unwrap().port = "5433".into();
    let [(call, body)] = calls(&edit, &draft).try_into().unwrap();
    assert_eq!(call, "POST /listeners");
    assert_eq!(body["listener"]["default_pool_id"], json!(edit.base().pools[0].id));

    let mut draft = edit.base_draft().clone();
    assert_eq!(draft.remove_group(group), None, "a listener uses it");
    let gone = draft.listeners[0].key;
    draft.remove_listener(gone);
    assert_eq!(call_names(&edit, &draft), ["DELETE /listeners"]);
    assert!(draft.remove_group(group).is_some());
    assert_eq!(call_names(&edit, &draft), ["DELETE /listeners", "DELETE /pools"]);
}

#[test]
fn persistence_is_null_only_if_it_was_removed() {
    let kept = edited(&web_load_balancer(), |draft| {
        draft.groups[0].persistence.kind = Some(SessionPersistenceType::HttpCookie);
    });
    let edit = Edit::new(kept);
    let mut draft = edit.base_draft().clone();
    draft.groups[0].method = LbAlgorithm::LeastConnections;
    assert_eq!(calls(&edit, &draft)[0].1, json!({"pool": {"lb_algorithm": "LEAST_CONNECTIONS"}}));
    draft.groups[0].persistence.kind = None;
    assert_eq!(
        calls(&edit, &draft)[0].1,
        json!({"pool": {"lb_algorithm": "LEAST_CONNECTIONS", "session_persistence": null}})
    );
}

#[test]
fn a_health_check_of_another_kind_replaces_the_old_one_with_its_name_and_admin_state() {
    let mut graph = edited(&web_load_balancer(), |draft| {
        draft.groups[0].health.kind = Some(HealthMonitorType::Http);
    });
    graph.monitors[0].name = "watch".into();
    graph.monitors[0].admin_state_up = false;
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    draft.groups[0].health.kind = Some(HealthMonitorType::Tcp);
    let calls = calls(&edit, &draft);
    assert_eq!(calls[0].0, "DELETE /healthmonitors");
    assert_eq!(calls[1].0, "POST /healthmonitors");
    let made = &calls[1].1["healthmonitor"];
    assert_eq!((&made["name"], &made["admin_state_up"]), (&json!("watch"), &json!(false)));
    assert_eq!(made.get("url_path"), None);
}

#[test]
fn headers_that_the_form_does_not_show_are_kept() {
    let mut graph = web_load_balancer();
    graph.listeners[0].insert_headers.insert("X-SSL-Issuer".into(), "true".into());
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    draft.listeners[0].forwarded.port = false;
    let headers = json!({
        "X-Forwarded-For": "true", "X-Forwarded-Proto": "true", "X-SSL-Issuer": "true",
    });
    assert_eq!(calls(&edit, &draft)[0].1, json!({"listener": {"insert_headers": headers}}));
}

#[test]
fn values_that_the_form_cannot_show_do_not_prevent_an_edit() {
    let mut graph = web_load_balancer();
    let mut strange = graph.listeners[0].clone();
    strange.id = "00000000-0000-4000-8000-00000000aaaa".parse().unwrap();
    strange.protocol = ListenerProtocol::Prometheus;
    strange.protocol_port = 9000;
    graph.listeners.push(strange);
    graph.pools[0].lb_algorithm = LbAlgorithm::SourceIpPort;
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    draft.description = "hello".into();
    assert_eq!(
        calls(&edit, &draft),
        [("PUT /loadbalancers".to_owned(), json!({"loadbalancer": {"description": "hello"}}))]
    );
    let key = draft.add_listener();
    draft.set_protocol(key, ListenerProtocol::Http);
    draft.listener_mut(key).unwrap().port = "9000".into();
    let at = FieldPath::Listener { listener: key, field: ListenerField::Port };
    assert_eq!(edit.check(&draft), [(at, FieldError::Duplicate)]);
}

#[test]
fn sni_certificates_are_sent_only_if_changed() {
    let mut graph = web_load_balancer();
    graph.listeners[0].protocol = ListenerProtocol::TerminatedHttps;
    graph.listeners[0].default_tls_container_ref = Some("https://k/v1/secrets/a".into());
    graph.listeners[0].sni_container_refs = vec!["https://k/v1/secrets/b".into()];
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    draft.listeners[0].connection_limit = "7".into();
    let body = &calls(&edit, &draft)[0].1["listener"];
    assert_eq!(body, &json!({"connection_limit": 7}));
    draft.listeners[0].sni = vec!["https://k/v1/secrets/c".into()];
    let all = calls(&edit, &draft);
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].1["listener"]["sni_container_refs"], json!(["https://k/v1/secrets/c"]));
    assert_eq!(all[0].1["listener"].get("default_tls_container_ref"), None);
}

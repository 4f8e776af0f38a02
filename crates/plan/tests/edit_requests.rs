//! The requests of single edits.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod support;

use openstack_types::{
    field::FieldError,
    octavia::{HealthMonitorType, LbAlgorithm, ListenerProtocol, SessionPersistenceType},
};
use plan::{
    Draft, Edit, FieldPath, HealthField, ListenerField, ServerField,
    edit::{ServerChange, StepSummary},
};
use serde_json::json;
use support::{
    cloud::{Cloud, execute},
    examples::{call_names, calls, edited, first_keys, network_load_balancer, web_load_balancer},
};

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
fn changing_a_server_while_adding_another_is_sent() {
    let edit = Edit::new(web_load_balancer());
    let mut draft = edit.base_draft().clone();
    let (group, first) = first_keys(&draft);
    draft.server_mut(group, first).unwrap().enabled = false;
    draft.add_server_at(group, "192.0.2.3".into(), "80".into(), None);
    let calls = calls(&edit, &draft);
    assert_eq!(calls[0].0, "POST /pools/members");
    assert_eq!(
        calls[1],
        ("PUT /pools/members".to_owned(), json!({"member": {"admin_state_up": false}}))
    );
    assert_eq!(calls.len(), 2);
}

#[test]
fn a_changed_weight_is_sent_alone_and_for_one_server() {
    let mut graph = web_load_balancer();
    for member in graph.members.values_mut().flatten() {
        member.backup = true;
        member.admin_state_up = false;
        member.tags = vec!["blue".into()];
    }
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    draft.groups[0].servers[1].weight = "7".into();
    let sent = calls(&edit, &draft);
    assert_eq!(sent, [("PUT /pools/members".to_owned(), json!({"member": {"weight": 7}}))]);
}

#[test]
fn servers_are_changed_and_removed_in_the_order_of_the_form() {
    let mut graph = web_load_balancer();
    let members = graph.members.values_mut().next().unwrap();
    for (host, port) in [(10, 80), (2, 8080)] {
        let mut more = members[0].clone();
        more.id = format!("00000000-0000-4000-8000-00000002{port:04}").parse().unwrap();
        more.address = format!("192.0.2.{host}");
        more.protocol_port = port;
        members.insert(0, more);
    }
    members.swap(2, 3);
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    let (removed, changed) = draft.groups[0].servers.split_at_mut(2);
    assert_eq!(removed[0].address, "192.0.2.1");
    changed.iter_mut().for_each(|server| server.weight = "7".into());
    draft.groups[0].servers.drain(..2);
    let expected = edit.plan(&draft).unwrap().steps.into_iter().map(|step| match step.summary {
        StepSummary::ChangeServer { server, .. } | StepSummary::RemoveServer { server, .. } => {
            server
        }
        other => panic!("{other:?}"),
    });
    let expected: Vec<String> = expected.collect();
    assert_eq!(expected, ["192.0.2.2:8080", "192.0.2.10:80", "192.0.2.1:80", "192.0.2.2:80"]);
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
fn a_drained_server_remembers_its_weight() {
    let edit = Edit::new(web_load_balancer());
    let mut draft = edit.base_draft().clone();
    let (group, server) = first_keys(&draft);
    draft.drain(group, server);
    draft.drain(group, server);
    let plan = edit.plan(&draft).unwrap();
    assert_eq!(
        plan.steps[0].summary,
        StepSummary::ChangeServer {
            server: "192.0.2.1:80".into(),
            group: "web-servers".into(),
            change: ServerChange::Drain,
        }
    );
    draft.undrain(group, server);
    assert!(!edit.has_changes(&draft));
    assert_eq!(draft.server(group, server).unwrap().weight, "10");

    let drained = Edit::new(edited(&web_load_balancer(), |draft| draft.drain(group, server)));
    let mut draft = drained.base_draft().clone();
    let (group, server) = first_keys(&draft);
    draft.undrain(group, server);
    assert_eq!(draft.server(group, server).unwrap().weight, "1", "the old weight is not known");
}

#[test]
fn a_server_with_a_new_address_is_added_with_all_fields_before_the_old_one_is_removed() {
    let mut graph = web_load_balancer();
    let member = &mut graph.members.values_mut().next().unwrap()[0];
    member.tags = vec!["blue".into()];
    member.backup = true;
    member.name = "one".into();
    member.monitor_address = Some("192.0.2.77".into());
    member.monitor_port = Some(8080);
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    draft.groups[0].servers[0].address = "192.0.2.9".into();
    let calls = calls(&edit, &draft);
    assert_eq!(calls[0].0, "POST /pools/members");
    assert_eq!(
        calls[0].1,
        json!({"member": {"address": "192.0.2.9", "protocol_port": 80, "weight": 10,
            "backup": true, "name": "one", "monitor_port": 8080, "tags": ["blue"]}})
    );
    assert_eq!(calls[1].0, "DELETE /pools/members");
    assert_eq!(calls.len(), 2);
}

#[test]
fn another_notation_of_an_address_is_no_change() {
    let mut graph = web_load_balancer();
    graph.members.values_mut().next().unwrap()[1].address = "2001:db8::1".into();
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    draft.groups[0].servers[1].address = " 2001:DB8:0::1 ".into();
    draft.groups[0].servers[1].port = "080".into();
    assert_eq!(call_names(&edit, &draft), Vec::<String>::new());
}

#[test]
fn a_server_that_is_removed_and_added_again_keeps_fields_that_the_form_does_not_show() {
    let mut graph = web_load_balancer();
    graph.members.values_mut().next().unwrap()[0].tags = vec!["blue".into()];
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    let (group, first) = first_keys(&draft);
    draft.remove_server(group, first);
    draft.add_server_at(group, "192.0.2.1".into(), "80".into(), Some("3".into()));
    assert_eq!(
        calls(&edit, &draft),
        [("PUT /pools/members".to_owned(), json!({"member": {"weight": 3}}))]
    );
}

#[test]
fn replacing_all_servers_takes_one_call_to_add_and_one_for_each_removal() {
    let edit = Edit::new(web_load_balancer());
    let mut draft = edit.base_draft().clone();
    let (group, _) = first_keys(&draft);
    draft.groups[0].servers.clear();
    for host in 11..=13 {
        draft.add_server_at(group, format!("192.0.2.{host}"), "80".into(), None);
    }
    assert_eq!(
        call_names(&edit, &draft),
        ["PUT /pools/members?additive_only=true", "DELETE /pools/members", "DELETE /pools/members"]
    );
}

#[test]
fn of_two_duplicates_the_new_one_has_the_error() {
    let edit = Edit::new(web_load_balancer());
    let mut draft = edit.base_draft().clone();
    let (group, first) = first_keys(&draft);
    // Above the existing one.
    assert!(draft.fill_from_paste(group, first, "192.0.2.1:80\n192.0.2.2:80"));
    let new = draft.groups[0].servers[1].key;
    let listener = draft.add_listener();
    draft.set_protocol(listener, ListenerProtocol::Http);
    draft.listener_mut(listener).unwrap().port = "80".into();
    let port = FieldPath::Listener { listener, field: ListenerField::Port };
    let address = FieldPath::Server { group, server: new, field: ServerField::Address };
    assert_eq!(
        edit.check(&draft),
        [(port, FieldError::Duplicate), (address, FieldError::Duplicate)]
    );
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

fn redirected(draft: &mut Draft, to: Option<&str>) {
    let listener = draft.listeners[0].key;
    draft.set_redirect(listener, to.map(str::to_owned));
}

#[test]
fn a_redirect_to_https_is_created_changed_and_removed() {
    let edit = Edit::new(web_load_balancer());
    let mut draft = edit.base_draft().clone();
    redirected(&mut draft, Some(" www.example.com/ "));
    assert_eq!(call_names(&edit, &draft), ["POST /l7policies", "POST /l7policies/rules"]);
    let policy = &calls(&edit, &draft)[0].1["l7policy"];
    assert_eq!(policy["redirect_prefix"], "https://www.example.com");
    assert_eq!(policy["action"], "REDIRECT_PREFIX");
    for (wrong, error) in
        [("", FieldError::Required), ("https://www.example.com code 200", FieldError::NotAUrl)]
    {
        redirected(&mut draft, Some(wrong));
        let listener = draft.listeners[0].key;
        let at = FieldPath::Listener { listener, field: ListenerField::Redirect };
        assert_eq!(edit.check(&draft), [(at, error)], "{wrong}");
    }

    let redirected_graph =
        edited(&web_load_balancer(), |draft| redirected(draft, Some("www.example.com")));
    let edit = Edit::new(redirected_graph);
    let mut draft = edit.base_draft().clone();
    assert_eq!(draft.listeners[0].redirect(), Some("https://www.example.com"));
    redirected(&mut draft, Some("https://www.example.com:8443"));
    assert_eq!(call_names(&edit, &draft), ["PUT /l7policies"]);
    redirected(&mut draft, None);
    assert_eq!(call_names(&edit, &draft), ["DELETE /l7policies"]);
    // Deleting the listener deletes its redirect.
    draft.listeners.clear();
    assert_eq!(call_names(&edit, &draft), ["DELETE /listeners"]);
}

#[test]
fn a_redirect_is_created_after_and_removed_before_the_listener_it_leads_to() {
    let edit = Edit::new(web_load_balancer());
    let mut draft = edit.base_draft().clone();
    redirected(&mut draft, Some("www.example.com"));
    let key = draft.add_listener();
    let listener = draft.listener_mut(key).unwrap();
    listener.protocol = ListenerProtocol::TerminatedHttps;
    listener.certificate = Some("https://k/v1/secrets/a".into());
    listener.port = "443".into();
    assert_eq!(
        call_names(&edit, &draft),
        ["POST /listeners", "POST /l7policies", "POST /l7policies/rules"]
    );
    let resolved = edit.resolve(&draft).unwrap();
    let mut cloud = Cloud::new(web_load_balancer());
    execute(&mut cloud, &edit, resolved.plan(), 9, |_| {});
    let edit = Edit::new(cloud.graph);
    let mut draft = edit.base_draft().clone();
    redirected(&mut draft, None);
    draft.listeners.truncate(1);
    assert_eq!(call_names(&edit, &draft), ["DELETE /l7policies", "DELETE /listeners"]);
}

#[test]
fn the_redirect_of_a_new_listener_is_a_separate_step() {
    let edit = Edit::new(web_load_balancer());
    let mut draft = edit.base_draft().clone();
    let key = draft.add_listener();
    draft.set_protocol(key, ListenerProtocol::Http);
    draft.listener_mut(key).unwrap().port = "8080".into();
    draft.set_redirect(key, Some("www.example.com".into()));
    let all = calls(&edit, &draft);
    let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["POST /listeners", "POST /l7policies", "POST /l7policies/rules"]);
    assert_eq!(all[0].1["listener"].get("l7policies"), None);
    assert_eq!(all[1].1["l7policy"]["listener_id"], "00000000-0000-4000-8000-00000000feed");
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

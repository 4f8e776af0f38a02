//! Edits of single fields: each sends that field alone.

use crate::support::{
    created_graph,
    examples::{call_names, calls},
    minimal_draft,
};
use openstack_types::octavia::{
    ClientAuthentication, HealthMonitorType, HttpVersion, L7RuleCompareType, ListenerProtocol,
};
use plan::{
    Draft, Edit, PolicyAction,
    draft::{ClientCertificates, Hsts},
    edit::ConflictResolution,
    to_request,
};
use serde_json::{Value, json};

/// An HTTPS listener with two policies, and a group with a server and a health check.
fn draft() -> Draft {
    let mut draft = minimal_draft("web");
    let (listener, group) = (draft.listeners[0].key, draft.groups[0].key);
    draft.set_protocol(listener, ListenerProtocol::TerminatedHttps);
    draft.listeners[0].certificate = Some("https://k/v1/secrets/a".into());
    draft.add_server_at(group, "192.0.2.1".into(), "80".into(), None);
    draft.groups[0].health.kind = Some(HealthMonitorType::Http);
    for path in ["/a", "/b"] {
        let policy = draft.add_policy(listener, PolicyAction::Group(Some(group))).unwrap();
        draft.policy_mut(listener, policy).unwrap().name = path.into();
        for value in [path, "/"] {
            let rule = draft.add_rule(listener, policy).unwrap();
            let policy = draft.policy_mut(listener, policy).unwrap();
            policy.rule_mut(rule).unwrap().value = value.into();
        }
    }
    draft
}

fn edit() -> Edit {
    Edit::new(created_graph(&to_request(&draft()).unwrap()))
}

/// The only call of an edit of one field.
fn call_of(change: impl FnOnce(&mut Draft)) -> (String, Value) {
    let edit = edit();
    let mut draft = edit.base_draft().clone();
    change(&mut draft);
    let [call] = calls(&edit, &draft).try_into().unwrap();
    call
}

type Change = fn(&mut Draft);

#[test]
fn a_changed_field_is_sent_alone() {
    let lb = ("PUT /loadbalancers", "loadbalancer");
    let listener = ("PUT /listeners", "listener");
    let pool = ("PUT /pools", "pool");
    let member = ("PUT /pools/members", "member");
    let monitor = ("PUT /healthmonitors", "healthmonitor");
    let policy = ("PUT /l7policies", "l7policy");
    let rule = ("PUT /l7policies/rules", "rule");
    let cases: Vec<((&str, &str), Change, Value)> = vec![
        (lb, |d| d.enabled = false, json!({"admin_state_up": false})),
        (lb, |d| d.tags = vec!["blue".into()], json!({"tags": ["blue"]})),
        (listener, |d| d.listeners[0].description = "x".into(), json!({"description": "x"})),
        (listener, |d| d.listeners[0].enabled = false, json!({"admin_state_up": false})),
        (listener, |d| d.listeners[0].tags = vec!["t".into()], json!({"tags": ["t"]})),
        (
            listener,
            |d| d.listeners[0].tls.versions = Some(vec!["TLSv1.3".into()]),
            json!({"tls_versions": ["TLSv1.3"]}),
        ),
        (listener, |d| d.listeners[0].tls.versions = None, json!({"tls_versions": null})),
        (listener, |d| d.listeners[0].tls.ciphers = "A:!B".into(), json!({"tls_ciphers": "A:!B"})),
        (listener, |d| d.listeners[0].tls.alpn = Some(vec![]), json!({"alpn_protocols": []})),
        (
            listener,
            |d| d.listeners[0].tls.hsts = Some(Hsts { preload: true, ..Hsts::default() }),
            json!({"hsts_max_age": 63_072_000, "hsts_preload": true}),
        ),
        (
            listener,
            |d| {
                d.listeners[0].tls.clients = Some(ClientCertificates {
                    authentication: ClientAuthentication::Mandatory,
                    ca: Some("https://k/v1/secrets/ca".into()),
                    crl: None,
                });
            },
            json!({
                "client_authentication": "MANDATORY",
                "client_ca_tls_container_ref": "https://k/v1/secrets/ca",
            }),
        ),
        (
            listener,
            |d| d.listeners[0].set_header("X-SSL-Client-CN", true),
            json!({"insert_headers": {
                "X-Forwarded-For": "true", "X-Forwarded-Port": "true",
                "X-Forwarded-Proto": "true", "X-SSL-Client-CN": "true",
            }}),
        ),
        (
            listener,
            |d| d.listeners[0].own_options.as_mut().unwrap().timeout_tcp_inspect = "0.5".into(),
            json!({"timeout_tcp_inspect": 500}),
        ),
        (pool, |d| d.groups[0].enabled = false, json!({"admin_state_up": false})),
        (pool, |d| d.groups[0].description = "x".into(), json!({"description": "x"})),
        (pool, |d| d.groups[0].tls.enabled = true, json!({"tls_enabled": true})),
        (
            pool,
            |d| d.groups[0].tls.ca = Some("https://k/v1/secrets/ca".into()),
            json!({"ca_tls_container_ref": "https://k/v1/secrets/ca"}),
        ),
        (pool, |d| d.groups[0].tls.ciphers = "HIGH".into(), json!({"tls_ciphers": "HIGH"})),
        (
            member,
            |d| d.groups[0].servers[0].monitor_port = "8080".into(),
            json!({"monitor_port": 8080}),
        ),
        (
            member,
            |d| d.groups[0].servers[0].monitor_address = "192.0.2.9".into(),
            json!({"monitor_address": "192.0.2.9"}),
        ),
        (member, |d| d.groups[0].servers[0].tags = vec!["t".into()], json!({"tags": ["t"]})),
        (monitor, |d| d.groups[0].health.enabled = false, json!({"admin_state_up": false})),
        (monitor, |d| d.groups[0].health.name = "check".into(), json!({"name": "check"})),
        (
            monitor,
            |d| d.groups[0].health.http_version = Some(HttpVersion::V1_1),
            json!({"http_version": 1.1}),
        ),
        (policy, |d| d.listeners[0].policies[0].name = "x".into(), json!({"name": "x"})),
        (policy, |d| d.listeners[0].policies[0].enabled = false, json!({"admin_state_up": false})),
        (
            policy,
            |d| d.listeners[0].policies[0].action = PolicyAction::Reject,
            json!({"action": "REJECT"}),
        ),
        (policy, |d| d.listeners[0].policies.swap(0, 1), json!({"position": 2})),
        (
            rule,
            |d| d.listeners[0].policies[0].rules[0].compare = L7RuleCompareType::EqualTo,
            json!({"compare_type": "EQUAL_TO"}),
        ),
        (rule, |d| d.listeners[0].policies[0].rules[0].value = "/c".into(), json!({"value": "/c"})),
        (rule, |d| d.listeners[0].policies[0].rules[0].invert = true, json!({"invert": true})),
    ];
    for ((call, key), change, fields) in cases {
        assert_eq!(call_of(change), (call.to_owned(), json!({ key: fields })));
    }
}

#[test]
fn an_active_policy_is_replaced_if_its_change_takes_several_calls() {
    let edit = edit();
    let mut draft = edit.base_draft().clone();
    for rule in &mut draft.listeners[0].policies[0].rules {
        rule.value = format!("{}/new", rule.value);
    }
    assert_eq!(
        call_names(&edit, &draft),
        [
            "POST /l7policies",
            "POST /l7policies/rules",
            "POST /l7policies/rules",
            "PUT /l7policies",
            "DELETE /l7policies"
        ]
    );
    let calls = calls(&edit, &draft);
    assert_eq!(calls[0].1["l7policy"]["admin_state_up"], false, "by half it would match too much");
    assert_eq!(calls[0].1["l7policy"]["position"], 1);
    assert_eq!(calls[3].1["l7policy"], json!({"admin_state_up": true}));
    // One that is disabled is changed as it is.
    draft.listeners[0].policies[0].enabled = false;
    let names = call_names(&edit, &draft);
    assert_eq!(names, ["PUT /l7policies", "PUT /l7policies/rules", "PUT /l7policies/rules"]);
}

#[test]
fn a_new_rule_takes_the_place_of_a_removed_one() {
    let (call, body) = call_of(|draft| {
        let (listener, policy) = (draft.listeners[0].key, draft.listeners[0].policies[0].key);
        let old = draft.listeners[0].policies[0].rules[0].key;
        draft.remove_rule(listener, policy, old);
        let rule = draft.add_rule(listener, policy).unwrap();
        draft.policy_mut(listener, policy).unwrap().rule_mut(rule).unwrap().value = "/z".into();
    });
    assert_eq!(call, "PUT /l7policies/rules");
    assert_eq!(body["rule"]["value"], "/z");
}

#[test]
fn a_new_group_is_created_before_the_policy_that_leads_to_it() {
    let edit = edit();
    let mut draft = edit.base_draft().clone();
    let group = draft.add_group();
    draft.listeners[0].policies[0].action = PolicyAction::Group(Some(group));
    assert_eq!(call_names(&edit, &draft), ["POST /pools", "PUT /l7policies"]);
}

#[test]
fn rules_that_two_editors_change_are_merged_and_conflicts_reported() {
    let edit = edit();
    let mut ours = edit.base_draft().clone();
    ours.listeners[0].policies[0].rules[0].value = "/ours".into();
    let mut later = edit.base().clone();
    let policy = later.policies_in_order(later.listeners[0].id)[0].id;
    later.rules.get_mut(&policy).unwrap()[1].value = "/theirs".into();
    let merged = edit.rebase(&ours, later.clone(), ConflictResolution::Ours);
    let values = |draft: &Draft| -> Vec<String> {
        draft.listeners[0].policies[0].rules.iter().map(|rule| rule.value.clone()).collect()
    };
    assert_eq!(values(&merged.draft), ["/ours", "/theirs"]);
    assert_eq!(merged.conflicts.len(), 1);
    assert!(!merged.conflicts[0].is_collision());
    later.rules.get_mut(&policy).unwrap()[0].value = "/both".into();
    let merged = edit.rebase(&ours, later, ConflictResolution::Theirs);
    assert_eq!(values(&merged.draft), ["/both", "/theirs"]);
    assert!(merged.conflicts.iter().any(plan::edit::Conflict::is_collision));
}

//! The requests of edits of servers.

use crate::support::examples::{call_names, calls, edited, first_keys, web_load_balancer};
use openstack_types::{field::FieldError, octavia::ListenerProtocol};
use plan::{
    Edit, FieldPath, ListenerField, ServerField,
    edit::{ServerChange, StepSummary},
};
use serde_json::json;

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

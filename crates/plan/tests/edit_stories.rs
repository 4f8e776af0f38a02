//! Edits one by one: what each asks for, and the faults of other portals that must not be ours.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod support;

use openstack_types::{
    field::FieldError,
    octavia::{HealthMonitorType, LbAlgorithm, ListenerProtocol, SessionPersistenceType},
    rules::LbType,
};
use plan::{
    Draft, Edit, FieldPath, Graph, HealthField, ListenerField, RowKey, ServerField,
    edit::{
        Conflict, ConflictField, ConflictKind, ConflictResolution, CreatedIds, ServerChange,
        StepSummary, Subject,
    },
    to_request,
};
use serde_json::{Value, json};
use support::{cloud::Cloud, created, edits::carry_out, named};

/// A load balancer with a listener on port 80, and servers 192.0.2.1 and 192.0.2.2.
fn web() -> Graph {
    let mut draft = named("web");
    let group = draft.groups[0].key;
    for host in 1..=2 {
        draft.add_server_at(group, format!("192.0.2.{host}"), "80".into(), Some("10".into()));
    }
    created(&to_request(&draft).unwrap())
}

/// The same for TCP.
fn network() -> Graph {
    let mut draft = named("db");
    draft.set_lb_type(LbType::Network);
    draft.listeners[0].port = "5432".into();
    let group = draft.groups[0].key;
    draft.add_server_at(group, "192.0.2.1".into(), "5432".into(), None);
    created(&to_request(&draft).unwrap())
}

/// What the first group and its first server are known by.
fn firsts(draft: &Draft) -> (RowKey, RowKey) {
    (draft.groups[0].key, draft.groups[0].servers[0].key)
}

/// `METHOD /path body`, one a step, with ids and what was made left out.
fn calls(edit: &Edit, draft: &Draft) -> Vec<(String, Value)> {
    let plan = edit.plan(draft).unwrap();
    let mut made = CreatedIds::default();
    for n in 0..100_u32 {
        let key: RowKey = serde_json::from_value(json!(n)).unwrap();
        let id = "00000000-0000-4000-8000-00000000feed";
        made.pools.insert(key, id.parse().unwrap());
        made.listeners.insert(key, id.parse().unwrap());
        made.redirects.insert(key, id.parse().unwrap());
    }
    let lb = edit.base().loadbalancer.id;
    plan.steps
        .iter()
        .map(|step| {
            let request = step.call.request(lb, &made).unwrap();
            let path = request.path.split('/').filter(|part| part.len() != 36);
            let path = path.collect::<Vec<_>>().join("/");
            let body = request.body.unwrap_or_default();
            (format!("{} {path}", request.method.as_str()), body)
        })
        .collect()
}

fn names(edit: &Edit, draft: &Draft) -> Vec<String> {
    calls(edit, draft).into_iter().map(|(name, _)| name).collect()
}

fn changed(graph: &Graph, change: impl FnOnce(&mut Draft)) -> Graph {
    let edit = Edit::new(graph.clone());
    let mut draft = edit.base_draft().clone();
    change(&mut draft);
    let mut cloud = Cloud::new(graph.clone());
    carry_out(&mut cloud, &edit, edit.plan(&draft).unwrap(), usize::MAX, |_| {});
    cloud.graph
}

#[test]
fn a_change_of_a_listener_does_not_wipe_its_certificates() {
    let mut graph = web();
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
    let at =
        FieldPath::Listener { listener: draft.listeners[0].key, field: ListenerField::Certificate };
    assert_eq!(edit.check(&draft), [(at, FieldError::NotChosen)], "replaced, never just removed");
}

#[test]
fn an_edit_of_a_server_that_is_there_is_not_dropped() {
    let edit = Edit::new(web());
    let mut draft = edit.base_draft().clone();
    let (group, first) = firsts(&draft);
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
fn a_weight_is_sent_alone_and_for_one_server() {
    let mut graph = web();
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
fn servers_are_changed_and_removed_in_the_order_in_which_they_are_shown() {
    let mut graph = web();
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
    let told = edit.plan(&draft).unwrap().steps.into_iter().map(|step| match step.summary {
        StepSummary::ChangeServer { server, .. } | StepSummary::RemoveServer { server, .. } => {
            server
        }
        other => panic!("{other:?}"),
    });
    let told: Vec<String> = told.collect();
    assert_eq!(told, ["192.0.2.2:8080", "192.0.2.10:80", "192.0.2.1:80", "192.0.2.2:80"]);
}

#[test]
fn a_timeout_that_is_not_below_its_delay_is_refused_where_it_was_typed() {
    let mut graph = changed(&web(), |draft| {
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

    // What another portal has let through is nobody's fault here until it is touched.
    graph.monitors[0].timeout = 9;
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    draft.groups[0].health.rise = "4".into();
    assert_eq!(calls(&edit, &draft)[0].1, json!({"healthmonitor": {"max_retries": 4}}));
}

#[test]
fn a_drained_server_remembers_its_weight() {
    let edit = Edit::new(web());
    let mut draft = edit.base_draft().clone();
    let (group, server) = firsts(&draft);
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

    let drained = Edit::new(changed(&web(), |draft| draft.drain(group, server)));
    let mut draft = drained.base_draft().clone();
    let (group, server) = firsts(&draft);
    draft.undrain(group, server);
    assert_eq!(draft.server(group, server).unwrap().weight, "1", "nobody remembers it");
}

#[test]
fn a_server_moved_to_another_address_is_added_there_first_with_all_it_had() {
    let mut graph = web();
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
fn another_writing_of_an_address_is_no_other_server() {
    let mut graph = web();
    graph.members.values_mut().next().unwrap()[1].address = "2001:db8::1".into();
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    draft.groups[0].servers[1].address = " 2001:DB8:0::1 ".into();
    draft.groups[0].servers[1].port = "080".into();
    assert_eq!(names(&edit, &draft), Vec::<String>::new());
}

#[test]
fn a_server_taken_away_and_typed_again_is_changed_and_keeps_what_the_form_does_not_show() {
    let mut graph = web();
    graph.members.values_mut().next().unwrap()[0].tags = vec!["blue".into()];
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    let (group, first) = firsts(&draft);
    draft.remove_server(group, first);
    draft.add_server_at(group, "192.0.2.1".into(), "80".into(), Some("3".into()));
    assert_eq!(
        calls(&edit, &draft),
        [("PUT /pools/members".to_owned(), json!({"member": {"weight": 3}}))]
    );
}

#[test]
fn every_server_replaced_costs_one_call_to_add_and_one_for_each_that_goes() {
    let edit = Edit::new(web());
    let mut draft = edit.base_draft().clone();
    let (group, _) = firsts(&draft);
    draft.groups[0].servers.clear();
    for host in 11..=13 {
        draft.add_server_at(group, format!("192.0.2.{host}"), "80".into(), None);
    }
    assert_eq!(
        names(&edit, &draft),
        ["PUT /pools/members?additive_only=true", "DELETE /pools/members", "DELETE /pools/members"]
    );
}

#[test]
fn duplicates_are_found_at_what_is_new() {
    let edit = Edit::new(web());
    let mut draft = edit.base_draft().clone();
    let (group, first) = firsts(&draft);
    // In front of the one that is there already.
    assert!(draft.fill_from_paste(group, first, "192.0.2.1:80\n192.0.2.2:80"));
    let new = draft.groups[0].servers[1].key;
    let listener = draft.add_listener();
    draft.listener_mut(listener).unwrap().port = "80".into();
    let port = FieldPath::Listener { listener, field: ListenerField::Port };
    let address = FieldPath::Server { group, server: new, field: ServerField::Address };
    assert_eq!(
        edit.check(&draft),
        [(port, FieldError::Duplicate), (address, FieldError::Duplicate)]
    );
}

#[test]
fn one_port_has_room_for_one_listener_so_the_old_goes_first() {
    let mut graph = web();
    graph.listeners[0].sni_container_refs = vec!["https://k/v1/secrets/sni".into()];
    let edit = Edit::new(graph);
    let mut draft = edit.base_draft().clone();
    draft.listeners.clear();
    let key = draft.add_listener();
    let listener = draft.listener_mut(key).unwrap();
    listener.protocol = ListenerProtocol::TerminatedHttps;
    listener.certificate = Some("https://k/v1/secrets/a".into());
    listener.port = "80".into();
    assert_eq!(names(&edit, &draft), ["DELETE /listeners", "POST /listeners"]);
    draft.listeners[0].protocol = ListenerProtocol::Http;
    assert_eq!(names(&edit, &draft), Vec::<String>::new(), "the same again is no change");
}

#[test]
fn a_new_listener_of_a_network_load_balancer_has_a_pool_of_its_own_with_the_same_servers() {
    let graph = network();
    let edit = Edit::new(graph.clone());
    let mut draft = edit.base_draft().clone();
    let key = draft.add_listener();
    draft.listener_mut(key).unwrap().port = "5433".into();
    assert_eq!(names(&edit, &draft), ["POST /pools", "POST /pools/members", "POST /listeners"]);
    assert_eq!(calls(&edit, &draft)[0].1["pool"]["name"], "db-servers-5433");
    assert_eq!(calls(&edit, &draft)[1].1["member"]["address"], "192.0.2.1");

    let two = changed(&graph, |draft| {
        let key = draft.add_listener();
        draft.listener_mut(key).unwrap().port = "5433".into();
    });
    let edit = Edit::new(two);
    let mut draft = edit.base_draft().clone();
    let (gone, group) = (draft.listeners[1].key, draft.listeners[1].group.unwrap());
    draft.remove_listener(gone);
    assert_eq!(edit.groups_removed_with_listeners(&draft), [group]);
    assert_eq!(names(&edit, &draft), ["DELETE /listeners", "DELETE /pools"]);
}

#[test]
fn persistence_is_null_only_when_somebody_took_it_away() {
    let kept = changed(&web(), |draft| {
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
fn another_kind_of_check_is_another_check_with_its_name_and_its_switch() {
    let mut graph = changed(&web(), |draft| {
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
fn headers_that_the_form_does_not_offer_stay() {
    let mut graph = web();
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
fn what_the_form_cannot_show_stands_in_nobodys_way() {
    let mut graph = web();
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
    draft.listener_mut(key).unwrap().port = "9000".into();
    let at = FieldPath::Listener { listener: key, field: ListenerField::Port };
    assert_eq!(edit.check(&draft), [(at, FieldError::Duplicate)]);
}

fn server(address: &str) -> Subject {
    Subject::Server { address: address.into(), port: "80".into(), group: "web-servers".into() }
}

#[test]
fn a_server_that_somebody_else_removed_is_told() {
    let base = web();
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    draft.groups[0].servers[0].weight = "99".into();
    let theirs = changed(&base, |draft| {
        let (group, first) = firsts(draft);
        draft.remove_server(group, first);
    });
    let told =
        Conflict { subject: server("192.0.2.1"), kind: ConflictKind::Removed { edited: true } };
    let mine = edit.rebase(&draft, theirs.clone(), ConflictResolution::Ours);
    assert_eq!(mine.conflicts, std::slice::from_ref(&told));
    assert!(mine.conflicts[0].is_collision());
    assert_eq!(names(&mine.edit, &mine.draft), ["POST /pools/members"], "mine is made again");
    let other = edit.rebase(&draft, theirs.clone(), ConflictResolution::Theirs);
    assert_eq!(other.conflicts, [told]);
    assert_eq!(names(&other.edit, &other.draft), Vec::<String>::new());

    let untouched = edit.rebase(&edit.base_draft().clone(), theirs, ConflictResolution::Ours);
    assert_eq!(untouched.conflicts[0].kind, ConflictKind::Removed { edited: false });
    assert!(!untouched.edit.has_changes(&untouched.draft));
}

#[test]
fn a_server_that_somebody_else_changed_is_not_removed_without_a_word() {
    let base = web();
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    let (group, first) = firsts(&draft);
    draft.remove_server(group, first);
    let theirs = changed(&base, |draft| draft.groups[0].servers[0].weight = "99".into());
    let told = Conflict { subject: server("192.0.2.1"), kind: ConflictKind::RemovedByUs };
    assert!(told.is_collision());
    let mine = edit.rebase(&draft, theirs.clone(), ConflictResolution::Ours);
    assert_eq!(mine.conflicts, std::slice::from_ref(&told));
    assert_eq!(names(&mine.edit, &mine.draft), ["DELETE /pools/members"]);
    let other = edit.rebase(&draft, theirs, ConflictResolution::Theirs);
    assert_eq!(other.conflicts, [told]);
    assert_eq!(names(&other.edit, &other.draft), Vec::<String>::new());
}

#[test]
fn what_a_service_chose_for_a_new_listener_is_nobodys_change() {
    let base = web();
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    let added = draft.add_listener();
    draft.listener_mut(added).unwrap().port = "8081".into();
    let resolved = edit.resolve(&draft).unwrap();
    let mut cloud = Cloud::new(base);
    carry_out(&mut cloud, &edit, resolved.plan(), usize::MAX, |_| {});
    cloud.graph.listeners.last_mut().unwrap().timeout_client_data = Some(600_000);
    let later = resolved.edit().rebase(resolved.draft(), cloud.graph, ConflictResolution::Ours);
    assert_eq!(later.conflicts, []);
    assert_eq!(names(&later.edit, &later.draft), Vec::<String>::new());
}

#[test]
fn both_added_one_server_and_it_is_there_once() {
    let base = web();
    let add = |weight: &str| {
        let weight = weight.to_owned();
        move |draft: &mut Draft| {
            let (group, _) = firsts(draft);
            draft.add_server_at(group, "192.0.2.3".into(), "80".into(), Some(weight));
        }
    };
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    add("5")(&mut draft);
    let same = edit.rebase(&draft, changed(&base, add("5")), ConflictResolution::Ours);
    assert_eq!(same.conflicts, []);
    assert_eq!(names(&same.edit, &same.draft), Vec::<String>::new());
    let other = edit.rebase(&draft, changed(&base, add("6")), ConflictResolution::Ours);
    assert_eq!(
        other.conflicts,
        [Conflict {
            subject: server("192.0.2.3"),
            kind: ConflictKind::Changed {
                field: ConflictField::Weight,
                base: String::new(),
                theirs: "6".into(),
                ours: Some("5".into()),
            },
        }]
    );
    assert_eq!(calls(&other.edit, &other.draft)[0].1, json!({"member": {"weight": 5}}));
}

#[test]
fn both_added_a_group_of_one_name_and_each_keeps_its_own() {
    let base = web();
    let add = |port: &'static str, address: &'static str| {
        move |draft: &mut Draft| {
            let group = draft.add_group();
            draft.add_server_at(group, address.into(), "80".into(), None);
            let listener = draft.add_listener();
            let listener = draft.listener_mut(listener).unwrap();
            listener.port = port.into();
            listener.group = Some(group);
        }
    };
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    add("81", "192.0.2.81")(&mut draft);
    let mine = edit.resolve(&draft).unwrap();
    let theirs = changed(&base, add("82", "192.0.2.82"));
    assert_eq!(theirs.pools[1].name, mine.draft().groups[1].name);
    let rebased = mine.edit().rebase(mine.draft(), theirs, ConflictResolution::Ours);
    assert_eq!(rebased.conflicts.len(), 2, "their group and their listener are told");
    assert_eq!(
        names(&rebased.edit, &rebased.draft),
        ["POST /pools", "POST /pools/members", "POST /listeners"]
    );
}

#[test]
fn both_added_one_listener_with_groups_of_their_own_and_neither_group_goes() {
    let mut graph = network();
    graph.loadbalancer.tags = vec!["lb-type:network".into()];
    let listener = graph.listeners.remove(0);
    let mut other = graph.pools[0].clone();
    other.id = openstack_types::PoolId(uuid::Uuid::from_u128(7));
    other.name = "spare".into();
    graph.members.insert(other.id, Vec::new());
    graph.pools.push(other);
    let with = |pool: usize| {
        let edit = Edit::new(graph.clone());
        let mut draft = edit.base_draft().clone();
        let group = draft.groups[pool].key;
        let key = draft.add_listener();
        let row = draft.listener_mut(key).unwrap();
        row.port = listener.protocol_port.to_string();
        row.group = Some(group);
        edit.resolve(&draft).unwrap()
    };
    let (mine, theirs) = (with(0), with(1));
    let mut cloud = Cloud::new(graph.clone());
    carry_out(&mut cloud, theirs.edit(), theirs.plan(), 9, |_| {});
    let rebased = mine.edit().rebase(mine.draft(), cloud.graph.clone(), ConflictResolution::Ours);
    assert!(rebased.conflicts.iter().any(Conflict::is_collision), "{:?}", rebased.conflicts);
    let resolved = rebased.edit.resolve(&rebased.draft).unwrap();
    carry_out(&mut cloud, &rebased.edit, resolved.plan(), 9, |_| {});
    let names: Vec<_> = cloud.graph.pools.iter().map(|pool| pool.name.as_str()).collect();
    let before: Vec<_> = graph.pools.iter().map(|pool| pool.name.as_str()).collect();
    assert_eq!(names, before);
    assert_eq!(cloud.graph.listeners[0].default_pool_id, Some(graph.pools[0].id));
}

#[test]
fn two_who_edit_different_fields_both_get_their_way() {
    let base = web();
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    draft.groups[0].servers[0].weight = "99".into();
    let theirs = changed(&base, |draft| {
        draft.groups[0].servers[0].enabled = false;
        draft.groups[0].method = LbAlgorithm::SourceIp;
        draft.description = "theirs".into();
    });
    let rebased = edit.rebase(&draft, theirs, ConflictResolution::Ours);
    let fields: Vec<_> = rebased
        .conflicts
        .iter()
        .map(|conflict| match &conflict.kind {
            ConflictKind::Changed { field, ours: None, .. } => *field,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(fields, [ConflictField::Description, ConflictField::Method, ConflictField::Enabled]);
    assert_eq!(
        calls(&rebased.edit, &rebased.draft),
        [("PUT /pools/members".to_owned(), json!({"member": {"weight": 99}}))]
    );
}

#[test]
fn rows_keep_their_keys_over_a_rebase() {
    let base = web();
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    let (group, _) = firsts(&draft);
    let new = draft.add_server_at(group, "192.0.2.50".into(), "80".into(), None).unwrap();
    let theirs = changed(&base, |draft| {
        let (group, first) = firsts(draft);
        draft.remove_server(group, first);
        draft.add_server_at(group, "192.0.2.60".into(), "80".into(), None);
    });
    let rebased = edit.rebase(&draft, theirs, ConflictResolution::Ours);
    let kept: Vec<_> =
        rebased.draft.groups[0].servers.iter().map(|s| (s.key, &s.address)).collect();
    assert_eq!(kept[0].0, draft.groups[0].servers[1].key);
    assert_eq!(kept[1].0, new);
    assert_eq!(kept[2].1, "192.0.2.60");
    let mut keys: Vec<_> = kept.iter().map(|(key, _)| *key).collect();
    keys.dedup();
    assert_eq!(keys.len(), 3);
}

#[test]
fn a_status_is_nobodys_change() {
    let base = web();
    let mut later = base.clone();
    later.loadbalancer.operating_status = openstack_types::OperatingStatus::Degraded;
    later.loadbalancer.updated_at = Some("2026-11-24T00:00:00".into());
    for member in later.members.values_mut().flatten() {
        member.operating_status = openstack_types::OperatingStatus::Error;
    }
    let edit = Edit::new(base);
    assert_eq!(
        edit.rebase(&edit.base_draft().clone(), later, ConflictResolution::Ours).conflicts,
        []
    );
}

fn redirected(draft: &mut Draft, to: Option<&str>) {
    draft.listeners[0].redirect = to.map(str::to_owned);
}

#[test]
fn a_redirect_to_https_is_made_changed_and_taken_away() {
    let edit = Edit::new(web());
    let mut draft = edit.base_draft().clone();
    redirected(&mut draft, Some(" www.example.com/ "));
    assert_eq!(names(&edit, &draft), ["POST /l7policies", "POST /l7policies/rules"]);
    let policy = &calls(&edit, &draft)[0].1["l7policy"];
    assert_eq!(policy["redirect_prefix"], "https://www.example.com");
    assert_eq!(policy["action"], "REDIRECT_PREFIX");
    for (wrong, error) in [
        ("", FieldError::Required),
        ("http://www.example.com", FieldError::NotAUrl),
        ("https://www.example.com code 200", FieldError::NotAUrl),
    ] {
        redirected(&mut draft, Some(wrong));
        let listener = draft.listeners[0].key;
        let at = FieldPath::Listener { listener, field: ListenerField::Redirect };
        assert_eq!(edit.check(&draft), [(at, error)], "{wrong}");
    }

    let there = changed(&web(), |draft| redirected(draft, Some("www.example.com")));
    let edit = Edit::new(there);
    let mut draft = edit.base_draft().clone();
    assert_eq!(draft.listeners[0].redirect.as_deref(), Some("https://www.example.com"));
    redirected(&mut draft, Some("https://www.example.com:8443"));
    assert_eq!(names(&edit, &draft), ["PUT /l7policies"]);
    redirected(&mut draft, None);
    assert_eq!(names(&edit, &draft), ["DELETE /l7policies"]);
    // What goes with its listener needs no step of its own.
    draft.listeners.clear();
    assert_eq!(names(&edit, &draft), ["DELETE /listeners"]);
}

#[test]
fn a_redirect_comes_after_the_listener_it_leads_to_and_goes_before_it() {
    let edit = Edit::new(web());
    let mut draft = edit.base_draft().clone();
    redirected(&mut draft, Some("www.example.com"));
    let key = draft.add_listener();
    let listener = draft.listener_mut(key).unwrap();
    listener.protocol = ListenerProtocol::TerminatedHttps;
    listener.certificate = Some("https://k/v1/secrets/a".into());
    listener.port = "443".into();
    assert_eq!(
        names(&edit, &draft),
        ["POST /listeners", "POST /l7policies", "POST /l7policies/rules"]
    );
    let resolved = edit.resolve(&draft).unwrap();
    let mut cloud = Cloud::new(web());
    carry_out(&mut cloud, &edit, resolved.plan(), 9, |_| {});
    let edit = Edit::new(cloud.graph);
    let mut draft = edit.base_draft().clone();
    redirected(&mut draft, None);
    draft.listeners.truncate(1);
    assert_eq!(names(&edit, &draft), ["DELETE /l7policies", "DELETE /listeners"]);
}

#[test]
fn a_new_listener_redirects_by_a_step_of_its_own() {
    let edit = Edit::new(web());
    let mut draft = edit.base_draft().clone();
    let key = draft.add_listener();
    draft.listener_mut(key).unwrap().port = "8080".into();
    draft.listener_mut(key).unwrap().redirect = Some("www.example.com".into());
    let all = calls(&edit, &draft);
    let names: Vec<_> = all.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["POST /listeners", "POST /l7policies", "POST /l7policies/rules"]);
    assert_eq!(all[0].1["listener"].get("l7policies"), None);
    assert_eq!(all[1].1["l7policy"]["listener_id"], "00000000-0000-4000-8000-00000000feed");
}

#[test]
fn certificates_chosen_by_server_name_are_replaced_and_otherwise_left_alone() {
    let mut graph = web();
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

//! Edits of a load balancer that somebody else changes at the same time.

use crate::support::{
    cloud::{Cloud, execute},
    examples::{call_names, calls, edited, first_keys, network_load_balancer, web_load_balancer},
};
use openstack_types::octavia::{LbAlgorithm, ListenerProtocol, SessionPersistenceType};
use plan::{
    Draft, Edit, Graph, PolicyAction,
    edit::{Conflict, ConflictField, ConflictKind, ConflictResolution, Subject},
};
use serde_json::json;

fn server(address: &str) -> Subject {
    Subject::Server { address: address.into(), port: "80".into(), group: "web-servers".into() }
}

#[test]
fn removing_a_server_that_we_changed_is_a_conflict() {
    let base = web_load_balancer();
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    draft.groups[0].servers[0].weight = "99".into();
    let theirs = edited(&base, |draft| {
        let (group, first) = first_keys(draft);
        draft.remove_server(group, first);
    });
    let expected =
        Conflict { subject: server("192.0.2.1"), kind: ConflictKind::Removed { edited: true } };
    let ours = edit.rebase(&draft, theirs.clone(), ConflictResolution::Ours);
    assert_eq!(ours.conflicts, std::slice::from_ref(&expected));
    assert!(ours.conflicts[0].is_collision());
    assert_eq!(
        call_names(&ours.edit, &ours.draft),
        ["POST /pools/members"],
        "ours is created again"
    );
    let other = edit.rebase(&draft, theirs.clone(), ConflictResolution::Theirs);
    assert_eq!(other.conflicts, [expected]);
    assert_eq!(call_names(&other.edit, &other.draft), Vec::<String>::new());

    let untouched = edit.rebase(&edit.base_draft().clone(), theirs, ConflictResolution::Ours);
    assert_eq!(untouched.conflicts[0].kind, ConflictKind::Removed { edited: false });
    assert!(!untouched.edit.has_changes(&untouched.draft));
}

#[test]
fn changing_a_server_that_we_remove_is_a_conflict() {
    let base = web_load_balancer();
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    let (group, first) = first_keys(&draft);
    draft.remove_server(group, first);
    let theirs = edited(&base, |draft| draft.groups[0].servers[0].weight = "99".into());
    let expected = Conflict { subject: server("192.0.2.1"), kind: ConflictKind::RemovedByUs };
    assert!(expected.is_collision());
    let ours = edit.rebase(&draft, theirs.clone(), ConflictResolution::Ours);
    assert_eq!(ours.conflicts, std::slice::from_ref(&expected));
    assert_eq!(call_names(&ours.edit, &ours.draft), ["DELETE /pools/members"]);
    let other = edit.rebase(&draft, theirs, ConflictResolution::Theirs);
    assert_eq!(other.conflicts, [expected]);
    assert_eq!(call_names(&other.edit, &other.draft), Vec::<String>::new());
}

#[test]
fn ending_the_persistence_of_a_group_that_we_remove_is_a_conflict() {
    let source_ip = Some(SessionPersistenceType::SourceIp);
    let base = edited(&web_load_balancer(), |draft| draft.groups[0].persistence.kind = source_ip);
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    let group = draft.groups[0].clone();
    draft.listeners.iter_mut().for_each(|listener| listener.group = None);
    draft.remove_group(group.key);
    assert!(draft.group(group.key).is_none());
    let theirs = edited(&base, |draft| draft.groups[0].persistence.kind = None);
    let rebased = edit.rebase(&draft, theirs, ConflictResolution::Theirs);
    let subject = Subject::Group { name: group.name };
    assert!(rebased.conflicts.contains(&Conflict { subject, kind: ConflictKind::RemovedByUs }));
    assert!(rebased.draft.group(group.key).is_some());
}

#[test]
fn defaults_of_the_service_for_a_new_listener_are_no_conflict() {
    let base = web_load_balancer();
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    let added = draft.add_listener();
    draft.set_protocol(added, ListenerProtocol::Http);
    draft.listener_mut(added).unwrap().port = "8081".into();
    let resolved = edit.resolve(&draft).unwrap();
    let mut cloud = Cloud::new(base);
    execute(&mut cloud, &edit, resolved.plan(), usize::MAX, |_| {});
    cloud.graph.listeners.last_mut().unwrap().timeout_client_data = Some(600_000);
    let later = resolved.edit().rebase(resolved.draft(), cloud.graph, ConflictResolution::Ours);
    assert_eq!(later.conflicts, []);
    assert_eq!(call_names(&later.edit, &later.draft), Vec::<String>::new());
}

#[test]
fn a_server_that_both_add_is_added_once() {
    let base = web_load_balancer();
    let add = |weight: &str| {
        let weight = weight.to_owned();
        move |draft: &mut Draft| {
            let (group, _) = first_keys(draft);
            draft.add_server_at(group, "192.0.2.3".into(), "80".into(), Some(weight));
        }
    };
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    add("5")(&mut draft);
    let same = edit.rebase(&draft, edited(&base, add("5")), ConflictResolution::Ours);
    assert_eq!(same.conflicts, []);
    assert_eq!(call_names(&same.edit, &same.draft), Vec::<String>::new());
    let other = edit.rebase(&draft, edited(&base, add("6")), ConflictResolution::Ours);
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
fn groups_with_one_name_that_both_add_stay_separate() {
    let base = web_load_balancer();
    let add = |port: &'static str, address: &'static str| {
        move |draft: &mut Draft| {
            let group = draft.add_group();
            draft.add_server_at(group, address.into(), "80".into(), None);
            let listener = draft.add_listener();
            draft.set_protocol(listener, ListenerProtocol::Http);
            let listener = draft.listener_mut(listener).unwrap();
            listener.port = port.into();
            listener.group = Some(group);
        }
    };
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    add("81", "192.0.2.81")(&mut draft);
    let mine = edit.resolve(&draft).unwrap();
    let theirs = edited(&base, add("82", "192.0.2.82"));
    assert_eq!(theirs.pools[1].name, mine.draft().groups[1].name);
    let rebased = mine.edit().rebase(mine.draft(), theirs, ConflictResolution::Ours);
    assert_eq!(rebased.conflicts.len(), 2, "their group and their listener are reported");
    assert_eq!(
        call_names(&rebased.edit, &rebased.draft),
        ["POST /pools", "POST /pools/members", "POST /listeners"]
    );
}

#[test]
fn a_listener_that_both_add_with_different_groups_removes_neither_group() {
    let mut graph = network_load_balancer();
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
    execute(&mut cloud, theirs.edit(), theirs.plan(), 9, |_| {});
    let rebased = mine.edit().rebase(mine.draft(), cloud.graph.clone(), ConflictResolution::Ours);
    assert!(rebased.conflicts.iter().any(Conflict::is_collision), "{:?}", rebased.conflicts);
    let resolved = rebased.edit.resolve(&rebased.draft).unwrap();
    execute(&mut cloud, &rebased.edit, resolved.plan(), 9, |_| {});
    let names: Vec<_> = cloud.graph.pools.iter().map(|pool| pool.name.as_str()).collect();
    let before: Vec<_> = graph.pools.iter().map(|pool| pool.name.as_str()).collect();
    assert_eq!(names, before);
    assert_eq!(cloud.graph.listeners[0].default_pool_id, Some(graph.pools[0].id));
}

#[test]
fn changes_of_different_fields_are_merged() {
    let base = web_load_balancer();
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    draft.groups[0].servers[0].weight = "99".into();
    let theirs = edited(&base, |draft| {
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
fn rows_keep_their_keys_in_a_rebase() {
    let base = web_load_balancer();
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    let (group, _) = first_keys(&draft);
    let new = draft.add_server_at(group, "192.0.2.50".into(), "80".into(), None).unwrap();
    let theirs = edited(&base, |draft| {
        let (group, first) = first_keys(draft);
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
fn a_changed_status_is_no_conflict() {
    let base = web_load_balancer();
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

/// A load balancer with the policies `a` to `d`, and the keys of its listener and policies.
fn with_policies() -> Graph {
    edited(&web_load_balancer(), |draft| {
        let listener = draft.listeners[0].key;
        for name in ["a", "b", "c", "d"] {
            let policy = draft.add_policy(listener, PolicyAction::Reject).unwrap();
            let rule = draft.add_rule(listener, policy).unwrap();
            let policy = draft.policy_mut(listener, policy).unwrap();
            policy.name = name.into();
            policy.rule_mut(rule).unwrap().value = format!("/{name}");
        }
    })
}

fn moved(draft: &mut Draft, name: &str, position: usize) {
    let listener = draft.listeners[0].key;
    let mut policies = draft.listeners[0].policies.iter();
    let key = policies.find(|policy| policy.name == name).unwrap().key;
    draft.move_policy(listener, key, position);
}

fn names(draft: &Draft) -> Vec<&str> {
    draft.listeners[0].policies.iter().map(|policy| policy.name.as_str()).collect()
}

#[test]
fn moving_policies_that_somebody_else_moves_is_a_conflict() {
    let base = with_policies();
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    moved(&mut draft, "d", 0);
    let theirs = edited(&base, |draft| {
        moved(draft, "a", 3);
        let listener = draft.listeners[0].key;
        let policy = draft.add_policy(listener, PolicyAction::Reject).unwrap();
        draft.policy_mut(listener, policy).unwrap().name = "new".into();
        moved(draft, "new", 1);
    });
    let changed = |ours: Option<&str>| ConflictKind::Changed {
        field: ConflictField::PolicyOrder,
        base: "a, b, c, d".into(),
        theirs: "b, c, d, a".into(),
        ours: ours.map(str::to_owned),
    };
    let of_order = |conflicts: &[Conflict]| -> Vec<ConflictKind> {
        let all = conflicts.iter().filter(|one| one.kind != ConflictKind::Added);
        all.map(|one| one.kind.clone()).collect()
    };
    let ours = edit.rebase(&draft, theirs.clone(), ConflictResolution::Ours);
    assert_eq!(of_order(&ours.conflicts), [changed(Some("d, a, b, c"))]);
    assert_eq!(names(&ours.draft), ["d", "a", "b", "new", "c"]);
    let other = edit.rebase(&draft, theirs.clone(), ConflictResolution::Theirs);
    assert_eq!(of_order(&other.conflicts), [changed(Some("d, a, b, c"))]);
    assert_eq!(names(&other.draft), ["b", "new", "c", "d", "a"]);
    assert_eq!(call_names(&other.edit, &other.draft), Vec::<String>::new());

    // A change of theirs alone is reported, and stays.
    let untouched = edit.rebase(edit.base_draft(), theirs, ConflictResolution::Ours);
    assert_eq!(of_order(&untouched.conflicts), [changed(None)]);
    assert!(!untouched.edit.has_changes(&untouched.draft));
}

#[test]
fn the_same_move_by_both_and_additions_are_no_conflict_of_order() {
    let base = with_policies();
    let edit = Edit::new(base.clone());
    let mut draft = edit.base_draft().clone();
    moved(&mut draft, "d", 0);
    let theirs = edited(&base, |draft| moved(draft, "d", 0));
    let rebased = edit.rebase(&draft, theirs, ConflictResolution::Ours);
    assert_eq!(rebased.conflicts, []);
    assert!(!rebased.edit.has_changes(&rebased.draft));

    let theirs = edited(&base, |draft| {
        let listener = draft.listeners[0].key;
        let first = draft.listeners[0].policies[0].key;
        draft.remove_policy(listener, first);
    });
    let rebased = edit.rebase(&draft, theirs, ConflictResolution::Ours);
    assert!(
        rebased.conflicts.iter().all(|one| one.kind == ConflictKind::Removed { edited: false })
    );
    assert_eq!(names(&rebased.draft), ["d", "b", "c"]);
}

#[test]
fn moves_are_no_conflict_while_they_are_carried_out() {
    let base = with_policies();
    let edit = Edit::new(base.clone());
    for order in [["d", "c", "b", "a"], ["c", "d", "a", "b"], ["b", "d", "a", "c"]] {
        let mut draft = edit.base_draft().clone();
        for (position, name) in order.iter().enumerate() {
            moved(&mut draft, name, position);
        }
        let steps = edit.plan(&draft).unwrap().steps.len();
        for done in 0..=steps {
            let mut cloud = Cloud::new(base.clone());
            execute(&mut cloud, &edit, edit.plan(&draft).unwrap(), done, |_| {});
            let rebased = edit.rebase(&draft, cloud.graph, ConflictResolution::Theirs);
            assert_eq!(rebased.conflicts, [], "{order:?} after {done} steps");
            assert_eq!(names(&rebased.draft), order);
        }
    }
}

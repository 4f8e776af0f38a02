//! Properties of every edit of every load balancer.

use crate::support::{
    actions::{ALL, HARMLESS, actions, perform},
    any_graph,
    cloud::{Cloud, execute},
    view::{fields, graph_fields},
};
use openstack_types::{octavia::Member, rules::LbType};
use plan::{
    Draft, Edit, Graph,
    edit::{Call, Conflict, ConflictResolution, Method, Plan, Request, ResolvedDraft},
};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn wanted(resolved: &ResolvedDraft) -> BTreeMap<String, String> {
    fields(resolved.draft())
}

fn differences(
    a: &BTreeMap<String, String>,
    b: &BTreeMap<String, String>,
) -> Vec<(String, Option<String>, Option<String>)> {
    let keys: BTreeSet<_> = a.keys().chain(b.keys()).collect();
    keys.into_iter()
        .filter(|key| a.get(*key) != b.get(*key))
        .map(|key| (key.clone(), a.get(key).cloned(), b.get(key).cloned()))
        .collect()
}

fn serving(members: &[Member]) -> usize {
    members.iter().filter(|member| member.admin_state_up && member.weight > 0).count()
}

/// The object that a request changes, as JSON.
fn existing_object(graph: &Graph, path: &str) -> Option<Value> {
    let json = |value: Value| Some(value);
    let id = path.rsplit('/').next()?;
    let lb = &graph.loadbalancer;
    let of =
        |found: bool, value: Result<Value, serde_json::Error>| found.then(|| value.ok()).flatten();
    if let Some(found) = of(lb.id.to_string() == id, serde_json::to_value(lb)) {
        return json(found);
    }
    let listeners = graph.listeners.iter().map(|o| (o.id.to_string(), serde_json::to_value(o)));
    let pools = graph.pools.iter().map(|o| (o.id.to_string(), serde_json::to_value(o)));
    let monitors = graph.monitors.iter().map(|o| (o.id.to_string(), serde_json::to_value(o)));
    let members = graph.members.values().flatten();
    let members = members.map(|o| (o.id.to_string(), serde_json::to_value(o)));
    let policies = graph.policies.iter().map(|o| (o.id.to_string(), serde_json::to_value(o)));
    let rules = graph.rules.values().flatten();
    let rules = rules.map(|o| (o.id.to_string(), serde_json::to_value(o)));
    let mut all =
        listeners.chain(pools).chain(monitors).chain(members).chain(policies).chain(rules);
    all.find(|(there, _)| there == id).and_then(|(_, value)| value.ok())
}

/// Checks that every field of an update changes the object, and that only optional fields are null.
fn assert_only_changes(request: &Request, graph: &Graph) {
    if request.method != Method::Put {
        return;
    }
    let Some(there) = existing_object(graph, &request.path) else { return };
    let body = request.body.as_ref().unwrap().as_object().unwrap();
    let body = body.values().next().unwrap().as_object().unwrap();
    assert!(!body.is_empty(), "an empty update: {request:?}");
    for (name, value) in body {
        let clears = [
            "session_persistence",
            "allowed_cidrs",
            "timeout_client_data",
            "timeout_member_connect",
            "timeout_member_data",
            "domain_name",
            "default_pool_id",
            "timeout_tcp_inspect",
            "monitor_address",
            "monitor_port",
            "redirect_http_code",
            "key",
            "default_tls_container_ref",
            "tls_versions",
            "tls_ciphers",
            "alpn_protocols",
            "hsts_max_age",
            "client_ca_tls_container_ref",
            "client_crl_container_ref",
            "tls_container_ref",
            "ca_tls_container_ref",
            "crl_container_ref",
        ];
        assert!(!value.is_null() || clears.contains(&name.as_str()), "{name} is null");
        // A policy may be moved because others are.
        if name != "http_version" && name != "position" {
            assert_ne!(value, &there[name], "{name} was not edited: {request:?}");
        }
    }
}

fn steps_between(plan: &Plan, cloud: &mut Cloud, edit: &Edit, look: impl FnMut(&Graph)) {
    execute(cloud, edit, plan.clone(), usize::MAX, look);
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn an_unedited_form_has_an_empty_plan(graph in any_graph()) {
        let edit = Edit::new(graph);
        let draft = edit.base_draft().clone();
        prop_assert_eq!(edit.check(&draft), []);
        prop_assert_eq!(edit.plan(&draft).unwrap(), Plan::default());
        prop_assert!(!edit.has_changes(&draft));
    }

    #[test]
    fn a_plan_results_in_the_edited_draft(graph in any_graph(), done in actions(8)) {
        let edit = Edit::new(graph.clone());
        let mut draft = edit.base_draft().clone();
        perform(&mut draft, &done, ALL);
        let Ok(resolved) = edit.resolve(&draft) else { return Ok(()) };
        let plan = resolved.plan();
        let mut cloud = Cloud::new(graph);
        steps_between(&plan, &mut cloud, &edit, |_| {});
        let (is, want) = (graph_fields(&cloud.graph), wanted(&resolved));
        prop_assert_eq!(differences(&is, &want), [], "{:#?}", plan);
        // A second plan is empty.
        let again = resolved.edit().rebase(resolved.draft(), cloud.graph, ConflictResolution::Ours);
        prop_assert_eq!(&again.conflicts, &[]);
        prop_assert_eq!(again.edit.plan(&again.draft).unwrap(), Plan::default());
    }

    #[test]
    fn unedited_fields_are_not_sent(graph in any_graph(), done in actions(8)) {
        let edit = Edit::new(graph.clone());
        let mut draft = edit.base_draft().clone();
        perform(&mut draft, &done, ALL);
        let Ok(resolved) = edit.resolve(&draft) else { return Ok(()) };
        let mut cloud = Cloud::new(graph.clone());
        steps_between(&resolved.plan(), &mut cloud, &edit, |_| {});
        for request in &cloud.accepted {
            assert_only_changes(request, &graph);
            let whole = request.path.ends_with("/members") && request.method.as_str() == "PUT";
            prop_assert!(!whole, "the set of members is never replaced");
        }
    }

    #[test]
    fn no_pool_is_empty_and_no_listener_without_pool_between_steps(graph in any_graph(), done in actions(12)) {
        let edit = Edit::new(graph.clone());
        let mut draft = edit.base_draft().clone();
        perform(&mut draft, &done, ALL);
        let Ok(resolved) = edit.resolve(&draft) else { return Ok(()) };
        let plan = resolved.plan();
        let mut cloud = Cloud::new(graph.clone());
        let mut states = Vec::new();
        steps_between(&plan, &mut cloud, &edit, |graph| states.push(graph.clone()));
        let end = &cloud.graph;
        for state in &states {
            for pool in &end.pools {
                let count = |graph: &Graph, of: fn(&[Member]) -> usize| {
                    graph.members.get(&pool.id).map(|members| of(members))
                };
                for of in [<[Member]>::len as fn(&[Member]) -> usize, serving] {
                    if count(&graph, of) > Some(0) && count(end, of) > Some(0) {
                        prop_assert!(count(state, of) > Some(0), "{:#?}", plan);
                    }
                }
            }
            for listener in &state.listeners {
                let pool = |graph: &Graph| {
                    let found = graph.listeners.iter().find(|l| l.id == listener.id);
                    found.and_then(|listener| listener.default_pool_id)
                };
                let is_new = graph.listeners.iter().all(|l| l.id != listener.id);
                let at_ends = (is_new || pool(&graph).is_some()) && pool(end).is_some();
                if at_ends {
                    let id = pool(state);
                    let there = state.pools.iter().any(|pool| Some(pool.id) == id);
                    prop_assert!(there, "a listener without a pool: {:#?}", plan);
                }
            }
        }
    }

    #[test]
    fn an_interrupted_plan_can_be_finished_from_the_current_state(
        graph in any_graph(),
        done in actions(8),
        steps in 0_usize..12,
    ) {
        let edit = Edit::new(graph.clone());
        let mut draft = edit.base_draft().clone();
        perform(&mut draft, &done, ALL);
        let Ok(resolved) = edit.resolve(&draft) else { return Ok(()) };
        let mut cloud = Cloud::new(graph);
        execute(&mut cloud, &edit, resolved.plan(), steps, |_| {});
        let later = resolved.edit().rebase(resolved.draft(), cloud.graph.clone(), ConflictResolution::Ours);
        prop_assert_eq!(&later.conflicts, &[], "our own steps are no conflict");
        let rest = later.edit.resolve(&later.draft).unwrap();
        steps_between(&rest.plan(), &mut cloud, &later.edit, |_| {});
        prop_assert_eq!(differences(&graph_fields(&cloud.graph), &wanted(&resolved)), []);
    }

    #[test]
    fn concurrent_changes_are_reported_and_kept(
        graph in any_graph(),
        mine in actions(5),
        theirs in actions(5),
    ) {
        let edit = Edit::new(graph.clone());
        let draft_of = |acts: &[_]| {
            let mut draft = edit.base_draft().clone();
            perform(&mut draft, acts, HARMLESS);
            edit.resolve(&draft).ok()
        };
        let (Some(mine), Some(theirs)) = (draft_of(&mine), draft_of(&theirs)) else {
            return Ok(());
        };
        let mut cloud = Cloud::new(graph.clone());
        steps_between(&theirs.plan(), &mut cloud, &edit, |_| {});
        let now = graph_fields(&cloud.graph);
        let rebased = mine.edit().rebase(mine.draft(), cloud.graph.clone(), ConflictResolution::Ours);
        let begun = graph_fields(&graph);
        let want = wanted(&mine);
        let Ok(resolved) = rebased.edit.resolve(&rebased.draft) else { return Ok(()) };
        steps_between(&resolved.plan(), &mut cloud, &rebased.edit, |_| {});
        let end = graph_fields(&cloud.graph);
        let reported = !rebased.conflicts.is_empty();
        for (key, value) in &end {
            let (was, my, their) = (begun.get(key), want.get(key), now.get(key));
            // Of a part that both add, fields that the form does not show stay as they are.
            let unasked = [" monitor", " subnet", " tags"].iter().any(|end| key.ends_with(end));
            let left_to_it = [(" client", "50"), (" connect", "5"), (" member", "50")];
            let left = left_to_it.iter().any(|(end, value)| {
                key.ends_with(end) && my.map(String::as_str) == Some(*value)
            });
            let made_by_both = was.is_none() && their.is_some() && (unasked || left);
            let touched = my.is_some() && my != was && !made_by_both;
            let expected = if touched { my } else { their };
            // The pool of a new listener of a Network load balancer depends on the order of the edits.
            let network = resolved.draft().lb_type == LbType::Network;
            // The order of policies is merged: it is neither ours nor theirs.
            let order = key.ends_with(" in order");
            if my.is_none() && their.is_none() || network && key.ends_with(" group") || order {
                continue;
            }
            prop_assert_eq!(Some(value), expected, "{}", key);
            prop_assert!(their == was || their == my || reported, "the change of {} is not reported", key);
        }
        for key in want.keys().chain(now.keys()) {
            // The fields of a check depend on its kind, which is compared above.
            let kind = |of: &BTreeMap<String, String>| {
                let (check, _) = key.rsplit_once(" check ")?;
                of.get(&format!("{check} check")).cloned()
            };
            let other_kind = [&want, &now].iter().any(|whose| kind(whose) != kind(&end));
            // A redirect that one of them removed.
            let policy = key.contains(" policy ");
            prop_assert!(end.contains_key(key) || other_kind || policy, "{} is lost", key);
        }
    }

    #[test]
    fn changes_of_parts_that_we_remove_are_reported_and_can_be_kept(
        graph in any_graph(),
        mine in actions(5),
        theirs in actions(5),
    ) {
        let edit = Edit::new(graph.clone());
        let draft_of = |acts: &[_], kinds| {
            let mut draft = edit.base_draft().clone();
            perform(&mut draft, acts, kinds);
            edit.resolve(&draft).ok()
        };
        let (Some(mine), Some(theirs)) = (draft_of(&mine, ALL), draft_of(&theirs, HARMLESS)) else {
            return Ok(());
        };
        let mut cloud = Cloud::new(graph.clone());
        steps_between(&theirs.plan(), &mut cloud, &edit, |_| {});
        let rebase = |keep| mine.edit().rebase(mine.draft(), cloud.graph.clone(), keep);
        let reported = rebase(ConflictResolution::Ours).conflicts.iter().any(Conflict::is_collision);
        let rebased = rebase(ConflictResolution::Theirs);
        let Ok(resolved) = rebased.edit.resolve(&rebased.draft) else { return Ok(()) };
        let (begun, want, now) = (graph_fields(&graph), wanted(&mine), graph_fields(&cloud.graph));
        steps_between(&resolved.plan(), &mut cloud, &rebased.edit, |_| {});
        let end = graph_fields(&cloud.graph);
        for (key, their) in now.iter().filter(|(key, their)| begun.get(*key) != Some(their)) {
            // They changed a part that we remove, or added to it.
            let known = begun.contains_key(key)
                || key.split_once(" server ").is_some_and(|(group, _)| {
                    begun.contains_key(&format!("{group} there"))
                        && !want.contains_key(&format!("{group} there"))
                });
            // Another kind of check has other fields.
            let other_kind = key.split_once(" check ").is_some_and(|(group, _)| {
                want.get(&format!("{group} check")).is_some_and(|kind| kind != "None")
            });
            // Each policy has a key of its own; of one that they removed there is nothing to report.
            let order = key.ends_with(" policies in order");
            if known && !want.contains_key(key) && !other_kind && !order {
                prop_assert!(reported, "the removal of {} is not reported", key);
                prop_assert_eq!(end.get(key), Some(their), "{}", key);
            }
        }
    }

    #[test]
    fn theirs_can_win_where_both_changed_a_field(
        graph in any_graph(),
        mine in actions(5),
        theirs in actions(5),
    ) {
        let edit = Edit::new(graph.clone());
        let draft_of = |acts: &[_]| {
            let mut draft = edit.base_draft().clone();
            perform(&mut draft, acts, HARMLESS);
            edit.resolve(&draft).ok()
        };
        let (Some(mine), Some(theirs)) = (draft_of(&mine), draft_of(&theirs)) else {
            return Ok(());
        };
        let mut cloud = Cloud::new(graph.clone());
        steps_between(&theirs.plan(), &mut cloud, &edit, |_| {});
        let rebased = mine.edit().rebase(mine.draft(), cloud.graph.clone(), ConflictResolution::Theirs);
        let Ok(resolved) = rebased.edit.resolve(&rebased.draft) else { return Ok(()) };
        let now = graph_fields(&cloud.graph);
        steps_between(&resolved.plan(), &mut cloud, &rebased.edit, |_| {});
        let (begun, end) = (graph_fields(&graph), graph_fields(&cloud.graph));
        for (key, their) in &now {
            if begun.get(key).is_some_and(|was| was != their) && !key.ends_with(" in order") {
                prop_assert_eq!(end.get(key), Some(their), "{}", key);
            }
        }
    }

    #[test]
    fn no_text_results_in_an_invalid_request(
        graph in any_graph(),
        texts in proptest::collection::vec("[0-9.:/, -]{0,8}|\\PC{0,8}", 12),
    ) {
        let edit = Edit::new(graph.clone());
        let mut draft = edit.base_draft().clone();
        type_over(&mut draft, &texts);
        if let Ok(plan) = edit.plan(&draft) {
            let mut cloud = Cloud::new(graph);
            steps_between(&plan, &mut cloud, &edit, |_| {});
        }
    }
}

/// Types texts into fields of the first part of each kind.
fn type_over(draft: &mut Draft, texts: &[String]) {
    let mut texts = texts.iter().cycle().cloned();
    let mut text = || texts.next().unwrap_or_default();
    draft.description = text();
    if let Some(listener) = draft.listeners.first_mut() {
        listener.connection_limit = text();
        if let Some(own) = &mut listener.own_options {
            own.allowed_cidrs = text();
            own.timeout_member_connect = text();
        }
    }
    if let Some(group) = draft.groups.first_mut() {
        group.health.delay = text();
        group.health.codes = text();
        let key = group.key;
        if let Some(server) = group.servers.first_mut() {
            server.address = text();
            server.weight = text();
            server.name = text();
        }
        draft.add_server_at(key, text(), text(), Some(text()));
    }
}

#[test]
fn the_tests_above_produce_every_kind_of_call() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..400 {
        let (graph, done) = (any_graph(), actions(8)).new_tree(&mut runner).unwrap().current();
        let edit = Edit::new(graph);
        let mut draft = edit.base_draft().clone();
        perform(&mut draft, &done, ALL);
        for step in edit.plan(&draft).unwrap_or_default().steps {
            seen.insert(match step.call {
                Call::CreatePool { .. } => 0,
                Call::UpdatePool { .. } => 1,
                Call::DeletePool { .. } => 2,
                Call::CreateMember { .. } => 3,
                Call::CreateMembers { .. } => 4,
                Call::UpdateMember { .. } => 5,
                Call::DeleteMember { .. } => 6,
                Call::CreateHealthMonitor { .. } => 7,
                Call::UpdateHealthMonitor { .. } => 8,
                Call::DeleteHealthMonitor { .. } => 9,
                Call::CreateListener { .. } => 10,
                Call::UpdateListener { .. } => 11,
                Call::DeleteListener { .. } => 12,
                Call::UpdateLoadBalancer { .. } => 13,
                Call::CreatePolicy { .. } => 14,
                Call::UpdatePolicy { .. } => 15,
                Call::DeletePolicy { .. } => 16,
                Call::CreateRule { .. } => 17,
                Call::UpdateRule { .. } => 18,
                Call::DeleteRule { .. } => 19,
            });
        }
    }
    assert_eq!(seen.len(), 20, "{seen:?}");
}

//! What holds for every edit of every load balancer, however others made it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod support;

use openstack_types::{octavia::Member, rules::LbType};
use plan::{
    Draft, Edit, Graph,
    edit::{Call, Conflict, ConflictResolution, Method, Plan, Request, ResolvedDraft},
};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use support::{
    cloud::Cloud,
    edits::{ALL, HARMLESS, act, acts, any_graph, carry_out, shown, view},
};

/// What is wanted of the parts that there will be.
fn wanted(resolved: &ResolvedDraft) -> BTreeMap<String, String> {
    view(resolved.draft())
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

/// The object that a request changes, as it is there, as JSON.
fn before(graph: &Graph, path: &str) -> Option<Value> {
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
    let mut all = listeners.chain(pools).chain(monitors).chain(members).chain(policies);
    all.find(|(there, _)| there == id).and_then(|(_, value)| value.ok())
}

/// Every field of an update changes something, and only what may be cleared is null.
fn assert_only_changes(request: &Request, graph: &Graph) {
    if request.method != Method::Put {
        return;
    }
    let Some(there) = before(graph, &request.path) else { return };
    let body = request.body.as_ref().unwrap().as_object().unwrap();
    let body = body.values().next().unwrap().as_object().unwrap();
    assert!(!body.is_empty(), "an update of nothing: {request:?}");
    for (name, value) in body {
        let clears = [
            "session_persistence",
            "allowed_cidrs",
            "timeout_client_data",
            "timeout_member_connect",
            "timeout_member_data",
            "domain_name",
            "default_pool_id",
        ];
        assert!(!value.is_null() || clears.contains(&name.as_str()), "{name} is null");
        if name != "http_version" {
            assert_ne!(value, &there[name], "{name} was not touched: {request:?}");
        }
    }
}

fn steps_between(plan: &Plan, cloud: &mut Cloud, edit: &Edit, look: impl FnMut(&Graph)) {
    carry_out(cloud, edit, plan.clone(), usize::MAX, look);
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn an_untouched_form_asks_for_nothing(graph in any_graph()) {
        let edit = Edit::new(graph);
        let draft = edit.base_draft().clone();
        prop_assert_eq!(edit.check(&draft), []);
        prop_assert_eq!(edit.plan(&draft).unwrap(), Plan::default());
        prop_assert!(!edit.has_changes(&draft));
    }

    #[test]
    fn a_plan_makes_what_is_wanted_of_what_is_there(graph in any_graph(), done in acts(8)) {
        let edit = Edit::new(graph.clone());
        let mut draft = edit.base_draft().clone();
        act(&mut draft, &done, ALL);
        let Ok(resolved) = edit.resolve(&draft) else { return Ok(()) };
        let plan = resolved.plan();
        let mut cloud = Cloud::new(graph);
        steps_between(&plan, &mut cloud, &edit, |_| {});
        let (is, want) = (shown(&cloud.graph), wanted(&resolved));
        prop_assert_eq!(differences(&is, &want), [], "{:#?}", plan);
        // Nothing is left to do.
        let again = resolved.edit().rebase(resolved.draft(), cloud.graph, ConflictResolution::Ours);
        prop_assert_eq!(&again.conflicts, &[]);
        prop_assert_eq!(again.edit.plan(&again.draft).unwrap(), Plan::default());
    }

    #[test]
    fn nothing_is_sent_that_nobody_touched(graph in any_graph(), done in acts(8)) {
        let edit = Edit::new(graph.clone());
        let mut draft = edit.base_draft().clone();
        act(&mut draft, &done, ALL);
        let Ok(resolved) = edit.resolve(&draft) else { return Ok(()) };
        let mut cloud = Cloud::new(graph.clone());
        steps_between(&resolved.plan(), &mut cloud, &edit, |_| {});
        for request in &cloud.taken {
            assert_only_changes(request, &graph);
            let whole = request.path.ends_with("/members") && request.method.as_str() == "PUT";
            prop_assert!(!whole, "a set of members is never replaced");
        }
        // What the form cannot show is as it was.
        for listener in &cloud.graph.listeners {
            if let Some(was) = graph.listeners.iter().find(|was| was.id == listener.id) {
                prop_assert_eq!(&listener.sni_container_refs, &was.sni_container_refs);
            }
        }
        for member in cloud.graph.members.values().flatten() {
            let all = || graph.members.values().flatten();
            if let Some(was) = all().find(|was| was.id == member.id) {
                prop_assert_eq!(&member.tags, &was.tags);
                prop_assert_eq!(&member.monitor_address, &was.monitor_address);
                prop_assert_eq!(&member.subnet_id, &was.subnet_id);
            }
        }
    }

    #[test]
    fn no_pool_is_without_a_server_in_between(graph in any_graph(), done in acts(12)) {
        let edit = Edit::new(graph.clone());
        let mut draft = edit.base_draft().clone();
        act(&mut draft, &done, ALL);
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
    fn a_plan_broken_off_anywhere_is_finished_from_how_things_are(
        graph in any_graph(),
        done in acts(8),
        steps in 0_usize..12,
    ) {
        let edit = Edit::new(graph.clone());
        let mut draft = edit.base_draft().clone();
        act(&mut draft, &done, ALL);
        let Ok(resolved) = edit.resolve(&draft) else { return Ok(()) };
        let mut cloud = Cloud::new(graph);
        carry_out(&mut cloud, &edit, resolved.plan(), steps, |_| {});
        let later = resolved.edit().rebase(resolved.draft(), cloud.graph.clone(), ConflictResolution::Ours);
        prop_assert_eq!(&later.conflicts, &[], "one's own steps are nobody else's change");
        let rest = later.edit.resolve(&later.draft).unwrap();
        steps_between(&rest.plan(), &mut cloud, &later.edit, |_| {});
        prop_assert_eq!(differences(&shown(&cloud.graph), &wanted(&resolved)), []);
    }

    #[test]
    fn what_others_change_meanwhile_is_told_and_kept(
        graph in any_graph(),
        mine in acts(5),
        theirs in acts(5),
    ) {
        let edit = Edit::new(graph.clone());
        let draft_of = |acts: &[_]| {
            let mut draft = edit.base_draft().clone();
            act(&mut draft, acts, HARMLESS);
            edit.resolve(&draft).ok()
        };
        let (Some(mine), Some(theirs)) = (draft_of(&mine), draft_of(&theirs)) else {
            return Ok(());
        };
        let mut cloud = Cloud::new(graph.clone());
        steps_between(&theirs.plan(), &mut cloud, &edit, |_| {});
        let now = shown(&cloud.graph);
        let rebased = mine.edit().rebase(mine.draft(), cloud.graph.clone(), ConflictResolution::Ours);
        let begun = shown(&graph);
        let want = wanted(&mine);
        let Ok(resolved) = rebased.edit.resolve(&rebased.draft) else { return Ok(()) };
        steps_between(&resolved.plan(), &mut cloud, &rebased.edit, |_| {});
        let end = shown(&cloud.graph);
        let told = !rebased.conflicts.is_empty();
        for (key, value) in &end {
            let (was, my, their) = (begun.get(key), want.get(key), now.get(key));
            // What no form asks for is nobody's choice: where both make the same, it stays as it is.
            let unasked = [" monitor", " subnet", " tags"].iter().any(|end| key.ends_with(end));
            let left_to_it = [(" client", "50"), (" connect", "5"), (" member", "50")];
            let left = left_to_it.iter().any(|(end, value)| {
                key.ends_with(end) && my.map(String::as_str) == Some(*value)
            });
            let made_by_both = was.is_none() && their.is_some() && (unasked || left);
            let touched = my.is_some() && my != was && !made_by_both;
            let expected = if touched { my } else { their };
            // Which pool a new listener of a Network load balancer gets hangs on who came first.
            let network = resolved.draft().lb_type == LbType::Network;
            if my.is_none() && their.is_none() || network && key.ends_with(" group") {
                continue;
            }
            prop_assert_eq!(Some(value), expected, "{}", key);
            prop_assert!(their == was || their == my || told, "{} changed without a word", key);
        }
        for key in want.keys().chain(now.keys()) {
            // What a check is made of goes with its kind, and whose kind holds is compared above.
            let kind = |of: &BTreeMap<String, String>| {
                let (check, _) = key.rsplit_once(" check ")?;
                of.get(&format!("{check} check")).cloned()
            };
            let other_kind = [&want, &now].iter().any(|whose| kind(whose) != kind(&end));
            prop_assert!(end.contains_key(key) || other_kind, "{} is lost", key);
        }
    }

    #[test]
    fn what_is_removed_and_others_changed_is_told_and_kept_if_one_says_so(
        graph in any_graph(),
        mine in acts(5),
        theirs in acts(5),
    ) {
        let edit = Edit::new(graph.clone());
        let draft_of = |acts: &[_], kinds| {
            let mut draft = edit.base_draft().clone();
            act(&mut draft, acts, kinds);
            edit.resolve(&draft).ok()
        };
        let (Some(mine), Some(theirs)) = (draft_of(&mine, ALL), draft_of(&theirs, HARMLESS)) else {
            return Ok(());
        };
        let mut cloud = Cloud::new(graph.clone());
        steps_between(&theirs.plan(), &mut cloud, &edit, |_| {});
        let rebase = |keep| mine.edit().rebase(mine.draft(), cloud.graph.clone(), keep);
        let told = rebase(ConflictResolution::Ours).conflicts.iter().any(Conflict::is_collision);
        let rebased = rebase(ConflictResolution::Theirs);
        let Ok(resolved) = rebased.edit.resolve(&rebased.draft) else { return Ok(()) };
        let (begun, want, now) = (shown(&graph), wanted(&mine), shown(&cloud.graph));
        steps_between(&resolved.plan(), &mut cloud, &rebased.edit, |_| {});
        let end = shown(&cloud.graph);
        for (key, their) in now.iter().filter(|(key, their)| begun.get(*key) != Some(their)) {
            // What they added to something of before that one removes, or changed of it.
            let known = begun.contains_key(key)
                || key.split_once(" server ").is_some_and(|(group, _)| {
                    begun.contains_key(&format!("{group} there"))
                        && !want.contains_key(&format!("{group} there"))
                });
            // Another kind of check asks for other things.
            let other_kind = key.split_once(" check ").is_some_and(|(group, _)| {
                want.get(&format!("{group} check")).is_some_and(|kind| kind != "None")
            });
            if known && !want.contains_key(key) && !other_kind {
                prop_assert!(told, "{} is removed without a word", key);
                prop_assert_eq!(end.get(key), Some(their), "{}", key);
            }
        }
    }

    #[test]
    fn theirs_wins_where_both_touched_if_one_says_so(
        graph in any_graph(),
        mine in acts(5),
        theirs in acts(5),
    ) {
        let edit = Edit::new(graph.clone());
        let draft_of = |acts: &[_]| {
            let mut draft = edit.base_draft().clone();
            act(&mut draft, acts, HARMLESS);
            edit.resolve(&draft).ok()
        };
        let (Some(mine), Some(theirs)) = (draft_of(&mine), draft_of(&theirs)) else {
            return Ok(());
        };
        let mut cloud = Cloud::new(graph.clone());
        steps_between(&theirs.plan(), &mut cloud, &edit, |_| {});
        let rebased = mine.edit().rebase(mine.draft(), cloud.graph.clone(), ConflictResolution::Theirs);
        let Ok(resolved) = rebased.edit.resolve(&rebased.draft) else { return Ok(()) };
        let now = shown(&cloud.graph);
        steps_between(&resolved.plan(), &mut cloud, &rebased.edit, |_| {});
        let (begun, end) = (shown(&graph), shown(&cloud.graph));
        for (key, their) in &now {
            if begun.get(key).is_some_and(|was| was != their) {
                prop_assert_eq!(end.get(key), Some(their), "{}", key);
            }
        }
    }

    #[test]
    fn no_text_makes_a_plan_that_octavia_would_not_understand(
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

/// Types anything into every field of the first of each.
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
fn every_kind_of_call_is_made_by_some_edit() {
    use proptest::{strategy::ValueTree, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..400 {
        let (graph, done) = (any_graph(), acts(8)).new_tree(&mut runner).unwrap().current();
        let edit = Edit::new(graph);
        let mut draft = edit.base_draft().clone();
        act(&mut draft, &done, ALL);
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
                Call::CreateRedirect { .. } => 14,
                Call::ActivateRedirect { .. } => 15,
                Call::UpdateRedirect { .. } => 16,
                Call::DeleteRedirect { .. } => 17,
            });
        }
    }
    assert_eq!(seen.len(), 18, "the tests above try them all: {seen:?}");
}

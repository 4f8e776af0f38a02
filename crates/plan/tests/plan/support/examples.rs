//! Example load balancers, and the requests of an edit of them.

use super::{
    cloud::{Cloud, execute},
    created_graph, minimal_draft,
};
use openstack_types::rules::LbType;
use plan::{Draft, Edit, Graph, RowKey, edit::CreatedIds, to_request};
use serde_json::{Value, json};

/// A load balancer with a listener on port 80, and servers 192.0.2.1 and 192.0.2.2.
pub(crate) fn web_load_balancer() -> Graph {
    let mut draft = minimal_draft("web");
    let group = draft.groups[0].key;
    for host in 1..=2 {
        draft.add_server_at(group, format!("192.0.2.{host}"), "80".into(), Some("10".into()));
    }
    created_graph(&to_request(&draft).unwrap())
}

/// A Network load balancer with a listener on port 5432 and one server.
pub(crate) fn network_load_balancer() -> Graph {
    let mut draft = minimal_draft("db");
    draft.set_lb_type(LbType::Network);
    draft.listeners[0].port = "5432".into();
    let group = draft.groups[0].key;
    draft.add_server_at(group, "192.0.2.1".into(), "5432".into(), None);
    created_graph(&to_request(&draft).unwrap())
}

/// The keys of the first group and its first server.
pub(crate) fn first_keys(draft: &Draft) -> (RowKey, RowKey) {
    (draft.groups[0].key, draft.groups[0].servers[0].key)
}

/// `METHOD /path` without ids, and the body, of each step.
pub(crate) fn calls(edit: &Edit, draft: &Draft) -> Vec<(String, Value)> {
    let plan = edit.plan(draft).unwrap();
    let mut created = CreatedIds::default();
    for n in 0..100_u32 {
        let key: RowKey = serde_json::from_value(json!(n)).unwrap();
        let id = "00000000-0000-4000-8000-00000000feed";
        created.pools.insert(key, id.parse().unwrap());
        created.listeners.insert(key, id.parse().unwrap());
        created.policies.insert(key, id.parse().unwrap());
    }
    let lb = edit.base().loadbalancer.id;
    plan.steps
        .iter()
        .map(|step| {
            let request = step.call.request(lb, &created).unwrap();
            let path = request.path.split('/').filter(|part| part.len() != 36);
            let path = path.collect::<Vec<_>>().join("/");
            let body = request.body.unwrap_or_default();
            (format!("{} {path}", request.method.as_str()), body)
        })
        .collect()
}

pub(crate) fn call_names(edit: &Edit, draft: &Draft) -> Vec<String> {
    calls(edit, draft).into_iter().map(|(name, _)| name).collect()
}

/// The load balancer after an edit.
pub(crate) fn edited(graph: &Graph, change: impl FnOnce(&mut Draft)) -> Graph {
    let edit = Edit::new(graph.clone());
    let mut draft = edit.base_draft().clone();
    change(&mut draft);
    let mut cloud = Cloud::new(graph.clone());
    execute(&mut cloud, &edit, edit.plan(&draft).unwrap(), usize::MAX, |_| {});
    cloud.graph
}

//! The load balancer that a create request makes, as JSON, and the draft of it. Octavia completes a
//! request with its defaults; so does this.

use super::outcome::Reason;
use crate::{Draft, Graph, clone_draft};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A field that is not in the draft.
pub(super) struct Problem {
    pub(super) name: String,
    pub(super) reason: Reason,
}

/// The most objects that are read.
const OBJECTS_MAX: usize = 10_000;

/// The draft of a request, and what it lacks.
pub(super) fn draft(request: Value) -> (Draft, Vec<Problem>) {
    let vip = request.get("vip_address").cloned();
    let port = request.get("vip_port_id").cloned();
    let (graph, problems) = graph(request);
    let Some(graph) = graph else { return (Draft::default(), problems) };
    let mut draft = clone_draft(&graph);
    let text = |value: Option<Value>| value.and_then(|one| one.as_str().map(str::to_owned));
    draft.vip_address = text(vip).unwrap_or_default();
    draft.vip_port = text(port).unwrap_or_default();
    for (row, vip) in draft.additional_vips.iter_mut().zip(&graph.loadbalancer.additional_vips) {
        row.address = vip.ip_address.clone().unwrap_or_default();
    }
    (draft, problems)
}

/// The load balancer that a request makes, and what it lacks. Listeners, pools and members are in the order
/// of the request; pools that are defined where they are used come last.
pub(super) fn graph(mut request: Value) -> (Option<Graph>, Vec<Problem>) {
    let mut builder = Builder { problems: Vec::new(), ids: 0 };
    let mut pools = take_list(&mut request, "pools");
    let mut listeners = take_list(&mut request, "listeners");
    for listener in &mut listeners {
        hoist(listener, "default_pool", &mut pools);
        if let Some(Value::Array(policies)) = listener.get_mut("l7policies") {
            for policy in policies {
                hoist(policy, "redirect_pool", &mut pools);
            }
        }
    }
    let name = request.get("name").cloned();
    let empty = json!({ "name": name.unwrap_or_else(|| "".into()) });
    let loadbalancer = builder
        .object("loadbalancer", request, json!({}))
        .or_else(|| builder.object("loadbalancer", empty, json!({})));
    let Some(loadbalancer) = loadbalancer else {
        return (None, builder.problems);
    };
    let mut graph = Graph {
        loadbalancer,
        listeners: Vec::new(),
        pools: Vec::new(),
        members: BTreeMap::new(),
        monitors: Vec::new(),
        policies: Vec::new(),
        rules: BTreeMap::new(),
    };
    let mut pool_ids = BTreeMap::new();
    for pool in pools {
        builder.pool(&mut graph, &mut pool_ids, pool);
    }
    for listener in listeners {
        builder.listener(&mut graph, &pool_ids, listener);
    }
    (Some(graph), builder.problems)
}

fn take_list(object: &mut Value, name: &str) -> Vec<Value> {
    match object.as_object_mut().and_then(|fields| fields.remove(name)) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

/// Moves a pool that is defined where it is used to the other pools.
fn hoist(user: &mut Value, field: &str, pools: &mut Vec<Value>) {
    let Some(pool) = user.get_mut(field).filter(|pool| pool.get("protocol").is_some()) else {
        return;
    };
    let mut pool = pool.take();
    if pool.get("name").and_then(Value::as_str).is_none_or(str::is_empty) {
        pool["name"] = format!("pool-{}", pools.len() + 1).into();
    }
    user[field] = json!({ "name": pool["name"] });
    pools.push(pool);
}

struct Builder {
    problems: Vec<Problem>,
    ids: usize,
}

impl Builder {
    fn id(&mut self) -> String {
        self.ids += 1;
        format!("00000000-0000-4000-8000-{:012}", self.ids)
    }

    fn report(&mut self, name: &str, reason: Reason) {
        self.problems.push(Problem { name: name.to_owned(), reason });
    }

    /// An object from the fields of a request; `None` if they cannot be read.
    fn object<T: DeserializeOwned + Serialize>(
        &mut self,
        kind: &str,
        body: Value,
        extra: Value,
    ) -> Option<T> {
        if self.ids > OBJECTS_MAX {
            return None;
        }
        let Value::Object(body) = body else {
            let message = "an object was expected".to_owned();
            self.report(kind, Reason::Invalid { message });
            return None;
        };
        let mut fields = defaults(kind);
        fields.insert("id".into(), self.id().into());
        // Null stands for the default, as in a request.
        let sent: Vec<_> = body.into_iter().filter(|(_, value)| !value.is_null()).collect();
        fields.extend(sent.iter().cloned());
        if let Value::Object(extra) = extra {
            fields.extend(extra);
        }
        let object: T = match serde_json::from_value(Value::Object(fields)) {
            Ok(object) => object,
            Err(error) => {
                let name = sent.first().map_or(kind, |(name, _)| name.as_str()).to_owned();
                self.report(&name, Reason::Invalid { message: error.to_string() });
                return None;
            }
        };
        let known = serde_json::to_value(&object).unwrap_or_default();
        for (name, _) in sent {
            if known.get(&name).is_none() {
                self.report(&name, Reason::Unknown);
            }
        }
        Some(object)
    }

    fn pool(&mut self, graph: &mut Graph, ids: &mut BTreeMap<String, Value>, mut pool: Value) {
        let members = take_list(&mut pool, "members");
        let monitor = pool.as_object_mut().and_then(|fields| fields.remove("healthmonitor"));
        let Some(created) = self.object::<openstack_types::octavia::Pool>("pool", pool, json!({}))
        else {
            return;
        };
        ids.entry(created.name.clone()).or_insert_with(|| json!(created.id));
        let members = members.into_iter();
        let members =
            members.filter_map(|member| self.object("member", member, json!({}))).collect();
        graph.members.insert(created.id, members);
        if let Some(monitor) = monitor.filter(|monitor| !monitor.is_null()) {
            let extra = json!({ "pools": [{ "id": created.id }] });
            graph.monitors.extend(self.object("healthmonitor", monitor, extra));
        }
        graph.pools.push(created);
    }

    /// The id of the pool that a field names; the field is removed.
    fn pool_id(&mut self, user: &mut Value, field: &str, ids: &BTreeMap<String, Value>) -> Value {
        let reference = user.as_object_mut().and_then(|fields| fields.remove(field));
        let Some(name) = reference.as_ref().and_then(|pool| pool.get("name")?.as_str()) else {
            return Value::Null;
        };
        let id = ids.get(name).cloned();
        if id.is_none() {
            self.report(field, Reason::Missing { name: name.to_owned() });
        }
        id.unwrap_or_default()
    }

    fn listener(&mut self, graph: &mut Graph, ids: &BTreeMap<String, Value>, mut listener: Value) {
        let policies = take_list(&mut listener, "l7policies");
        let pool = self.pool_id(&mut listener, "default_pool", ids);
        let extra = json!({ "default_pool_id": pool });
        let created: Option<openstack_types::octavia::Listener> =
            self.object("listener", listener, extra);
        let Some(created) = created else { return };
        for (position, mut policy) in (1_u32..).zip(policies) {
            let rules = take_list(&mut policy, "rules");
            let pool = self.pool_id(&mut policy, "redirect_pool", ids);
            let extra = json!({
                "listener_id": created.id, "redirect_pool_id": pool, "position": position,
            });
            let policy: Option<openstack_types::octavia::L7Policy> =
                self.object("l7policy", policy, extra);
            let Some(policy) = policy else { continue };
            let rules = rules.into_iter();
            let rules = rules.filter_map(|rule| self.object("rule", rule, json!({}))).collect();
            graph.rules.insert(policy.id, rules);
            graph.policies.push(policy);
        }
        graph.listeners.push(created);
    }
}

/// What Octavia chooses for fields that a request does not have.
fn defaults(kind: &str) -> Map<String, Value> {
    let own = match kind {
        "loadbalancer" => json!({ "project_id": "", "created_at": "" }),
        "listener" => json!({ "connection_limit": -1 }),
        "member" => json!({ "weight": 1 }),
        _ => json!({}),
    };
    let mut fields = Map::new();
    for status in ["provisioning_status", "operating_status"] {
        fields.insert(status.into(), "ACTIVE".into());
    }
    fields.insert("admin_state_up".into(), true.into());
    if let Value::Object(own) = own {
        fields.extend(own);
    }
    fields
}

//! An in-memory Octavia that checks and executes the requests of a plan.

mod listeners;
mod policies;
mod pools;

use super::wire::updated;
use openstack_types::{
    ProvisioningStatus,
    error::ApiError,
    octavia::{Member, Pool, UpdateL7Rule, UpdateLoadBalancer},
};
use plan::{
    Edit, Graph, Plan,
    edit::{Method, NextAction, PlanRun, Request},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

#[derive(Clone, Debug)]
pub(crate) struct Cloud {
    pub(crate) graph: Graph,
    /// The accepted requests.
    pub(crate) accepted: Vec<Request>,
    next: u128,
}

type Response = Result<String, ApiError>;

fn error(status: u16, message: impl Into<String>) -> ApiError {
    ApiError { status, message: message.into(), field: None }
}

/// Parses a body, and refuses one with unknown fields.
fn parse<T: DeserializeOwned + Serialize>(request: &Request, key: &str) -> Result<T, ApiError> {
    let body = request.body.as_ref().and_then(Value::as_object).ok_or(error(400, "no body"))?;
    assert_eq!(body.keys().collect::<Vec<_>>(), [key], "one object under its key");
    let parsed: T =
        serde_json::from_value(body[key].clone()).map_err(|e| error(400, e.to_string()))?;
    let serialized = serde_json::to_value(&parsed).unwrap();
    assert_eq!(serialized, body[key], "a field that Octavia does not know");
    Ok(parsed)
}

/// Updates one object of a list.
fn update<T, U>(
    kind: &str,
    objects: &mut [T],
    id_of: impl Fn(&T) -> String,
    id: &str,
    request: &Request,
) -> Response
where
    T: Serialize + DeserializeOwned,
    U: Serialize + DeserializeOwned,
{
    let body: U = parse(request, kind)?;
    let object = objects.iter_mut().find(|object| id_of(object) == id);
    let object = object.ok_or(error(404, format!("no such {kind}")))?;
    *object = updated(kind, object, &serde_json::to_value(body).unwrap());
    Ok(String::new())
}

impl Cloud {
    pub(crate) fn new(graph: Graph) -> Self {
        // No id that another one gave to a policy of this graph.
        let next = 0xfeed_0000_0000 + ((graph.policies.len() as u128) << 16);
        Self { graph, accepted: Vec::new(), next }
    }

    fn new_id(&mut self) -> Uuid {
        self.next += 1;
        Uuid::from_u128(self.next)
    }

    /// Finishes the current change.
    pub(crate) fn become_active(&mut self) {
        self.graph.loadbalancer.provisioning_status = ProvisioningStatus::Active;
    }

    pub(crate) fn handle(&mut self, request: &Request) -> Response {
        if self.graph.loadbalancer.provisioning_status != ProvisioningStatus::Active {
            let id = self.graph.loadbalancer.id;
            return Err(error(
                409,
                format!("Load Balancer {id} is immutable and cannot be updated."),
            ));
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        let answer = match (request.method, parts.as_slice()) {
            (Method::Put, ["loadbalancers", id]) => self.update_load_balancer(id, request),
            (Method::Post, ["pools"]) => self.create_pool(request),
            (Method::Put, ["pools", id]) => self.update_pool(id, request),
            (Method::Delete, ["pools", id]) => self.delete_pool(id),
            (Method::Post, ["pools", pool, "members"]) => {
                let member = parse(request, "member")?;
                self.create_member(pool, member)
            }
            (Method::Put, ["pools", pool, "members"]) => self.batch_members(pool, query, request),
            (Method::Put, ["pools", pool, "members", id]) => self.update_member(pool, id, request),
            (Method::Delete, ["pools", pool, "members", id]) => {
                let members = self.members(pool)?;
                let before = members.len();
                members.retain(|member| member.id.to_string() != *id);
                deleted(before != members.len())
            }
            (Method::Post, ["healthmonitors"]) => self.create_monitor(request),
            (Method::Put, ["healthmonitors", id]) => self.update_monitor(id, request),
            (Method::Delete, ["healthmonitors", id]) => self.delete_monitor(id),
            (Method::Post, ["listeners"]) => self.create_listener(request),
            (Method::Put, ["listeners", id]) => self.update_listener(id, request),
            (Method::Post, ["l7policies"]) => self.create_policy(request),
            (Method::Put, ["l7policies", id]) => self.update_policy(id, request),
            (Method::Delete, ["l7policies", id]) => self.delete_policy(id),
            (Method::Post, ["l7policies", id, "rules"]) => self.create_rule(id, request),
            (Method::Put, ["l7policies", policy, "rules", id]) => {
                let rules = self.rules(policy)?;
                update::<_, UpdateL7Rule>("rule", rules, |rule| rule.id.to_string(), id, request)
            }
            (Method::Delete, ["l7policies", policy, "rules", id]) => {
                let rules = self.rules(policy)?;
                let before = rules.len();
                rules.retain(|rule| rule.id.to_string() != *id);
                deleted(before != rules.len())
            }
            (Method::Delete, ["listeners", id]) => {
                let before = self.graph.listeners.len();
                self.graph.listeners.retain(|listener| listener.id.to_string() != *id);
                let policies = self.graph.policies.clone();
                for policy in policies.iter().filter(|one| one.listener_id.to_string() == *id) {
                    self.delete_policy(&policy.id.to_string())?;
                }
                deleted(before != self.graph.listeners.len())
            }
            _ => panic!("no such endpoint: {request:?}"),
        }?;
        self.accepted.push(request.clone());
        self.graph.loadbalancer.provisioning_status = ProvisioningStatus::PendingUpdate;
        Ok(answer)
    }

    fn pool(&mut self, id: &str) -> Result<&mut Pool, ApiError> {
        let pool = self.graph.pools.iter_mut().find(|pool| pool.id.to_string() == id);
        pool.ok_or(error(404, "no such pool"))
    }

    fn members(&mut self, pool: &str) -> Result<&mut Vec<Member>, ApiError> {
        let id = self.pool(pool)?.id;
        Ok(self.graph.members.entry(id).or_default())
    }

    fn update_load_balancer(&mut self, id: &str, request: &Request) -> Response {
        let lb = std::slice::from_mut(&mut self.graph.loadbalancer);
        update::<_, UpdateLoadBalancer>("loadbalancer", lb, |lb| lb.id.to_string(), id, request)
    }
}

fn deleted(found: bool) -> Response {
    if found { Ok(String::new()) } else { Err(error(404, "no such object")) }
}

/// Executes at most `max` steps of a plan, and calls `inspect` after each.
pub(crate) fn execute(
    cloud: &mut Cloud,
    edit: &Edit,
    plan: Plan,
    max: usize,
    mut inspect: impl FnMut(&Graph),
) {
    let mut run = PlanRun::new(edit.base().loadbalancer.id, plan);
    for _ in 0..max {
        let Some(request) = run.next_request() else { break };
        let response = cloud.handle(&request);
        let action = run.handle_response(response.as_deref());
        assert_eq!(action, NextAction::Continue, "{request:?}");
        // A request during the change is refused, and retried.
        if let Some(request) = run.next_request() {
            let early = cloud.handle(&request);
            assert_eq!(run.handle_response(early.as_deref()), NextAction::Retry);
        }
        cloud.become_active();
        inspect(&cloud.graph);
    }
}

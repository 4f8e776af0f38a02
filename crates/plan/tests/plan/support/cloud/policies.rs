//! L7 policies and rules.

use super::{Cloud, Response, deleted, error, parse, update};
use crate::support::wire::created;
use openstack_types::{
    L7RuleId, ListenerId,
    error::ApiError,
    octavia::{CreateL7Policy, CreateL7Rule, L7Policy, L7Rule, ListenerProtocol, UpdateL7Policy},
};
use plan::edit::Request;
use serde_json::{Value, json};

impl Cloud {
    fn policy(&mut self, id: &str) -> Result<&mut L7Policy, ApiError> {
        let policy = self.graph.policies.iter_mut().find(|policy| policy.id.to_string() == id);
        policy.ok_or(error(404, "no such policy"))
    }

    pub(super) fn rules(&mut self, policy: &str) -> Result<&mut Vec<L7Rule>, ApiError> {
        let id = self.policy(policy)?.id;
        Ok(self.graph.rules.entry(id).or_default())
    }

    pub(super) fn create_policy(&mut self, request: &Request) -> Response {
        let body: CreateL7Policy = parse(request, "l7policy")?;
        let listener = self.graph.listeners.iter().find(|l| Some(l.id) == body.listener_id);
        let listener = listener.ok_or(error(404, "no such listener"))?;
        let http = [ListenerProtocol::Http, ListenerProtocol::TerminatedHttps];
        assert!(http.contains(&listener.protocol));
        assert_eq!(body.rules, [], "not every service takes rules along");
        let (listener, id) = (listener.id, self.new_id());
        if let Some(pool) = body.redirect_pool_id {
            self.pool(&pool.to_string())?;
        }
        let position = body.position;
        let policy = created("l7policy", &body, json!({ "id": id, "position": u32::MAX }));
        self.graph.policies.push(policy);
        self.place(listener, &id.to_string(), position);
        Ok(json!({"l7policy": {"id": id}}).to_string())
    }

    /// Gives a policy its position, from 1; without one, it stays where it is.
    fn place(&mut self, listener: ListenerId, id: &str, position: Option<u32>) {
        let in_order = self.graph.policies_in_order(listener);
        let mut ids: Vec<String> = in_order.iter().map(|policy| policy.id.to_string()).collect();
        if let Some(position) = position {
            assert!(position >= 1 && position as usize <= ids.len(), "position {position}");
            ids.retain(|other| other != id);
            ids.insert(position as usize - 1, id.to_owned());
        }
        for (position, id) in (1..).zip(ids) {
            self.policy(&id).unwrap().position = position;
        }
    }

    pub(super) fn update_policy(&mut self, id: &str, request: &Request) -> Response {
        let mut request = request.clone();
        let body = request.body.as_mut().and_then(|body| body.get_mut("l7policy"));
        let body = body.and_then(Value::as_object_mut).ok_or(error(400, "no body"))?;
        let position = body.remove("position").and_then(|position| position.as_u64());
        // A target implies the action.
        let action = [
            ("redirect_pool_id", "REDIRECT_TO_POOL"),
            ("redirect_url", "REDIRECT_TO_URL"),
            ("redirect_prefix", "REDIRECT_PREFIX"),
        ];
        let action = action.iter().find(|(name, _)| body.contains_key(*name));
        let is_sent = body.contains_key("action");
        if let Some((_, action)) = action.filter(|_| !is_sent) {
            assert_eq!(self.policy(id)?.action.as_str(), *action, "the action was not sent");
        }
        let (listener, policies) = (self.policy(id)?.listener_id, &mut self.graph.policies);
        update::<_, UpdateL7Policy>("l7policy", policies, |one| one.id.to_string(), id, &request)?;
        self.place(listener, id, position.map(|position| position as u32));
        Ok(String::new())
    }

    pub(super) fn delete_policy(&mut self, id: &str) -> Response {
        let policy = self.policy(id)?;
        let (id, listener) = (policy.id, policy.listener_id);
        self.graph.policies.retain(|policy| policy.id != id);
        self.graph.rules.remove(&id);
        self.place(listener, "", None);
        deleted(true)
    }

    pub(super) fn create_rule(&mut self, policy: &str, request: &Request) -> Response {
        let body: CreateL7Rule = parse(request, "rule")?;
        let id = L7RuleId::from(self.new_id());
        self.rules(policy)?.push(created("rule", &body, json!({ "id": id })));
        self.policy(policy)?.rules.push(openstack_types::octavia::Ref { id });
        Ok(String::new())
    }
}

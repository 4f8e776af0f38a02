//! Edits as the page makes them: read, planned, and executed step by step.

use super::{Client, octavia::LBAAS};
use openstack_types::error::ApiError;
use plan::{
    Graph,
    edit::{NextAction, PlanRun, Request, ResolvedDraft},
};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn read<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{error}: {value}"))
}

impl Client {
    /// Reads a load balancer with its parts.
    pub async fn graph(&self, id: &str) -> Graph {
        let list = async |path: String, key: &str| {
            self.get(&format!("{LBAAS}/{path}")).await.body[key].take()
        };
        let of = format!("loadbalancer_id={id}");
        let mut graph = Graph {
            loadbalancer: read(list(format!("loadbalancers/{id}"), "loadbalancer").await),
            listeners: read(list(format!("listeners?{of}"), "listeners").await),
            pools: read(list(format!("pools?{of}"), "pools").await),
            members: Default::default(),
            monitors: Vec::new(),
            policies: Vec::new(),
            rules: Default::default(),
        };
        for listener in &graph.listeners {
            let path = format!("l7policies?listener_id={}", listener.id);
            let policies: Vec<_> = read(list(path, "l7policies").await);
            graph.policies.extend(policies);
        }
        for policy in &graph.policies {
            let rules = list(format!("l7policies/{}/rules", policy.id), "rules").await;
            graph.rules.insert(policy.id, read(rules));
        }
        for pool in &graph.pools {
            let members = list(format!("pools/{}/members", pool.id), "members").await;
            graph.members.insert(pool.id, read(members));
            if let Some(monitor) = pool.healthmonitor_id {
                let monitor = list(format!("healthmonitors/{monitor}"), "healthmonitor").await;
                graph.monitors.push(read(monitor));
            }
        }
        graph
    }

    /// Sends one step of a plan.
    pub async fn step(&self, step: &Request) -> Result<String, ApiError> {
        let method = Method::from_bytes(step.method.as_str().as_bytes()).unwrap();
        let mut request = self.request(method, &format!("{LBAAS}{}", step.path));
        if let Some(body) = &step.body {
            request = request.json(body);
        }
        let answer = request.send().await.map_err(|e| ApiError::no_response(e.to_string()))?;
        let (status, text) = (answer.status(), answer.text().await.unwrap_or_default());
        if status.is_success() {
            Ok(text)
        } else {
            Err(ApiError::from_body(status.as_u16(), &text))
        }
    }

    /// Executes an edit. Waits until the load balancer is ACTIVE before each step and at the end.
    /// Returns the number of steps.
    pub async fn execute(&self, resolved: &ResolvedDraft) -> usize {
        let id = resolved.edit().base().loadbalancer.id;
        let mut run = PlanRun::new(id, resolved.plan());
        self.settled(&id.to_string()).await;
        while let Some(request) = run.next_request() {
            let next = run.handle_response(self.step(&request).await.as_deref());
            assert!(!matches!(next, NextAction::Stop(_)), "{next:?}: {request:?}");
            let lb = self.settled(&id.to_string()).await;
            assert_eq!(lb["provisioning_status"], "ACTIVE", "{lb}");
        }
        run.accepted()
    }
}

//! Octavia v2: load balancers and their listeners, pools and members.

mod pages;

use super::{
    Result,
    request::{self, get},
};
use gloo_net::http::Method;
use openstack_types::{
    HealthMonitorId, L7PolicyId, ListenerId, LoadBalancerId, PoolId,
    octavia::{
        CreateLoadBalancer, HealthMonitor, L7Policy, L7Rule, Listener, LoadBalancer, Member, Pool,
        Stats,
    },
};
use pages::{OnPage, all_pages};
use serde::{Deserialize, Serialize};

const ROOT: &str = "/load-balancer/v2/lbaas";

#[derive(Serialize, Deserialize)]
struct One<T> {
    #[serde(alias = "loadbalancer", alias = "healthmonitor", alias = "stats")]
    object: T,
}

fn list(of: &str, balancer: Option<LoadBalancerId>) -> String {
    match balancer {
        Some(id) => format!("{ROOT}/{of}?loadbalancer_id={id}"),
        None => format!("{ROOT}/{of}"),
    }
}

/// Every load balancer the caller may see, newest first; `on_page` gets each page when it arrives.
pub async fn load_balancers(on_page: OnPage<'_, LoadBalancer>) -> Result<Vec<LoadBalancer>> {
    let list = format!("{ROOT}/loadbalancers?sort=created_at:desc");
    all_pages(list, |object: &LoadBalancer| object.id.0, Some(on_page)).await
}

#[derive(Deserialize)]
struct Newest {
    loadbalancers: Vec<LoadBalancer>,
}

pub async fn newest_load_balancers() -> Result<Vec<LoadBalancer>> {
    let path = format!("{ROOT}/loadbalancers?sort=created_at:desc&limit=20");
    get::<Newest>(&path).await.map(|answer| answer.loadbalancers)
}

pub async fn load_balancer(id: LoadBalancerId) -> Result<LoadBalancer> {
    get::<One<_>>(&format!("{ROOT}/loadbalancers/{id}")).await.map(|one| one.object)
}

/// All listeners, or those of one load balancer.
pub async fn listeners(of: Option<LoadBalancerId>) -> Result<Vec<Listener>> {
    all_pages(list("listeners", of), |object: &Listener| object.id.0, None).await
}

/// All pools, or those of one load balancer.
pub async fn pools(of: Option<LoadBalancerId>) -> Result<Vec<Pool>> {
    all_pages(list("pools", of), |object: &Pool| object.id.0, None).await
}

/// The members of a pool, with all their fields.
pub async fn members(pool: PoolId) -> Result<Vec<Member>> {
    let list = format!("{ROOT}/pools/{pool}/members");
    all_pages(list, |object: &Member| object.id.0, None).await
}

#[derive(Deserialize)]
struct Policies {
    l7policies: Vec<L7Policy>,
}

/// The L7 policies of a listener.
pub async fn policies(listener: ListenerId) -> Result<Vec<L7Policy>> {
    let path = format!("{ROOT}/l7policies?listener_id={listener}");
    get::<Policies>(&path).await.map(|answer| answer.l7policies)
}

#[derive(Deserialize)]
struct Rules {
    rules: Vec<L7Rule>,
}

/// The rules of an L7 policy.
pub async fn rules(policy: L7PolicyId) -> Result<Vec<L7Rule>> {
    let path = format!("{ROOT}/l7policies/{policy}/rules");
    get::<Rules>(&path).await.map(|answer| answer.rules)
}

pub async fn health_monitor(id: HealthMonitorId) -> Result<HealthMonitor> {
    get::<One<_>>(&format!("{ROOT}/healthmonitors/{id}")).await.map(|one| one.object)
}

pub async fn load_balancer_stats(id: LoadBalancerId) -> Result<Stats> {
    get::<One<_>>(&format!("{ROOT}/loadbalancers/{id}/stats")).await.map(|one| one.object)
}

pub async fn listener_stats(id: ListenerId) -> Result<Stats> {
    get::<One<_>>(&format!("{ROOT}/listeners/{id}/stats")).await.map(|one| one.object)
}

#[derive(Serialize)]
struct Create<'a> {
    loadbalancer: &'a CreateLoadBalancer,
}

/// Creates a load balancer with its listeners and pools in one request. A server that knows
/// `Idempotency-Key` answers a repeated request without creating another one.
pub async fn create_load_balancer(request: &CreateLoadBalancer, key: &str) -> Result<LoadBalancer> {
    let body = Create { loadbalancer: request };
    request::write_once::<_, One<_>>(Method::POST, &format!("{ROOT}/loadbalancers"), &body, key)
        .await
        .map(|one| one.object)
}

/// Sends a step of a plan; returns the body of the answer, which may be empty.
pub async fn carry_out(step: &plan::edit::Request) -> Result<String> {
    let method = match step.method {
        plan::edit::Method::Post => Method::POST,
        plan::edit::Method::Put => Method::PUT,
        plan::edit::Method::Delete => Method::DELETE,
    };
    let body = step.body.as_ref().map(ToString::to_string);
    request::send(method, &format!("{ROOT}{}", step.path), body).await
}

/// Starts a failover.
pub async fn failover(id: LoadBalancerId) -> Result<()> {
    let path = format!("{ROOT}/loadbalancers/{id}/failover");
    request::send(Method::PUT, &path, None).await.map(drop)
}

/// Deletes a load balancer with everything below it (`cascade`).
pub async fn delete_load_balancer(id: LoadBalancerId) -> Result<()> {
    request::delete(&format!("{ROOT}/loadbalancers/{id}?cascade=true")).await
}

//! What the portal tells about itself, every server in one request, and traffic over time.

use super::{
    Result,
    request::{get, write},
};
use gloo_net::http::Method;
use openstack_types::{
    LoadBalancerId,
    metrics::Metrics,
    portal::{CertificateSummary, Handshake, HandshakeRequest, Info, MemberSummary},
};
use serde::Deserialize;
use uuid::Uuid;

/// Version, mode, limits, features; needs nobody signed in.
pub async fn info() -> Result<Info> {
    get("/portal/info").await
}

#[derive(Deserialize)]
struct Members {
    members: Vec<MemberSummary>,
}

/// Every server the caller may see, or those of one load balancer.
pub async fn members(of: Option<LoadBalancerId>) -> Result<Vec<MemberSummary>> {
    let path = match of {
        Some(id) => format!("/portal/members?loadbalancer_id={id}"),
        None => "/portal/members".to_owned(),
    };
    get::<Members>(&path).await.map(|answer| answer.members)
}

#[derive(Deserialize)]
struct Certificates {
    certificates: Vec<CertificateSummary>,
}

/// What is known of every certificate of the caller's.
pub async fn certificates() -> Result<Vec<CertificateSummary>> {
    get::<Certificates>("/portal/certificates").await.map(|answer| answer.certificates)
}

/// Which certificate a listener serves.
pub async fn handshake(ask: &HandshakeRequest) -> Result<Handshake> {
    write(Method::POST, "/portal/handshake", ask).await
}

/// Traffic of a load balancer after a step, with everything about one part of it, or about itself.
pub async fn metrics(id: LoadBalancerId, of: Uuid, after: Option<u64>) -> Result<Metrics> {
    let after = after.map(|step| format!("&after={step}")).unwrap_or_default();
    get(&format!("/portal/loadbalancers/{id}/metrics?of={of}{after}")).await
}

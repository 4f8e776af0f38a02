//! The portal's own API: server information, all members in one request, metrics and handshakes.

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

/// Version, mode, limits and features; needs no session.
pub async fn info() -> Result<Info> {
    get("/portal/info").await
}

#[derive(Deserialize)]
struct Members {
    members: Vec<MemberSummary>,
}

/// All members the caller may see, or those of one load balancer.
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

/// The metadata of all certificates of the caller.
pub async fn certificates() -> Result<Vec<CertificateSummary>> {
    get::<Certificates>("/portal/certificates").await.map(|answer| answer.certificates)
}

/// The certificate that a listener serves.
pub async fn handshake(ask: &HandshakeRequest) -> Result<Handshake> {
    write(Method::POST, "/portal/handshake", ask).await
}

/// The traffic of a load balancer after a step, in detail for one part of it.
pub async fn metrics(id: LoadBalancerId, of: Uuid, after: Option<u64>) -> Result<Metrics> {
    let after = after.map(|step| format!("&after={step}")).unwrap_or_default();
    get(&format!("/portal/loadbalancers/{id}/metrics?of={of}{after}")).await
}

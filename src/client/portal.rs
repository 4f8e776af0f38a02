//! What the portal tells about itself, and every server in one request.

use super::{Result, request::get};
use openstack_types::{
    LoadBalancerId,
    portal::{Info, MemberSummary},
};
use serde::Deserialize;

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

//! A create request in the formats of other tools. Names can contain any character: each format quotes
//! them by the rules of its language.

mod invisible;
mod openstack;
mod terraform;

use openstack_types::octavia::CreateLoadBalancer;
use serde::Serialize;

pub use openstack::openstack_commands;
pub use terraform::terraform;

/// The HTTP request with its headers and its body.
pub fn api_request(request: &CreateLoadBalancer) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        loadbalancer: &'a CreateLoadBalancer,
    }
    // Cannot fail: all maps have text keys.
    let body = serde_json::to_string_pretty(&Body { loadbalancer: request }).unwrap_or_default();
    let body = invisible::escaped_in_json(&body);
    format!(
        "POST /load-balancer/v2/lbaas/loadbalancers\nContent-Type: application/json\nX-Auth-Token: $OS_TOKEN\n\n{body}\n"
    )
}

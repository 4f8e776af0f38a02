//! The request that creates a load balancer, written for other tools. What a person typed can hold
//! anything; each writer quotes it by the rules of its own language.

mod openstack;
mod terraform;

use openstack_types::octavia::CreateLoadBalancer;
use serde::Serialize;

pub use openstack::openstack_commands;
pub use terraform::terraform;

/// The request as it goes over the wire: its line, its headers and its body.
pub fn api_request(request: &CreateLoadBalancer) -> String {
    #[derive(Serialize)]
    struct Body<'a> {
        loadbalancer: &'a CreateLoadBalancer,
    }
    // Nothing in the request can fail to be written: its maps have texts for keys.
    let body = serde_json::to_string_pretty(&Body { loadbalancer: request }).unwrap_or_default();
    format!(
        "POST /load-balancer/v2/lbaas/loadbalancers\nContent-Type: application/json\nX-Auth-Token: $OS_TOKEN\n\n{body}\n"
    )
}
